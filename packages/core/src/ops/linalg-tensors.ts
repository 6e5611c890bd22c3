/** Systems of equations between tensors, seen as matrices. */
import { RuntimeError } from '../errors.ts'
import { numelOf } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { inv, solve } from './linalg-solve.ts'
import { type DiagonalOptions, diagonal as plainDiagonal } from './slice.ts'
import { movedim, reshape } from './view.ts'

/**
 * The inverse of `A` for `tensordot` over `ind` dimensions: `tensordot(tensorinv(A), A)` is the identity.
 *
 * @throws RuntimeError unless the first `ind` dimensions have as many elements as the rest.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.tensorinv.html
 */
export function tensorinv(A: Tensor, { ind = 2 }: { readonly ind?: number } = {}): Tensor {
  if (!(ind > 0)) throw new RuntimeError('Expected a strictly positive integer for `ind`')
  const [first, rest] = [A.shape.slice(0, ind), A.shape.slice(ind)]
  const n = numelOf(rest)
  if (numelOf(first) !== n)
    throw new RuntimeError(
      `Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got ${n} != ${numelOf(first)}`,
    )
  return reshape(inv(reshape(A, [n, n])), [...rest, ...first])
}

/**
 * The solution `X` of `tensordot(A, X, X.ndim) = B`.
 *
 * @throws RuntimeError if the numbers of elements do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.tensorsolve.html
 */
export function tensorsolve(A: Tensor, B: Tensor, { dims = null }: { readonly dims?: readonly number[] | null | undefined } = {}): Tensor {
  const from = dims === null ? [] : dims.map((d) => (d < 0 ? d + A.ndim : d))
  const moved =
    dims === null
      ? A
      : movedim(
          A,
          from,
          from.map((_, i) => A.ndim - from.length + i),
        )
  const shape = moved.shape.slice(B.ndim)
  const n = numelOf(shape)
  if (numelOf(B.shape) !== n)
    throw new RuntimeError(
      `Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got ${n} != ${numelOf(moved.shape.slice(0, B.ndim))}`,
    )
  return reshape(solve(reshape(moved, [n, n]), reshape(B, [n])), shape)
}

/**
 * A view of the diagonals of matrices: `diagonal` of the last two dimensions.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.diagonal.html
 */
export function diagonal(A: Tensor, { offset = 0, dim1 = -2, dim2 = -1 }: DiagonalOptions = {}): Tensor {
  return plainDiagonal(A, { offset, dim1, dim2 })
}
