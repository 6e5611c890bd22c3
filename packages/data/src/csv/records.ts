/** The way from bytes to records: header through csv-parse, then plain lines the fast way, then csv-parse again from the first quote on. */

import { DataError } from '../errors.ts'
import { quoted } from '../text.ts'
import { detectDelimiter, looksDelimited } from './delimiter.ts'
import { LineFeeder } from './line-feeder.ts'
import { type Dialect, lineBreaks, RecordParser } from './record-parser.ts'
import type { CsvOptions, Source } from './types.ts'
import { BadBytes, bytesError } from './utf8.ts'

const MAX_RECORD = 4 << 20

/** What takes the records after the header. */
export interface Body {
  /** Whole lines without quotes, as {@link LineFeeder} cuts them. Returns how many lines they were. */
  lines(bytes: Uint8Array, start: number, end: number, line: number): number
  /** A record of csv-parse, with its first line. */
  record(fields: string[], line: number): void
  /** True once no more rows are wanted. */
  readonly done: boolean
}

/** The first record, and how the file is written. */
export interface Head {
  readonly header: string[]
  readonly headerLine: number
  readonly delimiter: string
}

export type OpenBody = (head: Head) => Body

/** Whether plain lines may skip csv-parse; tests switch it off to compare. */
export interface RecordOptions extends CsvOptions {
  fast?: boolean
}

/**
 * Reads a source into the body that `open` makes for its header. Yields after the header and after each chunk, so that a caller may hand on
 * what came until then.
 */
export async function* readRecords(source: Source, options: RecordOptions, open: OpenBody): AsyncGenerator<void> {
  const chunks = source[Symbol.asyncIterator]()
  let reader: BodyReader | undefined
  try {
    const start = await readHead(source.name, chunks, options)
    const body = open(start.head)
    const active = new BodyReader(source.name, start, body, options)
    reader = active
    yield
    if (start.rest.length > 0) await active.write(start.rest)
    while (!body.done) {
      yield
      const next = await chunks.next()
      if (next.done === true) break
      await active.write(next.value)
    }
    if (!body.done) await active.end()
  } catch (error) {
    throw reader === undefined ? error : atLine(error, source.name, reader.line)
  } finally {
    await chunks.return?.()
  }
}

/** Bytes that are no text were found by the source, which does not count lines. */
function atLine(error: unknown, name: string, line: number): unknown {
  return error instanceof DataError && error.cause instanceof BadBytes ? bytesError(name, error.cause, line) : error
}

/** Where the body begins. */
interface Start {
  readonly head: Head
  readonly dialect: Dialect
  /** Bytes already taken that belong to the body. */
  readonly rest: Uint8Array
  /** The line that the body begins on. */
  readonly line: number
}

/** Thrown inside a parser's callback to stop it at once: what follows is not looked at. */
class Stop extends Error {}

function unlessStopped(error: unknown): void {
  if (!(error instanceof Stop)) throw error
}

