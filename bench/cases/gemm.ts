/** Products of float32 matrices: squares, a layer of the perceptron, and products with a vector. */
import type { TimedCase } from './case.ts'

export function gemm(name: string, m: number, k: number, n: number, more: Partial<TimedCase> & { threads?: number } = {}): TimedCase {
  const { threads, ...rest } = more
  return {
    how: 'timed',
    id: `gemm/${name}`,
    label: `${m} x ${k} by ${k} x ${n}`,
    task: { kind: 'gemm', m, k, n, ...(threads !== undefined && { threads }) },
    unit: 'GFLOP/s',
    figure: (ms) => (2 * m * k * n) / ms / 1e6,
    // Until memory that was never touched before is no more part of it.
    warm: 400,
    round: 60,
    ...rest,
  }
}

export const gemmCases: readonly TimedCase[] = [
  ...[32, 64, 128, 256, 512, 1024].map((n) => gemm(String(n), n, n, n, { quick: n === 64 || n === 256 })),
  gemm('64x784x128', 64, 784, 128, { quick: true }),
  gemm('1xN', 1, 1024, 1024),
  gemm('Nx1', 1024, 1024, 1),
]
