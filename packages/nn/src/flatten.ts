/** Joining dimensions, and splitting them. */
import { flatten, type Tensor } from '@tapegrad/core'
import { Module } from './module.ts'
import { tuple } from './python.ts'

/** Options of `Flatten`. */
export interface FlattenOptions {
  /** The first dimension to join. Default: 1, the one after the batch. */
  startDim?: number
  /** The last dimension to join. Default: -1. */
  endDim?: number
}

/**
 * Joins neighbouring dimensions into one.
 *
 * Shape: `[n, a, b, c]` to `[n, a * b * c]` by default.
 *
 * @throws IndexError if a dimension is out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Flatten.html
 */
export class Flatten extends Module {
  readonly startDim: number
  readonly endDim: number

  constructor({ startDim = 1, endDim = -1 }: FlattenOptions = {}) {
    super()
    this.startDim = startDim
    this.endDim = endDim
  }

  forward(x: Tensor): Tensor {
    return flatten(x, this.startDim, this.endDim)
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`
  }
}

/**
 * Splits a dimension into several; one of them may be -1, which is worked out.
 *
 * Shape: `[n, a · b, ...]` to `[n, a, b, ...]` for `dim` 1 and sizes `[a, b]`.
 *
 * @example
 * new Unflatten(1, [2, 3]).forward(ones([4, 6])).shape // [4, 2, 3]
 * @throws RuntimeError if the sizes do not multiply to that of the dimension.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
 */
export class Unflatten extends Module {
  readonly dim: number
  readonly unflattenedSize: readonly number[]

  constructor(dim: number, unflattenedSize: readonly number[]) {
    super()
    this.dim = dim
    this.unflattenedSize = [...unflattenedSize]
  }

  forward(x: Tensor): Tensor {
    return x.unflatten(this.dim, this.unflattenedSize)
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=${tuple(this.unflattenedSize)}`
  }
}
