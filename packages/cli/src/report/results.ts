/** What is said after training: figures beside the baseline, the confusion matrix, what was learned, where it is. */
import type { Output } from '../terminal/output.ts'
import { count, fit, fixed, left, plural, printable, right, textWidth } from '../text.ts'
import { accuracyInterval, type Metrics, rightAnswers } from '../training/evaluate.ts'
import type { Judgement } from '../training/judge.ts'
import { wrap } from './lines.ts'
import { table } from './table.ts'

/** What was measured, and of what. */
export interface Results extends Judgement {
  target: string
  /** `[negative, positive]`. */
  classes: readonly [string, string]
  /** The folder of the run, for people. */
  run: string
  /** What stands before a command: `tapegrad`. */
  program: string
}

/** The heaviest inputs are shown, as many as these. */
const MOST_COEFFICIENTS = 12

/** Writes the results. */
export function writeResults(output: Output, results: Results): void {
  const { columns } = output.can
  const lines: string[] = []
  if (results.verdict !== null) lines.push(...wrap(results.verdict, columns).map((line) => output.style('yellow', line)), '')
  lines.push(...metricLines(results, output), '', ...confusionLines(results, columns), '', ...coefficientLines(results, output), '')
  // Whole, however long: they are there to be copied.
  lines.push(`Saved  ${printable(results.run)}/`, `Next   ${results.program} predict -m ${shellWord(results.run)} -d new.csv`)
  output.write(`${lines.join('\n')}\n`)
}

function metricLines({ metrics, baselines, classes, judged, always, target }: Results, output: Output): string[] {
  const { columns } = output.can
  const narrow = columns < 56
  const parts = (['train', 'validation', 'test'] as const).flatMap((part) => {
    const measured = metrics[part]
    return measured === null ? [] : [{ name: part === 'validation' ? 'valid' : part, measured }]
  })
  const all = [...parts.map(({ measured }) => measured), baselines[judged]!]
  const row = (name: string, value: (of: Metrics) => number | null): string[] => [
    name,
    ...all.map((of) => fixed(value(of), 3, output.can.unicode ? '–' : '-')),
  ]
  const positive = fit(printable(classes[1]), 24)
  const lines = table(
    [
      ['', ...parts.map(({ name }) => name), narrow ? 'base*' : 'baseline*'],
      row('accuracy', ({ accuracy }) => accuracy),
      row('ROC AUC', ({ rocAuc }) => rocAuc),
      row(narrow ? 'F1' : `F1 (${positive})`, ({ f1 }) => f1),
      row('log-loss', ({ logLoss }) => logLoss),
    ],
    columns,
  )
  const part = { train: 'training', validation: 'validation', test: 'test' }[judged]
  const note = `* on the ${part} rows: always "${fit(printable(always), 24)}"; log-loss: the class rates`
  const title = `Results for ${fit(printable(target), 40)}: ${positive} (positive) or ${fit(printable(classes[0]), 24)}`
  return [
    ...wrap(title, columns).map((line) => output.style('bold', line)),
    '',
    ...lines,
    ...wrap(note, columns).map((line) => output.style('dim', line)),
    ...wrap(rightOf(metrics[judged], part), columns),
  ]
}

function rightOf(measured: Metrics | null, part: string): string {
  if (measured === null) return ''
  const [low, high] = accuracyInterval(measured)
  const name = part.charAt(0).toUpperCase() + part.slice(1)
  return `${name}: ${count(rightAnswers(measured))} of ${count(measured.rows)} right (95 %: ${low.toFixed(3)} to ${high.toFixed(3)})`
}

function confusionLines({ metrics, judged, classes }: Results, columns: number): string[] {
  const measured = metrics[judged]
  if (measured === null) return []
  const [negative, positive] = classes.map((label) => fit(printable(label), 20)) as [string, string]
  const [[tn, fp], [fn, tp]] = measured.confusion
  const lines = table(
    [
      ['', `predicted ${negative}`, `predicted ${positive}`],
      [`actual ${negative}`, count(tn), count(fp)],
      [`actual ${positive}`, count(fn), count(tp)],
    ],
    Number.POSITIVE_INFINITY,
    { indent: 2 },
  )
  if (lines.every((line) => textWidth(line) <= columns)) return lines
  const short = classes.map((label) => fit(printable(label), Math.max(6, Math.floor((columns - 8) / 3)))) as [string, string]
  return table(
    [
      ['is \\ said', ...short],
      [short[0], count(tn), count(fp)],
      [short[1], count(fn), count(tp)],
    ],
    columns,
    { gap: 2 },
  )
}

function coefficientLines({ coefficients }: Results, output: Output): string[] {
  const { columns, unicode } = output.can
  const heaviest = [...coefficients].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
  const shown = heaviest.slice(0, MOST_COEFFICIENTS)
  const top = Math.abs(shown[0]?.weight ?? 0)
  const weights = shown.map(({ weight }) => signed(weight, unicode))
  const odds = shown.map(({ oddsRatio }) => oddsText(oddsRatio))
  const weightWidth = Math.max(...weights.map(textWidth))
  const oddsWidth = Math.max(6, ...odds.map(textWidth))
  const longest = Math.max(...shown.map(({ feature }) => textWidth(printable(feature))))
  const barWidth = Math.max(0, Math.min(24, columns - 8 - weightWidth - oddsWidth - Math.min(longest, 16)))
  const nameWidth = Math.min(longest, columns - 8 - weightWidth - oddsWidth - barWidth)
  const mark = unicode ? '█' : '#'
  const lines = shown.map(({ feature, weight }, i) => {
    const size = top > 0 && Number.isFinite(top) ? Math.round((Math.abs(weight) / top) * barWidth) : 0
    const bar = left(mark.repeat(size), barWidth)
    const name = left(fit(printable(feature), nameWidth), nameWidth)
    return `  ${name}  ${right(weights[i]!, weightWidth)}  ${output.style(weight < 0 ? 'red' : 'green', bar)}  ${right(odds[i]!, oddsWidth)}`
  })
  const title = columns < 56 ? 'Learned, per standard deviation' : 'What it learned (weight per standard deviation)'
  const before = 2 + nameWidth + 2 + weightWidth + 2 + barWidth + 2
  const header = left(title, before) + right(unicode ? 'odds ×' : 'odds x', oddsWidth)
  const rest = heaviest.length - shown.length
  return [
    ...(textWidth(title) < before && textWidth(header) <= columns ? [header] : [`${title}, ${unicode ? 'odds ×' : 'odds x'}`]),
    ...lines,
    ...(rest > 0 ? [output.style('dim', `  ${unicode ? '…' : '...'} and ${plural(rest, 'lighter one')} in metrics.json`)] : []),
  ]
}

function signed(value: number, unicode: boolean): string {
  const minus = unicode ? '−' : '-'
  const digits = Math.abs(value) >= 1e5 ? Math.abs(value).toExponential(1) : Math.abs(value).toFixed(2)
  return `${value < 0 ? minus : '+'}${digits}`
}

/** Three digits: `0.333`, `2.90`, `1,230`, `4.1e+7`. */
function oddsText(odds: number): string {
  if (!(odds >= 1e-3 && odds < 1e6)) return odds.toExponential(1)
  return odds < 1000 ? odds.toPrecision(3) : count(odds)
}

/** Safe to paste into a shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${printable(text).replaceAll("'", "'\\''")}'`
}
