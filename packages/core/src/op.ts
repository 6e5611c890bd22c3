/** How an operation is made: pointwise from formulas, others by recording what a kernel gave; in-place forms of both. */
import { checkInplace, checkWritable } from './autograd/inplace.ts'
import type { WithInto } from './overloads.ts'
import { writeResult } from './record.ts'
import type { Tensor } from './tensor.ts'

export * from './overloads.ts'
export * from './pointwise.ts'
export * from './pullback.ts'
export * from './record.ts'

/** The in-place form of any operation: written straight where it can be, else computed aside and copied. */
export function inplaceOf<A extends unknown[]>(op: (x: Tensor, ...args: A) => Tensor): (self: Tensor, ...args: A) => Tensor {
  const { into } = op as Partial<WithInto>
  if (into !== undefined) return into as unknown as (self: Tensor, ...args: A) => Tensor
  return (self, ...args) => {
    checkInplace(self)
    const result = op(self, ...args)
    checkWritable(self, result.shape, result.dtype)
    return writeResult(self, result)
  }
}
