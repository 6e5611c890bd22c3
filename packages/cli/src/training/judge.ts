import type { Warnings } from '../warnings.ts'
import { Breath } from './breath.ts'
import { type Coefficient, coefficientsOf } from './coefficients.ts'
import { baselineOf, type Metrics, majority, metricsOf, type Part } from './evaluate.ts'
import { verdictOf, warnAfter } from './judgement.ts'
import type { Outcome } from './loop.ts'
import { logitsOf } from './score.ts'
import { THRESHOLD, type Work } from './work.ts'

/** Figures of the parts of a table; null where a part has no rows. */
export type ByPart = Record<Part, Metrics | null>

/** How good the trained model is. */
export interface Judgement {
  metrics: ByPart
  /** Of each part, what guessing reaches there. */
  baselines: ByPart
  /** The part that counts: the test rows, or what there is instead. */
  judged: Part
  /** What guessing always answers. */
  always: string
  /** Why it is no better than guessing, if it is not. */
  verdict: string | null
  coefficients: Coefficient[]
}

/** Scores every row, compares with guessing, and makes the remarks that are due. */
export async function judge(
  { table, split, data, model, standardizer, schedule }: Work,
  outcome: Outcome,
  warnings: Warnings,
): Promise<Judgement> {
  const breath = new Breath()
  const trainLabels = data.labelsOf(split.train)
  const metrics: ByPart = { train: null, validation: null, test: null }
  const baselines: ByPart = { train: null, validation: null, test: null }
  for (const part of ['train', 'validation', 'test'] as const) {
    const rows = split[part]
    if (rows.length === 0) continue
    const labels = data.labelsOf(rows)
    metrics[part] = metricsOf(await logitsOf(model, data, rows, breath), labels, THRESHOLD)
    baselines[part] = baselineOf(trainLabels, labels)
    if (breath.due) await breath.take()
  }
  const judged: Part = metrics.test !== null ? 'test' : metrics.validation !== null ? 'validation' : 'train'
  const always = table.target.classes[majority(trainLabels)]
  const verdict = verdictOf(metrics[judged]!, baselines[judged]!, always)
  if (verdict !== null) warnings.note(verdict.code, verdict.message)
  const coefficients = await coefficientsOf(model, standardizer, data, split.train, breath)
  warnAfter(warnings, { outcome, schedule, train: metrics.train!, test: metrics.test, coefficients })
  return { metrics, baselines, judged, always, verdict: verdict?.message ?? null, coefficients }
}
