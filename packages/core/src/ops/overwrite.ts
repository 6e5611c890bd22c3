/** How an operation is made that writes a part of its first argument: into a copy, or in place straight into the tensor. */
import { checkInplace, checkWritable } from '../autograd/inplace.ts'
import { isFloat } from '../dtype.ts'
import { cloneOf, copyOf, recording, writeResult } from '../op.ts'
import type { Operand } from '../promote.ts'
import { Tensor } from '../tensor.ts'

/** `source`, or a copy of it where writing `self` would overwrite it. */
export const apart = (self: Tensor, source: Tensor): Tensor => (source.storage === self.storage ? copyOf(source) : source)

/** Defines such an operation: `write` checks its arguments and writes, `note` puts the copy that was written into the graph. */
export function overwriting<A extends unknown[]>(
  write: (out: Tensor, ...args: A) => void,
  note: (out: Tensor, x: Tensor, ...args: A) => Tensor,
): (x: Tensor, ...args: A) => Tensor {
  const run = (x: Tensor, ...args: A): Tensor => {
    const out = cloneOf(x)
    write(out, ...args)
    return note(out, x, ...args)
  }
  const into = (self: Tensor, ...args: A): Tensor => {
    checkInplace(self)
    checkWritable(self, self.shape, self.dtype)
    const operands: Operand[] = [self, ...args.filter((a) => a instanceof Tensor)]
    if (isFloat(self.dtype) && recording(operands)) return writeResult(self, run(self, ...args))
    write(self, ...args)
    self.storage.version++
    return self
  }
  return Object.assign(run, { into })
}
