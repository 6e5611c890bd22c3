/** The backends beside the one in use: every row of ops.rows.ts runs on each of them too, and must give the same. */
import { onReference } from '../src/backend/index.ts'
import type { Tensor } from '../src/index.ts'

/** A backend under test. */
export interface BackendUnderTest {
  readonly name: string
  /** Runs `f` with this backend in place of the one in use. */
  readonly use: (f: () => Tensor | Iterable<Tensor>) => Tensor | Iterable<Tensor>
}

/** The reference, which the WebAssembly in use is compared with. */
export const backends: readonly BackendUnderTest[] = [{ name: 'reference', use: onReference }]
