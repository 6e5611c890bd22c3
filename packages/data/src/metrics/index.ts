/** Metrics as plain functions of arrays and typed arrays; checked against scikit-learn. */
export {
  accuracy,
  balancedAccuracy,
  type ConfusionMatrix,
  confusionMatrix,
  f1,
  type Labels,
  macroF1,
  mcc,
  precision,
  precisionRecallF1,
  recall,
  weightedF1,
} from './confusion.ts'
export { brier, type CalibrationBin, calibrationCurve, calibrationError, logLoss } from './probability.ts'
export { atThreshold, averagePrecision, bestThreshold, type CurvePoint, curve, f1At, rocAuc } from './ranking.ts'
export { type Baseline, majorityBaseline, wilson } from './reference.ts'
