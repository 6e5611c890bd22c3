/** Remarks that a careful colleague would make about a finished training. */
import type { TrainOptions } from '../options/train.ts'
import { fit, plural, printable } from '../text.ts'
import type { Warnings } from '../warnings.ts'
import type { Coefficient } from './coefficients.ts'
import { accuracyInterval, type Metrics } from './evaluate.ts'
import type { Outcome } from './loop.ts'
import type { Schedule } from './schedule.ts'

/** One class this many times as frequent as the other is worth a remark. */
const IMBALANCE = 9
/** Fewer test rows than this make the figures wobble. */
const SMALL_TEST = 100
/** Weights beyond this mean that the classes can be told apart without error. */
const HUGE_WEIGHT = 25

/** Remarks that can be made before training. */
export function warnBefore(
  warnings: Warnings,
  options: TrainOptions,
  counts: readonly [number, number],
  classes: readonly [string, string],
): void {
  if (options.optimizer === 'adam' && options.momentum > 0) {
    warnings.add('W_IGNORED', '--momentum is ignored by adam; it belongs to --optimizer sgd.')
  }
  const [negative, positive] = counts
  const [few, many] = positive < negative ? [positive, negative] : [negative, positive]
  if (many > IMBALANCE * few) {
    const rare = fit(printable(classes[positive < negative ? 1 : 0]), 40)
    const share = ((100 * few) / (few + many)).toPrecision(2)
    warnings.add(
      'W_IMBALANCE',
      `only ${plural(few, 'row')} of ${few + many} (${share} %) are "${rare}"; look at F1 and ROC AUC rather than at accuracy.`,
    )
  }
}

/** Remarks that can be made about the result. */
export function warnAfter(
  warnings: Warnings,
  {
    outcome,
    schedule,
    train,
    test,
    coefficients,
  }: { outcome: Outcome; schedule: Schedule; train: Metrics; test: Metrics | null; coefficients: readonly Coefficient[] },
): void {
  if (test !== null && test.rows < SMALL_TEST) {
    const [low, high] = accuracyInterval(test)
    warnings.add(
      'W_SMALL_TEST',
      `the test set is small (${plural(test.rows, 'row')}): accuracy is ${low.toFixed(2)} to ${high.toFixed(2)} with 95 % confidence.`,
    )
  }
  if (outcome.reason === 'finished' && outcome.bestValLoss !== null && outcome.bestEpoch === outcome.epochs && schedule.epochs > 1) {
    warnings.add(
      'W_STILL_IMPROVING',
      `the last epoch was the best one: validation loss was still falling. Try --epochs ${schedule.epochs * 2}.`,
    )
  }
  const largest = coefficients.reduce((most, { weight }) => Math.max(most, Math.abs(weight)), 0)
  if (train.rocAuc === 1 || largest > HUGE_WEIGHT) {
    const message =
      'the training rows can be told apart without an error, so the weights could grow for ever and their sizes mean little. Try --weight-decay 0.01.'
    warnings.add('W_SEPARATION', message)
  }
}

/** What has to be said first, or null: that the model is no better than guessing. */
export function verdictOf(judged: Metrics, baseline: Metrics, always: string): { code: string; message: string } | null {
  const answer = fit(printable(always), 40)
  if (judged.logLoss >= baseline.logLoss) {
    return {
      code: 'W_NO_BETTER',
      message: `This model is no better than guessing: its log-loss ${judged.logLoss.toFixed(3)} is not below ${baseline.logLoss.toFixed(3)}, which the class rates alone reach.`,
    }
  }
  if (judged.accuracy <= baseline.accuracy) {
    return {
      code: 'W_NO_MORE_ACCURATE',
      message: `It is right no more often than always answering "${answer}" (${judged.accuracy.toFixed(3)} against ${baseline.accuracy.toFixed(3)}), though its probabilities say more than the class rates.`,
    }
  }
  return null
}
