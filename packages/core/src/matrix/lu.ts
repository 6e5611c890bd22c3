/** The factorization `A = P L U` by Gaussian elimination. */
import { solveTriangle } from './triangular.ts'

/** The factors of an `m` by `n` matrix. */
export interface Lu {
  /** `L` below the diagonal (its own diagonal is 1), `U` on and above it. */
  readonly factors: Float64Array
  /** With which row row `i` was exchanged at step `i`. */
  readonly pivots: Int32Array
  /** The determinant of the permutation. */
  readonly sign: number
  /** The number of the first pivot that is 0, counted from 1; 0 if none is. */
  readonly info: number
}

/** Factors `A`, which stays as it is; without `pivot` no rows are exchanged. */
export function lu(A: Float64Array, m: number, n: number, pivot = true): Lu {
  const F = A.slice()
  const k = Math.min(m, n)
  const pivots = new Int32Array(k)
  let sign = 1
  let info = 0
  for (let i = 0; i < k; i++) {
    let p = i
    if (pivot) for (let r = i + 1; r < m; r++) if (Math.abs(F[r * n + i] as number) > Math.abs(F[p * n + i] as number)) p = r
    pivots[i] = p
    if (p !== i) {
      sign = -sign
      for (let j = 0; j < n; j++) [F[i * n + j], F[p * n + j]] = [F[p * n + j] as number, F[i * n + j] as number]
    }
    const d = F[i * n + i] as number
    if (d === 0) {
      if (info === 0) info = i + 1
      continue
    }
    for (let r = i + 1; r < m; r++) {
      const f = (F[r * n + i] as number) / d
      F[r * n + i] = f
      if (f === 0) continue
      for (let j = i + 1; j < n; j++) F[r * n + j] = (F[r * n + j] as number) - f * (F[i * n + j] as number)
    }
  }
  return { factors: F, pivots, sign, info }
}

/** Solves `A X = B` from the factors of a square matrix; `B`, of `k` columns, becomes `X`. */
export function solveFactored({ factors, pivots }: Pick<Lu, 'factors' | 'pivots'>, n: number, B: Float64Array, k: number): void {
  for (let i = 0; i < n; i++) {
    const p = pivots[i] as number
    if (p !== i) for (let c = 0; c < k; c++) [B[i * k + c], B[p * k + c]] = [B[p * k + c] as number, B[i * k + c] as number]
  }
  solveTriangle(factors, n, B, k, { upper: false, unit: true })
  solveTriangle(factors, n, B, k, { upper: true, unit: false })
}
