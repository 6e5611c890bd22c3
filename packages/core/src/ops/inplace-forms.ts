/** Writes into a tensor that have no out-of-place twin. */
import { checkInplace, checkWritable } from '../autograd/inplace.ts'
import { castScalar, type DType } from '../dtype.ts'
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
  if (typeof value !== 'object') return copyInto(x, scalar(value, x.dtype), 'FillBackward2')
  if (value.ndim > 0) throw new RuntimeError(`fill_ only supports 0-dimension value tensor but got tensor with ${value.ndim} dimensions.`)
  return copyInto(x, expand(value, x.shape), 'FillBackward3')
}

/** A number as a 0-dim tensor. */
function scalar(value: number | boolean, dtype: DType): Tensor {
  const out = allocateTensor([], dtype)
  out.data[0] = castScalar(Number(value), dtype)
  return out
}

/**
 * Sets every element to 0.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.zero_.html
 */
export function zero_(x: Tensor): Tensor {
  checkInplace(x)
  checkWritable(x, x.shape, x.dtype)
  return copyInto(x, scalar(0, x.dtype), 'ZeroBackward0')
}
