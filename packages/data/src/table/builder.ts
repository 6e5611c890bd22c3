/** Takes rows one by one, from either parser, and makes a table of them or says what is wrong with them. */

import { DataError, type DataWarning } from '../errors.ts'
import { flagValue, list, plural, quoted } from '../text.ts'
import { allIncompleteError, missingTargetError, missingValueError, noRowsError, Occurrences, raggedError } from './bad-rows.ts'
import { type CellRules, noteText, readCell, type TextFinding, textError } from './cells.ts'
import type { Selection } from './header.ts'
import { LabelColumn, NO_LABEL } from './labels.ts'
import { RowStore } from './rows.ts'
import { type FeatureColumn, Table, type TableOrigin, type TableSchema } from './table.ts'
import { decideTarget } from './target.ts'

/** Values of {@link TableBuilder.plan} that are no slots. */
export const TARGET = -2
export const IGNORED = -1

/** Everything that is decided before the first row. */
export interface BuilderOptions {
  readonly header: readonly string[]
  readonly selection: Selection
  readonly rules: CellRules
  readonly missing: 'impute' | 'drop' | 'error'
  readonly badRows: 'error' | 'skip'
  readonly limit: number
  readonly positive: string | undefined
  readonly like: TableSchema | undefined
}

/**
 * A table in the making.
 *
 * For each column `plan` says what it is: a slot of the row store, {@link TARGET} or {@link IGNORED}. A reader writes numbers into
 * `rows.tail[rows.offset + slot]`, asks {@link text} for cells that are no plain numbers, sets `label`, and ends the row with {@link commit}.
 */
export class TableBuilder {
  readonly plan: Int32Array
  readonly rows: RowStore
  readonly labels: LabelColumn = new LabelColumn()
  /** The code of the current row's target. */
  label: number = NO_LABEL
  done = false
  readonly #options: BuilderOptions
  readonly #missing: Float64Array
  readonly #texts: (TextFinding | undefined)[] = []
  readonly #ragged: Occurrences = new Occurrences()
  #raggedFields = 0
  readonly #noTarget: Occurrences = new Occurrences()
  readonly #incomplete: Occurrences = new Occurrences()
  #seen = 0

  constructor(options: BuilderOptions) {
    this.#options = options
    const { header, selection } = options
    this.plan = new Int32Array(header.length).fill(IGNORED)
    for (const [slot, column] of selection.features.entries()) this.plan[column] = slot
    this.plan[selection.target] = TARGET
    this.rows = new RowStore(selection.features.length)
    this.#missing = new Float64Array(selection.features.length)
  }

  /** A whole record of texts. */
  record(fields: readonly string[], line: number): void {
    if (fields.length !== this.plan.length) {
      this.ragged(line, fields.length)
      return
    }
    for (let column = 0; column < fields.length; column++) {
      const slot = this.plan[column]!
      if (slot === TARGET) this.label = this.labelCode(fields[column]!, line)
      else if (slot !== IGNORED) this.rows.tail[this.rows.offset + slot] = this.text(column, fields[column]!, line)
    }
    this.commit(line)
  }

