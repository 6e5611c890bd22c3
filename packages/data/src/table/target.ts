/** From the labels of a file to two classes: which they are, which one is positive, and why. */

import { DataError } from '../errors.ts'
import { looksMissing, scanNumber } from '../number.ts'
import { flagValue, list, nearest, plural, printable, quoted } from '../text.ts'
import { type LabelColumn, OTHER_LABEL } from './labels.ts'
import type { TableSchema, TargetColumn } from './table.ts'

/** What the target column was called, where it stands, and what the user said about it. */
export interface TargetRequest {
  readonly file: string
  readonly name: string
  readonly column: number
  readonly chosenBy: TargetColumn['chosenBy']
  readonly reason: string
  readonly positive: string | undefined
  readonly like: TableSchema | undefined
}

/** Labels that mean the same: texts alike, or numbers alike (`1` and `1.0`). */
interface Group {
  readonly label: string
  readonly codes: number[]
  count: number
}

/** Decides the two classes; throws where there are not two to tell apart. */
export function decideTarget(labels: LabelColumn, request: TargetRequest): { target: TargetColumn; values: Uint8Array } {
  const numeric = labels.texts.every((text) => Number.isFinite(scanNumber(text))) && labels.texts.length > 0
  const groups = groupLabels(labels, numeric)
  const { like } = request
  const choice = like === undefined ? choose(groups, numeric, labels.others, request) : asBefore(groups, labels, like, request)
  const positive = new Set(choice.positive?.codes)
  const values = labels.mapped((code) => (positive.has(code) ? 1 : 0))
  const ones = choice.positive?.count ?? 0
  const total = groups.reduce((sum, group) => sum + group.count, labels.others)
  const target: TargetColumn = {
    name: request.name,
    column: request.column,
    chosenBy: request.chosenBy,
    reason: request.reason,
    classes: choice.classes,
    counts: [total - ones, ones],
    positiveBy: choice.by,
    positiveReason: choice.why,
    numeric: like?.numeric ?? numeric,
    rest: choice.rest,
    labels: groups.map(({ label, count }) => ({ label, count })),
  }
  return { target, values }
}

interface Choice {
  readonly classes: readonly [string, string]
  readonly positive: Group | undefined
  readonly by: TargetColumn['positiveBy']
  readonly why: string
  readonly rest: boolean
}

function groupLabels(labels: LabelColumn, numeric: boolean): Group[] {
  const groups = new Map<string | number, Group>()
  for (const [code, label] of labels.texts.entries()) {
    const count = labels.counts[code]!
    if (count === 0) continue
    const key = numeric ? scanNumber(label) : label
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { label, codes: [code], count })
    else {
      group.codes.push(code)
      group.count += count
    }
  }
  return [...groups.values()]
}

function choose(groups: readonly Group[], numeric: boolean, others: number, request: TargetRequest): Choice {
  const [first, second] = groups
  if (first === undefined || second === undefined) {
    const value = first === undefined ? '' : ` (${quoted(first.label)}, ${plural(first.count, 'row')})`
    throw new DataError('E_ONE_CLASS', `the target ${quoted(request.name)} has a single value${value}; there is nothing to learn.`, {
      where: `${request.file}, column ${quoted(request.name)}`,
      fix: 'Check --target, or the filter that made this file.',
    })
  }
  const wanted = request.positive === undefined ? undefined : findGroup(groups, request.positive, numeric, request)
  if (groups.length > 2 || others > 0) {
    if (wanted === undefined) throw tooManyClasses(groups, numeric, others, request)
    return {
      classes: [`not ${wanted.label}`, wanted.label],
      positive: wanted,
      by: 'option',
      why: 'as given, against all others',
      rest: true,
    }
  }
  if (wanted !== undefined) return binary(wanted, wanted === first ? second : first, 'option', 'as given')
  if (numeric) {
    const larger = scanNumber(first.label) > scanNumber(second.label)
    return larger ? binary(first, second, 'larger', 'the larger number') : binary(second, first, 'larger', 'the larger number')
  }
  if (first.count !== second.count) {
    return first.count < second.count
      ? binary(first, second, 'rarer', 'the rarer label')
      : binary(second, first, 'rarer', 'the rarer label')
  }
  const why = 'both are equally frequent; the later one in the alphabet'
  return first.label > second.label ? binary(first, second, 'order', why) : binary(second, first, 'order', why)
}

