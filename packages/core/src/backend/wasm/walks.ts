/** Loops of kernels over several dimensions. */

import type { FunctionBuilder, Local } from './assembler.ts'
import { countDown } from './float-type.ts'

/** A pointer that loops move: by a stride of its own in each dimension. */
export interface Moving {
  readonly base: Local
  readonly strides: readonly Local[]
}

/** Emits loops over `counts`, outermost first; `body` may move the pointers that it is given. The bases are lost. */
export function emitLoops(
  f: FunctionBuilder,
  counts: readonly Local[],
  pointers: readonly Moving[],
  body: (at: readonly Local[]) => void,
): void {
  const level = (d: number, bases: readonly Local[]): void => {
    const at = pointers.map(() => f.local('i32'))
    const left = f.local('i32')
    f.get(counts[d] as Local).set(left)
    countDown(f, left, 1, () => {
      at.forEach((p, k) => f.get(bases[k] as Local).set(p))
      if (d + 1 < counts.length) level(d + 1, at)
      else body(at)
      bases.forEach((base, k) =>
        f
          .get(base)
          .get((pointers[k] as Moving).strides[d] as Local)
          .op('i32.add')
          .set(base),
      )
    })
  }
  level(
    0,
    pointers.map((p) => p.base),
  )
}
