/** Losses that ask for a margin between what belongs together and what does not, as modules. */
import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type LossOptions,
  marginRankingLoss,
  softMarginLoss,
  type Tensor,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from '@tapegrad/core'
import { Loss } from './loss-base.ts'

/** Options of `HingeEmbeddingLoss`. */
export interface HingeEmbeddingLossOptions extends LossOptions {
  /** The margin asked for. Default: 1. */
  margin?: number
}

/**
 * For a distance x and a target of 1 or -1: x where it is 1, elsewhere max(0, margin - x).
 *
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
 */
export class HingeEmbeddingLoss extends Loss {
  readonly margin: number

  constructor({ margin = 1, ...options }: HingeEmbeddingLossOptions = {}) {
    super(options)
    this.margin = margin
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return hingeEmbeddingLoss(input, target, { reduction: this.reduction, margin: this.margin })
  }
}

/**
 * The logistic loss for targets of 1 or -1: log(1 + e^(-y x)).
 *
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
 */
export class SoftMarginLoss extends Loss {
  forward(input: Tensor, target: Tensor): Tensor {
    return softMarginLoss(input, target, { reduction: this.reduction })
  }
}

/** Options of `MarginRankingLoss`. */
export interface MarginRankingLossOptions extends LossOptions {
  /** The margin asked for. Default: 0. */
  margin?: number
}

/**
 * Whether the first input ranks above the second where the target is 1, below where it is -1: max(0, -y (x₁ - x₂) + margin).
 *
 * Shape: `[n]` each; to a scalar, or `[n]` with reduction `none`.
 *
 * @throws RuntimeError if the numbers of dimensions differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
 */
export class MarginRankingLoss extends Loss {
  readonly margin: number

  constructor({ margin = 0, ...options }: MarginRankingLossOptions = {}) {
    super(options)
    this.margin = margin
  }

  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return marginRankingLoss(input1, input2, target, { reduction: this.reduction, margin: this.margin })
  }
}

/** Options of `CosineEmbeddingLoss`. */
export interface CosineEmbeddingLossOptions extends LossOptions {
  /** The margin asked for. Default: 0. */
  margin?: number
}

/**
 * For pairs of vectors: 1 - cos where the target is 1, max(0, cos - margin) where it is -1.
 *
 * Shape: `[n, width]` twice and `[n]`, or `[width]` twice and `[]`.
 *
 * @throws RuntimeError for shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
 */
export class CosineEmbeddingLoss extends Loss {
  readonly margin: number

  constructor({ margin = 0, ...options }: CosineEmbeddingLossOptions = {}) {
    super(options)
    this.margin = margin
  }

  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return cosineEmbeddingLoss(input1, input2, target, { reduction: this.reduction, margin: this.margin })
  }
}

/** Options of `TripletMarginLoss`. */
export interface TripletMarginLossOptions extends LossOptions {
  /** The margin asked for. Default: 1. */
  margin?: number
  /** The order of the norm. Default: 2. */
  p?: number
  /** Added to each difference. Default: 1e-6. */
  eps?: number
  /** Whether to take the distance of positive and negative where it is the lesser one. Default: false. */
  swap?: boolean
}

/**
 * Whether the anchor is nearer to the positive than to the negative: max(0, d(a, p) - d(a, n) + margin).
 *
 * Shape: `[n, width]` or `[width]` each; to a scalar, or `[n]` with reduction `none`.
 *
 * @throws ValueError if the margin is not positive; RuntimeError if the numbers of dimensions differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
 */
export class TripletMarginLoss extends Loss {
  readonly margin: number
  readonly p: number
  readonly eps: number
  readonly swap: boolean

  constructor({ margin = 1, p = 2, eps = 1e-6, swap = false, ...options }: TripletMarginLossOptions = {}) {
    super(options)
    this.margin = margin
    this.p = p
    this.eps = eps
    this.swap = swap
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginLoss(anchor, positive, negative, {
      reduction: this.reduction,
      margin: this.margin,
      p: this.p,
      eps: this.eps,
      swap: this.swap,
    })
  }
}

/** Options of `TripletMarginWithDistanceLoss`. */
export interface TripletMarginWithDistanceLossOptions extends LossOptions {
  /** How far two tensors are apart. Default: `pairwiseDistance`. */
  distanceFunction?: ((x: Tensor, y: Tensor) => Tensor) | null
  /** The margin asked for. Default: 1. */
  margin?: number
  /** Whether to take the distance of positive and negative where it is the lesser one. Default: false. */
  swap?: boolean
}

/**
 * `TripletMarginLoss` with a distance of your own.
 *
 * Shape: `[n, ...]` each; to a scalar, or to that of the distances with reduction `none`.
 *
 * @throws ValueError if the margin is not positive; RuntimeError if the numbers of dimensions differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
 */
export class TripletMarginWithDistanceLoss extends Loss {
  readonly distanceFunction: ((x: Tensor, y: Tensor) => Tensor) | null
  readonly margin: number
  readonly swap: boolean

  constructor({ distanceFunction = null, margin = 1, swap = false, ...options }: TripletMarginWithDistanceLossOptions = {}) {
    super(options)
    this.distanceFunction = distanceFunction
    this.margin = margin
    this.swap = swap
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return tripletMarginWithDistanceLoss(anchor, positive, negative, {
      reduction: this.reduction,
      distanceFunction: this.distanceFunction,
      margin: this.margin,
      swap: this.swap,
    })
  }
}
