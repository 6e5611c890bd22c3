/** Pooling layers that are told how many windows there shall be. */
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type OutputSizes,
  type Sizes,
  type Tensor,
} from '@tapegrad/core'
import type { MaybeIndexed } from './max-pooling.ts'
import { Module } from './module.ts'
import { sizes } from './python.ts'

/** What the adaptive poolings share. */
abstract class AdaptivePool<S extends OutputSizes> extends Module {
  readonly outputSize: S

  constructor(outputSize: S) {
    super()
    this.outputSize = outputSize
  }

  override extraRepr(): string {
    return `output_size=${sizes(this.outputSize)}`
  }
}

/**
 * The means of windows that share a sequence as evenly as may be.
 *
 * Shape: `[..., channels, length]` to `[..., channels, outputSize]`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 */
export class AdaptiveAvgPool1d extends AdaptivePool<Sizes> {
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool1d(x, this.outputSize)
  }
}

/**
 * The means of windows that share an image as evenly as may be.
 *
 * Shape: `[..., channels, height, width]` to `[..., channels, ...outputSize]`; null keeps a length.
 *
 * @example
 * new AdaptiveAvgPool2d([1, null]).forward(ones([3, 4, 5])).shape // [3, 1, 5]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 */
export class AdaptiveAvgPool2d extends AdaptivePool<OutputSizes> {
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize)
  }
}

/**
 * The means of windows that share a volume as evenly as may be.
 *
 * Shape: `[..., channels, depth, height, width]` to `[..., channels, ...outputSize]`; null keeps a length.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html
 */
export class AdaptiveAvgPool3d extends AdaptivePool<OutputSizes> {
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool3d(x, this.outputSize)
  }
}

/** Options of the adaptive max poolings. */
export interface AdaptiveMaxPoolModuleOptions<I extends boolean> {
  /** Whether `forward` gives the places of the greatest elements too (false). */
  readonly returnIndices?: I
}

/** What the adaptive max poolings share. */
abstract class AdaptiveMaxPool<S extends OutputSizes, I extends boolean> extends AdaptivePool<S> {
  readonly returnIndices: boolean

  constructor(outputSize: S, { returnIndices }: AdaptiveMaxPoolModuleOptions<I> = {}) {
    super(outputSize)
    this.returnIndices = returnIndices ?? false
  }
}

/**
 * The greatest elements of windows that share a sequence as evenly as may be.
 *
 * Shape: `[..., channels, length]` to `[..., channels, outputSize]`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 */
export class AdaptiveMaxPool1d<I extends boolean = false> extends AdaptiveMaxPool<Sizes, I> {
  forward(x: Tensor): MaybeIndexed<I> {
    return adaptiveMaxPool1d(x, this.outputSize, this) as MaybeIndexed<I>
  }
}

/**
 * The greatest elements of windows that share an image as evenly as may be.
 *
 * Shape: `[..., channels, height, width]` to `[..., channels, ...outputSize]`; null keeps a length.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html
 */
export class AdaptiveMaxPool2d<I extends boolean = false> extends AdaptiveMaxPool<OutputSizes, I> {
  forward(x: Tensor): MaybeIndexed<I> {
    return adaptiveMaxPool2d(x, this.outputSize, this) as MaybeIndexed<I>
  }
}

/**
 * The greatest elements of windows that share a volume as evenly as may be.
 *
 * Shape: `[..., channels, depth, height, width]` to `[..., channels, ...outputSize]`; null keeps a length.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html
 */
export class AdaptiveMaxPool3d<I extends boolean = false> extends AdaptiveMaxPool<OutputSizes, I> {
  forward(x: Tensor): MaybeIndexed<I> {
    return adaptiveMaxPool3d(x, this.outputSize, this) as MaybeIndexed<I>
  }
}
