/** Eigenvalues and eigenvectors of a symmetric matrix by Jacobi rotations. */

/** Eigenvalues from the least up, and the eigenvectors in the columns of `V`. */
export interface Eigh {
  readonly values: Float64Array
  readonly V: Float64Array
}

/** Turns rows and columns `p` and `q` of `A` so that `A[p][q]` becomes 0, and the columns of `V` along. */
function annihilate(A: Float64Array, V: Float64Array, n: number, p: number, q: number): void {
  const apq = A[p * n + q] as number
  const theta = ((A[q * n + q] as number) - (A[p * n + p] as number)) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let i = 0; i < n; i++) {
    const [x, y] = [A[i * n + p] as number, A[i * n + q] as number]
    A[i * n + p] = c * x - s * y
    A[i * n + q] = s * x + c * y
  }
  for (let i = 0; i < n; i++) {
    const [x, y] = [A[p * n + i] as number, A[q * n + i] as number]
    A[p * n + i] = c * x - s * y
    A[q * n + i] = s * x + c * y
    const [v, w] = [V[i * n + p] as number, V[i * n + q] as number]
    V[i * n + p] = c * v - s * w
    V[i * n + q] = s * v + c * w
  }
}

/** Decomposes a symmetric `n` by `n` matrix, which is overwritten. */
export function eigh(A: Float64Array, n: number): Eigh {
  const V = new Float64Array(n * n)
  for (let i = 0; i < n; i++) V[i * (n + 1)] = 1
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = false
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const size = Math.abs(A[p * n + q] as number)
        const scale = Math.sqrt(Math.abs((A[p * n + p] as number) * (A[q * n + q] as number)))
        if (size === 0 || size <= 1e-17 * scale || size < 1e-300) continue
        turned = true
        annihilate(A, V, n, p, q)
      }
    if (!turned) break
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => (A[a * (n + 1)] as number) - (A[b * (n + 1)] as number))
  const sorted = new Float64Array(n * n)
  order.forEach((from, j) => {
    for (let i = 0; i < n; i++) sorted[i * n + j] = V[i * n + from] as number
  })
  return { values: Float64Array.from(order, (i) => A[i * (n + 1)] as number), V: sorted }
}
