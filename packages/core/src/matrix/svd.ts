/** The singular value decomposition by one-sided Jacobi rotations: slow for large matrices, accurate for all. */

/** `A = U diag(S) V^T` with `k = min(m, n)` columns in U and V; all row-major. */
export interface Svd {
  readonly U: Float64Array
  readonly S: Float64Array
  readonly V: Float64Array
}

/** Turns two columns of a matrix with rows of `width`. */
function rotate(data: Float64Array, rows: number, width: number, p: number, q: number, c: number, s: number): void {
  for (let i = 0; i < rows; i++) {
    const x = data[i * width + p] as number
    const y = data[i * width + q] as number
    data[i * width + p] = c * x - s * y
    data[i * width + q] = s * x + c * y
  }
}

/** Makes the columns of `W` orthogonal, turning those of `V` along. */
function orthogonalize(W: Float64Array, m: number, n: number, V: Float64Array): void {
  for (let sweep = 0, turned = true; turned && sweep < 60; sweep++) {
    turned = false
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        let alpha = 0
        let beta = 0
        let gamma = 0
        for (let i = 0; i < m; i++) {
          const x = W[i * n + p] as number
          const y = W[i * n + q] as number
          alpha += x * x
          beta += y * y
          gamma += x * y
        }
        if (Math.abs(gamma) <= 1e-16 * Math.sqrt(alpha * beta) || gamma === 0) continue
        turned = true
        const z = (beta - alpha) / (2 * gamma)
        const t = (z >= 0 ? 1 : -1) / (Math.abs(z) + Math.sqrt(1 + z * z))
        const c = 1 / Math.sqrt(1 + t * t)
        rotate(W, m, n, p, q, c, c * t)
        rotate(V, n, n, p, q, c, c * t)
      }
  }
}

/** Fills column `j` of `U` with a unit vector orthogonal to those before. */
function complete(U: Float64Array, m: number, width: number, j: number): void {
  const v = new Float64Array(m)
  for (let e = 0; e < m; e++) {
    v.fill(0)
    v[e] = 1
    // Twice, as once leaves rounding errors.
    for (let pass = 0; pass < 2; pass++)
      for (let k = 0; k < j; k++) {
        let dot = 0
        for (let i = 0; i < m; i++) dot += (v[i] as number) * (U[i * width + k] as number)
        for (let i = 0; i < m; i++) v[i] = (v[i] as number) - dot * (U[i * width + k] as number)
      }
    const norm = Math.hypot(...v)
    if (norm < 0.5 / Math.sqrt(m)) continue
    for (let i = 0; i < m; i++) U[i * width + j] = (v[i] as number) / norm
    return
  }
}

/** The decomposition of an `m` by `n` matrix; with `full`, `U` and `V` are square. */
export function svd(A: Float64Array, m: number, n: number, full: boolean): Svd {
  if (m < n) {
    const T = new Float64Array(m * n)
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) T[j * m + i] = A[i * n + j] as number
    const { U, S, V } = svd(T, n, m, full)
    return { U: V, S, V: U }
  }
  const W = A.slice()
  const turned = new Float64Array(n * n)
  for (let i = 0; i < n; i++) turned[i * (n + 1)] = 1
  orthogonalize(W, m, n, turned)
  const lengths = Array.from({ length: n }, (_, j) => {
    let sum = 0
    for (let i = 0; i < m; i++) sum += (W[i * n + j] as number) ** 2
    return Math.sqrt(sum)
  })
  const order = lengths.map((_, j) => j).sort((a, b) => (lengths[b] as number) - (lengths[a] as number))
  const width = full ? m : n
  const U = new Float64Array(m * width)
  const V = new Float64Array(n * n)
  const S = Float64Array.from(order, (j) => lengths[j] as number)
  const negligible = (S[0] ?? 0) * 1e-300
  order.forEach((from, j) => {
    for (let i = 0; i < n; i++) V[i * n + j] = turned[i * n + from] as number
    const s = S[j] as number
    if (s > negligible) for (let i = 0; i < m; i++) U[i * width + j] = (W[i * n + from] as number) / s
    else complete(U, m, width, j)
  })
  for (let j = n; j < width; j++) complete(U, m, width, j)
  return { U, S, V }
}
