/** `distributed_sampler.json`: which rows each rank sees, by seed and epoch. */
import { call } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { readJson } from './read.ts'

interface SamplerCase {
  readonly n: number
  readonly world: number
  readonly shuffle: boolean
  readonly seed: number
  readonly drop_last: boolean
  readonly epoch: number
  readonly per_rank: readonly (readonly number[])[]
}

interface Sampler extends Iterable<number> {
  setEpoch(epoch: number): void
}

function check(raw: SamplerCase): string | null {
  const dataset = { length: raw.n, get: (i: number) => i }
  for (const [rank, expected] of raw.per_rank.entries()) {
    const { world, shuffle, seed, drop_last } = raw
    const sampler = call(
      'utils.data.distributed.DistributedSampler',
      [dataset],
      new Map<string, unknown>(Object.entries({ num_replicas: world, rank, shuffle, seed, drop_last })),
    ) as Sampler
    sampler.setEpoch(raw.epoch)
    const got = [...sampler]
    if (got.join() !== expected.join()) return `rank ${rank}: ${got}, expected ${expected}`
  }
  return null
}

/** Runs `distributed_sampler.json`. */
export const runSampler = (path: string): Outcome[] =>
  readJson<SamplerCase[]>(path).map((raw, i) => attempt('DistributedSampler', `case ${i}`, () => check(raw)))
