/** Writes into a tensor that have no out-of-place twin. */
import { checkInplace, checkWritable } from '../autograd/inplace.ts'
import { castScalar } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { broadcastShapes2, formatShape, sameShape } from '../layout.ts'
import { copyInto, expand } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'

/**
 * Copies the elements of `source`, broadcast and converted, into `x`.
 *
 * @throws RuntimeError if `source` does not broadcast to the shape of `x`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.copy_.html
 */
export function copy_(x: Tensor, source: Tensor): Tensor {
  checkInplace(x)
  if (!sameShape(broadcastShapes2(x.shape, source.shape), x.shape))
    throw new RuntimeError(
      `output with shape ${formatShape(x.shape)} doesn't match the broadcast shape ${formatShape(broadcastShapes2(x.shape, source.shape))}`,
    )
  checkWritable(x, x.shape, x.dtype)
  return copyInto(x, expand(source, x.shape))
}

/**
 * Sets every element to `value`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.fill_.html
 */
export function fill_(x: Tensor, value: number | boolean | Tensor): Tensor {
  checkInplace(x)
  checkWritable(x, x.shape, x.dtype)
  if (typeof value === 'object') {
    if (value.ndim > 0) throw new RuntimeError(`fill_ only supports 0-dimension value tensor but got tensor with ${value.ndim} dimensions.`)
    return copyInto(x, expand(value, x.shape))
  }
  const one = allocateTensor([], x.dtype)
  one.data[0] = castScalar(Number(value), x.dtype)
  return copyInto(x, expand(one, x.shape))
}

/**
 * Sets every element to 0.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.zero_.html
 */
export function zero_(x: Tensor): Tensor {
  return fill_(x, 0)
}
