/** Triangular systems and the Cholesky factorization. */
import { noGrad } from '../autograd/mode.ts'
import { type Rule, rule, ruleAll } from '../autograd/node.ts'
import { LinAlgError, RuntimeError } from '../errors.ts'
import { broadcastShapes2, numelOf } from '../layout.ts'
import { cholesky as algorithm } from '../matrix/cholesky.ts'
import { solveTriangle } from '../matrix/triangular.ts'
import { expand, record, recordAll, sumTo } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { add, mul, neg, sub } from './arithmetic.ts'
import { matmul } from './linalg.ts'
import { batchOf, checkMatrix, checkSquare, doubles, eachMatrix, fromDoubles, identity, mT } from './linalg-batch.ts'
import { tril, triu } from './triangle.ts'
import { clone } from './view.ts'

/** Options of `linalg.solveTriangular`. */
export interface TriangularOptions {
  /** Whether the upper triangle is meant, or the lower one. */
  readonly upper: boolean
  /** Solve `A X = B` (true) or `X A = B`. */
  readonly left?: boolean
  /** Take the diagonal to be 1, whatever stands there. */
  readonly unitriangular?: boolean
}

type Triangular = Required<TriangularOptions>

const triangularRule = /* @__PURE__ */ rule<readonly [A: Tensor, X: Tensor], Triangular & { B: Tensor['shape'] }>(
  'LinalgSolveTriangularBackward0',
  (grad, node) => {
    const [A, X] = node.saved()
    const { upper, left, unitriangular, B } = node.attrs
    const toB = solveTriangular(mT(A), grad, { upper: !upper, left, unitriangular })
    if (!node.needs(0)) return [null, sumTo(toB, B)]
    const full = neg(left ? matmul(toB, mT(X)) : matmul(mT(X), toB))
    const part = upper ? triu(full, { diagonal: unitriangular ? 1 : 0 }) : tril(full, { diagonal: unitriangular ? -1 : 0 })
    return [sumTo(part, A.shape), node.needs(1) ? sumTo(toB, B) : null]
  },
)

/**
 * The solution `X` of `A X = B`, or of `X A = B`, for triangular `A`; the other triangle is not read.
 *
 * Shape: `[..., n, n]` and `[..., n, k]`; batches broadcast.
 *
 * @throws RuntimeError for shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html
 */
export function solveTriangular(A: Tensor, B: Tensor, { upper, left = true, unitriangular = false }: TriangularOptions): Tensor {
  checkSquare(A, 'linalg.solve_triangular')
  checkMatrix(B, 'linalg.solve_triangular', 'B')
  const n = A.shape[A.ndim - 1] as number
  if (B.shape[B.ndim - (left ? 2 : 1)] !== n)
    throw new RuntimeError(
      `linalg.solve_triangular: Incompatible shapes of A and B for the equation ${left ? 'AX = B' : 'XA = B'} (${A.shape.slice(-2).join('x')} and ${B.shape.slice(-2).join('x')})`,
    )
  const batches = broadcastShapes2(A.shape.slice(0, -2), B.shape.slice(0, -2))
  const out = noGrad(() => {
    const given = expand(A, [...batches, n, n])
    // X A = B is A^T X^T = B^T.
    const right = expand(left ? B : mT(B), [...batches, ...(left ? B : mT(B)).shape.slice(-2)])
    const k = right.shape[right.ndim - 1] as number
    const X = doubles(right)
    eachMatrix(given, [], (matrix, _, i) =>
      solveTriangle(matrix, n, X.subarray(i * n * k, (i + 1) * n * k), k, {
        upper,
        unit: unitriangular,
        transposed: !left,
      }),
    )
    return fromDoubles(X, right.shape, B)
  })
  const shaped = left ? out : noGrad(() => clone(mT(out)))
  return record(shaped, triangularRule, [A, B], [A, shaped], { upper, left, unitriangular, B: B.shape })
}

/** Options of `triangularSolve`. */
export interface TriangularSolveOptions {
  /** Whether the upper triangle is meant (true), or the lower one. */
  readonly upper?: boolean
  /** Solve `A^T X = B`. */
  readonly transpose?: boolean
  /** Take the diagonal to be 1, whatever stands there. */
  readonly unitriangular?: boolean
}

/** A solution and a copy of the matrix. */
export type TriangularSolveResult = { readonly solution: Tensor; readonly clonedCoefficient: Tensor } & Iterable<Tensor>

