/** From samples to a batch. */

import { RuntimeError, stack, Tensor, tensor } from '@tapegrad/core'

/** What {@link defaultCollate} makes of samples of a type. */
export type Collated<T> = T extends Tensor
  ? Tensor
  : T extends number | bigint | boolean
    ? Tensor
    : T extends string
      ? string[]
      : T extends readonly unknown[]
        ? { -readonly [K in keyof T]: Collated<T[K]> }
        : T extends object
          ? { [K in keyof T]: Collated<T[K]> }
          : never

/**
 * Stacks samples into a batch: tensors along a new first dimension, numbers and booleans into a tensor, texts into an array; arrays and plain
 * objects field by field.
 *
 * @throws RuntimeError where tensors or arrays differ in size, TypeError for other types.
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
 */
export function defaultCollate<T>(batch: readonly T[]): Collated<T> {
  return collate(batch) as Collated<T>
}

function collate(batch: readonly unknown[]): unknown {
  const first = batch[0]
  if (first instanceof Tensor) return stack(batch as readonly Tensor[])
  if (typeof first === 'number' || typeof first === 'boolean' || typeof first === 'bigint') return tensor([...batch] as number[])
  if (typeof first === 'string') return [...batch]
  if (Array.isArray(first)) {
    const rows = batch as readonly (readonly unknown[])[]
    if (rows.some((row) => row.length !== first.length)) throw new RuntimeError('each element in list of batch should be of equal size')
    return first.map((_, i) => collate(rows.map((row) => row[i])))
  }
  if (typeof first === 'object' && first !== null) {
    const samples = batch as readonly Record<string, unknown>[]
    return Object.fromEntries(Object.keys(first).map((key) => [key, collate(samples.map((sample) => sample[key]))]))
  }
  throw new TypeError(
    `default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found ${first === null ? 'null' : typeof first}`,
  )
}
