/** Powers and exponentials of square matrices. */
import { rule } from '../autograd/node.ts'
import { RuntimeError } from '../errors.ts'
import { exponential } from '../matrix/exponential.ts'
import { record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { cat } from './join.ts'
import { matmul } from './linalg.ts'
import { batchOf, checkSquare, eachMatrix, fromDoubles, identity, mT } from './linalg-batch.ts'
import { inv } from './linalg-solve.ts'
import { clone, narrow } from './view.ts'

/**
 * The `n`-th power of square matrices; negative powers are those of the inverse.
 *
 * @throws LinAlgError for a negative power of a singular matrix; RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.matrix_power.html
 */
export function matrixPower(A: Tensor, n: number): Tensor {
  if (A.ndim < 2) throw new RuntimeError('linalg.matrix_power: The input tensor A must have at least 2 dimensions.')
  const { rows, columns } = batchOf(A)
  if (rows !== columns)
    throw new RuntimeError(`linalg.matrix_power: A must be batches of square matrices, but they are ${rows} by ${columns} matrices`)
  if (n === 0) return clone(A).copy_(identity(rows, A))
  if (n === 1) return clone(A)
  if (n < 0) return n === -1 ? inv(A) : matrixPower(inv(A), -n)
  if (n === 2) return matmul(A, A)
  if (n === 3) return matmul(matmul(A, A), A)
  let out: Tensor | null = null
  let square = A
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left !== n) square = matmul(square, square)
    if (left % 2 === 1) out = out === null ? square : matmul(out, square)
  }
  return out as Tensor
}

const exponentialRule = /* @__PURE__ */ rule<readonly [Tensor]>('LinalgMatrixExpBackward0', (grad, node) => {
  // The exponential of [[A, G], [0, A]] has the derivative in the direction of G in its corner.
  const A = mT(node.saved()[0])
  const n = A.shape[A.ndim - 1] as number
  const zeros = allocateTensor(A.shape, A.dtype)
  const block = cat([cat([A, grad], -1), cat([zeros, A], -1)], -2)
  return [narrow(narrow(matrixExp(block), -2, 0, n), -1, n, n)]
})

/**
 * The exponential of square matrices: the sum of `A^k / k!`.
 *
 * @throws RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.matrix_exp.html
 */
export function matrixExp(A: Tensor): Tensor {
  checkSquare(A, 'linalg.matrix_exp')
  const { count, rows: n } = batchOf(A)
  const values = new Float64Array(count * n * n)
  eachMatrix(A, [values], (matrix, [out]) => out?.set(exponential(matrix, n)))
  return record(fromDoubles(values, A.shape, A), exponentialRule, [A], [A], undefined)
}
