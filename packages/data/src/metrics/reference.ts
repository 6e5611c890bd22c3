/** What a number is worth: against doing nothing, and given how few rows it rests on. */

import type { Labels } from './confusion.ts'

/**
 * The interval that holds the true rate with 95 % confidence (`z` = 1.96), after `successes` of `trials`; Wilson's, which stays within 0 and 1.
 *
 * @example
 * ```ts
 * wilson(61, 80)   // [0.6586, 0.8424]
 * ```
 * @see https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 */
export function wilson(successes: number, trials: number, z = 1.959963984540054): [number, number] {
  if (trials === 0) return [Number.NaN, Number.NaN]
  const rate = successes / trials
  const square = (z * z) / trials
  const center = (rate + square / 2) / (1 + square)
  const half = (z * Math.sqrt((rate * (1 - rate)) / trials + square / (4 * trials))) / (1 + square)
  // Rounding must not push the ends out of [0, 1], where they lie exactly for no and for all successes.
  return [successes === 0 ? 0 : Math.max(0, center - half), successes === trials ? 1 : Math.min(1, center + half)]
}

/** What one gets without learning: always the class that is most frequent in training, or its class rates as probabilities. */
export interface Baseline {
  /** The most frequent class. */
  readonly label: number
  /** The positive class' rate in training. */
  readonly rate: number
  readonly accuracy: number
  /** Of the class rates as probabilities. */
  readonly logLoss: number
  readonly brier: number
  /** Any constant score orders nothing: 0.5, or NaN with a single class. */
  readonly rocAuc: number
  /** F1 of the positive class when the most frequent one is always predicted. */
  readonly f1: number
}

/** The baseline that `training` labels give on `actual` ones, both 0 and 1; a tie goes to 0. */
export function majorityBaseline(training: Labels, actual: Labels = training): Baseline {
  const rate = positives(training) / training.length
  const label = rate > 0.5 ? 1 : 0
  const rows = actual.length
  const ones = positives(actual)
  const eps = 2 ** -52
  const p = Math.min(Math.max(rate, eps), 1 - eps)
  return {
    label,
    rate,
    accuracy: (label === 1 ? ones : rows - ones) / rows,
    logLoss: -(ones * Math.log(p) + (rows - ones) * Math.log(1 - p)) / rows,
    brier: (ones * (1 - rate) ** 2 + (rows - ones) * rate ** 2) / rows,
    rocAuc: ones === 0 || ones === rows ? Number.NaN : 0.5,
    f1: label === 1 ? (2 * ones) / (rows + ones) : ones === 0 ? Number.NaN : 0,
  }
}

function positives(labels: Labels): number {
  let count = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1) count++
  return count
}
