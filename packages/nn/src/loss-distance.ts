/** Losses of regression that forgive outliers, as modules. */
import { huberLoss, type LossOptions, smoothL1Loss, type Tensor } from '@tapegrad/core'
import { Loss } from './loss-base.ts'

/** Options of `SmoothL1Loss`. */
export interface SmoothL1LossOptions extends LossOptions {
  /** Below this difference the loss is a parabola. Default: 1. */
  beta?: number
}

/**
 * A parabola near 0, the absolute error beyond: (x - y)² / (2β) where |x - y| < β, elsewhere |x - y| - β/2.
 *
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @throws RuntimeError if `beta` is negative.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html
 */
export class SmoothL1Loss extends Loss {
  readonly beta: number

  constructor({ beta = 1, ...options }: SmoothL1LossOptions = {}) {
    super(options)
    this.beta = beta
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return smoothL1Loss(input, target, { reduction: this.reduction, beta: this.beta })
  }
}

/** Options of `HuberLoss`. */
export interface HuberLossOptions extends LossOptions {
  /** Up to this difference the loss is a parabola. Default: 1. */
  delta?: number
}

/**
 * A parabola near 0, straight beyond: (x - y)² / 2 where |x - y| < δ, elsewhere δ (|x - y| - δ/2).
 *
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @throws RuntimeError if `delta` is not positive.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html
 */
export class HuberLoss extends Loss {
  readonly delta: number

  constructor({ delta = 1, ...options }: HuberLossOptions = {}) {
    super(options)
    this.delta = delta
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return huberLoss(input, target, { reduction: this.reduction, delta: this.delta })
  }
}
