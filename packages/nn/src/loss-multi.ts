/** Losses of classification with margins over several classes, as modules. */
import { multilabelMarginLoss, multilabelSoftMarginLoss, multiMarginLoss, type Tensor } from '@tapegrad/core'
import { buffer, Loss, type WeightedLossOptions } from './loss-base.ts'
import type { Buffer } from './parameter.ts'

/** Options of `MultiMarginLoss`. */
export interface MultiMarginLossOptions extends WeightedLossOptions {
  /** The exponent: 1 or 2. Default: 1. */
  p?: number
  /** The margin asked for. Default: 1. */
  margin?: number
}

/**
 * The hinge loss of classes: Σ max(0, margin - x[y] + x[i])ᵖ / classes, over all i but y.
 *
 * Shape: `[n, classes]` and class indices `[n]`, or `[classes]` and `[]`; to a scalar, or to that of the target with reduction `none`.
 *
 * @throws ValueError for another exponent; RuntimeError and IndexError for shapes and targets that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
 */
export class MultiMarginLoss extends Loss {
  readonly weight: Buffer | null
  readonly p: number
  readonly margin: number

  constructor({ weight, p = 1, margin = 1, ...options }: MultiMarginLossOptions = {}) {
    super(options)
    this.weight = buffer(weight)
    this.p = p
    this.margin = margin
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return multiMarginLoss(input, target, { reduction: this.reduction, weight: this.weight, p: this.p, margin: this.margin })
  }
}

/**
 * The hinge loss of several classes at once: Σ max(0, 1 - x[y[j]] + x[i]) / classes, over the targets j and what is none.
 *
 * Shape: input and target alike, `[n, classes]` or `[classes]`; the target lists class indices up to the first -1.
 *
 * @throws RuntimeError for shapes and targets that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
 */
export class MultiLabelMarginLoss extends Loss {
  forward(input: Tensor, target: Tensor): Tensor {
    return multilabelMarginLoss(input, target, { reduction: this.reduction })
  }
}

/**
 * The mean over the classes of the binary cross-entropy of logits.
 *
 * Shape: input and target alike, `[n, classes]`; to a scalar, or `[n]` with reduction `none`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
 */
export class MultiLabelSoftMarginLoss extends Loss {
  readonly weight: Buffer | null

  constructor({ weight, ...options }: WeightedLossOptions = {}) {
    super(options)
    this.weight = buffer(weight)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return multilabelSoftMarginLoss(input, target, { reduction: this.reduction, weight: this.weight })
  }
}
