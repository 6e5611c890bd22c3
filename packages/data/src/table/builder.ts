/** Takes rows one by one, from either parser, and makes a table of them or says what is wrong with them. */

import { DataError, type DataWarning } from '../errors.ts'
import { list, plural, quoted } from '../text.ts'
import { type CellRules, noteText, readCell, type TextFinding, textError } from './cells.ts'
import type { Selection } from './header.ts'
import { LabelColumn, NO_LABEL } from './labels.ts'
import { RowStore } from './rows.ts'
import { decideTarget } from './target.ts'
import { type FeatureColumn, Table, type TableOrigin, type TableSchema } from './table.ts'

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

/** Rows that something is wrong with: how many, and the lines of the first few. */
class Occurrences {
  count = 0
  readonly lines: number[] = []

  add(line: number): void {
    this.count++
    if (this.lines.length < 5) this.lines.push(line)
  }

  get text(): string {
    const lines = `${this.lines.join(', ')}${this.count > this.lines.length ? ', ...' : ''}`
    return this.count === 1 ? `line ${lines}` : `lines ${lines}`
  }
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
    if (fields.length !== this.plan.length) return this.ragged(line, fields.length)
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
    const { missing, limit } = this.#options
    let gaps = 0
    for (let slot = 0, at = rows.offset; slot < rows.width; slot++, at++) {
      const value = rows.tail[at]!
      if (value !== value) gaps++
    }
    this.label = NO_LABEL
    if (label === NO_LABEL) this.#noTarget.add(line)
    if (gaps > 0) this.#incomplete.add(line)
    if (missing === 'drop' && (gaps > 0 || label === NO_LABEL)) return
    if (gaps > 0) this.#countGaps()
    this.labels.push(label)
    rows.advance()
    if (rows.length >= limit) this.done = true
  }

  #countGaps(): void {
    for (let slot = 0, at = this.rows.offset; slot < this.rows.width; slot++, at++) {
      const value = this.rows.tail[at]!
      if (value !== value) this.#missing[slot]!++
    }
  }

  /** The table, or the first of what is wrong with the rows. */
  finish(origin: Omit<TableOrigin, 'skipped'>): Table {
    const { header, selection, rules, badRows, missing, positive, like } = this.#options
    const file = rules.file
    if (this.#ragged.count > 0 && badRows === 'error') throw this.#raggedError()
    if (this.#texts.some((finding) => finding !== undefined)) throw this.#textError()
    if (this.rows.length === 0) throw this.#noRows()
    const name = header[selection.target]!
    if (this.#noTarget.count > 0 && missing !== 'drop') {
      const rows = plural(this.#noTarget.count, 'row')
      const has = this.#noTarget.count === 1 ? 'has' : 'have'
      throw new DataError('E_MISSING_TARGET', `${rows} ${has} no value for the target ${quoted(name)} (${this.#noTarget.text}).`, {
        where: `${file}:${this.#noTarget.lines[0]}, column ${quoted(name)}`,
        fix: `Drop them with --missing drop, or fill them in. Counted as missing: an empty cell, ${list([...rules.missing].slice(1))} (--na changes that).`,
      })
    }
    if (missing === 'error' && this.#incomplete.count > 0) throw this.#missingError()
    const { target, values } = decideTarget(this.labels, { file, name, column: selection.target, chosenBy: selection.chosenBy, reason: selection.reason, positive, like })
    const warnings: DataWarning[] = []
    const kept = this.#keptSlots(warnings)
    const features: FeatureColumn[] = kept.map((slot) => ({
      name: header[selection.features[slot]!]!,
      column: selection.features[slot]!,
      missing: this.#missing[slot]!,
    }))
    this.#warnOfRowNumbers(kept, features, warnings)
    const skipped = { ragged: this.#ragged.count, incomplete: missing === 'drop' ? this.#dropped : 0 }
    if (skipped.ragged > 0) warnings.push({ code: 'W_SKIPPED_ROWS', message: `left out ${plural(skipped.ragged, 'row')} with too many or too few fields (${this.#ragged.text})` })
    if (skipped.incomplete > 0) warnings.push({ code: 'W_SKIPPED_ROWS', message: `left out ${plural(skipped.incomplete, 'row')} with missing values` })
    return new Table({ header, features, slots: kept, target, labels: values, rows: this.rows, warnings, origin: { ...origin, skipped } })
  }
}
