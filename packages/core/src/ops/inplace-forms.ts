/** Writes into a tensor that have no out-of-place twin. */
import { checkInplace, checkWritable } from '../autograd/inplace.ts'
import { castScalar, type DType } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { broadcastShapes2, formatShape, numelOf, type Shape, sameShape } from '../layout.ts'
import { copyInto, expand } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { listOf } from './args.ts'

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
  out.storage.set(0, castScalar(Number(value), dtype))
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

/**
 * Gives the tensor another shape in place, row by row over its memory, which grows if it must; what is new is zero here.
 *
 * @throws RuntimeError for a tensor that requires a gradient.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.resize_.html
 */
export function resize_(x: Tensor, size: Shape | number, ...rest: number[]): Tensor {
  if (x.requiresGrad) throw new RuntimeError('cannot resize variables that require grad')
  const shape = [...listOf(size, rest)]
  const negative = shape.find((n) => n < 0)
  if (negative !== undefined) throw new RuntimeError(`Trying to create tensor with negative dimension ${negative}: ${formatShape(shape)}`)
  const length = x.offset + numelOf(shape)
  if (length > x.data.length) x.storage.grow(length)
  x.relayout(shape)
  x.storage.version++
  return x
}

/**
 * Gives the tensor the shape of `other` in place, as `resize_` does.
 *
 * @throws RuntimeError for a tensor that requires a gradient.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.resize_as_.html
 */
export function resizeAs_(x: Tensor, other: Tensor): Tensor {
  return resize_(x, other.shape)
}
