/** How good a model is on some rows, and how good no model at all would be there. */
import { metrics } from '@tapegrad/data'
import { logLossOf, sigmoidOf } from './score.ts'

/** Names of the parts of a table. */
export type Part = 'train' | 'validation' | 'test'

/** What is reported of each part of the table; what cannot be computed (ROC-AUC of a single class) is null. */
export interface Metrics {
  rows: number
  accuracy: number
  rocAuc: number | null
  /** Of the positive class, as are precision and recall; 0 where there is nothing to divide by. */
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
  const cut = Math.log(threshold / (1 - threshold))
  return {
    ...ofAnswers(
      labels,
      Uint8Array.from(logits, (z) => (z >= cut ? 1 : 0)),
    ),
    // The order of logits is that of the probabilities, without their ties at 0 and 1.
    rocAuc: orNull(metrics.rocAuc(labels, logits)),
    logLoss: logLossOf(logits, labels),
    brier: metrics.brier(labels, Float64Array.from(logits, sigmoidOf)),
  }
}

/** The same for someone who knows only the training labels: always answers the majority there, and the class rates there as probabilities. */
export function baselineOf(trainLabels: Uint8Array, labels: Uint8Array): Metrics {
  const { label, logLoss, brier, rocAuc } = metrics.majorityBaseline(trainLabels, labels)
  return { ...ofAnswers(labels, new Uint8Array(labels.length).fill(label)), rocAuc: orNull(rocAuc), logLoss, brier }
}

/** The class that the baseline always answers. */
export function majority(trainLabels: Uint8Array): 0 | 1 {
  return metrics.majorityBaseline(trainLabels).label === 1 ? 1 : 0
}

/** Rows that were answered rightly. */
export function rightAnswers({ confusion }: Metrics): number {
  return confusion[0][0] + confusion[1][1]
}

/** Between which rates the accuracy lies with 95 % confidence, given how few rows were counted. */
export function accuracyInterval(measured: Metrics): [number, number] {
  return metrics.wilson(rightAnswers(measured), measured.rows)
}

function ofAnswers(
  labels: Uint8Array,
  answers: Uint8Array,
): Pick<Metrics, 'rows' | 'accuracy' | 'precision' | 'recall' | 'f1' | 'confusion'> {
  const { precision, recall, f1 } = metrics.precisionRecallF1(labels, answers)
  return {
    rows: labels.length,
    accuracy: metrics.accuracy(labels, answers),
    precision: orZero(precision),
    recall: orZero(recall),
    f1: orZero(f1),
    confusion: metrics.confusionMatrix(labels, answers) as Metrics['confusion'],
  }
}

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value)
const orZero = (value: number): number => (Number.isNaN(value) ? 0 : value)
