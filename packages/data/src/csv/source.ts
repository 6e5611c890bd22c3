/** Where bytes come from: a file or standard input, plain or gzip, checked to be text before anybody sees them. */

import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { DataError } from '../errors.ts'
import { printable, quoted } from '../text.ts'
import { gunzip } from './gunzip.ts'
import { directoryError, fileError } from './path-errors.ts'
import { isGzip, refuseForeign } from './sniff.ts'
import type { OpenOptions, Source } from './types.ts'
import { BadBytes, bytesError, Utf8Check } from './utf8.ts'

const READ_BYTES = 1 << 20
/** Enough to tell every format that we know; a slow pipe should not wait for more. */
const SNIFF_BYTES = 16

/**
 * Opens a file, or standard input for `-`.
 *
 * The bytes come out decompressed (whatever the name says: gzip is known by its content), without byte order mark, and are checked to be
 * UTF-8 without NUL. A chunk is valid until the next one is asked for.
 *
 * Throws {@link DataError}: `E_NOT_FOUND`, `E_IS_DIRECTORY`, `E_PERMISSION`, `E_NO_STDIN` at once; `E_EMPTY`, `E_NOT_CSV`, `E_ENCODING`,
 * `E_NUL`, `E_GZIP`, `E_TOO_LARGE` while reading.
 *
 * @example
 * ```ts
 * for await (const chunk of await openSource('churn.csv.gz')) console.log(chunk.length)
 * ```
 */
export async function openSource(path: string, options: OpenOptions = {}): Promise<Source> {
  const name = path === '-' ? 'stdin' : printable(path, 300)
  if (path === '-') {
    const stdin = options.stdin ?? process.stdin
    if (stdin.isTTY === true) {
      throw new DataError('E_NO_STDIN', '--data - reads from a pipe, but nothing is piped in.', {
        fix: 'Example: cat churn.csv | train --data -',
      })
    }
    return new ByteSource(name, null, () => stdin, options)
  }
  const size = await checkPath(path)
  return new ByteSource(name, size, () => readFile(path), options)
}

/** The size of a file that can be opened; null for a pipe. */
async function checkPath(path: string): Promise<number | null> {
  let handle: FileHandle | undefined
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw await directoryError(path)
    // A named pipe is opened once only: its writer would see the reader go away.
    if (!found.isFile()) return null
    handle = await open(path, 'r')
    return found.size
  } catch (error) {
    throw await fileError(error, path)
  } finally {
    await handle?.close()
  }
}

/** The file's bytes; every chunk in the same buffer. */
async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES)
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    throw await fileError(error, path)
  } finally {
    await handle?.close()
  }
}

class ByteSource implements Source {
  readonly name: string
  readonly size: number | null
  gzip = false
  bytesRead = 0
  sha256: string | null = null
  readonly #open: () => AsyncIterable<Uint8Array>
  readonly #options: OpenOptions
  #used = false

  constructor(name: string, size: number | null, open: () => AsyncIterable<Uint8Array>, options: OpenOptions) {
    this.name = name
    this.size = size
    this.#open = open
    this.#options = options
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    if (this.#used) throw new Error(`${quoted(this.name)} was read already; a source is read once, open it again`)
    this.#used = true
    const opened = [this.#raw()]
    try {
      let bytes = await withHead(opened[0] as AsyncGenerator<Uint8Array>)
      this.gzip = isGzip(bytes.head)
      if (this.gzip) {
        const { maxBytes = 64 * 2 ** 30, maxRatio = 250 } = this.#options
        const plain = gunzip(bytes.all, this.name, { maxBytes, maxRatio })
        opened.unshift(plain)
        bytes = await withHead(plain)
      }
      refuseForeign(bytes.head, this.name)
      yield* this.#checked(bytes.all)
    } finally {
      // Where the head is refused nobody has begun with the rest, and what was not begun closes nothing: the file is closed here.
      for (const bytes of opened) await bytes.return(undefined)
    }
  }

  /** The bytes as they lie on disk: counted, and hashed where asked for. */
  async *#raw(): AsyncGenerator<Uint8Array> {
    const hash: Hash | null = this.#options.fingerprint === true ? createHash('sha256') : null
    for await (const chunk of this.#open()) {
      this.#options.signal?.throwIfAborted()
      this.bytesRead += chunk.length
      hash?.update(chunk)
      if (chunk.length > 0) yield chunk
    }
    if (this.bytesRead === 0) throw emptyError(this.name, '0 bytes')
    if (this.size !== null && this.bytesRead < this.size) {
      const detail = `${this.size} bytes when opened, ${this.bytesRead} when read`
      throw new DataError('E_IO', `${quoted(this.name)} became shorter while it was read (${detail}).`, {
        where: this.name,
        fix: 'Try again once nobody writes to it.',
      })
    }
    this.sha256 = hash?.digest('hex') ?? null
  }

  /** The text's bytes: no byte order mark, valid UTF-8, no NUL. What is good before a bad byte is handed on, so that the reader knows its line. */
  async *#checked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const utf8 = new Utf8Check()
    let first = true
    let length = 0
    for await (let chunk of bytes) {
      if (first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) chunk = chunk.subarray(3)
      first = false
      length += chunk.length
      const good = utf8.check(chunk)
      if (good > 0) yield chunk.subarray(0, good)
      if (utf8.failure !== null) throw bytesError(this.name, utf8.failure)
    }
    if (utf8.unfinished) throw bytesError(this.name, new BadBytes('cut', 0))
    if (length === 0) throw emptyError(this.name, this.gzip ? 'nothing inside the gzip file' : 'only a byte order mark')
  }
}

/** The same bytes, with the first few in one piece. */
async function withHead(bytes: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < SNIFF_BYTES) {
    const next = await iterator.next()
    if (next.done === true) break
    // Joined bytes are a copy, which a source that reuses its buffer makes necessary.
    head = head.length === 0 && next.value.length >= SNIFF_BYTES ? next.value : Buffer.concat([head, next.value])
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { head, all: all() }
}

function emptyError(name: string, what: string): DataError {
  return new DataError('E_EMPTY', `${quoted(name)} is empty (${what}).`, {
    where: name,
    fix: 'It needs a line of column names and at least a few rows.',
  })
}
