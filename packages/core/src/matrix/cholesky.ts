/** The factorization `A = L L^T` of a symmetric positive-definite matrix. */

/**
 * Writes `L` over `A`, of which only the lower triangle is read.
 *
 * Returns the order of the first leading minor that is not positive, 0 if all are.
 */
export function cholesky(A: Float64Array, n: number): number {
  let info = 0
  for (let j = 0; j < n; j++) {
    let d = A[j * n + j] as number
    for (let k = 0; k < j; k++) d -= (A[j * n + k] as number) ** 2
    if (!(d > 0)) {
      info = j + 1
      break
    }
    const root = Math.sqrt(d)
    A[j * n + j] = root
    for (let i = j + 1; i < n; i++) {
      let s = A[i * n + j] as number
      for (let k = 0; k < j; k++) s -= (A[i * n + k] as number) * (A[j * n + k] as number)
      A[i * n + j] = s / root
    }
  }
  for (let i = 0; i < n; i++) A.fill(0, i * n + i + 1, (i + 1) * n)
  return info
}
