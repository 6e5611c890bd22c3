/** Joining dimensions. */
import { flatten, type Tensor } from '@tapegrad/core'
import { Module } from './module.ts'

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
