/** What training tells whoever is watching; a bar, sparse lines, or nobody. */

/** Facts known before the first step. */
export interface Plan {
  epochs: number
  stepsPerEpoch: number
  lr: number
}

/** Where training stands; numbers of losses are null until they exist. */
export interface Standing {
  /** From 1. */
  epoch: number
  /** Steps done, over all epochs. */
  step: number
  /** Mean loss of the running (or just finished) epoch. */
  loss: number | null
  valLoss: number | null
  bestValLoss: number | null
  /** Training rows passed per second. */
  rowsPerSecond: number
  /** Since the first step. */
  seconds: number
}

/** How training ended. */
export interface Ending {
  reason: 'finished' | 'early-stopping' | 'interrupted' | 'diverged'
  bestEpoch: number
}

/** Someone who watches training. */
export interface Progress {
  start(plan: Plan): void
  /** Called about twenty times a second. */
  tick(standing: Standing): void
  /** Called at the end of every epoch. */
  epoch(standing: Standing): void
  /** Called once; also puts the terminal right. */
  stop(standing: Standing, ending: Ending): void
  /** Puts the terminal right at once; may be called at any time, more than once. */
  restore(): void
}

/** Nobody watches. */
export const silent: Progress = { start() {}, tick() {}, epoch() {}, stop() {}, restore() {} }
