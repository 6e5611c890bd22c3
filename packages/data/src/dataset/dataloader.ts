/** Batches of a data set, epoch after epoch. */

import { type Generator, ValueError } from '@tapegrad/core'
import { type Collated, defaultCollate } from './collate.ts'
import { type DatasetLike, sampleOf } from './dataset.ts'
import { BatchSampler, drawSeed, RandomSampler, type Sampler, SequentialSampler } from './sampler.ts'
import { gatherFrom } from './tensor-dataset.ts'

/** Options of a {@link DataLoader}, named as in PyTorch. */
export interface DataLoaderOptions<T, B> {
  /** Samples a batch, or null for single samples as they are. Default 1. */
  batchSize?: number | null
  /** A new random order in every epoch. Default false. */
  shuffle?: boolean
  /** Which samples in which order, instead of `shuffle`. */
  sampler?: (Sampler & { readonly length?: number }) | undefined
  /** Whole batches of numbers, instead of `batchSize`, `shuffle`, `sampler` and `dropLast`. */
  batchSampler?: (Iterable<readonly number[]> & { readonly length?: number }) | undefined
  /** Leaves out a last batch that is not full. Default false. */
  dropLast?: boolean
  /** Where the order comes from; the default stream if not given. */
  generator?: Generator | null | undefined
  /** Makes a batch of samples; {@link defaultCollate} if not given. */
  collate?: ((samples: T[]) => B) | undefined
}

/** Milliseconds after which an asynchronous loop lets timers, signals and drawing have their turn. */
const TURN_MS = 50

/**
 * Batches of a data set: `for (const [x, y] of loader)`, once for every epoch.
 *
 * With the same seed the order is that of PyTorch's DataLoader (one process). `for await` gives the same batches and lets the event loop turn
 * every 50 ms, so that Ctrl-C, progress bars and pages stay alive.
 *
 * @throws ValueError for options that contradict each other or a batch size that is not a positive integer.
 * @example
 * ```ts
 * const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 32, shuffle: true })
 * for (const [inputs, targets] of loader) lossOf(model.forward(inputs), targets).backward()
 * ```
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
 */
export class DataLoader<T, B = Collated<T>> implements Iterable<B>, AsyncIterable<B> {
  readonly dataset: DatasetLike<T>
  readonly batchSize: number | null
  readonly dropLast: boolean
  readonly generator: Generator | null
  readonly sampler: Sampler & { readonly length?: number }
  readonly batchSampler: (Iterable<readonly number[]> & { readonly length?: number }) | null
  readonly #make: (indices: readonly number[]) => B

  constructor(dataset: DatasetLike<T>, options: DataLoaderOptions<T, B> = {}) {
    const { batchSize = 1, shuffle = false, sampler, batchSampler, dropLast = false, generator = null, collate } = options
    if (sampler !== undefined && shuffle) throw new ValueError('sampler option is mutually exclusive with shuffle')
    if (batchSampler !== undefined && (batchSize !== 1 || shuffle || sampler !== undefined || dropLast)) {
      throw new ValueError('batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last')
    }
    if (batchSize === null && dropLast) {
      throw new ValueError('batch_size=None option disables auto-batching and is mutually exclusive with drop_last')
    }
    this.dataset = dataset
    this.batchSize = batchSampler === undefined ? batchSize : null
    this.dropLast = dropLast
    this.generator = generator
    this.sampler = sampler ?? (shuffle ? new RandomSampler(dataset, { generator }) : new SequentialSampler(dataset))
    this.batchSampler = batchSampler ?? (batchSize === null ? null : new BatchSampler(this.sampler, batchSize, dropLast))
    this.#make = this.batchSampler === null ? ([index]) => sampleOf(dataset, index!) as unknown as B : batchMaker(dataset, collate)
  }

  /** Batches an epoch. */
  get length(): number {
    return (this.batchSampler ?? this.sampler).length ?? Number.NaN
  }

  [Symbol.iterator](): IterableIterator<B, void, undefined> {
    // PyTorch draws a seed for its workers even where there are none.
    drawSeed(this.generator)
    return this.#batches()
  }

  *#batches(): IterableIterator<B, void, undefined> {
    if (this.batchSampler === null) for (const index of this.sampler) yield this.#make([index])
    else for (const indices of this.batchSampler) yield this.#make(indices)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    let last = performance.now()
    for (const batch of this) {
      if (performance.now() - last > TURN_MS) {
        await eventLoopTurn()
        last = performance.now()
      }
      yield batch
    }
  }
}

/** Tensors are gathered at once; anything else sample by sample. */
function batchMaker<T, B>(dataset: DatasetLike<T>, collate: ((samples: T[]) => B) | undefined): (indices: readonly number[]) => B {
  const gather = collate === undefined ? gatherFrom(dataset) : null
  if (gather !== null) return (indices) => gather(Int32Array.from(indices)) as unknown as B
  const combine = collate ?? (defaultCollate as unknown as (samples: T[]) => B)
  return (indices) => combine(indices.map((index) => sampleOf(dataset, index)))
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })
}
