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

/** Takes off what `v` has in common with the first `j` columns of `U` and returns what length is left; twice, as once leaves rounding errors. */
function cleared(v: Float64Array, U: Float64Array, m: number, width: number, j: number): number {
  for (let pass = 0; pass < 2; pass++)
    for (let k = 0; k < j; k++) {
      let dot = 0
      for (let i = 0; i < m; i++) dot += (v[i] as number) * (U[i * width + k] as number)
      for (let i = 0; i < m; i++) v[i] = (v[i] as number) - dot * (U[i * width + k] as number)
    }
  return Math.sqrt(v.reduce((sum, x) => sum + x * x, 0))
}

/** Fills column `j` of `U` with a unit vector orthogonal to those before: along `v` if anything of it is left, else any. */
function fill(U: Float64Array, m: number, width: number, j: number, v: Float64Array | null): void {
  const put = (from: Float64Array, length: number): void => {
    for (let i = 0; i < m; i++) U[i * width + j] = (from[i] as number) / length
  }
  const length = v === null ? 0 : cleared(v, U, m, width, j)
  if (v !== null && length > 0.1) return put(v, length)
  for (let e = 0; e < m; e++) {
    const unit = new Float64Array(m)
    unit[e] = 1
    const left = cleared(unit, U, m, width, j)
    if (left > 0.5 / Math.sqrt(m)) return put(unit, left)
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
  order.forEach((from, j) => {
    for (let i = 0; i < n; i++) V[i * n + j] = turned[i * n + from] as number
    const length = S[j] as number
    fill(U, m, width, j, length === 0 ? null : Float64Array.from({ length: m }, (_, i) => (W[i * n + from] as number) / length))
  })
  for (let j = n; j < width; j++) fill(U, m, width, j, null)
  return { U, S, V }
}
