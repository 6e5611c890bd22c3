/** Lines of plain numbers straight from bytes into the table: what csv-parse would give, without a string for every cell. */

import { IGNORED, TARGET, type TableBuilder } from '../table/builder.ts'
import { fieldText } from './field-text.ts'
import { LabelCache } from './label-cache.ts'
import { plainNumber } from './plain-number.ts'

const LF = 10
const CR = 13

/**
 * Reads quote-free lines into a table.
 *
 * A cell is read by its bytes where it is a short plain number; everything else becomes a string and goes the same way as a cell of csv-parse.
 */
export class TableScanner {
  readonly #builder: TableBuilder
  readonly #separator: number
  readonly #point: number
  readonly #labels: LabelCache = new LabelCache()

  constructor(builder: TableBuilder, delimiter: string, decimal: '.' | ',') {
    this.#builder = builder
    this.#separator = delimiter.charCodeAt(0)
    this.#point = decimal.charCodeAt(0)
  }

  /** Bytes `[start, end)` are whole lines; returns how many. */
  lines(bytes: Uint8Array, start: number, end: number, firstLine: number): number {
    let line = firstLine
    for (let at = start; at < end && !this.#builder.done; line++) {
      const stop = this.#isBlank(bytes, at) ? lineEnd(bytes, at) : this.#row(bytes, at, line)
      at = stop + (bytes[stop] === CR && stop + 1 < end && bytes[stop + 1] === LF ? 2 : 1)
    }
    return line - firstLine
  }

  /** One row; returns where its line end is. */
  #row(bytes: Uint8Array, at: number, line: number): number {
    const builder = this.#builder
    const { plan } = builder
    const width = plan.length
    const { tail, offset } = builder.rows
    let whole = false
    let [labelStart, labelEnd] = [at, at]
    for (let column = 0; ; at++) {
      const slot = column < width ? plan[column]! : IGNORED
      let stop: number
      if (slot >= 0) {
        stop = plainNumber(bytes, at, this.#separator, this.#point, tail, offset + slot)
        if (stop < 0) {
          // Cells of a row of the wrong length are not looked into, so the length has to be known first.
          const fields = whole ? width : column + this.#countFields(bytes, at)
          if (fields !== width) return this.#ragged(bytes, at, line, fields)
          whole = true
          stop = this.#fieldEnd(bytes, at)
          tail[offset + slot] = builder.text(column, fieldText(bytes, at, stop), line)
        }
      } else {
        stop = this.#fieldEnd(bytes, at)
        if (slot === TARGET) {
          labelStart = at
          labelEnd = stop
        }
      }
      column++
      at = stop
      if (bytes[at] === this.#separator) continue
      if (column !== width) return this.#ragged(bytes, at, line, column)
      builder.label = this.#labels.code(bytes, labelStart, labelEnd, builder, line)
      builder.commit(line)
      return at
    }
  }

  #ragged(bytes: Uint8Array, at: number, line: number, fields: number): number {
    this.#builder.ragged(line, fields)
    return lineEnd(bytes, at)
  }

  #fieldEnd(bytes: Uint8Array, at: number): number {
    const separator = this.#separator
    for (let byte = bytes[at]!; byte !== separator && byte !== LF && byte !== CR; byte = bytes[at]!) at++
    return at
  }

  #countFields(bytes: Uint8Array, at: number): number {
    let count = 1
    for (; bytes[at] !== LF && bytes[at] !== CR; at++) if (bytes[at] === this.#separator) count++
    return count
  }

  /** A line without anything but blanks is no row. */
  #isBlank(bytes: Uint8Array, at: number): boolean {
    const first = bytes[at]!
    if (first === LF || first === CR) return true
    if ((first > 32 && first < 0x80) || this.#countFields(bytes, at) > 1) return false
    return fieldText(bytes, at, lineEnd(bytes, at)).trim() === ''
  }
}

function lineEnd(bytes: Uint8Array, at: number): number {
  while (bytes[at] !== LF && bytes[at] !== CR) at++
  return at
}
