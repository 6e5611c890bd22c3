/** How good a model is on some rows, and how good no model at all would be there. */
import { metrics } from '@tapegrad/data'
import { sigmoidOf } from './score.ts'

/** What is reported of each part of the table; what cannot be computed (ROC-AUC of a single class) is null. */
export interface Metrics {
  rows: number
  accuracy: number
  rocAuc: number | null
  f1: number
  precision: number
  recall: number
  logLoss: number
  brier: number
  /** `[[true negatives, false positives], [false negatives, true positives]]`: rows are what is, columns what was predicted. */
  confusion: [[number, number], [number, number]]
}

/** The metrics of logits against 0/1 labels; `threshold` is a probability. */
export function metricsOf(logits: Float32Array, labels: Uint8Array, threshold: number): Metrics {
  const probabilities = Float64Array.from(logits, sigmoidOf)
  const cut = Math.log(threshold / (1 - threshold))
  let losses = 0
  let squares = 0
  const confusion: Metrics['confusion'] = [
    [0, 0],
    [0, 0],
  ]
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i]!
    const y = labels[i]!
    // From the logit: a probability that was rounded to 0 or 1 would make the loss infinite.
    losses += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)))
    squares += (probabilities[i]! - y) ** 2
    confusion[y === 1 ? 1 : 0][z >= cut ? 1 : 0]++
  }
  return {
    ...fromConfusion(confusion),
    rocAuc: areaOf(labels, logits),
    logLoss: losses / logits.length,
    brier: squares / logits.length,
    confusion,
  }
}

/**
 * The same for someone who has seen only the training labels: always answers the class that is more frequent there, and gives its rate there as
 * the probability.
 */
export function baselineOf(trainPositiveRate: number, labels: Uint8Array): Metrics {
  const rows = labels.length
  let positives = 0
  for (const label of labels) positives += label
  const negatives = rows - positives
  const always = trainPositiveRate > 0.5 ? 1 : 0
  const confusion: Metrics['confusion'] =
    always === 1
      ? [
          [0, negatives],
          [0, positives],
        ]
      : [
          [negatives, 0],
          [positives, 0],
        ]
  const p = trainPositiveRate
  return {
    ...fromConfusion(confusion),
    rocAuc: positives === 0 || negatives === 0 ? null : 0.5,
    logLoss: -(positives * Math.log(p) + negatives * Math.log1p(-p)) / rows,
    brier: (positives * (1 - p) ** 2 + negatives * p ** 2) / rows,
    confusion,
  }
}

function fromConfusion([[tn, fp], [fn, tp]]: Metrics['confusion']): Pick<Metrics, 'rows' | 'accuracy' | 'precision' | 'recall' | 'f1'> {
  const rows = tn + fp + fn + tp
  const part = (some: number, all: number): number => (all === 0 ? 0 : some / all)
  return {
    rows,
    accuracy: part(tn + tp, rows),
    precision: part(tp, tp + fp),
    recall: part(tp, tp + fn),
    f1: part(2 * tp, 2 * tp + fp + fn),
  }
}

// The order of logits is the order of probabilities, without their ties at 0 and 1.
function areaOf(labels: Uint8Array, logits: Float32Array): number | null {
  const area = metrics.rocAuc(labels, logits)
  return Number.isNaN(area) ? null : area
}

/**
 * Wilson's interval for a proportion, 95 %: stays inside 0..1 and is honest for few rows.
 *
 * @see https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval
 */
export function wilson(hits: number, of: number): [number, number] {
  const z = 1.959963984540054
  const p = hits / of
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of)
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
