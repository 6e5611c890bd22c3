/** Systems of linear equations, inverses and determinants. */
import { noGrad } from '../autograd/mode.ts'
import { rule, ruleAll } from '../autograd/node.ts'
import { scalarName } from '../dtype.ts'
import { LinAlgError, RuntimeError } from '../errors.ts'
import { broadcastShapes2, sameShape } from '../layout.ts'
import { lu, solveFactored } from '../matrix/lu.ts'
import { expand, record, recordAll, sumTo } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { mul, neg } from './arithmetic.ts'
import { eq } from './compare.ts'
import { matmul } from './linalg.ts'
import { batchOf, checkMatrix, checkSquare, doubles, eachMatrix, fromDoubles, identity, mT } from './linalg-batch.ts'
import { svd } from './linalg-svd.ts'
import { productsOfOthers } from './prod.ts'
import { any } from './reduce.ts'
import { squeeze, unsqueeze } from './view.ts'
import { where } from './where.ts'

/** Refuses a matrix that elimination found to be singular; `text` gets the number of the pivot that is 0. */
function checkInfo(info: Tensor, name: string, text: (k: number) => string): void {
  const { data } = info
  for (let i = 0; i < info.numel(); i++) {
    const k = data[i] as number
    if (k !== 0) throw new LinAlgError(`${name}: ${info.ndim === 0 ? '' : `(Batch element ${i}): `}${text(k)}`)
  }
}

/** Solves `A X = B` for matrices with equal batches, without a graph. */
function solveRaw(A: Tensor, B: Tensor): { X: Tensor; info: Tensor } {
  const { batches, rows: n } = batchOf(A)
  const k = B.shape[B.ndim - 1] as number
  const X = doubles(B)
  const info = allocateTensor(batches, 'int32')
  eachMatrix(A, [], (matrix, _, i) => {
    const factored = lu(matrix, n, n)
    info.data[i] = factored.info
    solveFactored(factored, n, X.subarray(i * n * k, (i + 1) * n * k), k)
  })
  return { X: fromDoubles(X, B.shape, B), info }
}

const solveRule = /* @__PURE__ */ rule<readonly [A: Tensor, X: Tensor], { B: Tensor['shape'] }>('LinalgSolveExBackward0', (grad, node) => {
  const [A, X] = node.saved()
  const toB = solveMatrices(mT(A), grad).X
  return [node.needs(0) ? sumTo(neg(matmul(toB, mT(X))), A.shape) : null, node.needs(1) ? sumTo(toB, node.attrs.B) : null]
})

/** `solveRaw` with a graph, the batches broadcast. */
function solveMatrices(A: Tensor, B: Tensor): { X: Tensor; info: Tensor } {
  const batches = broadcastShapes2(A.shape.slice(0, -2), B.shape.slice(0, -2))
  const { X, info } = noGrad(() => solveRaw(expand(A, [...batches, ...A.shape.slice(-2)]), expand(B, [...batches, ...B.shape.slice(-2)])))
  record(X, solveRule, [A, B], [A, X], { B: B.shape })
  return { X, info }
}

/** Options of `linalg.solve`. */
export interface SolveOptions {
  /** Solve `A X = B` (true) or `X A = B`. */
  readonly left?: boolean
}

/** A solution, and per matrix the number of the pivot that is 0, or 0. */
export type SolveExResult = { readonly result: Tensor; readonly info: Tensor } & Iterable<Tensor>

function solveNamed(name: string, A: Tensor, B: Tensor, left: boolean): { X: Tensor; info: Tensor } {
  checkSquare(A, name)
  if (A.dtype !== B.dtype)
    throw new RuntimeError(
      `${name}: Expected A and B to have the same dtype, but found A of type ${scalarName(A.dtype)} and B of type ${scalarName(B.dtype)} instead`,
    )
  // A vector per matrix, where the shapes can be read so.
  const isVector = B.ndim === 1 || (A.ndim - 1 === B.ndim && sameShape(B.shape, A.shape.slice(0, -1)))
  if (isVector && !left)
    throw new RuntimeError(
      `${name}: Vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1)`,
    )
  const matrix = isVector ? unsqueeze(B, -1) : B
  checkMatrix(matrix, name, 'B')
  if (A.shape[A.ndim - 2] !== matrix.shape[matrix.ndim - (left ? 2 : 1)])
    throw new RuntimeError(
      `${name}: Incompatible shapes of A and B for the equation ${left ? 'AX = B' : 'XA = B'} (${A.shape.slice(-2).join('x')} and ${matrix.shape.slice(-2).join('x')})`,
    )
  const { X, info } = left ? solveMatrices(A, matrix) : solveMatrices(mT(A), mT(matrix))
  return { X: isVector ? squeeze(X, -1) : left ? X : mT(X), info }
}

/**
 * The solution `X` of `A X = B`, or of `X A = B`.
 *
 * Shape: `[..., n, n]` and `[..., n, k]` or `[..., n]`; batches broadcast.
 *
 * @throws LinAlgError for a singular matrix; RuntimeError for shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.solve.html
 */
export function solve(A: Tensor, B: Tensor, { left = true }: SolveOptions = {}): Tensor {
  const { X, info } = solveNamed('linalg.solve', A, B, left)
  checkInfo(info, 'torch.linalg.solve', () => 'The solver failed because the input matrix is singular.')
  return X
}

/** Options of functions that report instead of raising. */
export interface CheckOptions {
  /** Raise all the same. */
  readonly checkErrors?: boolean
}

/**
 * `solve` that reports a singular matrix in `info` instead of raising.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.solve_ex.html
 */