const oldTriangularRule = /* @__PURE__ */ ruleAll<
  readonly [A: Tensor, X: Tensor],
  Required<TriangularSolveOptions> & { b: Tensor['shape'] }
>('TriangularSolveBackward0', ([grad, gradCopy], node) => {
  const [A, X] = node.saved()
  const { upper, transpose, unitriangular, b } = node.attrs
  if (!grad) return [null, gradCopy ?? null]
  const toB = triangularSolve(grad, A, { upper, transpose: !transpose, unitriangular }).solution
  if (!node.needs(1)) return [sumTo(toB, b), null]
  const full = neg(transpose ? matmul(X, mT(toB)) : matmul(toB, mT(X)))
  const part = upper ? triu(full, { diagonal: unitriangular ? 1 : 0 }) : tril(full, { diagonal: unitriangular ? -1 : 0 })
  const toA = sumTo(part, A.shape)
  return [sumTo(toB, b), gradCopy ? add(toA, gradCopy) : toA]
})

/**
 * The solution of `A X = b` for triangular `A`, and a copy of `A`: the older form of `linalg.solveTriangular`.
 *
 * @throws RuntimeError for shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.triangular_solve.html
 */
export function triangularSolve(
  b: Tensor,
  A: Tensor,
  { upper = true, transpose = false, unitriangular = false }: TriangularSolveOptions = {},
): TriangularSolveResult {
  const [solution, clonedCoefficient] = noGrad(() => [
    transpose ? solveTriangular(mT(A), b, { upper: !upper, unitriangular }) : solveTriangular(A, b, { upper, unitriangular }),
    clone(A),
  ]) as [Tensor, Tensor]
  recordAll([solution, clonedCoefficient], oldTriangularRule, [b, A], [A, solution], { upper, transpose, unitriangular, b: b.shape })
  return namedTuple({ solution, clonedCoefficient })
}

/** The gradient of the factored matrix, symmetric as that is. */
const choleskyRule = (name: string): Rule<readonly [Tensor], { upper: boolean }> =>
  rule(name, (grad, node) => {
    const { upper } = node.attrs
    const [saved] = node.saved()
    const L = upper ? mT(saved) : saved
    const product = tril(matmul(mT(L), upper ? mT(grad) : grad))
    // The lower triangle with half of its diagonal.
    const half = sub(product, mul(product, mul(identity(L.shape[L.ndim - 1] as number, L), 0.5)))
    const inner = solveTriangular(mT(L), half, { upper: true })
    const full = solveTriangular(L, inner, { upper: false, left: false })
    return [mul(add(full, mT(full)), 0.5)]
  })

const choleskyExRule = /* @__PURE__ */ choleskyRule('LinalgCholeskyExBackward0')
const oldCholeskyRule = /* @__PURE__ */ choleskyRule('CholeskyBackward0')

/** Options of `linalg.cholesky`. */
export interface CholeskyOptions {
  /** Return the transpose, which is upper triangular; then the upper triangle of the matrix is read. */
  readonly upper?: boolean
}

function factor(A: Tensor, upper: boolean, r: typeof choleskyExRule): { L: Tensor; info: Tensor } {
  const { batches, count, rows: n } = batchOf(A)
  const values = new Float64Array(numelOf(A.shape))
  const info = allocateTensor(batches, 'int32')
  const lower = noGrad(() => (upper ? mT(A) : A))
  eachMatrix(lower, count === 0 ? [] : [values], (matrix, [out], i) => {
    info.data[i] = algorithm(matrix, n)
    out?.set(matrix)
  })
  const L = noGrad(() => {
    const result = fromDoubles(values, A.shape, A)
    return upper ? clone(mT(result)) : result
  })
  record(L, r, [A], [L], { upper })
  return { L, info }
}

/** Refuses a matrix that has no factor. */
function checkPositive(info: Tensor, name: string): void {
  for (let i = 0; i < info.numel(); i++) {
    const k = info.data[i] as number
    if (k !== 0)
      throw new LinAlgError(
        `${name}: ${info.ndim === 0 ? '' : `(Batch element ${i}): `}The factorization could not be completed because the input is not positive-definite (the leading minor of order ${k} is not positive-definite).`,
      )
  }
}

