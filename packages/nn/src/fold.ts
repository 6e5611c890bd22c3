/** Layers that make columns of windows, and images of columns. */
import { type FoldOptions, fold, im2col, type Sizes, type Tensor } from '@tapegrad/core'
import { Module } from './module.ts'
import { sizes } from './python.ts'

/** What both share. */
abstract class Windows extends Module {
  readonly kernelSize: Sizes
  readonly dilation: Sizes
  readonly padding: Sizes
  readonly stride: Sizes

  constructor(kernelSize: Sizes, { dilation = 1, padding = 0, stride = 1 }: FoldOptions = {}) {
    super()
    this.kernelSize = kernelSize
    this.dilation = dilation
    this.padding = padding
    this.stride = stride
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, dilation=${sizes(this.dilation)}, padding=${sizes(this.padding)}, stride=${sizes(this.stride)}`
  }
}

/**
 * The windows of images as the columns of matrices.
 *
 * Shape: `[n, channels, height, width]` to `[n, channels · elements of a window, windows]`, or without the batch.
 *
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Unfold.html
 */
export class Unfold extends Windows {
  forward(x: Tensor): Tensor {
    return im2col(x, this.kernelSize, this)
  }
}

/**
 * Images from the columns that `Unfold` makes; where windows overlap, their elements are summed.
 *
 * Shape: `[n, channels · elements of a window, windows]` to `[n, channels, ...outputSize]`, or without the batch.
 *
 * @throws RuntimeError for columns that do not fit the windows.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Fold.html
 */
export class Fold extends Windows {
  readonly outputSize: Sizes

  constructor(outputSize: Sizes, kernelSize: Sizes, options: FoldOptions = {}) {
    super(kernelSize, options)
    this.outputSize = outputSize
  }

  forward(x: Tensor): Tensor {
    return fold(x, this.outputSize, this.kernelSize, this)
  }

  override extraRepr(): string {
    return `output_size=${sizes(this.outputSize)}, ${super.extraRepr()}`
  }
}
