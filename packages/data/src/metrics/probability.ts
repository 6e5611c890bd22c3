/** Metrics of probabilities of the positive class: how far from the truth they are. NaN of no rows. */

import type { Labels } from './confusion.ts'

function checkSizes(actual: Labels, probabilities: ArrayLike<number>): void {
  if (actual.length !== probabilities.length) {
    throw new RangeError(`as many probabilities as labels are needed, got ${probabilities.length} for ${actual.length}`)
  }
}

/**
 * The mean of `-log(p of the true class)`, with `p` clipped to `[eps, 1 - eps]` as scikit-learn does.
 *
 * `eps` is that of the numbers' type: 2^-23 for a Float32Array, else 2^-52.
 *
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.log_loss.html
 */
export function logLoss(actual: Labels, probabilities: ArrayLike<number>): number {
  checkSizes(actual, probabilities)
  const eps = probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52
  let sum = 0
  for (let i = 0; i < actual.length; i++) {
    const p = Math.min(Math.max(probabilities[i]!, eps), 1 - eps)
    sum -= actual[i] === 1 ? Math.log(p) : Math.log(1 - p)
  }
  return sum / actual.length
}

/** The mean of `(p - y)²`. */
export function brier(actual: Labels, probabilities: ArrayLike<number>): number {
  checkSizes(actual, probabilities)
  let sum = 0
  for (let i = 0; i < actual.length; i++) sum += (probabilities[i]! - (actual[i] === 1 ? 1 : 0)) ** 2
  return sum / actual.length
}

/** One bin of a calibration curve that has rows in it. */
export interface CalibrationBin {
  /** Mean probability of its rows. */
  readonly predicted: number
  /** Part of its rows that is positive. */
  readonly observed: number
  readonly count: number
}

/**
 * What was predicted against what happened, in bins of equal width; bins without rows are left out.
 *
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.calibration.calibration_curve.html
 */
export function calibrationCurve(actual: Labels, probabilities: ArrayLike<number>, bins = 10): CalibrationBin[] {
  checkSizes(actual, probabilities)
  const make = (): Float64Array => new Float64Array(bins)
  const [counts, sums, positives] = [make(), make(), make()]
  for (let i = 0; i < actual.length; i++) {
    const p = probabilities[i]!
    if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability is from 0 to 1, got ${p} in row ${i}`)
    const bin = binOf(p, bins)
    counts[bin]!++
    sums[bin]! += p
    if (actual[i] === 1) positives[bin]!++
  }
  return [...counts.keys()].flatMap((bin) => {
    const count = counts[bin]!
    return count === 0 ? [] : [{ predicted: sums[bin]! / count, observed: positives[bin]! / count, count }]
  })
}

/** Bins are open on the left: an edge belongs to the one below. */
function binOf(p: number, bins: number): number {
  let bin = Math.min(bins - 1, Math.max(0, Math.ceil(p * bins) - 1))
  // The edges are i * (1 / bins) as they round, not p * bins as it rounds.
  while (bin > 0 && p <= bin * (1 / bins)) bin--
  while (bin < bins - 1 && p > (bin + 1) * (1 / bins)) bin++
  return bin
}

/** The mean distance between predicted and observed over the bins, weighted by rows (ECE). */
export function calibrationError(actual: Labels, probabilities: ArrayLike<number>, bins = 10): number {
  const parts = calibrationCurve(actual, probabilities, bins)
  return parts.reduce(
    (sum, { predicted, observed, count }) => sum + (Math.abs(predicted - observed) * count) / actual.length,
    parts.length === 0 ? Number.NaN : 0,
  )
}
