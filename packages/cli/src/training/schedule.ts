/** How long to train, where the flags leave it open. */
import { TRAIN_DEFAULTS, type TrainOptions } from '../options/train.ts'

/** Small tables get more epochs, so that training has at least so many steps. */
export const LEAST_STEPS = 1000

/** Epochs, steps and patience. */
export interface Schedule {
  epochs: number
  batchSize: number
  stepsPerEpoch: number
  patience: number
  /** More epochs than the default because the table is small. */
  raised: boolean
}

/**
 * A hundred epochs of a tiny table would be a handful of steps and leave it undertrained: without `--epochs` there are enough for about a
 * thousand steps, and patience grows alike.
 */
export function makeSchedule(options: Pick<TrainOptions, 'epochs' | 'batchSize' | 'patience'>, trainRows: number): Schedule {
  const batchSize = options.batchSize === 'full' ? trainRows : Math.min(options.batchSize, trainRows)
  const stepsPerEpoch = Math.ceil(trainRows / batchSize)
  const needed = Math.ceil(LEAST_STEPS / stepsPerEpoch)
  const raised = options.epochs === undefined && needed > TRAIN_DEFAULTS.epochs
  const epochs = options.epochs ?? Math.max(TRAIN_DEFAULTS.epochs, needed)
  const patience =
    options.patience ?? (raised ? Math.ceil((TRAIN_DEFAULTS.patience * epochs) / TRAIN_DEFAULTS.epochs) : TRAIN_DEFAULTS.patience)
  return { epochs, batchSize, stepsPerEpoch, patience, raised }
}
