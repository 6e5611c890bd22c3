/** The backend in use: WebAssembly where it has a kernel, the reference for everything else. */
import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'
import { map } from './wasm/pointwise-calls.ts'
import { matmul } from './wasm/products.ts'

/** Kernels that every operation calls. */
export const kernels: Backend = {
  ...reference,
  map: (program, compute, out, inputs) => {
    if (!map(program, compute, out, inputs)) reference.map(program, compute, out, inputs)
  },
  matmul: (x, y, out) => {
    if (!matmul(x, y, out)) reference.matmul(x, y, out)
  },
}
