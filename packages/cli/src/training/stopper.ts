/** Progress smaller than this does not count as progress. */
export const MIN_DELTA = 1e-4

/**
 * Early stopping: remembers the best epoch, and says when to stop.
 *
 * Any improvement makes an epoch the best one; but only one of more than {@link MIN_DELTA} starts the patience anew, so that a loss that creeps
 * downwards for ever does not train for ever.
 */
export class Stopper {
  bestEpoch = 0
  best: number = Number.POSITIVE_INFINITY
  readonly #patience: number
  #mark = Number.POSITIVE_INFINITY
  #markEpoch = 0

  /** `patience` epochs without progress; 0 never stops. */
  constructor(patience: number) {
    this.#patience = patience
  }

  /** Notes the loss of an epoch; true where it is the best so far. */
  note(epoch: number, loss: number): boolean {
    if (loss < this.#mark - MIN_DELTA) {
      this.#mark = loss
      this.#markEpoch = epoch
    }
    if (!(loss < this.best)) return false
    this.best = loss
    this.bestEpoch = epoch
    return true
  }

  /** Whether patience is at its end after this epoch. */
  isOver(epoch: number): boolean {
    return this.#patience > 0 && epoch - this.#markEpoch >= this.#patience
  }
}
