/** A file as batches of texts, for those who write most of it back out. */

import { Occurrences, raggedError } from '../table/bad-rows.ts'
import { checkHeader } from '../table/header.ts'
import { fieldText } from './field-text.ts'
import { type Body, type RecordOptions, readRecords } from './records.ts'
import { openSource } from './source.ts'
import type { CsvOptions, RowBatch, RowStream, Source } from './types.ts'

/**
 * A file's header, then its records in batches; nothing is kept, so that any file can be worked on.
 *
 * The header is checked (no empty, no double names); every row has as many fields as it. Fields that are not quoted come without the blanks
 * around them. Throws {@link DataError}, while iterating too.
 *
 * @example
 * ```ts
 * const stream = await streamRows('new.csv')
 * for await (const { rows, lines } of stream) console.log(lines[0], rows[0])
 * ```
 */
export async function streamRows(source: string | Source, options: CsvOptions = {}): Promise<RowStream> {
  const input = typeof source === 'string' ? await openSource(source, options) : source
  const collector = new Collector(input.name, options)
  const records = readRecords(input, options as RecordOptions, ({ header, headerLine, delimiter }) => {
    if (headerLine > 0) checkHeader(header, input.name, headerLine)
    return collector.start(header, delimiter)
  })
  // The first step reads the header.
  await records.next()
  return {
    name: input.name,
    header: collector.header,
    delimiter: collector.delimiter,
    get skipped() {
      return collector.skipped
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<RowBatch> {
      for await (const _ of records) {
        options.onProgress?.(input.bytesRead, collector.count)
        const batch = collector.take()
        if (batch !== null) yield batch
      }
      const last = collector.take()
      options.onProgress?.(input.bytesRead, collector.count)
      if (last !== null) yield last
    },
  }
}

class Collector implements Body {
  header: readonly string[] = []
  delimiter = ','
  count = 0
  skipped = 0
  readonly #name: string
  readonly #skip: boolean
  readonly #limit: number
  #rows: string[][] = []
  #lines: number[] = []

  constructor(name: string, { badRows, limit }: CsvOptions) {
    this.#name = name
    this.#skip = badRows === 'skip'
    this.#limit = limit ?? Number.POSITIVE_INFINITY
  }

  start(header: readonly string[], delimiter: string): this {
    this.header = header
    this.delimiter = delimiter
    return this
  }

  get done(): boolean {
    return this.count >= this.#limit
  }

  record(fields: string[], line: number): void {
    if (fields.length !== this.header.length) {
      this.skipped++
      if (this.#skip) return
      const rows = new Occurrences()
      rows.add(line)
      throw raggedError(this.#name, rows, fields.length, this.header.length)
    }
    this.count++
    this.#rows.push(fields)
    this.#lines.push(line)
  }

  lines(bytes: Uint8Array, start: number, end: number, line: number): number {
    const first = line
    for (let at = start; at < end; line++) {
      let stop = at
      while (bytes[stop] !== 10 && bytes[stop] !== 13) stop++
      const text = fieldText(bytes, at, stop).trim()
      // A blank at either end may itself be the delimiter.
      const fields = (this.delimiter === '\t' || this.delimiter === ' ' ? fieldText(bytes, at, stop) : text).split(this.delimiter)
      if ((text !== '' || fields.length > 1) && !this.done) this.record(fields.map(trimmed), line)
      at = stop + (bytes[stop] === 13 && bytes[stop + 1] === 10 && stop + 1 < end ? 2 : 1)
    }
    return line - first
  }

  take(): RowBatch | null {
    if (this.#rows.length === 0) return null
    const batch = { rows: this.#rows, lines: this.#lines }
    this.#rows = []
    this.#lines = []
    return batch
  }
}

function trimmed(text: string): string {
  const first = text.charCodeAt(0)
  const last = text.charCodeAt(text.length - 1)
  return first > 32 && first < 127 && last > 32 && last < 127 ? text : text.trim()
}