async function readHead(name: string, chunks: AsyncIterator<Uint8Array>, options: CsvOptions): Promise<Start> {
  let bytes = Buffer.alloc(0)
  const more = async (): Promise<Uint8Array | null> => {
    try {
      const next = await chunks.next()
      if (next.done === true) return null
      bytes = Buffer.concat([bytes, next.value])
      return next.value
    } catch (error) {
      throw atLine(error, name, 1 + lineBreaks([bytes.toString('latin1')]).real)
    }
  }
  let chunk = await more()
  const dialect: Dialect = {
    delimiter: chooseDelimiter(name, options.delimiter, bytes),
    quote: options.quote === undefined ? '"' : options.quote,
    comment: options.comment ?? null,
    maxRecordSize: options.maxRecordSize ?? MAX_RECORD,
  }
  const found: { record?: { fields: string[]; line: number; offset: number } } = {}
  const parser = new RecordParser(name, dialect, 1, (fields, line, offset) => {
    found.record = { fields, line, offset }
    throw new Stop()
  })
  for (; chunk !== null; chunk = found.record === undefined ? await more() : null) await parser.write(chunk).catch(unlessStopped)
  if (found.record === undefined) await parser.end().catch(unlessStopped)
  const { record } = found
  if (record === undefined)
    throw new DataError('E_EMPTY', `${quoted(name)} holds no data, only blank lines.`, { where: name, fix: 'Is it the right file?' })
  const header = record.fields
  refuseWrongDelimiter(name, header, dialect.delimiter)
  if (options.header === false) {
    const columns = header.map((_, i) => `column ${i + 1}`)
    return { head: { header: columns, headerLine: 0, delimiter: dialect.delimiter }, dialect, rest: bytes, line: 1 }
  }
  const line = record.line + header.reduce((sum, field) => sum + field.split(/\r\n|\r|\n/).length - 1, 1)
  return { head: { header, headerLine: record.line, delimiter: dialect.delimiter }, dialect, rest: bytes.subarray(record.offset), line }
}

function chooseDelimiter(name: string, given: string | undefined, bytes: Uint8Array): string {
  if (given === 'auto') return detectDelimiter(bytes)
  if (given !== undefined) return given === '\\t' ? '\t' : given
  return /\.(tsv|tab)(\.gz)?$/i.test(name) ? '\t' : ','
}

function refuseWrongDelimiter(name: string, header: readonly string[], delimiter: string): void {
  const only = header[0]
  if (header.length !== 1 || only === undefined) return
  const found = looksDelimited(only, delimiter)
  if (found === null) return
  const decimal = found.flag === ';' ? ' (decimal commas: --decimal ,)' : ''
  throw new DataError('E_DELIMITER', `${quoted(name)} parsed as one column named ${quoted(only)}.`, {
    where: `${name}:1`,
    fix: `It looks ${found.word}-separated: add --delimiter "${found.flag}"${decimal}`,
  })
}

/** Plain lines to `body.lines`, everything from the first quote on through csv-parse. */
class BodyReader {
  readonly #name: string
  readonly #dialect: Dialect
  readonly #header: readonly string[]
  readonly #body: Body
  #feeder: LineFeeder | null
  #parser: RecordParser | null = null

  constructor(name: string, start: Start, body: Body, options: RecordOptions) {
    this.#name = name
    this.#dialect = start.dialect
    this.#header = start.head.header
    this.#body = body
    const { delimiter, quote, comment, maxRecordSize } = start.dialect
    const plain =
      options.fast !== false &&
      comment === null &&
      delimiter.length === 1 &&
      delimiter.charCodeAt(0) < 128 &&
      (quote === null || quote.charCodeAt(0) < 128)
    this.#feeder = new LineFeeder(name, start.line, quote, maxRecordSize, (bytes, from, to, line) =>
      body.done ? 0 : body.lines(bytes, from, to, line),
    )
    if (!plain) this.#startParser()
  }

  get line(): number {
    return this.#parser?.line ?? this.#feeder?.line ?? 1
  }

  async write(chunk: Uint8Array): Promise<void> {
    const rest = this.#feeder === null ? chunk : this.#feeder.push(chunk)
    if (rest === null || this.#body.done) return
    const parser = this.#parser ?? this.#startParser()
    if (rest.length > 0) await parser.write(rest).catch(unlessStopped)
  }

  async end(): Promise<void> {
    if (this.#parser !== null) await this.#parser.end().catch(unlessStopped)
    else this.#feeder?.end()
  }

  #startParser(): RecordParser {
    const line = this.#feeder?.line ?? 1
    const parser = new RecordParser(this.#name, this.#dialect, line, (fields, at) => {
      this.#body.record(fields, at)
      if (this.#body.done) throw new Stop()
    })
    parser.header = this.#header
    this.#feeder = null
    this.#parser = parser
    return parser
  }
}
