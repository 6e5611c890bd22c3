/** The same work on more threads, where a contender has them. */
import { availableParallelism } from 'node:os'
import type { TimedCase } from './case.ts'
import { gemm } from './gemm.ts'
import { mlp } from './training.ts'

const counts = [1, 2, 4, 8].filter((n) => n <= availableParallelism())

export const threadCases: readonly TimedCase[] = [
  ...[256, 512, 1024].flatMap((n) =>
    counts.map((threads) => {
      const words = `product of ${n} x ${n}, ${threads} thread${threads > 1 ? 's' : ''}`
      return gemm('', n, n, n, { id: `threads/gemm-${n}-${threads}`, label: words, threads, quick: n === 512 })
    }),
  ),
  ...counts.map((threads) => ({
    ...mlp(`threads/mlp-${threads}`, `MLP epoch, ${threads} thread${threads > 1 ? 's' : ''}`, { threads }),
    quick: false,
  })),
]
