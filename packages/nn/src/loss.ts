/** Losses as modules: each compares a prediction with a target. */
import { binaryCrossEntropy, binaryCrossEntropyWithLogits, l1Loss, type Tensor } from '@tapegrad/core'
import { mseLoss } from './functional.ts'
import { buffer, Loss, type WeightedLossOptions } from './loss-base.ts'
import type { Buffer } from './parameter.ts'

/** Options of `BCEWithLogitsLoss`. */
export interface BCEWithLogitsLossOptions extends WeightedLossOptions {
  /** A factor for the positive part of each class's loss: above 1 favours recall, below 1 precision. */
  posWeight?: Tensor
}

/**
 * Binary cross-entropy of probabilities: -(y log x + (1 - y) log(1 - x)), with the logarithms clamped at -100.
 *
 * Prefer `BCEWithLogitsLoss`, which keeps its precision for certain predictions.
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @example
 * new BCELoss().forward(model.forward(x), y).backward()
 * @throws RuntimeError if an element of the input is not between 0 and 1.
 * @throws ValueError if the sizes differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 */
export class BCELoss extends Loss {
  readonly weight: Buffer | null

  constructor({ weight, ...options }: WeightedLossOptions = {}) {
    super(options)
    this.weight = buffer(weight)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropy(input, target, { weight: this.weight, reduction: this.reduction })
  }
}

/**
 * Binary cross-entropy of logits: a sigmoid and `BCELoss` in one, stable for logits of any size.
 *
 * -w (p y log σ(x) + (1 - y) log(1 - σ(x))), where p is `posWeight`.
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @example
 * new BCEWithLogitsLoss({ posWeight: tensor([3]) }).forward(logits, y).backward()
 * @throws ValueError if the sizes differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends Loss {
  readonly weight: Buffer | null
  readonly posWeight: Buffer | null

  constructor({ weight, posWeight, ...options }: BCEWithLogitsLossOptions = {}) {
    super(options)
    this.weight = buffer(weight)
    this.posWeight = buffer(posWeight)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return binaryCrossEntropyWithLogits(input, target, { weight: this.weight, posWeight: this.posWeight, reduction: this.reduction })
  }
}

/**
 * The squared error: (x - y)².
 *
 * Warns if the sizes differ, since broadcasting is hardly ever meant.
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
 */
export class MSELoss extends Loss {
  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction })
  }
}

/**
 * The absolute error: |x - y|.
 *
 * Warns if the sizes differ, since broadcasting is hardly ever meant.
 * Shape: input and target alike; to a scalar, or to the same shape with reduction `none`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
 */
export class L1Loss extends Loss {
  forward(input: Tensor, target: Tensor): Tensor {
    return l1Loss(input, target, { reduction: this.reduction })
  }
}
