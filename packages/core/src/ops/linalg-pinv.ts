/** Pseudo-inverses, ranks, least squares and condition numbers. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { castTo, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { abs, add, div, mul, pow, reciprocal, sub } from './arithmetic.ts'
import { gt } from './compare.ts'
import { matmul } from './linalg.ts'
import { batchOf, checkMatrix, checkSquare, mT } from './linalg-batch.ts'
import { eigh } from './linalg-eigh.ts'
import { type MatrixOrder, matrixNorm } from './linalg-norms.ts'
import { invEx } from './linalg-solve.ts'
import { svd, svdvals } from './linalg-svd.ts'
import { maximum } from './pairs.ts'
import { amax, any, sum } from './reduce.ts'
import type { Operand } from './types.ts'
import { select, squeeze, unsqueeze } from './view.ts'
import { where } from './where.ts'

/** Options of functions that take small singular values for 0. */
export interface ToleranceOptions {
  /** The greatest value taken for 0. */
  readonly atol?: number | Tensor | null | undefined
  /** The same, as a part of the greatest singular value; by default the dtype's epsilon times the longer side, unless `atol` is given. */
  readonly rtol?: number | Tensor | null | undefined
  /** Whether the matrices are symmetric. */
  readonly hermitian?: boolean | undefined
}

const epsilon = (x: Tensor): number => (x.dtype === 'float64' ? Number.EPSILON : 2 ** -23)

/** Up to which value each matrix' singular values (or magnitudes of eigenvalues) are taken for 0; a column to compare with. */
function tolerance(A: Tensor, values: Tensor, { atol = null, rtol = null }: ToleranceOptions): Operand {
  const { rows, columns } = batchOf(A)
  const column = (t: number | Tensor): Operand => (typeof t === 'number' ? t : unsqueeze(castTo(t, values.dtype), -1))
  const isSet = typeof atol === 'number' ? atol > 0 : atol !== null && any(gt(atol, 0)).item<boolean>()
  const part = rtol ?? (isSet ? 0 : epsilon(A) * Math.max(rows, columns))
  if (values.shape[values.ndim - 1] === 0) return 0
  const relative = mul(amax(values, -1, { keepdim: true }), column(part))
  const absolute = column(atol ?? 0)
  return typeof absolute === 'number' ? relative.clampMin(absolute) : maximum(relative, absolute)
}

/**
 * The number of singular values that are not taken for 0.
 *
 * @throws RuntimeError for integers or fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.matrix_rank.html
 */
export function matrixRank(A: Tensor, options: ToleranceOptions = {}): Tensor {
  checkMatrix(A, 'torch.linalg.matrix_rank', 'input')
  return noGrad(() => {
    const values = options.hermitian === true ? abs(eigh(A).eigenvalues) : svdvals(A)
    return sum(gt(values, tolerance(A, values, options)), -1)
  })
}

const pinvRule = /* @__PURE__ */ rule<readonly [A: Tensor, out: Tensor]>('LinalgPinvBackward0', (grad, node) => {
  const [A, P] = node.saved()
  const { rows: m, columns: n } = batchOf(A)
  const [Pt, gt] = [mT(P), mT(grad)]
  if (m <= n) {
    const K = matmul(gt, P)
    const KPt = matmul(K, Pt)
    const first = sub(sub(KPt, mT(matmul(P, K))), matmul(matmul(A, P), KPt))
    return [add(first, matmul(matmul(Pt, P), sub(gt, matmul(K, A))))]
  }
  const K = matmul(P, gt)
  const PtK = matmul(Pt, K)
  const first = sub(matmul(matmul(sub(gt, matmul(A, K)), P), Pt), mT(matmul(K, P)))
  return [sub(add(first, PtK), matmul(matmul(PtK, P), A))]
})

/**
 * The pseudo-inverse of matrices: that of their singular values, those taken for 0 left out.
 *
 * @throws RuntimeError for integers or fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.pinv.html
 */
