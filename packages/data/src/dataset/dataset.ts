/** What a data set is: samples by number. */

import { NotImplementedError } from '@tapegrad/core'

/** Anything that hands out samples by number; an array will do. */
export type DatasetLike<T> = readonly T[] | { readonly length: number; get(index: number): T }

/**
 * A set of samples that are reached by number.
 *
 * Subclasses implement `length` and `get`; throws NotImplementedError where they do not.
 *
 * @example
 * ```ts
 * class Squares extends Dataset<number> {
 *   override get length() { return 10 }
 *   override get(i: number) { return i * i }
 * }
 * ```
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
 */
export class Dataset<T> {
  get length(): number {
    throw new NotImplementedError('Subclasses of Dataset should implement length.')
  }

  get(_index: number): T {
    throw new NotImplementedError('Subclasses of Dataset should implement __getitem__.')
  }
}

/** One sample, from an array or a data set. */
export function sampleOf<T>(dataset: DatasetLike<T>, index: number): T {
  return 'get' in dataset ? dataset.get(index) : dataset[index]!
}
