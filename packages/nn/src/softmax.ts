/** Activations that turn scores into probabilities along a dimension. */
import { logSoftmax, softmax, softmin, type Tensor, ValueError } from '@tapegrad/core'
import { Module } from './module.ts'

/** Options of `Softmax`, `Softmin` and `LogSoftmax`. */
export interface SoftmaxModuleOptions {
  /** The dimension along which results add up to 1. Without it PyTorch's old choice is taken, with a warning. */
  dim?: number
}

/** What these modules share: the dimension. */
abstract class AlongDim extends Module {
  readonly dim: number | undefined

  constructor({ dim }: SoftmaxModuleOptions = {}) {
    super()
    this.dim = dim
  }

  override extraRepr(): string {
    return `dim=${this.dim ?? 'None'}`
  }
}

/**
 * Positive numbers that add up to 1: eˣ / Σ eˣ along `dim`.
 *
 * For training prefer `CrossEntropyLoss`, which takes the scores themselves.
 *
 * @example
 * new Softmax({ dim: 1 }).forward(scores)
 * @throws IndexError if the dimension is out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html
 */
export class Softmax extends AlongDim {
  forward(x: Tensor): Tensor {
    return softmax(x, { dim: this.dim })
  }
}

/**
 * The softmax of the negated input: e⁻ˣ / Σ e⁻ˣ along `dim`.
 *
 * @throws IndexError if the dimension is out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html
 */
export class Softmin extends AlongDim {
  forward(x: Tensor): Tensor {
    return softmin(x, { dim: this.dim })
  }
}

/**
 * The logarithm of the softmax, without overflow: x - log Σ eˣ along `dim`.
 *
 * @throws IndexError if the dimension is out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
 */
export class LogSoftmax extends AlongDim {
  forward(x: Tensor): Tensor {
    return logSoftmax(x, { dim: this.dim })
  }
}

/**
 * The softmax over the channels, for each place of an image.
 *
 * Shape: `[n, channels, height, width]` or `[channels, height, width]`, kept.
 *
 * @throws ValueError for an input of another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html
 */
export class Softmax2d extends Module {
  forward(x: Tensor): Tensor {
    if (x.ndim !== 3 && x.ndim !== 4) throw new ValueError(`Softmax2d: expected input to be 3D or 4D, got ${x.ndim}D instead`)
    return softmax(x, { dim: -3 })
  }
}
