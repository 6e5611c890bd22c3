import { type Split, Standardizer, stratifiedSplit, type Table } from '@tapegrad/data'
import type { Sequential } from '@tapegrad/nn'
import { FORMAT_VERSION, type ModelCard } from '../artifacts/model-card.ts'
import { cellOptions } from '../options/reading.ts'
import type { TrainOptions } from '../options/train.ts'
import { type AnyOptimizer, makeModel, makeOptimizer } from './model.ts'
import { makeSchedule, type Schedule } from './schedule.ts'
import { StandardizedRows } from './standardized.ts'

/** From this probability on a row counts as positive. */
export const THRESHOLD = 0.5

/** Everything that is settled before the first step. */
export interface Work {
  table: Table
  split: Split
  standardizer: Standardizer
  schedule: Schedule
  options: TrainOptions
  data: StandardizedRows
  model: Sequential
  optimizer: AnyOptimizer
  card: ModelCard
}

/** Splits the rows, fits the preprocessing on the training rows, makes the model; throws the data's errors (too few rows, a class too small). */
export function prepare(table: Table, options: TrainOptions): Work {
  const { valSplit: val, testSplit: test, seed, stratify, scale } = options
  const split = stratifiedSplit(table.labels, { val, test, seed, stratify, classes: table.target.classes })
  const standardizer = Standardizer.fit(table, split.train, { mode: scale })
  const model = makeModel(table.features.length, seed)
  return {
    table,
    split,
    standardizer,
    schedule: makeSchedule(options, split.train.length),
    options,
    data: new StandardizedRows(table, standardizer),
    model,
    optimizer: makeOptimizer(model, options),
    card: cardOf(table, standardizer, options),
  }
}

function cardOf({ features, featureNames, target, origin }: Table, standardizer: Standardizer, options: TrainOptions): ModelCard {
  const { decimal, naValues } = cellOptions(options)
  return {
    formatVersion: FORMAT_VERSION,
    task: 'binary',
    architecture: [{ type: 'Linear', inFeatures: features.length, outFeatures: 1, bias: true }],
    features: featureNames,
    target: target.name,
    classes: [...target.classes],
    positive: target.classes[1],
    numeric: target.numeric,
    rest: target.rest,
    threshold: THRESHOLD,
    preprocessing: standardizer.toJSON(),
    table: { delimiter: origin.delimiter, decimal, naValues: [...naValues] },
  }
}
