/** Triangular systems. */

/** Which triangle of a matrix is meant, and how. */
export interface Triangle {
  readonly upper: boolean
  /** Take the diagonal to be 1, whatever stands there. */
  readonly unit: boolean
  /** Mean the transpose of the matrix. */
  readonly transposed?: boolean
}

/** Solves `A X = B` for a triangular `n` by `n` matrix; `B`, of `k` columns, becomes `X`. */
export function solveTriangle(A: Float64Array, n: number, B: Float64Array, k: number, { upper, unit, transposed = false }: Triangle): void {
  const at = (i: number, j: number): number => (transposed ? A[j * n + i] : A[i * n + j]) as number
  // The transpose of an upper triangle is a lower one.
  const backwards = upper !== transposed
  for (let step = 0; step < n; step++) {
    const i = backwards ? n - 1 - step : step
    const row = i * k
    for (let j = backwards ? i + 1 : 0, end = backwards ? n : i; j < end; j++) {
      const a = at(i, j)
      if (a === 0) continue
      for (let c = 0; c < k; c++) B[row + c] = (B[row + c] as number) - a * (B[j * k + c] as number)
    }
    if (unit) continue
    const d = at(i, i)
    for (let c = 0; c < k; c++) B[row + c] = (B[row + c] as number) / d
  }
}
