/** Losses of classification into one of several classes, as modules. */
import { crossEntropy, nllLoss, type Tensor } from '@tapegrad/core'
import { buffer, Loss, type WeightedLossOptions } from './loss-base.ts'
import type { Buffer } from './parameter.ts'

/** Options of `NLLLoss`. */
export interface NLLLossOptions extends WeightedLossOptions {
  /** Targets of this value count nothing. Default: -100. */
  ignoreIndex?: number
}

/**
 * The negative log-likelihood of classes: -w[y] x[y], for an input of log-probabilities.
 *
 * Shape: `[n, classes, ...]` and class indices `[n, ...]`, or `[classes]` and `[]`; to a scalar, or to that of the target with reduction `none`.
 *
 * @example
 * new NLLLoss().forward(new LogSoftmax({ dim: 1 }).forward(scores), tensor([1n, 0n]))
 * @throws IndexError for a target that is no class; ValueError and RuntimeError for shapes and dtypes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
 */
export class NLLLoss extends Loss {
  readonly weight: Buffer | null
  readonly ignoreIndex: number

  constructor({ weight, ignoreIndex = -100, ...options }: NLLLossOptions = {}) {
    super(options)
    this.weight = buffer(weight)
    this.ignoreIndex = ignoreIndex
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, { reduction: this.reduction, weight: this.weight, ignoreIndex: this.ignoreIndex })
  }
}

/** Options of `CrossEntropyLoss`. */
export interface CrossEntropyLossOptions extends WeightedLossOptions {
  /** Targets of this value count nothing. Default: -100. */
  ignoreIndex?: number
  /** How much of each target is spread evenly over all classes. Default: 0. */
  labelSmoothing?: number
}

/**
 * The cross-entropy between scores and classes: `LogSoftmax` and `NLLLoss` in one.
 *
 * Shape: `[n, classes, ...]` and class indices `[n, ...]` or probabilities `[n, classes, ...]`; to a scalar, or `[n, ...]` with reduction `none`.
 *
 * @example
 * new CrossEntropyLoss().forward(scores, tensor([1n, 0n])).backward()
 * @throws IndexError for a target that is no class; ValueError and RuntimeError for shapes and dtypes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
 */
export class CrossEntropyLoss extends Loss {
  readonly weight: Buffer | null
  readonly ignoreIndex: number
  readonly labelSmoothing: number

  constructor({ weight, ignoreIndex = -100, labelSmoothing = 0, ...options }: CrossEntropyLossOptions = {}) {
    super(options)
    this.weight = buffer(weight)
    this.ignoreIndex = ignoreIndex
    this.labelSmoothing = labelSmoothing
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return crossEntropy(input, target, {
      reduction: this.reduction,
      weight: this.weight,
      ignoreIndex: this.ignoreIndex,
      labelSmoothing: this.labelSmoothing,
    })
  }
}
