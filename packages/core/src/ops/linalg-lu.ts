/** The LU factorization. */
import { noGrad } from '../autograd/mode.ts'
import { ruleAll } from '../autograd/node.ts'
import { RuntimeError } from '../errors.ts'
import { lu as algorithm } from '../matrix/lu.ts'
import { recordAll } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { add, sub } from './arithmetic.ts'
import { cat } from './join.ts'
import { matmul } from './linalg.ts'
import { batchOf, checkMatrix, eachMatrix, fromDoubles, identity, mT } from './linalg-batch.ts'
import { solveTriangular } from './linalg-triangular.ts'
import { tril, triu } from './triangle.ts'
import { narrow } from './view.ts'

/** The lower factor, with 1 on its diagonal, from both in one. */
function lowerOf(LU: Tensor): Tensor {
  const { rows: m, columns: n } = batchOf(LU)
  const k = Math.min(m, n)
  return add(tril(narrow(LU, -1, 0, k), { diagonal: -1 }), narrow(identity(m, LU), -1, 0, k))
}

/** The upper factor from both in one. */
function upperOf(LU: Tensor): Tensor {
  const { rows: m, columns: n } = batchOf(LU)
  return triu(narrow(LU, -2, 0, Math.min(m, n)))
}

/** The gradient of `A` from those of its factors, which are null where none came. */
function toMatrix(gL: Tensor | null, gU: Tensor | null, L: Tensor, U: Tensor, P: Tensor): Tensor | null {
  if (gL === null && gU === null) return null
  const m = L.shape[L.ndim - 2] as number
  const n = U.shape[U.ndim - 1] as number
  const k = Math.min(m, n)
  const zeros = (rows: number, columns: number): Tensor => allocateTensor([...P.shape.slice(0, -2), rows, columns], L.dtype)
  const [dL, dU] = [gL ?? zeros(m, k), gU ?? zeros(k, n)]
  const [L1, U1] = [narrow(L, -2, 0, k), narrow(U, -1, 0, k)]
  let lower = matmul(mT(L1), narrow(dL, -2, 0, k))
  let upper = matmul(narrow(dU, -1, 0, k), mT(U1))
  if (n > k) lower = sub(lower, matmul(narrow(dU, -1, k, n - k), mT(narrow(U, -1, k, n - k))))
  if (m > k) upper = sub(upper, matmul(mT(narrow(L, -2, k, m - k)), narrow(dL, -2, k, m - k)))
  const inner = add(tril(lower, { diagonal: -1 }), triu(upper))
  const throughL = (x: Tensor): Tensor => solveTriangular(mT(L1), x, { upper: true, unitriangular: true })
  const throughU = (x: Tensor): Tensor => solveTriangular(mT(U1), x, { upper: false, left: false })
  let out = throughU(throughL(inner))
  if (n > k) out = cat([out, throughL(narrow(dU, -1, k, n - k))], -1)
  if (m > k) out = cat([out, throughU(narrow(dL, -2, k, m - k))], -2)
  return matmul(P, out)
}

const factorRule = /* @__PURE__ */ ruleAll<readonly [LU: Tensor, P: Tensor], undefined>('LinalgLuFactorExBackward0', ([grad], node) => {
  if (!grad) return [null]
  const [LU, P] = node.saved()
  const { rows: m, columns: n } = batchOf(LU)
  const k = Math.min(m, n)
  const gL = tril(narrow(grad, -1, 0, k), { diagonal: -1 })
  return [toMatrix(gL, triu(narrow(grad, -2, 0, k)), lowerOf(LU), upperOf(LU), P)]
})

/** The factors in one tensor, the exchanges of rows (from 1), the permutation, and which pivot is 0. */
function factor(A: Tensor, pivot: boolean): { LU: Tensor; pivots: Tensor; P: Tensor; info: Tensor } {
  const { batches, count, rows: m, columns: n } = batchOf(A)
  const k = Math.min(m, n)
  const values = new Float64Array(count * m * n)
  const pivots = allocateTensor([...batches, k], 'int32')
  const info = allocateTensor(batches, 'int32')
  const P = allocateTensor([...batches, m, m], A.dtype)
  eachMatrix(A, [], (matrix, _, i) => {
    const f = algorithm(matrix, m, n, pivot)
    values.set(f.factors, i * m * n)
    info.data[i] = f.info
    f.pivots.forEach((p, j) => {
      pivots.data[i * k + j] = p + 1
    })
    permutation(f.pivots, m).forEach((row, j) => {
      P.data[i * m * m + row * m + j] = 1
    })
  })
  return { LU: fromDoubles(values, A.shape, A), pivots, P, info }
}

/** Which row of the matrix stands where after the exchanges. */
function permutation(pivots: ArrayLike<number>, m: number): number[] {
  const rows = Array.from({ length: m }, (_, i) => i)
  for (let i = 0; i < pivots.length; i++) {
    const p = pivots[i] as number
    ;[rows[i], rows[p]] = [rows[p] as number, rows[i] as number]
  }
  return rows
}

