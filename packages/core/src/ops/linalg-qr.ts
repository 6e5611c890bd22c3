/** The QR factorization, and products of Householder reflections. */
import { ruleAll } from '../autograd/node.ts'
import { RuntimeError } from '../errors.ts'
import { qr as algorithm } from '../matrix/qr.ts'
import { recordAll } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { add, mul, neg, sub } from './arithmetic.ts'
import { cat } from './join.ts'
import { matmul } from './linalg.ts'
import { batchOf, checkMatrix, eachMatrix, fromDoubles, identity, mT } from './linalg-batch.ts'
import { solveTriangular } from './linalg-triangular.ts'
import { sum } from './reduce.ts'
import { tril } from './triangle.ts'
import { narrow, unsqueeze } from './view.ts'

/** How much of the factors is wanted: all columns of `Q` that `A` spans, a square `Q`, or `R` alone. */
export type QrMode = 'reduced' | 'complete' | 'r'

/** An orthogonal and an upper triangular factor. */
export type QrResult = { readonly Q: Tensor; readonly R: Tensor } & Iterable<Tensor>

/** The gradient of a matrix of at least as many rows as columns. */
function tall(gQ: Tensor | null, gR: Tensor | null, Q: Tensor, R: Tensor): Tensor | null {
  if (gQ === null && gR === null) return null
  const terms = [gR === null ? null : matmul(R, mT(gR)), gQ === null ? null : neg(matmul(mT(gQ), Q))].filter((t) => t !== null)
  const M = terms.reduce((a, b) => add(a, b))
  // The lower triangle, mirrored.
  const mirrored = add(tril(M), mT(tril(M, { diagonal: -1 })))
  const inner = matmul(Q, mirrored)
  return solveTriangular(mT(R), gQ === null ? inner : add(gQ, inner), { upper: false, left: false })
}

const qrRule = /* @__PURE__ */ ruleAll<readonly [A: Tensor, Q: Tensor, R: Tensor], { mode: QrMode }>(
  'LinalgQrBackward0',
  ([gradQ, gradR], node) => {
    const [A, Q, R] = node.saved()
    const { rows: m, columns: n } = batchOf(A)
    const { mode } = node.attrs
    if (mode === 'r')
      throw new RuntimeError(
        "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to require gradients through Q or R.",
      )
    if (mode === 'complete' && m > n)
      throw new RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
    const [gQ, gR] = [gradQ ?? null, gradR ?? null]
    if (m >= n) return [tall(gQ, gR, Q, R)]
    // The columns beyond the square part are Q times theirs in R.
    const U = narrow(R, -1, 0, m)
    if (gR === null) return [joined(tall(gQ, null, Q, U), null, m, n, Q)]
    const Y = narrow(A, -1, m, n - m)
    const gV = narrow(gR, -1, m, n - m)
    const through = matmul(Y, mT(gV))
    return [joined(tall(gQ === null ? through : add(gQ, through), narrow(gR, -1, 0, m), Q, U), matmul(Q, gV), m, n, Q)]
  },
)

/** The two parts of a wide gradient side by side. */
function joined(square: Tensor | null, rest: Tensor | null, m: number, n: number, like: Tensor): Tensor | null {
  if (square === null) return null
  return cat([square, rest ?? allocateTensor([...square.shape.slice(0, -2), m, n - m], like.dtype)], -1)
}

/**
 * The factorization `A = Q R` into an orthogonal and an upper triangular matrix.
 *
 * @throws RuntimeError for an unknown mode, integers or fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.qr.html
 */
export function linalgQr(A: Tensor, { mode = 'reduced' }: { readonly mode?: QrMode } = {}): QrResult {
  checkMatrix(A, 'linalg.qr')
  if (mode !== 'reduced' && mode !== 'complete' && mode !== 'r')
    throw new RuntimeError(`qr received unrecognized mode '${mode as string}' but expected one of 'reduced' (default), 'r', or 'complete'`)
  const { batches, count, rows: m, columns: n } = batchOf(A)
  const width = mode === 'complete' ? m : Math.min(m, n)
  const outs = [new Float64Array(count * m * width), new Float64Array(count * width * n)] as const
  eachMatrix(A, count === 0 ? [] : outs, (matrix, [Q, R]) => {
    const factors = algorithm(matrix, m, n, width)
    Q?.set(factors.Q)
    R?.set(factors.R)
  })
  const Q = mode === 'r' ? allocateTensor([0], A.dtype) : fromDoubles(outs[0], [...batches, m, width], A)
  const R = fromDoubles(outs[1], [...batches, width, n], A)
  recordAll([Q, R], qrRule, [A], [A, Q, R], { mode })
  return namedTuple({ Q, R })
}

/**
 * `linalg.qr` by its older name: `some` for the reduced factors, which is the default.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.qr.html
 */
export function qr(A: Tensor, { some = true }: { readonly some?: boolean } = {}): QrResult {
  return linalgQr(A, { mode: some ? 'reduced' : 'complete' })
}

/**
 * The first columns of a product of Householder reflections `I - tau v v^T`, whose vectors stand below the diagonal of `A`.
 *
 * Shape: `[..., m, n]` and `[..., k]` to `[..., m, n]`.
 *
 * @throws RuntimeError for shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.householder_product.html
 */
export function householderProduct(A: Tensor, tau: Tensor): Tensor {
  checkMatrix(A, 'torch.linalg.householder_product', 'input')
  const { batches, rows: m, columns: n } = batchOf(A)
  const k = tau.shape[tau.ndim - 1] as number
  if (m < n) throw new RuntimeError('torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]')
  if (n < k) throw new RuntimeError('torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]')
  let out = narrow(identity(m, A), -1, 0, n).expand([...batches, m, n])
  for (let i = k - 1; i >= 0; i--) {
    // One at place i, zeros above, what is stored below.
    const below = narrow(narrow(A, -2, i + 1, m - i - 1), -1, i, 1)
    const top = narrow(identity(m, A), -1, i, 1)
      .narrow(-2, 0, i + 1)
      .expand([...batches, i + 1, 1])
    const v = cat([top, below], -2)
    const scale = unsqueeze(narrow(tau, -1, i, 1), -1)
    out = sub(out, mul(v, mul(scale, sum(mul(v, out), -2, { keepdim: true }))))
  }
  return out
}
