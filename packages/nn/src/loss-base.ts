/** What the modules of losses share. */
import type { LossOptions, Reduction, Tensor } from '@tapegrad/core'
import { Module } from './module.ts'
import { Buffer } from './parameter.ts'

/** Options of losses with weights. */
export interface WeightedLossOptions extends LossOptions {
  /** A factor for each element's loss, broadcast to the batch; for losses of classes one factor per class. */
  weight?: Tensor
}

/** Weights are saved with the model, but not learnt. */
export const buffer = (x: Tensor | undefined): Buffer | null => (x === undefined ? null : new Buffer(x))

/** How losses reduce; nothing stands between the parentheses of their reprs. */
export abstract class Loss extends Module {
  readonly reduction: Reduction

  constructor({ reduction = 'mean' }: LossOptions = {}) {
    super()
    this.reduction = reduction
  }
}
