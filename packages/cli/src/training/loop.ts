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

/** What came of it. The model holds the best weights (the last ones after an interruption). */
export interface Outcome {
  reason: Ending['reason']
  /** Epochs begun. */
  epochs: number
  steps: number
  bestEpoch: number
  bestValLoss: number | null
  /** The weights of the best epoch, where there is one. */
  best: Weights | null
  history: EpochRecord[]
  seconds: number
  /** The state of the generator before the order of the running epoch was drawn. */
  rngState: Tensor
  /** Only where training broke down. */
  divergence: Divergence | null
}

/** Where the loss stopped being a number. */
export interface Divergence {
  what: 'loss' | 'val_loss'
  value: number
  epoch: number
  step: number
  lastFiniteLoss: number | null
  /** Weights at the end of the last epoch that was still sound. */
  lastGood: { epoch: number; weights: Weights } | null
}

/** Trains the model in place. Never throws for what training does; see `reason`. */
export async function train({ model, optimizer, lr, data, split, schedule, seed, progress, interrupts }: Training): Promise<Outcome> {
  const { epochs, batchSize, stepsPerEpoch, patience } = schedule
  const rows = split.train
  const validated = split.validation.length > 0
  const rng = new Generator().manualSeed(seed)
  const lossOf = new BCEWithLogitsLoss()
  const stopper = new Stopper(patience)
  const breath = new Breath()
  const history: EpochRecord[] = []
  const batch = new Uint32Array(batchSize)
  const started = performance.now()
  const now: Standing = { epoch: 1, step: 0, loss: null, valLoss: null, bestValLoss: null, rowsPerSecond: Number.NaN, seconds: 0 }
  let best: Weights | null = null
  let lastGood: Divergence['lastGood'] = null
  let divergence: Divergence | null = null
  let lastFiniteLoss: number | null = null
  let reason: Ending['reason'] = 'finished'
  let rowsDone = 0
  let rngState = rng.getState()

  const look = (): void => {
    now.seconds = (performance.now() - started) / 1000
    now.rowsPerSecond = rowsDone / now.seconds
  }
  const broken = (what: Divergence['what'], value: number): void => {
    divergence = { what, value, epoch: now.epoch, step: now.step - (now.epoch - 1) * stepsPerEpoch, lastFiniteLoss, lastGood }
    reason = 'diverged'
  }

  progress.start({ epochs, stepsPerEpoch, lr })
  // So that the first line is on the screen before the first step.
  await breath.take()

  training: for (let epoch = 1; epoch <= epochs; epoch++) {
    now.epoch = epoch
    rngState = rng.getState()
    const order = randperm(rows.length, { generator: rng }).toArray()
    let lossSum = 0
    for (let at = 0; at < rows.length; at += batchSize) {
      const size = Math.min(batchSize, rows.length - at)
      const some = batch.subarray(0, size)
      for (let i = 0; i < size; i++) some[i] = rows[Number(order[at + i]!)]!

      optimizer.zeroGrad()
      const loss = lossOf.forward(model.forward(data.inputs(some)), data.targets(some))
      loss.backward()
      optimizer.step()

      const value = Number(loss.item())
      now.step++
      rowsDone += size
      if (!Number.isFinite(value)) {
        broken('loss', value)
        break training
      }
      lastFiniteLoss = value
      lossSum += value * size
      now.loss = lossSum / (at + size)
      if (breath.due) {
        look()
        progress.tick(now)
        await breath.take()
      }
      if (interrupts.pending !== null) {
        reason = 'interrupted'
        break training
      }
    }

    if (validated) {
      now.valLoss = logLossOf(await logitsOf(model, data, split.validation, breath), split.validation, data.labels)
    }
    const weights = copyWeights(model)
    if (!Number.isFinite(now.valLoss ?? 0) || !areFinite(weights)) {
      broken(validated ? 'val_loss' : 'loss', now.valLoss ?? Number.NaN)
      break
    }
    lastGood = { epoch, weights }
    if (now.valLoss !== null && stopper.note(epoch, now.valLoss)) {
      best = weights
      now.bestValLoss = now.valLoss
    }
    look()
    history.push({ epoch, step: now.step, loss: now.loss ?? Number.NaN, valLoss: now.valLoss, seconds: now.seconds })
    progress.epoch(now)
    if (interrupts.pending !== null) {
      reason = 'interrupted'
      break
    }
    if (validated && stopper.isOver(epoch)) {
      reason = 'early-stopping'
      break
    }
  }

  look()
  const bestEpoch = best === null ? now.epoch : stopper.bestEpoch
  progress.stop(now, { reason, bestEpoch })
  if (best !== null && (reason === 'finished' || reason === 'early-stopping')) restoreWeights(model, best)
  return {
    reason,
    epochs: now.epoch,
    steps: now.step,
    bestEpoch,
    bestValLoss: now.bestValLoss,
    best,
    history,
    seconds: now.seconds,
    rngState,
    divergence,
  }
}