  /** The number in a cell that may be anything; texts are noted and count as NaN until the end. */
  text(column: number, text: string, line: number): number {
    const slot = this.plan[column]!
    const name = this.#options.header[column]!
    return readCell(this.#options.rules, text, name, line, (found) => {
      this.#texts[slot] = noteText(this.#texts[slot], name, found, line)
    })
  }

  labelCode(text: string, line: number): number {
    const label = text.trim()
    return this.#options.rules.missing.has(label) ? NO_LABEL : this.labels.code(label, line)
  }

  /** A row with another number of fields than the header. */
  ragged(line: number, fields: number): void {
    if (this.#ragged.count === 0) this.#raggedFields = fields
    this.#ragged.add(line)
  }

  /** Ends the row: keeps it, or leaves it out where incomplete rows are dropped. */
  commit(line: number): void {
    const { rows, label } = this
    let gaps = 0
    for (let slot = 0, at = rows.offset; slot < rows.width; slot++, at++) {
      const value = rows.tail[at]!
      if (Number.isNaN(value)) {
        gaps++
        this.#missing[slot]!++
      }
    }
    this.#seen++
    this.label = NO_LABEL
    if (gaps > 0) this.#incomplete.add(line)
    if (label === NO_LABEL) this.#noTarget.add(line)
    if (this.#options.missing === 'drop' && (gaps > 0 || label === NO_LABEL)) return
    this.labels.push(label)
    rows.advance()
    if (rows.length >= this.#options.limit) this.done = true
  }

  /** The table, or the first of what is wrong with the rows. */
  finish(origin: Omit<TableOrigin, 'skipped'>): Table {
    const { header, selection, rules, positive, like } = this.#options
    this.#refuse()
    const { chosenBy, reason, target: column } = selection
    const request = { file: rules.file, name: header[column]!, column, chosenBy, reason, positive, like }
    const { target, values } = decideTarget(this.labels, request)
    const warnings: DataWarning[] = []
    const slots = this.#filledSlots(warnings)
    const dropped = this.#options.missing === 'drop'
    const features: FeatureColumn[] = slots.map((slot) => {
      const at = selection.features[slot]!
      return { name: header[at]!, column: at, missing: dropped ? 0 : this.#missing[slot]! }
    })
    this.#warnOfRowNumbers(slots, features, warnings)
    const skipped = { ragged: this.#ragged.count, incomplete: this.#seen - this.rows.length }
    if (skipped.ragged > 0) {
      const message = `left out ${plural(skipped.ragged, 'row')} with too many or too few fields (${this.#ragged.text})`
      warnings.push({ code: 'W_SKIPPED_ROWS', message })
    }
    if (skipped.incomplete > 0) {
      warnings.push({ code: 'W_SKIPPED_ROWS', message: `left out ${plural(skipped.incomplete, 'row')} with missing values` })
    }
    return new Table({ header, features, slots, target, labels: values, rows: this.rows, warnings, origin: { ...origin, skipped } })
  }

  /** Throws for the first kind of problem there is. */
  #refuse(): void {
    const { header, selection, rules, badRows, missing } = this.#options
    if (this.#ragged.count > 0 && badRows === 'error') throw raggedError(rules.file, this.#ragged, this.#raggedFields, header.length)
    const texts = this.#texts.flatMap((finding, slot) =>
      finding === undefined ? [] : [{ finding, numbers: this.#seen - this.#missing[slot]! }],
    )
    if (texts.length > 0) throw textError(rules, texts, this.#seen)
    if (this.#seen === 0) throw noRowsError(rules.file, header)
    const target = header[selection.target]!
    if (this.#noTarget.count > 0 && missing !== 'drop') throw missingTargetError(rules, target, this.#noTarget)
    const gaps = selection.features
      .map((column, slot) => ({ name: header[column]!, count: this.#missing[slot]! }))
      .filter(({ count }) => count > 0)
    if (missing === 'error' && gaps.length > 0) throw missingValueError(rules.file, gaps, this.#incomplete)
    if (this.rows.length === 0) throw allIncompleteError(rules.file, gaps, this.#seen)
  }

  /** Columns without a single value are left out, aloud; a model that wants them gets them as missing. */
  #filledSlots(warnings: DataWarning[]): number[] {
    const { header, selection, like, rules } = this.#options
    const empty = selection.features.flatMap((column, slot) => (this.#missing[slot] === this.#seen ? [header[column]!] : []))
    if (empty.length === 0 || like !== undefined) return selection.features.map((_, slot) => slot)
    if (empty.length === selection.features.length) {
      throw new DataError('E_NO_FEATURES', `${quoted(rules.file)} has no value in any of its columns to learn from (${list(empty)}).`, {
        where: rules.file,
      })
    }
    const which =
      empty.length === 1
        ? `column ${quoted(empty[0]!)} has no value in any row; left out`
        : `${empty.length} columns have no value in any row (${list(empty)}); left out`
    warnings.push({ code: 'W_EMPTY_COLUMN', message: which })
    return selection.features.flatMap((_, slot) => (this.#missing[slot] === this.#seen ? [] : [slot]))
  }

  /** A column that counts the rows says nothing about them. */
  #warnOfRowNumbers(slots: readonly number[], features: readonly FeatureColumn[], warnings: DataWarning[]): void {
    if (this.rows.length < 20) return
    for (const [i, slot] of slots.entries()) {
      if (!countsRows(this.rows, slot)) continue
      const name = features[i]!.name
      warnings.push({
        code: 'W_ROW_NUMBER',
        message: `${quoted(name)} only counts the rows; if it is an identifier, leave it out: --exclude ${flagValue(name)}`,
      })
    }
  }
}

function countsRows(rows: RowStore, slot: number): boolean {
  const first = rows.gather([slot], [0])[0]!
  if (!Number.isInteger(first)) return false
  for (let row = 1; row < rows.length; row++) {
    // One row at a time: nearly every column is ruled out by the second one.
    if (rows.gather([slot], [row])[0] !== Math.fround(first + row)) return false
  }
  return true
}
