/** Losses that are likelihoods or divergences, as modules. */
import { gaussianNllLoss, klDiv, type LossOptions, poissonNllLoss, type Tensor } from '@tapegrad/core'
import { Loss } from './loss-base.ts'
import { Module } from './module.ts'

/** Options of `KLDivLoss`. */
export interface KLDivLossOptions {
  /** `batchmean` divides the sum by the length of the first dimension: the divergence as it is defined. Default: `mean`. */
  reduction?: 'mean' | 'sum' | 'none' | 'batchmean'
  /** Whether the target holds logarithms of probabilities, as the input does. Default: false. */
  logTarget?: boolean
}

/**
 * The divergence of Kullback and Leibler: y (log y - x), for an input of log-probabilities.
 *
 * Warns of reduction `mean`, which is not the divergence.
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @example
 * new KLDivLoss({ reduction: 'batchmean' }).forward(logSoftmax(scores, 1), probabilities)
 * @see https://pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
 */
export class KLDivLoss extends Module {
  readonly reduction: 'mean' | 'sum' | 'none' | 'batchmean'
  readonly logTarget: boolean

  constructor({ reduction = 'mean', logTarget = false }: KLDivLossOptions = {}) {
    super()
    this.reduction = reduction
    this.logTarget = logTarget
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return klDiv(input, target, { reduction: this.reduction, logTarget: this.logTarget })
  }
}

/** Options of `PoissonNLLLoss`. */
export interface PoissonNLLLossOptions extends LossOptions {
  /** Whether the input is the logarithm of the mean. Default: true. */
  logInput?: boolean
  /** Whether to add Stirling's approximation of log y!. Default: false. */
  full?: boolean
  /** Added to the mean before its logarithm is taken. Default: 1e-8. */
  eps?: number
}

/**
 * The negative log-likelihood of counts under Poisson distributions: eˣ - x y, without the constant.
 *
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html
 */
export class PoissonNLLLoss extends Loss {
  readonly logInput: boolean
  readonly full: boolean
  readonly eps: number

  constructor({ logInput = true, full = false, eps = 1e-8, ...options }: PoissonNLLLossOptions = {}) {
    super(options)
    this.logInput = logInput
    this.full = full
    this.eps = eps
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return poissonNllLoss(input, target, { reduction: this.reduction, logInput: this.logInput, full: this.full, eps: this.eps })
  }
}

/** Options of `GaussianNLLLoss`. */
export interface GaussianNLLLossOptions extends LossOptions {
  /** Whether to add the constant log(2π) / 2. Default: false. */
  full?: boolean
  /** The least variance. Default: 1e-6. */
  eps?: number
}

/**
 * The negative log-likelihood of targets under normal distributions: (log v + (x - y)² / v) / 2, without the constant.
 *
 * Shape: input and target alike; the variance alike, without the last dimension, or with length 1 there.
 *
 * @throws ValueError for a negative variance or one that does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
 */
export class GaussianNLLLoss extends Loss {
  readonly full: boolean
  readonly eps: number

  constructor({ full = false, eps = 1e-6, ...options }: GaussianNLLLossOptions = {}) {
    super(options)
    this.full = full
    this.eps = eps
  }

  forward(input: Tensor, target: Tensor, variance: Tensor | number): Tensor {
    return gaussianNllLoss(input, target, variance, { reduction: this.reduction, full: this.full, eps: this.eps })
  }
}
