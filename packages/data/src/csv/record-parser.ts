/** csv-parse's stream in array mode, with the line on which each record begins and errors that say what to do. */

import { type Parser, parse } from 'csv-parse'
import { DataError } from '../errors.ts'
import { plural, printable, quoted } from '../text.ts'

/** What csv-parse is told. */
export interface Dialect {
  readonly delimiter: string
  readonly quote: string | null
  readonly comment: string | null
  readonly maxRecordSize: number
}

/** Takes each record with its first line; `offset` is the first byte after it. Whatever it throws ends the parsing. */
export type OnRecord = (fields: string[], line: number, offset: number) => void

/** What csv-parse keeps while it parses; part of its instance, not of its types. */
interface ParserState {
  readonly quoting: boolean
  readonly wasRowDelimiter: boolean
  readonly record: readonly string[]
  readonly field: { toString(encoding: string): string }
  readonly previousBuf: Buffer | undefined
}

/** Bytes in, records out, synchronously within `write`. */
export class RecordParser {
  /** Names of the columns, for messages, once known. */
  header: readonly string[] = []
  readonly #name: string
  readonly #dialect: Dialect
  readonly #parser: Parser
  readonly #onRecord: OnRecord
  readonly #firstLine: number
  /** Lines that csv-parse counted twice: it takes a CR LF inside quotes for two. */
  #twice = 0
  #lastLine = 0
  #failure: Error | null = null

  constructor(name: string, dialect: Dialect, firstLine: number, onRecord: OnRecord) {
    this.#name = name
    this.#dialect = dialect
    this.#firstLine = firstLine
    this.#onRecord = onRecord
    this.#parser = parse({
      columns: false,
      delimiter: dialect.delimiter,
      quote: dialect.quote,
      escape: dialect.quote,
      comment: dialect.comment,
      comment_no_infix: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: dialect.maxRecordSize,
      // Records are taken here, one by one and at once: nothing queues up in the stream.
      on_record: (record: unknown, { bytes, lines }): null => {
        const fields = record as string[]
        this.#onRecord(fields, this.#lineOf(fields, lines), bytes)
        return null
      },
    })
    this.#parser.on('error', (error) => {
      this.#failure ??= error
    })
    this.#parser.resume()
  }

  /** The line after all bytes that were written. */
  get line(): number {
    const { previousBuf } = this.#state
    return this.#parsedLine + (previousBuf === undefined ? 0 : lineBreaks([previousBuf.toString('latin1')]).real)
  }

  /** The line that csv-parse has come to; it holds back the last few bytes of a chunk. */
  get #parsedLine(): number {
    return this.#firstLine + this.#parser.info.lines - this.#twice - 1
  }

  get #state(): ParserState {
    return (this.#parser as unknown as { state: ParserState }).state
  }

  write(chunk: Uint8Array): Promise<void> {
    // A copy: csv-parse keeps the end of a chunk until the next one comes, sources reuse their buffers.
    const bytes = Buffer.from(chunk)
    return this.#settled((done) => this.#parser.write(bytes, done))
  }

  end(): Promise<void> {
    return this.#settled((done) => this.#parser.end(done))
  }

  #settled(run: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      run((error) => {
        const failure = this.#failure ?? error
        if (failure) reject(this.#explain(failure))
        else resolve()
      })
    })
  }

  /** Only a record over several lines needs a look at its fields. */
  #lineOf(fields: readonly string[], lines: number): number {
    const before = this.#lastLine
    this.#lastLine = lines
    const end = this.#firstLine + lines - this.#twice - 1
    if (lines - before <= 1) return end
    const { counted, real } = lineBreaks(fields)
    this.#twice += counted - real
    return end - counted
  }

  #explain(error: Error): Error {
    const code = (error as { code?: unknown }).code
    if (typeof code !== 'string' || error instanceof DataError) return error
    const { quoting, record, field: open, wasRowDelimiter } = this.#state
    const field = record.length
    // At the end of the file the last line break is in the open value but not in csv-parse's count yet.
    const pending = code === 'CSV_QUOTE_NOT_CLOSED' && wasRowDelimiter ? 1 : 0
    const inside = lineBreaks([open.toString('latin1')])
    const earlier = lineBreaks(record)
    const here = this.#parsedLine - (inside.counted - inside.real) - (earlier.counted - earlier.real)
    const opened = here + pending - inside.real
    const column = this.header[field] === undefined ? `field ${field + 1}` : `column ${quoted(this.header[field])}`
    const quote = this.#dialect.quote ?? '"'
    const where = (line: number): string => `${this.#name}:${line}, ${column}`
    if (code === 'CSV_QUOTE_NOT_CLOSED' || (code === 'CSV_MAX_RECORD_SIZE' && quoting)) {
      const within = code === 'CSV_MAX_RECORD_SIZE' ? ` within ${sizeText(this.#dialect.maxRecordSize)}` : ''
      return new DataError(
        'E_UNCLOSED_QUOTE',
        `${this.#name}:${opened} opens a quote (${quote}) in ${column} that never closes${within}.`,
        {
          where: where(opened),
          fix: 'Check that line, or pass --quote none.',
          cause: error,
        },
      )
    }
    if (code === 'CSV_MAX_RECORD_SIZE') {
      return new DataError('E_TOO_LARGE', `${this.#name}:${opened} is longer than ${sizeText(this.#dialect.maxRecordSize)}.`, {
        where: where(opened),
        fix: 'Is it a CSV file with one row a line?',
        cause: error,
      })
    }
    if (code === 'INVALID_OPENING_QUOTE') {
      const value = (error as { field?: unknown }).field
      const start = typeof value === 'string' ? ` after ${quoted(value, 20)}` : ''
      return new DataError('E_QUOTE', `${this.#name}:${here} has a quote (${quote}) in the middle of a value in ${column}${start}.`, {
        where: where(here),
        fix: `Put the whole value in quotes and double the one inside (${quote}a ${quote}${quote}b${quote}${quote} c${quote}), or pass --quote none.`,
        cause: error,
      })
    }
    if (code === 'CSV_INVALID_CLOSING_QUOTE' || code === 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE') {
      const closes =
        here === opened ? 'closes in the middle of a value' : `opens a quote that closes in the middle of a value on line ${here}`
      return new DataError('E_QUOTE', `${this.#name}:${opened} ${closes} in ${column}: after the quote (${quote}) stands more text.`, {
        where: where(opened),
        fix: `A quote inside a quoted value is written twice (${quote}${quote}); or one is missing at the end of an earlier value. Or pass --quote none.`,
        cause: error,
      })
    }
    return new DataError('E_NOT_CSV', `${this.#name}:${here} cannot be parsed: ${printable(error.message, 200)}`, {
      where: where(here),
      cause: error,
    })
  }
}

/** Line ends inside these texts: as csv-parse counts (CR LF is two) and as an editor does. */
export function lineBreaks(fields: readonly string[]): { counted: number; real: number } {
  let counted = 0
  let pairs = 0
  for (const field of fields) {
    for (let i = 0; i < field.length; i++) {
      const code = field.charCodeAt(i)
      if (code !== 10 && code !== 13) continue
      counted++
      if (code === 10 && i > 0 && field.charCodeAt(i - 1) === 13) pairs++
    }
  }
  return { counted, real: counted - pairs }
}

function sizeText(bytes: number): string {
  return bytes >= 1 << 20 ? `${Math.round(bytes / (1 << 20))} MB` : plural(bytes, 'byte')
}
