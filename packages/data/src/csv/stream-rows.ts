/** A file as batches of texts, for those who write most of it back out. */

import { Occurrences, raggedError } from '../table/bad-rows.ts'
import { checkHeader } from '../table/header.ts'
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

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true })

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
    const text = decoder.decode(bytes.subarray(start, end))
    let carriage = text.indexOf('\r')
    for (let at = 0; at < text.length; line++) {
      // The next CR is looked for again only once it was passed: most files have none.
      if (carriage >= 0 && carriage < at) carriage = text.indexOf('\r', at)
      const feed = text.indexOf('\n', at)
      const stop = carriage >= 0 && (feed < 0 || carriage < feed) ? carriage : feed
      this.#line(text.slice(at, stop), line)
      at = stop + (stop === carriage && feed === stop + 1 ? 2 : 1)
    }
    return line - first
  }

  #line(text: string, line: number): void {
    if (this.done) return
    const fields = text.split(this.delimiter)
    for (let i = 0; i < fields.length; i++) fields[i] = trimmed(fields[i]!)
    if (fields.length > 1 || fields[0] !== '') this.record(fields, line)
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
