/** How alike two vectors are, as layers. */
import { cosineSimilarity, pairwiseDistance, type Tensor } from '@tapegrad/core'
import { Module } from './module.ts'

/** Options of `CosineSimilarity`. */
export interface CosineSimilarityOptions {
  /** The dimension of the vectors. Default: 1. */
  dim?: number
  /** The least length that is divided by. Default: 1e-8. */
  eps?: number
}

/**
 * The cosine of the angle between vectors: x₁ · x₂ / (‖x₁‖ ‖x₂‖).
 *
 * Shape: two inputs that broadcast, to their shape without `dim`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html
 */
export class CosineSimilarity extends Module {
  readonly dim: number
  readonly eps: number

  constructor({ dim = 1, eps = 1e-8 }: CosineSimilarityOptions = {}) {
    super()
    this.dim = dim
    this.eps = eps
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return cosineSimilarity(x1, x2, { dim: this.dim, eps: this.eps })
  }
}

/** Options of `PairwiseDistance`. */
export interface PairwiseDistanceOptions {
  /** The order of the norm. Default: 2. */
  p?: number
  /** Added to each difference, so that no distance is 0. Default: 1e-6. */
  eps?: number
  /** Whether to keep the last dimension with length 1. Default: false. */
  keepdim?: boolean
}

/**
 * The distance between vectors: ‖x₁ - x₂‖ₚ.
 *
 * Shape: `[n, width]` or `[width]` each, to `[n]` or `[]`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html
 */
export class PairwiseDistance extends Module {
  readonly norm: number
  readonly eps: number
  readonly keepdim: boolean

  constructor({ p = 2, eps = 1e-6, keepdim = false }: PairwiseDistanceOptions = {}) {
    super()
    this.norm = p
    this.eps = eps
    this.keepdim = keepdim
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return pairwiseDistance(x1, x2, { p: this.norm, eps: this.eps, keepdim: this.keepdim })
  }
}
