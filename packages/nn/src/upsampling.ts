/** Layers that sample their input anew at another size. */
import { type InterpolateOptions, type InterpolationMode, interpolate, type Sizes, type Tensor, type UpsampleOptions } from '@tapegrad/core'
import { Module } from './module.ts'
import { float, sizes } from './python.ts'

/** Options of `Upsample`. */
export type UpsampleModuleOptions = Omit<InterpolateOptions, 'antialias'>

/**
 * Sequences, images or volumes at another size.
 *
 * Shape: `[n, channels, ...lengths]` to `[n, channels, ...size]`.
 *
 * @example
 * new Upsample({ scaleFactor: 2, mode: 'bilinear' }).forward(ones([1, 3, 4, 5])).shape // [1, 3, 8, 10]
 * @throws ValueError for sizes and scales that do not fit, or options of another mode.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html
 */
export class Upsample extends Module {
  readonly size: Sizes | null
  readonly scaleFactor: Sizes | null
  readonly mode: InterpolationMode
  readonly alignCorners: boolean | null
  readonly recomputeScaleFactor: boolean | null

  constructor({ size, scaleFactor, mode = 'nearest', alignCorners, recomputeScaleFactor }: UpsampleModuleOptions = {}) {
    super()
    this.size = size ?? null
    this.scaleFactor = scaleFactor ?? null
    this.mode = mode
    this.alignCorners = alignCorners ?? null
    this.recomputeScaleFactor = recomputeScaleFactor ?? null
  }

  forward(x: Tensor): Tensor {
    return interpolate(x, this)
  }

  override extraRepr(): string {
    const { size, scaleFactor, mode } = this
    const factors = typeof scaleFactor === 'number' ? float(scaleFactor) : `(${scaleFactor?.map(float).join(', ')})`
    return `${scaleFactor === null ? `size=${sizes(size)}` : `scale_factor=${factors}`}, mode='${mode}'`
  }
}

/**
 * Images at another size by the nearest elements.
 *
 * Shape: `[n, channels, height, width]` to `[n, channels, ...size]`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(options: UpsampleOptions = {}) {
    super({ ...options, mode: 'nearest' })
  }
}

/**
 * Images at another size, bilinear and with aligned corners.
 *
 * Shape: `[n, channels, height, width]` to `[n, channels, ...size]`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(options: UpsampleOptions = {}) {
    super({ ...options, mode: 'bilinear', alignCorners: true })
  }
}
