import { type Generator, randperm, ValueError, warn } from '@tapegrad/core'
import type { DatasetLike } from './dataset.ts'
import { Subset } from './tensor-dataset.ts'

/**
 * Cuts a data set at random into parts that do not overlap.
 *
 * `lengths` are numbers of samples that add up to the whole, or fractions that add up to 1 (what is left over by rounding goes to the parts in
 * turn). Draws one `randperm`, as PyTorch does.
 *
 * @throws ValueError where the lengths do not add up, or a fraction is not between 0 and 1.
 * @example
 * ```ts
 * const [train, test] = randomSplit(data, [0.8, 0.2], { generator: new Generator().manualSeed(42) })
 * ```
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.random_split
 */
export function randomSplit<T>(
  dataset: DatasetLike<T>,
  lengths: readonly number[],
  { generator }: { generator?: Generator | null | undefined } = {},
): Subset<T>[] {
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const sizes = Math.abs(total - 1) <= 1e-9 && total <= 1 ? fromFractions(lengths, dataset.length) : lengths
  if (sizes.reduce((sum, size) => sum + size, 0) !== dataset.length) {
    throw new ValueError('Sum of input lengths does not equal the length of the input dataset!')
  }
  const order = randperm(dataset.length, { generator, dtype: 'int32' }).toArray() as Int32Array
  let start = 0
  return sizes.map((size) => {
    start += size
    return new Subset(dataset, order.slice(start - size, start))
  })
}

function fromFractions(fractions: readonly number[], length: number): number[] {
  const sizes = fractions.map((fraction, i) => {
    if (!(fraction >= 0 && fraction <= 1)) throw new ValueError(`Fraction at index ${i} is not between 0 and 1`)
    return Math.floor(length * fraction)
  })
  const left = length - sizes.reduce((sum, size) => sum + size, 0)
  for (let i = 0; i < left; i++) sizes[i % sizes.length]!++
  for (const [i, size] of sizes.entries()) {
    if (size === 0) warn(`Length of split at index ${i} is 0. This might result in an empty dataset.`)
  }
  return sizes
}
