/** Metrics of scores: how well they order the positives before the others, whatever the threshold. Ties count as ties. */

import { f1, type Labels } from './confusion.ts'

/** Rows by falling score, and the counts of positives and negatives down to the end of each run of equal scores. */
interface Steps {
  readonly thresholds: Float64Array
  readonly positives: Float64Array
  readonly negatives: Float64Array
  readonly length: number
}

function steps(actual: Labels, scores: ArrayLike<number>): Steps {
  if (actual.length !== scores.length)
    throw new RangeError(`as many scores as labels are needed, got ${scores.length} for ${actual.length}`)
  const order = Uint32Array.from({ length: actual.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!)
  const make = (): Float64Array => new Float64Array(actual.length)
  const [thresholds, positives, negatives] = [make(), make(), make()]
  let [length, above, below] = [0, 0, 0]
  for (const [i, row] of order.entries()) {
    if (Number.isNaN(scores[row]!)) throw new RangeError(`the score of row ${row} is NaN`)
    if (actual[row] === 1) above++
    else below++
    const next = order[i + 1]
    if (next !== undefined && scores[next] === scores[row]) continue
    thresholds[length] = scores[row]!
    positives[length] = above
    negatives[length++] = below
  }
  return { thresholds, positives, negatives, length }
}

/**
 * The probability that a positive row scores above a negative one, a tie counting half: the area under the ROC curve, exactly.
 *
 * NaN where there is only one class.
 *
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.roc_auc_score.html
 */
export function rocAuc(actual: Labels, scores: ArrayLike<number>): number {
  const { positives, negatives, length } = steps(actual, scores)
  const [allPositives, allNegatives] = [positives[length - 1] ?? 0, negatives[length - 1] ?? 0]
  // Twice the area in whole numbers, exact up to 2^53.
  let twice = 0
  let [before, beforeNegatives] = [0, 0]
  for (let i = 0; i < length; i++) {
    twice += (negatives[i]! - beforeNegatives) * (positives[i]! + before)
    before = positives[i]!
    beforeNegatives = negatives[i]!
  }
  return twice / (2 * allPositives * allNegatives)
}

/**
 * Precision averaged over the steps of recall: the area under the precision-recall curve without interpolation.
 *
 * NaN without positives.
 *
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.average_precision_score.html
 */
export function averagePrecision(actual: Labels, scores: ArrayLike<number>): number {
  const { positives, negatives, length } = steps(actual, scores)
  const all = positives[length - 1] ?? 0
  let sum = 0
  let before = 0
  for (let i = 0; i < length; i++) {
    sum += ((positives[i]! - before) / all) * (positives[i]! / (positives[i]! + negatives[i]!))
    before = positives[i]!
  }
  return all === 0 ? Number.NaN : sum
}

/** One point of a curve: what holds where rows from `threshold` up are called positive. */
export interface CurvePoint {
  readonly threshold: number
  readonly truePositiveRate: number
  readonly falsePositiveRate: number
  readonly precision: number
}

/** The points of the ROC and precision-recall curves, one for each distinct score, from the highest down. */
export function curve(actual: Labels, scores: ArrayLike<number>): CurvePoint[] {
  const { thresholds, positives, negatives, length } = steps(actual, scores)
  return Array.from({ length }, (_, i) => ({
    threshold: thresholds[i]!,
    truePositiveRate: positives[i]! / positives[length - 1]!,
    falsePositiveRate: negatives[i]! / negatives[length - 1]!,
    precision: positives[i]! / (positives[i]! + negatives[i]!),
  }))
}

/**
 * The threshold that is best for F1, or for Youden's J (true positive rate - false positive rate), and what it reaches; rows at or above it are
 * positive. The highest such threshold where several are equal.
 */
export function bestThreshold(actual: Labels, scores: ArrayLike<number>, by: 'f1' | 'youden' = 'f1'): { threshold: number; score: number } {
  const { thresholds, positives, negatives, length } = steps(actual, scores)
  const [allPositives, allNegatives] = [positives[length - 1] ?? 0, negatives[length - 1] ?? 0]
  let best = { threshold: Number.NaN, score: Number.NaN }
  for (let i = 0; i < length; i++) {
    const [found, wrong] = [positives[i]!, negatives[i]!]
    const score = by === 'f1' ? (2 * found) / (found + wrong + allPositives) : found / allPositives - wrong / allNegatives
    if (!(score <= best.score)) best = { threshold: thresholds[i]!, score }
  }
  return best
}

/** 1 where a probability reaches the threshold, else 0. */
export function atThreshold(probabilities: ArrayLike<number>, threshold = 0.5): Uint8Array {
  return Uint8Array.from(probabilities, (p) => (p >= threshold ? 1 : 0))
}

/** F1 of scores at a threshold. */
export function f1At(actual: Labels, scores: ArrayLike<number>, threshold = 0.5): number {
  return f1(actual, atThreshold(scores, threshold))
}
