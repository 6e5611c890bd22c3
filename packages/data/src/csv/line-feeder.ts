/** Cuts a stream of bytes at line ends, whatever its chunks, up to the first quote. */

import { DataError } from '../errors.ts'

const LF = 10
const CR = 13

/** Takes bytes `[start, end)`: whole lines without any quote; the first of them is line `line` of the file. Returns how many lines they were. */
export type TakeLines = (bytes: Uint8Array, start: number, end: number, line: number) => number

/**
 * Feeds whole lines to `take` as long as there is no quote, for without quotes every line end is the end of a record.
 *
 * `push` returns null, or the bytes from the beginning of the line with the first quote on: they need a real parser.
 */
export class LineFeeder {
  /** The line that the next byte to be taken is on. */
  line: number
  readonly #name: string
  readonly #quote: number
  readonly #most: number
  readonly #take: TakeLines
  /** The beginning of a line whose end has not come yet. */
  #open: Uint8Array
  #openLength = 0

  constructor(name: string, firstLine: number, quote: string | null, maxRecordSize: number, take: TakeLines) {
    this.#name = name
    this.line = firstLine
    this.#quote = quote === null ? -1 : quote.charCodeAt(0)
    this.#most = maxRecordSize
    this.#take = take
    this.#open = new Uint8Array(4096)
  }

  push(chunk: Uint8Array): Uint8Array | null {
    const quote = this.#quote < 0 ? -1 : chunk.indexOf(this.#quote)
    const limit = quote < 0 ? chunk.length : quote
    const start = this.#finishOpen(chunk, limit)
    const end = lastLineEnd(chunk, start, limit, quote >= 0)
    if (end > start) this.line += this.#take(chunk, start, end, this.line)
    if (quote >= 0) return this.#rest(chunk, end)
    this.#keep(chunk, end)
    return null
  }

  /** The last line, where it has no line end. */
  end(): void {
    if (this.#openLength === 0) return
    this.#keep(Uint8Array.of(LF), 0)
    this.#flushOpen()
  }

  /** Completes the open line with the chunk's first one; returns where the chunk goes on. */
  #finishOpen(chunk: Uint8Array, limit: number): number {
    if (this.#openLength === 0 || limit === 0) return 0
    // A CR at the end of the last chunk may be half of a CR LF: only the next byte tells.
    if (this.#open[this.#openLength - 1] === CR) {
      if (chunk[0] !== LF) {
        this.#flushOpen()
        return 0
      }
      this.#keep(chunk.subarray(0, 1), 0)
      this.#flushOpen()
      return 1
    }
    let at = 0
    while (at < limit && chunk[at] !== LF && chunk[at] !== CR) at++
    if (at === limit || (chunk[at] === CR && at + 1 === chunk.length)) return 0
    const next = at + (chunk[at] === CR && chunk[at + 1] === LF ? 2 : 1)
    this.#keep(chunk.subarray(0, next), 0)
    this.#flushOpen()
    return next
  }

  #flushOpen(): void {
    if (this.#openLength === 0) return
    const length = this.#openLength
    this.#openLength = 0
    this.line += this.#take(this.#open, 0, length, this.line)
  }

  #keep(chunk: Uint8Array, start: number): void {
    const length = this.#openLength + chunk.length - start
    if (length > this.#most) throw tooLong(this.#name, this.line, this.#most)
    if (length > this.#open.length) {
      const larger = new Uint8Array(Math.max(length, this.#open.length * 2))
      larger.set(this.#open.subarray(0, this.#openLength))
      this.#open = larger
    }
    this.#open.set(chunk.subarray(start), this.#openLength)
    this.#openLength = length
  }

  #rest(chunk: Uint8Array, start: number): Uint8Array {
    const rest = new Uint8Array(this.#openLength + chunk.length - start)
    rest.set(this.#open.subarray(0, this.#openLength))
    rest.set(chunk.subarray(start), this.#openLength)
    this.#openLength = 0
    return rest
  }
}

/** Where the last whole line before `limit` ends; `start` if there is none. A CR at the end of the chunk waits for the LF that may follow. */
function lastLineEnd(chunk: Uint8Array, start: number, limit: number, more: boolean): number {
  if (limit <= start) return start
  const lf = Math.max(start - 1, chunk.lastIndexOf(LF, limit - 1))
  const from = more ? limit - 1 : limit - 2
  // Most files have no lone CR, so it is looked for only where it can matter.
  const cr = (more || lf < start) && from >= start ? chunk.lastIndexOf(CR, from) : -1
  return Math.max(lf, cr) + 1
}

/** A line longer than a record may be. */
export function tooLong(name: string, line: number, most: number): DataError {
  const size = most >= 1 << 20 ? `${Math.round(most / (1 << 20))} MB` : `${most} bytes`
  return new DataError('E_TOO_LARGE', `${name}:${line} is longer than ${size}.`, {
    where: `${name}:${line}`,
    fix: 'Is it a CSV file with one row a line?',
  })
}
