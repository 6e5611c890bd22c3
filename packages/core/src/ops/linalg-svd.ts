/** The singular value decomposition, and what is made of it. */
import { ruleAll } from '../autograd/node.ts'
import { svd as algorithm } from '../matrix/svd.ts'
import { recordAll } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { matmul } from './linalg.ts'
import { batchOf, checkMatrix, eachMatrix, fromDoubles, identity, mT } from './linalg-batch.ts'
import { narrow, unsqueeze } from './view.ts'

/** `A = U diag(S) Vh`. */
export type SvdResult = { readonly U: Tensor; readonly S: Tensor; readonly Vh: Tensor } & Iterable<Tensor>

/** `X - X^T` over the differences of squared singular values. */
function turned(X: Tensor, S: Tensor): Tensor {
  const squares = mul(S, S)
  const eye = identity(S.shape[S.ndim - 1] as number, S)
  const gaps = add(sub(unsqueeze(squares, -2), unsqueeze(squares, -1)), eye)
  return div(sub(X, mT(X)), gaps)
}

const svdRule = /* @__PURE__ */ ruleAll<readonly [Tensor, Tensor, Tensor], undefined>(
  'LinalgSvdBackward0',
  ([gradU, gradS, gradVh], node) => {
    const [fullU, S, fullVh] = node.saved()
    const k = S.shape[S.ndim - 1] as number
    const U = narrow(fullU, -1, 0, k)
    const Vh = narrow(fullVh, -2, 0, k)
    const scaled = (x: Tensor): Tensor => mul(unsqueeze(S, -1), x)
    const part = (g: Tensor | null | undefined, dim: number): Tensor | null => (g ? narrow(g, dim, 0, k) : null)
    const [gU, gVh] = [part(gradU, -1), part(gradVh, -2)]
    let inner: Tensor | null = gradS ? mul(unsqueeze(gradS, -1), identity(k, S)) : null
    const gather = (x: Tensor): void => {
      inner = inner === null ? x : add(inner, x)
    }
    if (gU !== null) gather(mul(turned(matmul(mT(U), gU), S), unsqueeze(S, -2)))
    if (gVh !== null) gather(scaled(turned(matmul(Vh, mT(gVh)), S)))
    if (inner === null) return [null]
    let out = matmul(matmul(U, inner), Vh)
    // What turns out of the spaces that U and V span.
    if (gU !== null && (U.shape[U.ndim - 2] as number) > k) {
      const outside = sub(gU, matmul(U, matmul(mT(U), gU)))
      out = add(out, matmul(div(outside, unsqueeze(S, -2)), Vh))
    }
    if (gVh !== null && (Vh.shape[Vh.ndim - 1] as number) > k) {
      const outside = sub(gVh, matmul(matmul(gVh, mT(Vh)), Vh))
      out = add(out, matmul(U, div(outside, unsqueeze(S, -1))))
    }
    return [out]
  },
)

function decompose(A: Tensor, full: boolean): [U: Tensor, S: Tensor, Vh: Tensor] {
  const { batches, count, rows: m, columns: n } = batchOf(A)
  const k = Math.min(m, n)
  const [p, q] = full ? [m, n] : [k, k]
  const outs = [new Float64Array(count * m * p), new Float64Array(count * k), new Float64Array(count * n * q)] as const
  eachMatrix(A, outs, (matrix, [U, S, Vh]) => {
    const d = algorithm(matrix, m, n, full)
    U?.set(d.U)
    S?.set(d.S)
    for (let i = 0; i < q; i++) for (let j = 0; j < n; j++) (Vh as Float64Array)[i * n + j] = d.V[j * q + i] as number
  })
  const U = fromDoubles(outs[0], [...batches, m, p], A)
  const S = fromDoubles(outs[1], [...batches, k], A)
  const Vh = fromDoubles(outs[2], [...batches, q, n], A)
  recordAll([U, S, Vh], svdRule, [A], [U, S, Vh], undefined)
  return [U, S, Vh]
}

/** Options of `linalg.svd`. */
export interface SvdOptions {
  /** Square `U` and `Vh` (true). */
  readonly fullMatrices?: boolean
}

/**
 * The singular value decomposition `A = U diag(S) Vh`: orthogonal `U` and `Vh`, and `S` from the greatest down.
 *
 * Shape: `[..., m, n]` to `[..., m, m]`, `[..., min(m, n)]` and `[..., n, n]`; thinner without `fullMatrices`.
 * The signs of the vectors are not determined, and may differ from PyTorch's.
 *
 * @throws RuntimeError for integers or fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.svd.html
 */
export function svd(A: Tensor, { fullMatrices = true }: SvdOptions = {}): SvdResult {
  checkMatrix(A, 'linalg.svd')
  const [U, S, Vh] = decompose(A, fullMatrices)
  return namedTuple({ U, S, Vh })
}

/**
 * The singular values, from the greatest down.
 *
 * @throws RuntimeError for integers or fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.svdvals.html
 */
export function svdvals(A: Tensor): Tensor {
  checkMatrix(A, 'linalg.svdvals')
  return decompose(A, false)[1]
}

/** `A = U diag(S) V^T`. */
export type OldSvdResult = { readonly U: Tensor; readonly S: Tensor; readonly V: Tensor } & Iterable<Tensor>

/**
 * `linalg.svd` by its older name: `some` for thin factors, which is the default, and `V` not transposed.
 *
 * @throws RuntimeError for integers or fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.svd.html
 */
export function svdMethod(A: Tensor, { some = true }: { readonly some?: boolean } = {}): OldSvdResult {
  checkMatrix(A, 'linalg.svd')
  const [U, S, Vh] = decompose(A, !some)
  return namedTuple({ U, S, V: mT(Vh) })
}
