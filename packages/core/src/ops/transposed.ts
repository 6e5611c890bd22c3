/** Transposes that are properties of a tensor: `x.T` and its kin. */
import { RuntimeError, warnOnce } from '../errors.ts'
import type { Tensor } from '../tensor.ts'
import { checkMatrices } from './args.ts'
import { permute, transpose } from './permute.ts'

/**
 * The tensor with its dimensions in reverse order: the transpose of a matrix.
 *
 * @see https://pytorch.org/docs/stable/tensors.html#torch.Tensor.T
 */
export function T(x: Tensor): Tensor {
  if (x.ndim !== 2 && x.ndim !== 0)
    warnOnce(
      'The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in a future release. Consider `x.mT` to transpose batches of matrices or `x.permute(*torch.arange(x.ndim - 1, -1, -1))` to reverse the dimensions of a tensor.',
    )
  return permute(x, x.shape.map((_, d) => d).reverse())
}

/**
 * The conjugate transpose of a matrix: of real numbers, its transpose.
 *
 * @throws RuntimeError unless `x` is a matrix or 0-dim.
 * @see https://pytorch.org/docs/stable/tensors.html#torch.Tensor.H
 */
export function H(x: Tensor): Tensor {
  if (x.ndim === 0) return x
  if (x.ndim !== 2)
    throw new RuntimeError(
      `tensor.H is only supported on matrices (2-D tensors). Got ${x.ndim}-D tensor.${x.ndim > 2 ? ' For batches of matrices, consider using tensor.mH' : ''}`,
    )
  return transpose(x, 0, 1)
}

/**
 * The transpose of each matrix: the last two dimensions exchanged.
 *
 * @throws RuntimeError for a vector.
 * @see https://pytorch.org/docs/stable/tensors.html#torch.Tensor.mT
 */
export function mT(x: Tensor): Tensor {
  checkMatrices(x, 'tensor.mT')
  return x.ndim === 0 ? x : transpose(x, -2, -1)
}

/**
 * The conjugate transpose of each matrix: of real numbers, its transpose.
 *
 * @throws RuntimeError for a vector.
 * @see https://pytorch.org/docs/stable/tensors.html#torch.Tensor.mH
 */
export function mH(x: Tensor): Tensor {
  checkMatrices(x, 'tensor.mH')
  return x.ndim === 0 ? x : transpose(x, -2, -1)
}
