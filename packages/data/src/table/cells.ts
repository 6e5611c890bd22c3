/** Cells that are no plain numbers: missing, or a problem to be told of with counts, examples and the first line. */

import { DataError } from '../errors.ts'
import { FLOAT32_LIMIT, looksMissing, NA_VALUES, scanNumber } from '../number.ts'
import { flagValue, list, plural, printable, quoted } from '../text.ts'

/** Texts that were found where numbers belong, in one column. */
export interface TextFinding {
  readonly name: string
  count: number
  readonly firstLine: number
  /** Distinct texts, as many as were kept. */
  readonly distinct: Set<string>
}

const MOST_DISTINCT = 200

/** How texts are read as numbers. */
export interface CellRules {
  readonly file: string
  readonly decimal: '.' | ','
  /** Includes the empty text. */
  readonly missing: ReadonlySet<string>
}

export function cellRules(file: string, decimal: '.' | ',' = '.', naValues: readonly string[] = NA_VALUES): CellRules {
  return { file, decimal, missing: new Set(['', ...naValues.map((text) => text.trim())]) }
}

/** The number a cell holds; NaN where it is missing (`rules.missing`) or, after `onText` heard of it, where it is text. */
export function readCell(rules: CellRules, text: string, column: string, line: number, onText: (text: string) => void): number {
  const value = scanNumber(text, rules.decimal)
  if (value > -FLOAT32_LIMIT && value < FLOAT32_LIMIT) return value
  const trimmed = text.trim()
  if (rules.missing.has(trimmed)) return Number.NaN
  if (Number.isNaN(value)) {
    onText(trimmed)
    return Number.NaN
  }
  throw new DataError(
    'E_NUMBER_RANGE',
    `${rules.file}:${line}: ${quoted(trimmed)} in column ${quoted(column)} is not a finite number of float32 (up to 3.4e38).`,
    {
      where: `${rules.file}:${line}, column ${quoted(column)}`,
      fix: `Correct it, or treat it as missing: --na ${flagValue(trimmed)}`,
    },
  )
}

/** Adds one text to what was found in a column. */
export function noteText(finding: TextFinding | undefined, name: string, text: string, line: number): TextFinding {
  const noted = finding ?? { name, count: 0, firstLine: line, distinct: new Set<string>() }
  noted.count++
  if (noted.distinct.size < MOST_DISTINCT) noted.distinct.add(text)
  return noted
}

/** The error for texts in number columns; `numbers` stand beside them in the same column. */
export function textError(rules: CellRules, found: readonly { finding: TextFinding; numbers: number }[], rows: number): DataError {
  const findings = found.map(({ finding }) => finding)
  const described = found.map(({ finding, numbers }) => describe(finding, numbers, rows))
  const first = findings[0]!
  const where = `${rules.file}:${first.firstLine}, column ${quoted(first.name)}`
  const names = findings.map(({ name }) => flagValue(name)).join(',')
  const exclude =
    names.length <= 400 ? `leave ${findings.length === 1 ? 'it' : 'them'} out: --exclude ${names}` : 'leave them out with --exclude'
  const hints = [...new Set(found.flatMap(({ finding, numbers }) => hintsFor(finding, numbers, rules)))]
  const fix = [...hints, exclude].join(' · ')
  if (findings.length === 1)
    return new DataError('E_NOT_NUMERIC', `${described[0]}. Only numbers can be learned from so far.`, { where, fix })
  const shown = described.slice(0, 8).map((text) => `\n  ${text}`)
  const more = described.length > 8 ? `\n  and ${described.length - 8} more` : ''
  return new DataError(
    'E_NOT_NUMERIC',
    `${findings.length} columns hold text, and only numbers can be learned from so far:${shown.join('')}${more}`,
    { where, fix },
  )
}

function describe({ name, count, firstLine, distinct }: TextFinding, numbers: number, rows: number): string {
  const examples = list(
    [...distinct].map((text) => quoted(text, 24)),
    3,
  )
  const kinds = distinct.size < MOST_DISTINCT ? `${distinct.size}` : `${MOST_DISTINCT} or more`
  const identifier = numbers === 0 && count === rows && rows > 10 && (distinct.size === count || distinct.size === MOST_DISTINCT)
  const ids = identifier ? '; it looks like an identifier' : numbers === 0 && distinct.size > 3 ? `; ${kinds} different` : ''
  return `${printable(name)}: ${plural(numbers, 'number')} and ${plural(count, 'text')} (${examples}; first at line ${firstLine}${ids})`
}

/** What the texts look like: decimal commas, thousands separators, more words for "missing". */
function hintsFor({ distinct }: TextFinding, numbers: number, { decimal }: CellRules): string[] {
  const texts = [...distinct]
  const hints: string[] = []
  const other = decimal === '.' ? ',' : '.'
  const swapped = texts.filter((text) => Number.isFinite(scanNumber(text, other)))
  if (swapped.some((text) => !isGrouped(text, other))) hints.push(`decimal ${decimal === '.' ? 'commas' : 'points'}: --decimal ${other}`)
  else if (swapped.length > 0 || texts.some((text) => isGrouped(text, other)))
    hints.push('remove thousands separators from the file (1,200 -> 1200)')
  const words = numbers > 0 ? texts.filter(looksMissing) : []
  if (words.length > 0) hints.push(`missing markers: --na ${flagValue(words.join(','))}`)
  return hints
}

/** Digits in groups of three: `1,200`, `12,345,678`. */
function isGrouped(text: string, separator: string): boolean {
  const groups = text.replace('-', '').split(separator)
  return (
    groups.length > 1 &&
    groups.slice(1).every((group) => group.length === 3 && isDigits(group)) &&
    isDigits(groups[0]!) &&
    groups[0]!.length <= 3
  )
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 48 || code > 57) return false
  }
  return text.length > 0
}
