/** In which order samples are taken; random numbers are drawn exactly as PyTorch draws them. */

import { defaultGenerator, Generator, randint, randperm, ValueError } from '@tapegrad/core'

/** Numbers of samples, anew for every epoch. */
export type Sampler = Iterable<number>

/** A random seed as `torch.empty((), dtype=torch.int64).random_()` draws it: two words of the stream. */
export function drawSeed(generator?: Generator | null): bigint {
  return (generator ?? defaultGenerator).engine.random64() & 0x7fffffffffffffffn
}

/**
 * Every sample in order.
 *
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler
 */
export class SequentialSampler implements Sampler {
  readonly length: number

  constructor(data: { readonly length: number }) {
    this.length = data.length
  }

  *[Symbol.iterator](): Numbers<number> {
    for (let i = 0; i < this.length; i++) yield i
  }
}

type Numbers<T> = IterableIterator<T, void, undefined>

/** Options of a {@link RandomSampler}. */
export interface RandomSamplerOptions {
  /** Draw each sample anew, so that it may come again. Default false. */
  replacement?: boolean
  /** Samples an epoch. Default: as many as there are. */
  numSamples?: number
  generator?: Generator | null | undefined
}

/**
 * Samples in random order.
 *
 * Without a generator it takes a seed for one from the default stream in each epoch. With one it draws from that, and once more, for a part
 * that is usually empty, when it is used up: so does PyTorch, and the next epoch's order depends on it.
 *
 * @throws ValueError where there is nothing to sample.
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler
 */
export class RandomSampler implements Sampler {
  readonly length: number
  readonly #size: number
  readonly #replacement: boolean
  readonly #generator: Generator | null

  constructor(data: { readonly length: number }, { replacement = false, numSamples, generator }: RandomSamplerOptions = {}) {
    this.length = numSamples ?? data.length
    this.#size = data.length
    this.#replacement = replacement
    this.#generator = generator ?? null
    if (!Number.isInteger(this.length) || this.length <= 0) {
      throw new ValueError(`num_samples should be a positive integer value, but got num_samples=${this.length}`)
    }
  }

  *[Symbol.iterator](): Numbers<number> {
    const generator = this.#generator ?? new Generator().manualSeed(drawSeed())
    const size = this.#size
    const draw = this.#replacement
      ? (count: number) => randint(0, size, [count], { generator, dtype: 'int32' }).toArray()
      : (count: number) => randperm(size, { generator, dtype: 'int32' }).toArray().subarray(0, count)
    const part = this.#replacement ? 32 : size
    for (let left = this.length; left >= part; left -= part) yield* draw(part) as Int32Array
    // Drawn even where nothing is left, unless nobody can see it.
    const left = this.length % part
    if (left > 0 || this.#generator !== null) yield* draw(left) as Int32Array
  }
}

/**
 * Chosen samples in random order.
 *
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler
 */
export class SubsetRandomSampler implements Sampler {
  readonly length: number
  readonly #indices: ArrayLike<number>
  readonly #generator: Generator | null

  constructor(indices: ArrayLike<number>, { generator }: { generator?: Generator | null | undefined } = {}) {
    this.length = indices.length
    this.#indices = indices
    this.#generator = generator ?? null
  }

  *[Symbol.iterator](): Numbers<number> {
    for (const i of randperm(this.length, { generator: this.#generator, dtype: 'int32' }).toArray() as Int32Array) yield this.#indices[i]!
  }
}

/**
 * Another sampler's numbers in groups of `batchSize`.
 *
 * @throws ValueError where `batchSize` is not a positive integer.
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
 */
export class BatchSampler implements Iterable<number[]> {
  readonly sampler: Sampler & { readonly length?: number }
  readonly batchSize: number
  readonly dropLast: boolean

  constructor(sampler: Sampler & { readonly length?: number }, batchSize: number, dropLast = false) {
    if (!Number.isInteger(batchSize) || batchSize <= 0) {
      throw new ValueError(`batch_size should be a positive integer value, but got batch_size=${batchSize}`)
    }
    this.sampler = sampler
    this.batchSize = batchSize
    this.dropLast = dropLast
  }

  get length(): number {
    const samples = this.sampler.length ?? Number.NaN
    return this.dropLast ? Math.floor(samples / this.batchSize) : Math.ceil(samples / this.batchSize)
  }

  *[Symbol.iterator](): Numbers<number[]> {
    let batch: number[] = []
    for (const index of this.sampler) {
      batch.push(index)
      if (batch.length < this.batchSize) continue
      yield batch
      batch = []
    }
    if (batch.length > 0 && !this.dropLast) yield batch
  }
}
