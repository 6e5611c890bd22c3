/** The backend in use. */
import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'

/** Kernels that every operation calls. */
export const kernels: Backend = reference
