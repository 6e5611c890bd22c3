/** A stream of bytes is UTF-8 without NUL, or it ends in an error: invalid bytes never become U+FFFD behind the reader's back. */

import { isUtf8 } from 'node:buffer'
import { DataError } from '../errors.ts'
import { printable, quoted } from '../text.ts'

/** What made bytes no text: an invalid or cut UTF-8 sequence, or a NUL. */
export class BadBytes {
  readonly reason: 'utf8' | 'nul' | 'cut'
  readonly byte: number

  constructor(reason: 'utf8' | 'nul' | 'cut', byte: number) {
    this.reason = reason
    this.byte = byte
  }
}

/**
 * Checks chunk after chunk, whatever the cuts. `check` returns how many bytes of the chunk may be handed on; fewer than all means that the
 * rest is wrong, and `failure` says what.
 */
export class Utf8Check {
  /** The beginning of a character whose rest has not come yet (at most 3 bytes). */
  #open: Uint8Array = new Uint8Array(0)
  failure: BadBytes | null = null

  check(chunk: Uint8Array): number {
    const nul = chunk.indexOf(0)
    const limit = nul < 0 ? chunk.length : nul
    const good = this.#validPrefix(chunk.subarray(0, limit))
    if (good < limit) this.failure = new BadBytes('utf8', chunk[good]!)
    else if (nul >= 0) this.failure = new BadBytes('nul', 0)
    return good
  }

  /** True where the bytes end inside a character. */
  get unfinished(): boolean {
    return this.#open.length > 0
  }

  #validPrefix(chunk: Uint8Array): number {
    let start = 0
    if (this.#open.length > 0) {
      const need = sequenceLength(this.#open[0]!) - this.#open.length
      const joined = Uint8Array.from([...this.#open, ...chunk.subarray(0, need)])
      if (chunk.length < need) {
        if (!mayContinue(joined)) return 0
        this.#open = joined
        return chunk.length
      }
      if (!isUtf8(joined)) return 0
      this.#open = new Uint8Array(0)
      start = need
    }
    const end = chunk.length - openTail(chunk, start)
    const body = chunk.subarray(start, end)
    if (!isUtf8(body)) return start + firstInvalid(body)
    const tail = chunk.slice(end)
    if (!mayContinue(tail)) return end
    this.#open = tail
    return chunk.length
  }
}

/** Bytes that a character takes, by its first byte; 1 for anything that cannot begin one. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead < 0xe0) return 2
  if (lead >= 0xe0 && lead < 0xf0) return 3
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 1
}

/** How many of the last bytes are the beginning of a character that does not end within the chunk. */
function openTail(chunk: Uint8Array, start: number): number {
  for (let back = 1; back <= 3 && chunk.length - back >= start; back++) {
    const byte = chunk[chunk.length - back]!
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0
  }
  return 0
}

/** Whether some bytes could complete this beginning: tried with the lowest and the highest continuation. */
function mayContinue(part: Uint8Array): boolean {
  if (part.length === 0) return true
  const missing = sequenceLength(part[0]!) - part.length
  return [0x80, 0xbf].some((byte) => isUtf8(Uint8Array.from([...part, ...new Array<number>(missing).fill(byte)])))
}

/** Index of the first byte of the first invalid character; the caller knows there is one. */
function firstInvalid(bytes: Uint8Array): number {
  let low = 0
  let high = bytes.length
  // Invariant: bytes[0, low) is fine, bytes[0, high) is not; a cut inside a character is moved to its beginning.
  while (high - low > 4) {
    const middle = low + ((high - low) >> 1)
    const cut = middle - openTail(bytes.subarray(0, middle), low)
    if (cut > low && isUtf8(bytes.subarray(low, cut))) low = cut
    else if (cut > low) high = cut
    else break
  }
  while (low < bytes.length) {
    const length = sequenceLength(bytes[low]!)
    if (!isUtf8(bytes.subarray(low, low + length))) return low
    low += length
  }
  return low
}

/** The error for what {@link Utf8Check} found, with the line where the reader knows it. */
export function bytesError(name: string, bad: BadBytes, line?: number): DataError {
  const where = line === undefined ? name : `${name}:${line}`
  const at = line === undefined ? quoted(name) : printable(where, 200)
  if (bad.reason === 'nul') {
    return new DataError('E_NUL', `${at} holds a NUL byte (0x00): this is not a text file, or it was damaged.`, {
      where,
      fix: "Save it again as CSV UTF-8; to drop the bytes: tr -d '\\000' < in.csv > out.csv",
      cause: bad,
    })
  }
  if (bad.reason === 'cut') {
    const fix = 'Fetch or write it again.'
    return new DataError('E_ENCODING', `${at} ends in the middle of a UTF-8 character: the file was cut off.`, { where, fix, cause: bad })
  }
  return new DataError('E_ENCODING', `${at} is not valid UTF-8 (byte 0x${bad.byte.toString(16).padStart(2, '0')}).`, {
    where,
    fix: 'It may be Latin-1 or Windows-1252; convert it: iconv -f WINDOWS-1252 -t UTF-8 in.csv > out.csv',
    cause: bad,
  })
}
