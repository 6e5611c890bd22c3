/** The training loop: mini-batches in a seeded order, early stopping, the best weights restored. */
import { Generator, randperm, type Tensor } from '@tapegrad/core'
import type { Split } from '@tapegrad/data'
import { BCEWithLogitsLoss, type Sequential } from '@tapegrad/nn'
import type { Ending, Progress, Standing } from '../progress/progress.ts'
import type { Interrupts } from '../terminal/interrupts.ts'
import { Breath } from './breath.ts'
import type { AnyOptimizer } from './model.ts'
import type { Schedule } from './schedule.ts'
import { logitsOf, logLossOf } from './score.ts'
import type { StandardizedRows } from './standardized.ts'
import { Stopper } from './stopper.ts'
import { areFinite, copyWeights, restoreWeights, type Weights } from './weights.ts'

/** What is trained, on what, how long, and who watches. */
export interface Training {
  model: Sequential
  optimizer: AnyOptimizer
  lr: number
  data: StandardizedRows
  split: Split
  schedule: Schedule
  seed: number
  progress: Progress
  interrupts: Interrupts
}

/** One line of history.csv. */
export interface EpochRecord {
  epoch: number
  /** Steps done by then. */
  step: number
  /** Mean over the rows of the epoch, each at the moment of its step. */
  loss: number
  valLoss: number | null
  seconds: number
}

/** Where the loss stopped being a number. */
export interface Divergence {
  what: 'loss' | 'val_loss' | 'a weight'
  value: number
  epoch: number
  /** Within the epoch. */
  step: number
  lastFiniteLoss: number | null
  /** Weights at the end of the last epoch that was still sound. */
  lastGood: { epoch: number; weights: Weights } | null
}

/** What came of it. The model holds the best weights (after an interruption or a breakdown the last ones). */
export interface Outcome {
  reason: Ending['reason']
  /** Epochs begun. */
  epochs: number
  steps: number
  bestEpoch: number
  bestValLoss: number | null
  /** The weights of the best epoch, where validation names one. */
  best: Weights | null
  history: EpochRecord[]
  seconds: number
  /** The state of the generator before the order of the last epoch was drawn. */
  rngState: Tensor
  /** Only where training broke down. */
  divergence: Divergence | null
}

/** Trains the model in place. Does not throw for what training does; see `reason`. */
export async function train(training: Training): Promise<Outcome> {
  const run = new Run(training)
  await run.begin()
  while (run.reason === null) await run.epoch()
  return run.end(run.reason)
}

class Run {
  reason: Ending['reason'] | null = null
  readonly #training: Training
  readonly #lossOf = new BCEWithLogitsLoss()
  readonly #breath = new Breath()
  readonly #rng: Generator
  readonly #stopper: Stopper
  readonly #batch: Uint32Array
  readonly #validationLabels: Uint8Array
  readonly #started = performance.now()
  readonly #now: Standing = { epoch: 0, step: 0, loss: null, valLoss: null, bestValLoss: null, rowsPerSecond: Number.NaN, seconds: 0 }
  readonly #history: EpochRecord[] = []
  #rngState: Tensor
  #rowsDone = 0
  #lastFiniteLoss: number | null = null
  #best: Weights | null = null
  #lastGood: Divergence['lastGood'] = null
  #divergence: Divergence | null = null

  constructor(training: Training) {
    const { seed, schedule, data, split } = training
    this.#training = training
    this.#rng = new Generator().manualSeed(seed)
    this.#rngState = this.#rng.getState()
    this.#stopper = new Stopper(schedule.patience)
    this.#batch = new Uint32Array(schedule.batchSize)
    this.#validationLabels = data.labelsOf(split.validation)
  }

  async begin(): Promise<void> {
    const { progress, schedule, lr } = this.#training
    progress.start({ epochs: schedule.epochs, stepsPerEpoch: schedule.stepsPerEpoch, lr })
    // So that the first line is on the screen before the first step.
    await this.#breath.take()
  }