/** A factor, and per matrix the order of the leading minor that is not positive, or 0. */
export type CholeskyExResult = { readonly L: Tensor; readonly info: Tensor } & Iterable<Tensor>

/**
 * `linalg.cholesky` that reports a matrix without a factor in `info` instead of raising.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.cholesky_ex.html
 */
export function choleskyEx(
  A: Tensor,
  { upper = false, checkErrors = false }: CholeskyOptions & { readonly checkErrors?: boolean } = {},
): CholeskyExResult {
  checkSquare(A, 'linalg.cholesky')
  const { L, info } = factor(A, upper, choleskyExRule)
  if (checkErrors) checkPositive(info, 'linalg.cholesky_ex')
  return namedTuple({ L, info })
}

/**
 * The lower triangular `L` with `A = L L^T` of symmetric positive-definite matrices.
 *
 * @throws LinAlgError for a matrix that is not positive-definite; RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.cholesky.html
 */
export function linalgCholesky(A: Tensor, { upper = false }: CholeskyOptions = {}): Tensor {
  checkSquare(A, 'linalg.cholesky')
  const { L, info } = factor(A, upper, choleskyExRule)
  checkPositive(info, 'linalg.cholesky')
  return L
}

/**
 * `linalg.cholesky` by its older name.
 *
 * @throws LinAlgError for a matrix that is not positive-definite; RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.cholesky.html
 */
export function cholesky(A: Tensor, { upper = false }: CholeskyOptions = {}): Tensor {
  checkSquare(A, 'cholesky')
  const { L, info } = factor(A, upper, oldCholeskyRule)
  checkPositive(info, 'cholesky')
  return L
}

/** `(L L^T)^-1 B`, or `(U^T U)^-1 B`, without a graph. */
const solveBoth = (B: Tensor, L: Tensor, upper: boolean): Tensor =>
  noGrad(() => {
    const first = upper ? solveTriangular(mT(L), B, { upper: false }) : solveTriangular(L, B, { upper: false })
    return upper ? solveTriangular(L, first, { upper: true }) : solveTriangular(mT(L), first, { upper: true })
  })

const choleskySolveRule = /* @__PURE__ */ rule<readonly [L: Tensor, X: Tensor], { upper: boolean; B: Tensor['shape'] }>(
  'CholeskySolveBackward0',
  (grad, node) => {
    const [L, X] = node.saved()
    const { upper, B } = node.attrs
    const toB = choleskySolve(grad, L, { upper })
    if (!node.needs(1)) return [sumTo(toB, B), null]
    const product = matmul(toB, mT(X))
    const both = add(product, mT(product))
    return [node.needs(0) ? sumTo(toB, B) : null, sumTo(neg(upper ? matmul(L, both) : matmul(both, L)), L.shape)]
  },
)

/**
 * The solution `X` of `A X = B` from the Cholesky factor `L` of `A`.
 *
 * @throws RuntimeError for shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.cholesky_solve.html
 */
export function choleskySolve(B: Tensor, L: Tensor, { upper = false }: CholeskyOptions = {}): Tensor {
  if (B.ndim < 2) throw new RuntimeError(`b should have at least 2 dimensions, but has ${B.ndim} dimensions instead`)
  if (L.ndim < 2) throw new RuntimeError(`u should have at least 2 dimensions, but has ${L.ndim} dimensions instead`)
  const X = solveBoth(B, L, upper)
  return record(X, choleskySolveRule, [B, L], [L, X], { upper, B: B.shape })
}

const choleskyInverseRule = /* @__PURE__ */ rule<readonly [L: Tensor, inverse: Tensor], { upper: boolean }>(
  'CholeskyInverseBackward0',
  (grad, node) => {
    const [L, inverse] = node.saved()
    const both = matmul(inverse, matmul(add(grad, mT(grad)), inverse))
    return [neg(node.attrs.upper ? matmul(L, both) : matmul(both, L))]
  },
)

/**
 * The inverse of `A` from its Cholesky factor `L`.
 *
 * @throws RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.cholesky_inverse.html
 */
export function choleskyInverse(L: Tensor, { upper = false }: CholeskyOptions = {}): Tensor {
  checkSquare(L, 'cholesky_inverse')
  const eye = expand(identity(L.shape[L.ndim - 1] as number, L), L.shape)
  const inverse = solveBoth(eye, L, upper)
  return record(inverse, choleskyInverseRule, [L], [L, inverse], { upper })
}
