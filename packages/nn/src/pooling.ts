/** Layers that take the mean or the norm of windows. */
import { type AvgPoolOptions, avgPool1d, avgPool2d, avgPool3d, lpPool1d, lpPool2d, lpPool3d, type Sizes, type Tensor } from '@tapegrad/core'
import { Module } from './module.ts'
import { bool, sizes } from './python.ts'

/** Options of the average poolings of images and volumes. */
export type AvgPoolModuleOptions = AvgPoolOptions

/** What the average poolings share. */
abstract class AvgPool extends Module {
  readonly kernelSize: Sizes
  readonly stride: Sizes
  readonly padding: Sizes
  readonly ceilMode: boolean
  readonly countIncludePad: boolean
  readonly divisorOverride: number | null

  constructor(
    kernelSize: Sizes,
    { stride, padding = 0, ceilMode = false, countIncludePad = true, divisorOverride = null }: AvgPoolModuleOptions = {},
  ) {
    super()
    this.kernelSize = kernelSize
    this.stride = stride ?? kernelSize
    this.padding = padding
    this.ceilMode = ceilMode
    this.countIncludePad = countIncludePad
    this.divisorOverride = divisorOverride
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}`
  }
}

const single = (size: Sizes): Sizes => (typeof size === 'number' ? [size] : size)

/**
 * The mean of each window of a sequence.
 *
 * Shape: `[..., channels, length]` to `[..., channels, windows]`.
 *
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 */
export class AvgPool1d extends AvgPool {
  constructor(kernelSize: Sizes, options: Omit<AvgPoolModuleOptions, 'divisorOverride'> = {}) {
    super(single(kernelSize), { ...options, stride: single(options.stride ?? kernelSize), padding: single(options.padding ?? 0) })
  }

  forward(x: Tensor): Tensor {
    return avgPool1d(x, this.kernelSize, this)
  }
}

/**
 * The mean of each window of an image.
 *
 * Shape: `[..., channels, height, width]`, with as many rows and columns as there are windows.
 *
 * @example
 * new AvgPool2d(2).forward(ones([1, 4, 4])).shape // [1, 2, 2]
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 */
export class AvgPool2d extends AvgPool {
  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this)
  }
}

/**
 * The mean of each window of a volume.
 *
 * Shape: `[..., channels, depth, height, width]`, with as many places as there are windows.
 *
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html
 */
export class AvgPool3d extends AvgPool {
  forward(x: Tensor): Tensor {
    return avgPool3d(x, this.kernelSize, this)
  }
}

/** Options of the poolings by norm. */
export interface LPPoolOptions {
  /** From one window to the next; the size of the windows by default. */
  readonly stride?: Sizes | null | undefined
  /** Whether a last window may reach beyond the end. */
  readonly ceilMode?: boolean | undefined
}

/** What the poolings by norm share. */
abstract class LPPool extends Module {
  readonly normType: number
  readonly kernelSize: Sizes
  readonly stride: Sizes | null
  readonly ceilMode: boolean

  constructor(normType: number, kernelSize: Sizes, { stride = null, ceilMode = false }: LPPoolOptions = {}) {
    super()
    this.normType = normType
    this.kernelSize = kernelSize
    this.stride = stride
    this.ceilMode = ceilMode
  }

  override extraRepr(): string {
    return `norm_type=${this.normType}, kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, ceil_mode=${bool(this.ceilMode)}`
  }
}

/**
 * The p-norm of each window of a sequence: (Σ xᵖ)^(1/p).
 *
 * Shape: `[..., channels, length]` to `[..., channels, windows]`.
 *
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html
 */
export class LPPool1d extends LPPool {
  forward(x: Tensor): Tensor {
    return lpPool1d(x, this.normType, this.kernelSize, this)
  }
}

/**
 * The p-norm of each window of an image: (Σ xᵖ)^(1/p).
 *
 * Shape: `[..., channels, height, width]`, with as many rows and columns as there are windows.
 *
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html
 */
export class LPPool2d extends LPPool {
  forward(x: Tensor): Tensor {
    return lpPool2d(x, this.normType, this.kernelSize, this)
  }
}

/**
 * The p-norm of each window of a volume: (Σ xᵖ)^(1/p).
 *
 * Shape: `[..., channels, depth, height, width]`, with as many places as there are windows.
 *
 * @throws RuntimeError for windows that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html
 */
export class LPPool3d extends LPPool {
  forward(x: Tensor): Tensor {
    return lpPool3d(x, this.normType, this.kernelSize, this)
  }
}
