/** Data sets made of tensors, and parts of data sets; both can hand out a whole batch at once. */

import { RuntimeError, type Tensor, tensor } from '@tapegrad/core'
import { Dataset, type DatasetLike, sampleOf } from './dataset.ts'

/** For each tensor of a {@link TensorDataset} its row. */
export type Rows<T extends readonly Tensor[]> = { [K in keyof T]: Tensor }

/**
 * Samples that are rows of tensors: sample `i` is `[a[i], b[i], ...]`.
 *
 * Shape: all tensors have the same first dimension; throws a RuntimeError `Size mismatch between tensors` otherwise. A {@link DataLoader}
 * gathers each batch with one `indexSelect` a tensor.
 *
 * @example
 * ```ts
 * const data = new TensorDataset(x, y)
 * const [features, label] = data.get(0)
 * ```
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
 */
export class TensorDataset<T extends readonly Tensor[]> extends Dataset<Rows<T>> {
  readonly tensors: T

  constructor(...tensors: T) {
    super()
    const [first] = tensors
    if (first === undefined || tensors.some((each) => each.ndim === 0 || each.shape[0] !== first.shape[0])) {
      const shapes = tensors.map((each) => `[${each.shape.join(', ')}]`).join(', ')
      throw new RuntimeError(`Size mismatch between tensors\n  in TensorDataset(${shapes}): all need the same first dimension`)
    }
    this.tensors = tensors
  }

  override get length(): number {
    return this.tensors[0]!.shape[0]!
  }

  override get(index: number): Rows<T> {
    return this.tensors.map((each) => each.select(0, index)) as Rows<T>
  }
}

/**
 * Chosen samples of another data set, in the order of `indices`.
 *
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.Subset
 */
export class Subset<T> extends Dataset<T> {
  readonly dataset: DatasetLike<T>
  readonly indices: ArrayLike<number>

  constructor(dataset: DatasetLike<T>, indices: ArrayLike<number>) {
    super()
    this.dataset = dataset
    this.indices = indices
  }

  override get length(): number {
    return this.indices.length
  }

  override get(index: number): T {
    return sampleOf(this.dataset, this.indices[index]!)
  }
}

/** Makes a batch of these samples at once. */
export type Gather = (indices: Int32Array) => Tensor[]

/** How to gather from this data set without going sample by sample; null where it decides itself what a sample is. */
export function gatherFrom(dataset: DatasetLike<unknown>): Gather | null {
  if (dataset instanceof TensorDataset && dataset.get === TensorDataset.prototype.get) {
    const { tensors } = dataset as TensorDataset<readonly Tensor[]>
    return (indices) => {
      const index = tensor(indices)
      return tensors.map((each) => each.indexSelect(0, index))
    }
  }
  if (dataset instanceof Subset && dataset.get === Subset.prototype.get) {
    const inner = gatherFrom(dataset.dataset)
    const chosen = dataset.indices
    return inner && ((indices) => inner(indices.map((i) => chosen[i]!)))
  }
  return null
}
