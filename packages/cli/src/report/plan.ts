/** What is said before training: what was read, what was taken, and how to change it. */
import type { Split, Standardizer, Table } from '@tapegrad/data'
import type { TrainOptions } from '../options/train.ts'
import type { Output } from '../terminal/output.ts'
import { brief, count, fit, list, plural, printable } from '../text.ts'
import type { Schedule } from '../training/schedule.ts'
import { LEAST_STEPS } from '../training/schedule.ts'
import { labelled } from './lines.ts'

/** Everything that was settled before the first step. */
export interface PlanFacts {
  table: Table
  split: Split
  standardizer: Standardizer
  schedule: Schedule
  options: TrainOptions
}

/** Writes the plan. */
export function writePlan(output: Output, facts: PlanFacts): void {
  const { columns, unicode } = output.can
  const lines = [headline(facts.table, unicode)]
  for (const [label, text] of [
    ['target', targetText(facts.table, unicode)],
    ['positive', positiveText(facts.table)],
    ['features', featuresText(facts)],
    ['fixed up', fixedText(facts, unicode)],
    ['split', splitText(facts, unicode)],
  ] as const) {
    if (text !== '') lines.push(...labelled(label, text, columns))
  }
  lines.push('', ...labelled('Neuron', neuronText(facts, unicode), columns, { indent: 0, width: 12 }), '')
  output.write(`${lines.join('\n')}\n`)
}

function headline({ origin, length, header }: Table, unicode: boolean): string {
  const separators: Readonly<Record<string, string>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }
  const how = [separators[origin.delimiter] ?? `separated by ${printable(origin.delimiter)}`, ...(origin.gzip ? ['gzip'] : [])]
  return `${fit(printable(origin.name), 60)}   ${plural(length, 'row')} ${unicode ? '×' : 'x'} ${plural(header.length, 'column')}   (${how.join(', ')})`
}

function targetText({ target }: Table, unicode: boolean): string {
  const hint = target.chosenBy === 'option' ? '' : `: ${printable(target.reason)} (change with --target)`
  const labels = target.labels.slice(0, 6).map(({ label, count: rows }) => `${fit(printable(label), 30)} ${count(rows)}`)
  if (target.labels.length > labels.length) labels.push(unicode ? '…' : '...')
  return `${fit(printable(target.name), 40)}${hint}; ${labels.join(', ')}`
}

function positiveText({ target }: Table): string {
  const hint = target.positiveBy === 'option' ? '' : `: ${printable(target.positiveReason)} (change with --positive)`
  return `${fit(printable(target.classes[1]), 40)}${target.rest ? ' against the rest' : ''}${hint}`
}

function featuresText({ table, options }: PlanFacts): string {
  const scale = { standard: 'standardised', minmax: 'scaled to 0..1', robust: 'scaled by their quartiles', none: 'not scaled' }[
    options.scale
  ]
  return `${count(table.features.length)}, ${scale}: ${list(table.featureNames)}`
}

function fixedText({ table, standardizer, options }: PlanFacts, unicode: boolean): string {
  const parts: string[] = []
  const missing = table.features
    .map(({ name, missing: rows }, j) => ({ name, rows, fill: standardizer.fill[j]! }))
    .filter(({ rows }) => rows > 0)
  const arrow = unicode ? '→' : '->'
  if (options.missing === 'impute') {
    for (const { name, rows, fill } of missing.slice(0, 5)) {
      parts.push(`${count(rows)} missing in ${fit(printable(name), 30)} ${arrow} median ${brief(fill, 5)}`)
    }
    if (missing.length > 5) parts.push(`and ${plural(missing.length - 5, 'more column')} with missing values ${arrow} their medians`)
  }
  const { ragged, incomplete } = table.origin.skipped
  if (incomplete > 0) parts.push(`${plural(incomplete, 'incomplete row')} left out (--missing drop)`)
  if (ragged > 0) parts.push(`${plural(ragged, 'ragged row')} left out (--on-bad-row skip)`)
  return parts.join('; ')
}

function splitText({ split, options }: PlanFacts, unicode: boolean): string {
  const parts = [`${count(split.train.length)} train`]
  if (split.validation.length > 0) parts.push(`${count(split.validation.length)} validation`)
  if (split.test.length > 0) parts.push(`${count(split.test.length)} test`)
  return `${parts.join(unicode ? '\u00a0· ' : ', ')}   (${options.stratify ? 'stratified, ' : ''}seed ${options.seed})`
}

function neuronText({ table, options, schedule, split }: PlanFacts, unicode: boolean): string {
  const inputs = table.features.length
  const dot = unicode ? '\u00a0· ' : ', '
  const optimizer = `${options.optimizer} lr ${brief(options.lr)}${options.optimizer === 'sgd' && options.momentum > 0 ? ` momentum ${brief(options.momentum)}` : ''}`
  const stopping = split.validation.length > 0 && schedule.patience > 0
  const parts = [
    optimizer,
    ...(options.weightDecay > 0 ? [`weight decay ${brief(options.weightDecay)}`] : []),
    `batch ${count(schedule.batchSize)}`,
    `${stopping ? 'up to ' : ''}${plural(schedule.epochs, 'epoch')}`,
    ...(schedule.raised ? [`more than 100 because the table is small: about ${count(LEAST_STEPS)} steps (change with --epochs)`] : []),
    ...(stopping ? [`stop after ${schedule.patience} without progress`] : []),
  ]
  return `${inputs} ${unicode ? '→' : '->'} 1   ${plural(inputs + 1, 'parameter')}   ${parts.join(dot)}`
}
