/** What is wrong with rows, in the words that a person needs. */

import { DataError } from '../errors.ts'
import { list, plural, printable, quoted } from '../text.ts'
import type { CellRules } from './cells.ts'

/** Rows that something is wrong with: how many, and the lines of the first few. */
export class Occurrences {
  count = 0
  readonly lines: number[] = []

  add(line: number): void {
    this.count++
    if (this.lines.length < 5) this.lines.push(line)
  }

  get text(): string {
    const lines = `${this.lines.join(', ')}${this.count > this.lines.length ? ', ...' : ''}`
    return `${this.count === 1 ? 'line' : 'lines'} ${lines}`
  }
}

export function raggedError(file: string, rows: Occurrences, fields: number, expected: number): DataError {
  const others = rows.count > 1 ? ` (${rows.count} rows like this: ${rows.text})` : ''
  const hint =
    fields > expected
      ? 'A separator inside a value needs quotes.'
      : 'A line may have been cut off, or a line break inside a value needs quotes.'
  const where = `${file}:${rows.lines[0]}`
  return new DataError('E_RAGGED', `${printable(where, 200)} has ${plural(fields, 'field')}, the header has ${expected}${others}.`, {
    where,
    fix: `${hint} To skip ${rows.count === 1 ? 'it' : 'them'}: --on-bad-row skip`,
  })
}

export function noRowsError(file: string, header: readonly string[]): DataError {
  return new DataError('E_NO_ROWS', `${quoted(file)} has a header (${list(header, 8)}) but no data rows.`, {
    where: file,
    fix: 'Check the filter or query that made this file.',
  })
}

export function missingTargetError({ file, missing }: CellRules, target: string, rows: Occurrences): DataError {
  const have = rows.count === 1 ? 'row has' : 'rows have'
  const at = rows.count === 1 ? `line ${rows.lines[0]}` : `first at line ${rows.lines[0]}`
  const markers = [...missing].filter((text) => text !== '')
  return new DataError('E_MISSING_TARGET', `${rows.count} ${have} no value for the target ${quoted(target)} (${at}).`, {
    where: `${file}:${rows.lines[0]}, column ${quoted(target)}`,
    fix: `Drop them with --missing drop, or fill them in. Missing is an empty cell${markers.length > 0 ? ` or one of ${list(markers)} (more with --na)` : ''}.`,
  })
}

export function missingValueError(file: string, gaps: readonly { name: string; count: number }[], rows: Occurrences): DataError {
  const cells = gaps.reduce((sum, { count }) => sum + count, 0)
  const columns = list(
    gaps.map(({ name }) => name),
    6,
  )
  return new DataError('E_MISSING_VALUE', `${plural(cells, 'empty cell')} in ${columns} (${rows.text}).`, {
    where: `${file}:${rows.lines[0]}, column ${quoted(gaps[0]!.name)}`,
    fix: 'Default imputation is off because of --missing error; without it they become the median.',
  })
}

export function allIncompleteError(file: string, gaps: readonly { name: string; count: number }[], rows: number): DataError {
  const empty = gaps.filter(({ count }) => count === rows).map(({ name }) => name)
  const why = empty.length > 0 ? ` ${list(empty)} ${empty.length === 1 ? 'has' : 'have'} no value at all.` : ''
  return new DataError('E_NO_ROWS', `every row of ${quoted(file)} has a missing value, so --missing drop leaves none.${why}`, {
    where: file,
    fix: empty.length > 0 ? 'Leave such columns out with --exclude, or use --missing impute.' : 'Use --missing impute.',
  })
}
