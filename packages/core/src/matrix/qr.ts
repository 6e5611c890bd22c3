/** The factorization `A = Q R` by Householder reflections, with LAPACK's signs. */

/** An orthogonal and an upper triangular factor, row-major. */
export interface Qr {
  readonly Q: Float64Array
  readonly R: Float64Array
}

/** Applies `I - tau v v^T` to columns `from` and on of `M`, where `v` is column `k` of `V` from row `k` down with 1 at the top. */
function reflect(M: Float64Array, m: number, width: number, from: number, V: Float64Array, n: number, k: number, tau: number): void {
  for (let j = from; j < width; j++) {
    let s = M[k * width + j] as number
    for (let i = k + 1; i < m; i++) s += (V[i * n + k] as number) * (M[i * width + j] as number)
    s *= tau
    M[k * width + j] = (M[k * width + j] as number) - s
    for (let i = k + 1; i < m; i++) M[i * width + j] = (M[i * width + j] as number) - s * (V[i * n + k] as number)
  }
}

/** Factors an `m` by `n` matrix; `Q` has `columns` columns, at least `min(m, n)`, and `R` as many rows. */
export function qr(A: Float64Array, m: number, n: number, columns: number): Qr {
  const F = A.slice()
  const k = Math.min(m, n)
  const taus = new Float64Array(k)
  for (let c = 0; c < k; c++) {
    let rest = 0
    for (let i = c + 1; i < m; i++) rest = Math.hypot(rest, F[i * n + c] as number)
    if (rest === 0) continue
    const alpha = F[c * n + c] as number
    const beta = (alpha >= 0 ? -1 : 1) * Math.hypot(alpha, rest)
    taus[c] = (beta - alpha) / beta
    for (let i = c + 1; i < m; i++) F[i * n + c] = (F[i * n + c] as number) / (alpha - beta)
    reflect(F, m, n, c + 1, F, n, c, taus[c] as number)
    F[c * n + c] = beta
  }
  const Q = new Float64Array(m * columns)
  for (let i = 0; i < Math.min(m, columns); i++) Q[i * columns + i] = 1
  for (let c = k - 1; c >= 0; c--) reflect(Q, m, columns, c, F, n, c, taus[c] as number)
  const R = new Float64Array(columns * n)
  for (let i = 0; i < Math.min(columns, m); i++) for (let j = i; j < n; j++) R[i * n + j] = F[i * n + j] as number
  return { Q, R }
}
