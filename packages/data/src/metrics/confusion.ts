/** Metrics of predicted classes against the true ones. A ratio that has nothing below the line is NaN. */

/** Labels: small whole numbers, 0 and 1 for two classes. */
export type Labels = ArrayLike<number>

/** One count for each pair of classes: `matrix[actual][predicted]`. */
export type ConfusionMatrix = number[][]

function checkSizes(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) throw new RangeError(`as many predictions as labels are needed, got ${b.length} for ${a.length}`)
}

/**
 * How often each class was taken for each.
 *
 * @example
 * ```ts
 * confusionMatrix([0, 0, 1], [0, 1, 1])   // [[1, 1], [0, 1]]
 * ```
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html
 */
export function confusionMatrix(actual: Labels, predicted: Labels, classes = 2): ConfusionMatrix {
  checkSizes(actual, predicted)
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let i = 0; i < actual.length; i++) {
    const row = matrix[actual[i]!]
    if (row?.[predicted[i]!] === undefined)
      throw new RangeError(`labels must be from 0 to ${classes - 1}, got ${actual[i]} and ${predicted[i]}`)
    row[predicted[i]!]!++
  }
  return matrix
}

/** The part of predictions that is right; NaN of none. */
export function accuracy(actual: Labels, predicted: Labels): number {
  checkSizes(actual, predicted)
  let right = 0
  for (let i = 0; i < actual.length; i++) if (actual[i] === predicted[i]) right++
  return right / actual.length
}

/** Correct, falsely found and missed predictions of one class. */
function countsOf(actual: Labels, predicted: Labels, positive: number): { found: number; wrong: number; missed: number } {
  checkSizes(actual, predicted)
  let [found, wrong, missed] = [0, 0, 0]
  for (let i = 0; i < actual.length; i++) {
    if (predicted[i] === positive) actual[i] === positive ? found++ : wrong++
    else if (actual[i] === positive) missed++
  }
  return { found, wrong, missed }
}

/** Of those predicted to be of class `positive`, the part that is: tp / (tp + fp). */
export function precision(actual: Labels, predicted: Labels, positive = 1): number {
  const { found, wrong } = countsOf(actual, predicted, positive)
  return found / (found + wrong)
}

/** Of those that are of class `positive`, the part that was found: tp / (tp + fn). */
export function recall(actual: Labels, predicted: Labels, positive = 1): number {
  const { found, missed } = countsOf(actual, predicted, positive)
  return found / (found + missed)
}

/** The harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn); 0 where nothing was found. */
export function f1(actual: Labels, predicted: Labels, positive = 1): number {
  const { found, wrong, missed } = countsOf(actual, predicted, positive)
  return (2 * found) / (2 * found + wrong + missed)
}

/** Precision, recall and F1 of one class, and how many rows are of it. */
export function precisionRecallF1(
  actual: Labels,
  predicted: Labels,
  positive = 1,
): { precision: number; recall: number; f1: number; support: number } {
  const { found, wrong, missed } = countsOf(actual, predicted, positive)
  return {
    precision: found / (found + wrong),
    recall: found / (found + missed),
    f1: (2 * found) / (2 * found + wrong + missed),
    support: found + missed,
  }
}

/** The classes that occur, on either side. */
function occurring(actual: Labels, predicted: Labels): number[] {
  const seen = new Set<number>()
  for (let i = 0; i < actual.length; i++) seen.add(actual[i]!).add(predicted[i]!)
  return [...seen].sort((a, b) => a - b)
}

/** F1 of each class that occurs, averaged. */
export function macroF1(actual: Labels, predicted: Labels): number {
  checkSizes(actual, predicted)
  const classes = occurring(actual, predicted)
  return classes.reduce((sum, label) => sum + f1(actual, predicted, label), 0) / classes.length
}

/** F1 of each class that occurs, weighted by its rows. */
export function weightedF1(actual: Labels, predicted: Labels): number {
  checkSizes(actual, predicted)
  let total = 0
  for (const label of occurring(actual, predicted)) {
    const scores = precisionRecallF1(actual, predicted, label)
    total += scores.f1 * scores.support
  }
  return total / actual.length
}

/** Recall averaged over the classes that are among the true labels: 0.5 is what guessing gets with two. */
export function balancedAccuracy(actual: Labels, predicted: Labels): number {
  checkSizes(actual, predicted)
  const classes = occurring(actual, actual)
  return classes.reduce((sum, label) => sum + recall(actual, predicted, label), 0) / classes.length
}

/**
 * Matthews' correlation between true and predicted classes, from -1 to 1; NaN where one side has a single class.
 *
 * @see https://scikit-learn.org/stable/modules/generated/sklearn.metrics.matthews_corrcoef.html
 */
export function mcc(actual: Labels, predicted: Labels): number {
  const classes = Math.max(2, ...occurring(actual, predicted).map((label) => label + 1))
  const matrix = confusionMatrix(actual, predicted, classes)
  const truly = matrix.map((row) => row.reduce((sum, count) => sum + count, 0))
  const called = matrix.map((_, j) => matrix.reduce((sum, row) => sum + row[j]!, 0))
  const right = matrix.reduce((sum, row, i) => sum + row[i]!, 0)
  const rows = actual.length
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
  return (right * rows - dot(truly, called)) / Math.sqrt((rows * rows - dot(called, called)) * (rows * rows - dot(truly, truly)))
}