export function solveEx(A: Tensor, B: Tensor, { left = true, checkErrors = false }: SolveOptions & CheckOptions = {}): SolveExResult {
  const { X, info } = solveNamed('linalg.solve', A, B, left)
  if (checkErrors) checkInfo(info, 'torch.linalg.solve_ex', () => 'The solver failed because the input matrix is singular.')
  return namedTuple({ result: X, info })
}

const invRule = /* @__PURE__ */ rule<readonly [Tensor]>('LinalgInvExBackward0', (grad, node) => {
  const inverse = mT(node.saved()[0])
  return [neg(matmul(inverse, matmul(grad, inverse)))]
})

/** An inverse, and per matrix the number of the pivot that is 0, or 0. */
export type InvExResult = { readonly inverse: Tensor; readonly info: Tensor } & Iterable<Tensor>

/**
 * `inv` that reports a singular matrix in `info` instead of raising.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.inv_ex.html
 */
export function invEx(A: Tensor, { checkErrors = false }: CheckOptions = {}): InvExResult {
  checkSquare(A, 'linalg.inv')
  const eye = expand(identity(A.shape[A.ndim - 1] as number, A), A.shape)
  const { X: inverse, info } = noGrad(() => solveRaw(A, eye))
  if (checkErrors) checkInverse(info)
  record(inverse, invRule, [A], [inverse], undefined)
  return namedTuple({ inverse, info })
}

const checkInverse = (info: Tensor): void =>
  checkInfo(
    info,
    'linalg.inv',
    (k) => `The diagonal element ${k} is zero, the inversion could not be completed because the input matrix is singular.`,
  )

/**
 * The inverse of square matrices.
 *
 * @throws LinAlgError for a singular matrix; RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.inv.html
 */
export function inv(A: Tensor): Tensor {
  return invEx(A, { checkErrors: true }).inverse
}

/** The product of the diagonal of the triangular factor, and the sign of the permutation, of each matrix. */
function eliminate(A: Tensor, each: (i: number, sign: number, diagonal: readonly number[]) => void): void {
  const { rows: n } = batchOf(A)
  eachMatrix(A, [], (matrix, _, i) => {
    const { factors, sign } = lu(matrix, n, n)
    each(
      i,
      sign,
      Array.from({ length: n }, (_, j) => factors[j * (n + 1)] as number),
    )
  })
}

/** A scalar per matrix as a multiple of the identity. */
const scaledIdentity = (s: Tensor, n: number): Tensor => mul(unsqueeze(unsqueeze(s, -1), -1), identity(n, s))

const detRule = /* @__PURE__ */ rule<readonly [A: Tensor, det: Tensor]>('LinalgDetBackward0', (grad, node) => {
  const [A, value] = node.saved()
  const n = A.shape[A.ndim - 1] as number
  if (!any(eq(value, 0)).item<boolean>()) return [solveMatrices(mT(A), scaledIdentity(mul(grad, value), n)).X]
  // The cofactors of a singular matrix, by its singular values: each is a product of all but one.
  const [U, S, Vh] = svd(A) as unknown as [Tensor, Tensor, Tensor]
  const sign = noGrad(() => mul(det(U.detach()), det(Vh.detach())))
  const cofactors = matmul(mul(U, unsqueeze(productsOfOthers(S), -2)), Vh)
  return [mul(cofactors, unsqueeze(unsqueeze(mul(grad, sign), -1), -1))]
})

/**
 * The determinant of square matrices.
 *
 * @throws RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.det.html
 */
export function det(A: Tensor): Tensor {
  checkSquare(A, 'linalg.det')
  const { batches, count } = batchOf(A)
  const values = new Float64Array(count)
  eliminate(A, (i, sign, diagonal) => {
    values[i] = diagonal.reduce((product, d) => product * d, sign)
  })
  const out = fromDoubles(values, batches, A)
  return record(out, detRule, [A], [A, out], undefined)
}

/** The sign of a determinant and the logarithm of its magnitude. */
export type SlogdetResult = { readonly sign: Tensor; readonly logabsdet: Tensor } & Iterable<Tensor>

const slogdetRule = /* @__PURE__ */ ruleAll<readonly [Tensor]>('LinalgSlogdetBackward0', ([, grad], node) => {
  const [A] = node.saved()
  return [grad ? solveMatrices(mT(A), scaledIdentity(grad, A.shape[A.ndim - 1] as number)).X : null]
})

/**
 * The sign of the determinant and the logarithm of its magnitude, which neither overflow nor underflow.
 *
 * @throws RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.slogdet.html
 */
export function slogdet(A: Tensor): SlogdetResult {
  checkSquare(A, 'linalg.slogdet')
  const { batches, count } = batchOf(A)
  const signs = new Float64Array(count)
  const logs = new Float64Array(count)
  eliminate(A, (i, sign, diagonal) => {
    signs[i] = diagonal.reduce((s, d) => s * Math.sign(d), sign) + 0
    logs[i] = diagonal.reduce((sum, d) => sum + Math.log(Math.abs(d)), 0)
  })
  const sign = fromDoubles(signs, batches, A)
  const logabsdet = fromDoubles(logs, batches, A)
  recordAll([sign, logabsdet], slogdetRule, [A], [A], undefined)
  return namedTuple({ sign, logabsdet })
}

/**
 * The logarithm of the determinant; NaN where that is negative.
 *
 * @throws RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.logdet.html
 */
export function logdet(A: Tensor): Tensor {
  checkSquare(A, 'logdet')
  const { sign, logabsdet } = slogdet(A)
  return where(eq(sign, -1), Number.NaN, logabsdet)
}