export function pinv(A: Tensor, options: ToleranceOptions = {}): Tensor {
  checkMatrix(A, 'linalg.pinv')
  const { batches, rows: m, columns: n } = batchOf(A)
  const out = noGrad(() => {
    if (m === 0 || n === 0) return allocateTensor([...batches, n, m], A.dtype)
    if (options.hermitian === true) {
      const { eigenvalues, eigenvectors } = eigh(A)
      const size = abs(eigenvalues)
      const inverse = where(gt(size, tolerance(A, size, options)), reciprocal(eigenvalues), 0)
      return matmul(mul(eigenvectors, unsqueeze(inverse, -2)), mT(eigenvectors))
    }
    const { U, S, Vh } = svd(A, { fullMatrices: false })
    const inverse = where(gt(S, tolerance(A, S, options)), reciprocal(S), 0)
    return matmul(mul(mT(Vh), unsqueeze(inverse, -2)), mT(U))
  })
  return record(out, pinvRule, [A], [A, out], undefined)
}

/**
 * `linalg.pinv` by its older name; `rcond` is `rtol`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.pinverse.html
 */
export function pinverse(A: Tensor, { rcond = 1e-15 }: { readonly rcond?: number } = {}): Tensor {
  return pinv(A, { rtol: rcond })
}

/** A solution, the squared errors, the ranks and the singular values, as far as the driver tells them. */
export type LstsqResult = {
  readonly solution: Tensor
  readonly residuals: Tensor
  readonly rank: Tensor
  readonly singularValues: Tensor
} & Iterable<Tensor>

/** Options of `linalg.lstsq`. */
export interface LstsqOptions {
  /** Singular values up to this part of the greatest are taken for 0. */
  readonly rcond?: number | null | undefined
  /** PyTorch's name of the algorithm, which decides what is told beside the solution: `gels`, `gelsy`, `gelsd` or `gelss`. */
  readonly driver?: string | null | undefined
}

/**
 * The `X` for which `|A X - B|` is least.
 *
 * Shape: `[..., m, n]` and `[..., m, k]` (or `[..., m]`) to `[..., n, k]`.
 *
 * @throws RuntimeError for shapes or a driver that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.lstsq.html
 */
export function lstsq(A: Tensor, B: Tensor, { rcond = null, driver = null }: LstsqOptions = {}): LstsqResult {
  if (A.ndim < 2) throw new RuntimeError('torch.linalg.lstsq: input must have at least 2 dimensions.')
  if (B.ndim < 1) throw new RuntimeError('torch.linalg.lstsq: other must have at least 1 dimension.')
  if (A.dtype !== B.dtype)
    throw new RuntimeError(
      `torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype ${scalarName(A.dtype)} and other's dtype ${scalarName(B.dtype)}`,
    )
  const chosen = driver ?? 'gelsy'
  if (!['gels', 'gelsy', 'gelsd', 'gelss'].includes(chosen))
    throw new RuntimeError('torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)')
  const isVector = A.ndim - 1 === B.ndim
  const right = isVector ? unsqueeze(B, -1) : B
  const { batches, rows: m, columns: n } = batchOf(A)
  const rtol = rcond ?? epsilon(A) * Math.max(m, n)
  const solution = matmul(pinv(A, { rtol }), right)
  const rank = chosen === 'gels' ? allocateTensor([0], 'int64') : matrixRank(A, { rtol })
  const singularValues = chosen === 'gelsd' || chosen === 'gelss' ? noGrad(() => svdvals(A)) : allocateTensor([0], A.dtype)
  const isFull = (): boolean => chosen === 'gels' || noGrad(() => rank.eq(n).all().item<boolean>())
  const residuals = m > n && isFull() ? sum(pow(sub(matmul(A, solution), right), 2), -2) : emptyResidual(solution, batches.length)
  return namedTuple({ solution: isVector ? squeeze(solution, -1) : solution, residuals, rank, singularValues })
}

/** No residuals, but in the graph as PyTorch has them. */
const emptyResidual = (solution: Tensor, _batches: number): Tensor => solution.reshape([-1]).narrow(0, 0, 0)

/**
 * The condition number of matrices: their norm times that of their inverse; for the 2-norm, which is the default, the ratio of the
 * greatest to the least singular value.
 *
 * @throws RuntimeError for an unknown order.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.cond.html
 */
export function cond(A: Tensor, { p = null }: { readonly p?: MatrixOrder | null | undefined } = {}): Tensor {
  checkMatrix(A, 'linalg.cond')
  if (p === null || Math.abs(p as number) === 2) {
    const values = svdvals(A)
    const [greatest, least] = [select(values, -1, 0), select(values, -1, -1)]
    return p === -2 ? div(least, greatest) : div(greatest, least)
  }
  checkSquare(A, 'linalg.cond')
  return mul(matrixNorm(A, { ord: p }), matrixNorm(invEx(A).inverse, { ord: p }))
}