  /** One pass over the training rows, then a look at the validation rows. */
  async epoch(): Promise<void> {
    const { schedule, split, progress } = this.#training
    this.#now.epoch++
    await this.#steps()
    if (this.reason !== null) return
    await this.#validate()
    this.#look()
    if (this.reason !== null) return
    const { epoch, step, loss, valLoss, seconds } = this.#now
    this.#history.push({ epoch, step, loss: loss ?? Number.NaN, valLoss, seconds })
    progress.epoch(this.#now)
    if (this.#training.interrupts.pending !== null) this.reason = 'interrupted'
    else if (epoch >= schedule.epochs) this.reason = 'finished'
    else if (split.validation.length > 0 && this.#stopper.isOver(epoch)) this.reason = 'early-stopping'
  }

  end(reason: Ending['reason']): Outcome {
    const { model, progress } = this.#training
    this.#look()
    const { epoch, step, bestValLoss, seconds } = this.#now
    const bestEpoch = this.#best === null ? epoch : this.#stopper.bestEpoch
    progress.stop(this.#now, { reason, bestEpoch })
    if (this.#best !== null && (reason === 'finished' || reason === 'early-stopping')) restoreWeights(model, this.#best)
    return {
      reason,
      epochs: epoch,
      steps: step,
      bestEpoch,
      bestValLoss,
      best: this.#best,
      history: this.#history,
      seconds,
      rngState: this.#rngState,
      divergence: this.#divergence,
    }
  }

  async #steps(): Promise<void> {
    const { split, schedule, progress, interrupts } = this.#training
    const rows = split.train
    this.#rngState = this.#rng.getState()
    const order = randperm(rows.length, { generator: this.#rng }).toArray()
    let lossSum = 0
    for (let at = 0; at < rows.length; at += schedule.batchSize) {
      const some = this.#batch.subarray(0, Math.min(schedule.batchSize, rows.length - at))
      for (let i = 0; i < some.length; i++) some[i] = rows[Number(order[at + i]!)]!
      const loss = this.#step(some)
      if (!Number.isFinite(loss)) return this.#diverge('loss', loss)
      this.#lastFiniteLoss = loss
      lossSum += loss * some.length
      this.#now.loss = lossSum / (at + some.length)
      if (this.#breath.due) {
        this.#look()
        progress.tick(this.#now)
        await this.#breath.take()
      }
      if (interrupts.pending !== null) {
        this.reason = 'interrupted'
        return
      }
    }
  }

  #step(rows: Uint32Array): number {
    const { model, optimizer, data } = this.#training
    optimizer.zeroGrad()
    const loss = this.#lossOf.forward(model.forward(data.inputs(rows)), data.targets(rows))
    loss.backward()
    optimizer.step()
    this.#now.step++
    this.#rowsDone += rows.length
    return Number(loss.item())
  }

  async #validate(): Promise<void> {
    const { model, data, split } = this.#training
    const { epoch } = this.#now
    const weights = copyWeights(model)
    if (!areFinite(weights)) return this.#diverge('a weight', Number.NaN)
    if (split.validation.length > 0) {
      const valLoss = logLossOf(await logitsOf(model, data, split.validation, this.#breath), this.#validationLabels)
      if (!Number.isFinite(valLoss)) return this.#diverge('val_loss', valLoss)
      this.#now.valLoss = valLoss
      if (this.#stopper.note(epoch, valLoss)) {
        this.#best = weights
        this.#now.bestValLoss = valLoss
      }
    }
    this.#lastGood = { epoch, weights }
  }

  #diverge(what: Divergence['what'], value: number): void {
    const { epoch, step } = this.#now
    const inEpoch = step - (epoch - 1) * this.#training.schedule.stepsPerEpoch
    this.#divergence = { what, value, epoch, step: inEpoch, lastFiniteLoss: this.#lastFiniteLoss, lastGood: this.#lastGood }
    this.reason = 'diverged'
  }

  #look(): void {
    this.#now.seconds = (performance.now() - this.#started) / 1000
    this.#now.rowsPerSecond = this.#rowsDone / this.#now.seconds
  }
}