/** Options of the LU factorization. */
export interface LuOptions {
  /** Exchange rows, so that no pivot is smaller than it must be (true). */
  readonly pivot?: boolean
}

/** Both factors in one tensor, and with which row (counted from 1) each row was exchanged. */
export type LuFactorResult = { readonly LU: Tensor; readonly pivots: Tensor } & Iterable<Tensor>

/** The same with, per matrix, the number of the pivot that is 0, or 0. */
export type LuFactorExResult = { readonly LU: Tensor; readonly pivots: Tensor; readonly info: Tensor } & Iterable<Tensor>

/**
 * `linalg.luFactor` that reports a singular matrix in `info` instead of raising.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lu_factor_ex.html
 */
export function luFactorEx(
  A: Tensor,
  { pivot = true, checkErrors = false }: LuOptions & { readonly checkErrors?: boolean } = {},
): LuFactorExResult {
  checkMatrix(A, 'torch.lu_factor')
  const { LU, pivots, P, info } = factor(A, pivot)
  recordAll([LU], factorRule, [A], [LU, P], undefined)
  if (checkErrors) checkInfo(info)
  return namedTuple({ LU, pivots, info })
}

function checkInfo(info: Tensor): void {
  for (let i = 0; i < info.numel(); i++)
    if (info.data[i] !== 0)
      throw new RuntimeError(
        `torch.linalg.lu_factor: ${info.ndim === 0 ? '' : `(Batch element ${i}): `}U[${info.data[i]},${info.data[i]}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)`,
      )
}

/**
 * The factors of `A = P L U` in one tensor, and the exchanges of rows.
 *
 * @throws RuntimeError for a singular matrix.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lu_factor.html
 */
export function luFactor(A: Tensor, { pivot = true }: LuOptions = {}): LuFactorResult {
  const { LU, pivots } = luFactorEx(A, { pivot, checkErrors: true })
  return namedTuple({ LU, pivots })
}

/** A permutation, a lower and an upper triangular factor. */
export type LuResult = { readonly P: Tensor; readonly L: Tensor; readonly U: Tensor } & Iterable<Tensor>

const luRule = /* @__PURE__ */ ruleAll<readonly [P: Tensor, L: Tensor, U: Tensor], undefined>('LinalgLuBackward0', ([, gL, gU], node) => {
  const [P, L, U] = node.saved()
  return [toMatrix(gL ?? null, gU ?? null, L, U, P)]
})

/**
 * The factorization `A = P L U` into a permutation, a lower triangular matrix with 1 on its diagonal and an upper triangular one.
 *
 * @throws RuntimeError for integers or fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lu.html
 */
export function lu(A: Tensor, { pivot = true }: LuOptions = {}): LuResult {
  checkMatrix(A, 'linalg.lu')
  const { LU, P } = factor(A, pivot)
  const [L, U] = noGrad(() => [lowerOf(LU), upperOf(LU)]) as [Tensor, Tensor]
  // The permutation is no function of the matrix that could be differentiated.
  recordAll([pivot ? P.detach() : P, L, U], luRule, [A], [P, L, U], undefined)
  return namedTuple({ P: pivot ? P : allocateTensor([0], A.dtype), L, U })
}

/** Options of `linalg.luSolve`. */
export interface LuSolveOptions {
  /** Solve `A X = B` (true) or `X A = B`. */
  readonly left?: boolean
  /** Solve with the transpose of `A`. */
  readonly adjoint?: boolean
}

/** The permutation matrices of exchanges of rows. */
function permutationOf(pivots: Tensor, m: number, like: Tensor): Tensor {
  const k = pivots.shape[pivots.ndim - 1] as number
  const P = allocateTensor([...pivots.shape.slice(0, -1), m, m], like.dtype)
  const flat = pivots.contiguous()
  const count = k === 0 ? 0 : flat.numel() / k
  for (let i = 0; i < count; i++) {
    const own = Array.from({ length: k }, (_, j) => (flat.data[flat.offset + i * k + j] as number) - 1)
    permutation(own, m).forEach((row, j) => {
      P.data[i * m * m + row * m + j] = 1
    })
  }
  return P
}

/**
 * The solution `X` of `A X = B`, or of `X A = B`, from the factors that `luFactor` made of `A`.
 *
 * @throws RuntimeError for shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lu_solve.html
 */
export function luSolve(LU: Tensor, pivots: Tensor, B: Tensor, { left = true, adjoint = false }: LuSolveOptions = {}): Tensor {
  checkMatrix(LU, 'torch.linalg.lu_solve', 'LU')
  if (!left) return mT(luSolve(LU, pivots, mT(B), { left: true, adjoint: !adjoint }))
  const P = permutationOf(pivots, LU.shape[LU.ndim - 1] as number, LU)
  const unit = { upper: false, unitriangular: true }
  if (!adjoint) return solveTriangular(LU, solveTriangular(LU, matmul(mT(P), B), unit), { upper: true })
  const inner = solveTriangular(mT(LU), B, { upper: false })
  return matmul(P, solveTriangular(mT(LU), inner, { upper: true, unitriangular: true }))
}