function binary(positive: Group, negative: Group, by: TargetColumn['positiveBy'], why: string): Choice {
  return { classes: [negative.label, positive.label], positive, by, why, rest: false }
}

function sameLabel(label: string, wanted: string, numeric: boolean): boolean {
  return label === wanted || (numeric && scanNumber(label) === scanNumber(wanted))
}

function findGroup(groups: readonly Group[], positive: string, numeric: boolean, request: TargetRequest): Group {
  const found = groups.find(({ label }) => sameLabel(label, positive.trim(), numeric))
  if (found !== undefined) return found
  const labels = groups.map(({ label }) => label)
  const guess = nearest(positive, labels)
  throw new DataError('E_UNKNOWN_LABEL', `the target ${quoted(request.name)} has no value ${quoted(positive)}.`, {
    where: '--positive',
    fix: `${guess === undefined ? '' : `did you mean ${quoted(guess)}? `}values: ${list(labels, 20)}`,
  })
}

/** Numbers with many values are a quantity; texts, or a handful of numbers, are classes. */
function tooManyClasses(groups: readonly Group[], numeric: boolean, others: number, request: TargetRequest): DataError {
  const where = `${request.file}, column ${quoted(request.name)}`
  const more = others > 0 ? 'more than ' : ''
  if (numeric && groups.length > 20) {
    const message = `${printable(request.name)} has ${more}${groups.length} distinct numbers, so it cannot be split into two classes as it is.`
    return new DataError('E_CONTINUOUS_TARGET', message, {
      where,
      fix: 'Only two classes can be learned so far: make two groups of it first, or choose another --target.',
    })
  }
  const sorted = [...groups].sort((a, b) => b.count - a.count)
  const shown = sorted.slice(0, 10).map(({ label, count }) => `${printable(label, 30)} ${count}`)
  const rest = sorted.length > shown.length ? ', ...' : ''
  const odd = sorted.filter(({ label }) => looksMissing(label)).map(({ label }) => label)
  const rarest = sorted.findLast(({ label }) => !odd.includes(label))?.label ?? sorted[0]!.label
  const message = `${printable(request.name)} has ${more}${groups.length} classes (${shown.join(', ')}${rest}); only two can be told apart so far.`
  const identifier = groups.every(({ count }) => count === 1) && groups.length > 20
  const gaps = odd.length > 0 ? `${list(odd.map((label) => quoted(label)))} may mean "no value": --na ${flagValue(odd.join(','))} · ` : ''
  const fix = identifier
    ? 'Every row has its own value, so it looks like an identifier: choose another --target.'
    : `${gaps}Use --positive ${flagValue(rarest)} to learn ${quoted(rarest)} vs. rest (or any other class), or choose another --target.`
  return new DataError('E_TOO_MANY_CLASSES', message, { where, fix })
}

/** The classes that a model knows; labels it never saw are refused unless it learned one class against the rest. */
function asBefore(groups: readonly Group[], labels: LabelColumn, like: TableSchema, request: TargetRequest): Choice {
  const [negative, positive] = like.classes
  const isPositive = (group: Group): boolean => sameLabel(group.label, positive, like.numeric)
  const known = (group: Group): boolean => like.rest || isPositive(group) || sameLabel(group.label, negative, like.numeric)
  const unknown = groups.filter((group) => !known(group))
  if (unknown.length > 0 || (labels.others > 0 && !like.rest)) {
    const rows = unknown.reduce((sum, group) => sum + group.count, labels.others)
    const line = Math.min(
      ...unknown.flatMap(({ codes }) => codes.filter((code) => code !== OTHER_LABEL).map((code) => labels.lines[code]!)),
    )
    const names = unknown.map(({ label }) => label)
    throw new DataError(
      'E_UNKNOWN_CLASS',
      `${plural(rows, 'row')} of ${quoted(request.name)} ${rows === 1 ? 'has' : 'have'} a value the model does not know: ${list(names, 6)}.`,
      {
        where: `${request.file}:${line}, column ${quoted(request.name)}`,
        fix: `The model knows: ${list(like.classes)}.`,
      },
    )
  }
  const ours = groups.filter(isPositive)
  const merged =
    ours.length === 0
      ? undefined
      : { label: positive, codes: ours.flatMap(({ codes }) => codes), count: ours.reduce((sum, { count }) => sum + count, 0) }
  return { classes: [negative, positive], positive: merged, by: 'option', why: 'as the model has it', rest: like.rest }
}
