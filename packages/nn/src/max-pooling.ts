/** Layers that take the greatest of windows, and those that put it back. */
import {
  type MaxPoolOptions,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  type Sizes,
  type Tensor,
  type WithIndices,
} from '@tapegrad/core'
import { Module } from './module.ts'
import { bool, sizes } from './python.ts'

/** Values, with their places where they are wanted. */
export type MaybeIndexed<I extends boolean> = I extends true ? WithIndices : Tensor

/** Options of the max poolings. */
export interface MaxPoolModuleOptions<I extends boolean> extends MaxPoolOptions {
  /** Whether `forward` gives the places of the greatest elements too (false). */
  readonly returnIndices?: I
}

/** What the max poolings share. */
abstract class MaxPool<I extends boolean> extends Module {
  readonly kernelSize: Sizes
  readonly stride: Sizes
  readonly padding: Sizes
  readonly dilation: Sizes
  readonly returnIndices: boolean
  readonly ceilMode: boolean

  constructor(kernelSize: Sizes, { stride, padding = 0, dilation = 1, returnIndices, ceilMode = false }: MaxPoolModuleOptions<I> = {}) {
    super()
    this.kernelSize = kernelSize
    this.stride = stride ?? kernelSize
    this.padding = padding
    this.dilation = dilation
    this.returnIndices = returnIndices ?? false
    this.ceilMode = ceilMode
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}, dilation=${sizes(this.dilation)}, ceil_mode=${bool(this.ceilMode)}`
  }
}

/**
 * The greatest element of each window of a sequence.
 *
 * Shape: `[..., channels, length]` to `[..., channels, windows]`.
 *
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 */
export class MaxPool1d<I extends boolean = false> extends MaxPool<I> {
  forward(x: Tensor): MaybeIndexed<I> {
    return maxPool1d(x, this.kernelSize, this) as MaybeIndexed<I>
  }
}

/**
 * The greatest element of each window of an image.
 *
 * Shape: `[..., channels, height, width]`, with as many rows and columns as there are windows.
 *
 * @example
 * const [values, indices] = new MaxPool2d(2, { returnIndices: true }).forward(rand([1, 4, 4]))
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
export class MaxPool2d<I extends boolean = false> extends MaxPool<I> {
  forward(x: Tensor): MaybeIndexed<I> {
    return maxPool2d(x, this.kernelSize, this) as MaybeIndexed<I>
  }
}

/**
 * The greatest element of each window of a volume.
 *
 * Shape: `[..., channels, depth, height, width]`, with as many places as there are windows.
 *
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html
 */
export class MaxPool3d<I extends boolean = false> extends MaxPool<I> {
  forward(x: Tensor): MaybeIndexed<I> {
    return maxPool3d(x, this.kernelSize, this) as MaybeIndexed<I>
  }
}

/** Options of the max unpoolings. */
export interface MaxUnpoolModuleOptions {
  /** From one window to the next; the size of the windows by default. */
  readonly stride?: Sizes | null | undefined
  /** Elements that were added at both ends (0). */
  readonly padding?: Sizes | undefined
}

/** What is known only when the layer runs. */
export interface UnpoolSizeOptions {
  /** The lengths before the pooling, of the pooled dimensions or of all; the shortest that are possible by default. */
  readonly outputSize?: readonly number[] | null | undefined
}

/** What the max unpoolings share. */
abstract class MaxUnpool extends Module {
  readonly kernelSize: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[]

  constructor(kernelSize: Sizes, { stride, padding = 0 }: MaxUnpoolModuleOptions, dims: number) {
    super()
    const list = (size: Sizes): readonly number[] => (typeof size === 'number' ? Array<number>(dims).fill(size) : size)
    this.kernelSize = list(kernelSize)
    this.stride = list(stride ?? kernelSize)
    this.padding = list(padding)
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}`
  }
}

/**
 * A sequence of zeros with the greatest elements where `MaxPool1d` found them.
 *
 * Shape: `[..., channels, windows]` to `[..., channels, length]`.
 *
 * @throws RuntimeError for indices of another shape, or outside; ValueError for an output size that the windows do not allow.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 */
export class MaxUnpool1d extends MaxUnpool {
  constructor(kernelSize: Sizes, options: MaxUnpoolModuleOptions = {}) {
    super(kernelSize, options, 1)
  }

  forward(x: Tensor, indices: Tensor, { outputSize }: UnpoolSizeOptions = {}): Tensor {
    const { kernelSize, stride, padding } = this
    return maxUnpool1d(x, indices, kernelSize, { stride, padding, outputSize })
  }
}

/**
 * An image of zeros with the greatest elements where `MaxPool2d` found them.
 *
 * Shape: `[..., channels, rows, columns]` to `[..., channels, height, width]`.
 *
 * @throws RuntimeError for indices of another shape, or outside; ValueError for an output size that the windows do not allow.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
 */
export class MaxUnpool2d extends MaxUnpool {
  constructor(kernelSize: Sizes, options: MaxUnpoolModuleOptions = {}) {
    super(kernelSize, options, 2)
  }

  forward(x: Tensor, indices: Tensor, { outputSize }: UnpoolSizeOptions = {}): Tensor {
    const { kernelSize, stride, padding } = this
    return maxUnpool2d(x, indices, kernelSize, { stride, padding, outputSize })
  }
}

/**
 * A volume of zeros with the greatest elements where `MaxPool3d` found them.
 *
 * Shape: that of the input, with the lengths of the last three dimensions before the pooling.
 *
 * @throws RuntimeError for indices of another shape, or outside; ValueError for an output size that the windows do not allow.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html
 */
export class MaxUnpool3d extends MaxUnpool {
  constructor(kernelSize: Sizes, options: MaxUnpoolModuleOptions = {}) {
    super(kernelSize, options, 3)
  }

  forward(x: Tensor, indices: Tensor, { outputSize }: UnpoolSizeOptions = {}): Tensor {
    const { kernelSize, stride, padding } = this
    return maxUnpool3d(x, indices, kernelSize, { stride, padding, outputSize })
  }
}
