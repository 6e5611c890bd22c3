/** A warning that several losses give. */
import { warn } from '../errors.ts'
import { sameShape } from '../layout.ts'
import type { Tensor } from '../tensor.ts'

/** Warns of shapes that differ: broadcasting them is seldom what is meant. */
export function warnBroadcast(input: Tensor, target: Tensor): void {
  if (sameShape(input.shape, target.shape)) return
  warn(
    `Using a target size (torch.Size([${target.shape.join(', ')}])) that is different to the input size (torch.Size([${input.shape.join(', ')}])). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.`,
  )
}
