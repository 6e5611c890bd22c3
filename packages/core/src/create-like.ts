/** Making tensors in the likeness of another one. */
import { empty, finish, full, type Nested, type TensorOptions, tensor, zeros } from './create.ts'
import { castScalar } from './dtype.ts'
import type { Shape } from './layout.ts'
import { emptyAs } from './op.ts'
import type { Tensor } from './tensor.ts'

/**
 * A tensor in the shape, dtype and order of memory of `x`, with elements yet to be written; here they are zeros.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.empty_like.html
 */
export function emptyLike(x: Tensor, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  return finish(emptyAs(x, dtype, true), requiresGrad)
}

/**
 * Zeros in the shape and dtype of `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.zeros_like.html
 */
export function zerosLike(x: Tensor, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  return emptyLike(x, { dtype, requiresGrad })
}

/**
 * Ones in the shape and dtype of `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.ones_like.html
 */
export function onesLike(x: Tensor, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  return fullLike(x, 1, { dtype, requiresGrad })
}

/**
 * `value` in the shape and dtype of `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.full_like.html
 */
export function fullLike(x: Tensor, value: number | boolean, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  const out = emptyAs(x, dtype)
  out.data.fill(castScalar(Number(value), dtype))
  return finish(out, requiresGrad)
}

/**
 * A tensor of another shape in the dtype of `x`, with elements yet to be written; here they are zeros.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_empty.html
 */
export function newEmpty(x: Tensor, shape: Shape, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  return empty(shape, { dtype, requiresGrad })
}

/**
 * Zeros of another shape in the dtype of `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_zeros.html
 */
export function newZeros(x: Tensor, shape: Shape, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  return zeros(shape, { dtype, requiresGrad })
}

/**
 * Ones of another shape in the dtype of `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_ones.html
 */
export function newOnes(x: Tensor, shape: Shape, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  return full(shape, 1, { dtype, requiresGrad })
}

/**
 * A tensor of another shape in the dtype of `x`, filled with `value`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_full.html
 */
export function newFull(x: Tensor, shape: Shape, value: number | boolean, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  return full(shape, value, { dtype, requiresGrad })
}

/**
 * A tensor of the values given in the dtype of `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.new_tensor.html
 */
export function newTensor(x: Tensor, data: Nested, { dtype = x.dtype, requiresGrad }: TensorOptions = {}): Tensor {
  return tensor(data, { dtype, requiresGrad })
}
