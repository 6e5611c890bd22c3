/** The backends beside the reference: every row of ops.rows.ts runs on each of them and must give what the reference gives. */
import type { Tensor } from '../src/index.ts'

/** A backend under test. */
export interface BackendUnderTest {
  readonly name: string
  /** Runs `f` with this backend in place of the reference. */
  readonly use: (f: () => Tensor | Iterable<Tensor>) => Tensor | Iterable<Tensor>
}

/** None yet: the reference is the only one, and it is what the others will be compared with. */
export const backends: readonly BackendUnderTest[] = []
