/**
 * The header's JSON, read by its own small grammar.
 *
 * `JSON.parse` would keep the last of two equal names, round integers above 2^53, take `4.0` for 4 and let `__proto__` through as a prototype.
 */
import { invalid } from './error.ts'
import { hasLoneSurrogate } from './text.ts'

/** What the header says of a tensor; offsets count from the end of the header. */
export interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

/** A header, as read. */
export interface Header {
  readonly tensors: Map<string, Entry>
  readonly metadata: Map<string, string>
}

/** The most dimensions that a tensor may have, as in PyTorch. */
const MAX_DIMS = 64

const isSpace = (c: string | undefined): boolean => c === ' ' || c === '\n' || c === '\t' || c === '\r'
const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9'

/** Reads the header's JSON from left to right. No recursion: nothing nests deeper than the format does. */
class Scanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  fail(what: string): Error {
    return invalid(`invalid JSON in header: ${what} at character ${this.#at + 1}`)
  }

  #peek(): string | undefined {
    while (isSpace(this.#text[this.#at])) this.#at++
    return this.#text[this.#at]
  }

  expect(wanted: string): void {
    const found = this.#peek()
    if (found !== wanted) throw this.fail(`expected '${wanted}', found ${found === undefined ? 'the end' : JSON.stringify(found)}`)
    this.#at++
  }

  end(): void {
    if (this.#peek() !== undefined) throw this.fail('trailing characters')
  }

  string(): string {
    this.expect('"')
    const start = this.#at - 1
    for (;;) {
      const c = this.#text[this.#at]
      if (c === undefined) throw this.fail('EOF while parsing a string')
      this.#at += c === '\\' ? 2 : 1
      if (c === '"') break
    }
    let value: string
    try {
      value = JSON.parse(this.#text.slice(start, this.#at)) as string
    } catch {
      throw this.fail('invalid string')
    }
    if (hasLoneSurrogate(value)) throw this.fail('lone surrogate in a string')
    return value
  }

  /** A non-negative integer, as `usize`; what a number cannot hold exactly overflows. */
  integer(): number {
    const first = this.#peek()
    const start = this.#at
    while (isDigit(this.#text[this.#at])) this.#at++
    const digits = this.#text.slice(start, this.#at)
    const next = this.#text[this.#at]
    if (digits === '' || (first === '0' && digits.length > 1) || next === '.' || next === 'e' || next === 'E')
      throw this.fail('invalid type, expected usize')
    const value = Number(digits)
    if (!Number.isSafeInteger(value)) throw invalid('overflow computing buffer size from shape and/or element type')
    return value
  }

  /** Calls `item` once per element. */
  #sequence(open: string, close: string, item: () => void): void {
    this.expect(open)
    if (this.#peek() === close) {
      this.#at++
      return
    }
    for (;;) {
      item()
      if (this.#peek() !== ',') break
      this.#at++
    }
    this.expect(close)
  }

  integers(atMost: number): number[] {
    const values: number[] = []
    this.#sequence('[', ']', () => {
      if (values.length === atMost) throw this.fail(`invalid length, expected at most ${atMost} elements in sequence`)
      values.push(this.integer())
    })
    return values
  }

  /** Calls `value` with each key, where its value begins. */
  object(value: (key: string) => void): void {
    const seen = new Set<string>()
    this.#sequence('{', '}', () => {
      const key = this.string()
      if (seen.has(key)) throw this.fail(`duplicate key ${JSON.stringify(key)}`)
      seen.add(key)
      this.expect(':')
      value(key)
    })
  }
}

function readEntry(scan: Scanner): Entry {
  let dtype: string | undefined
  let shape: number[] | undefined
  let offsets: number[] | undefined
  scan.object((key) => {
    if (key === 'dtype') dtype = scan.string()
    else if (key === 'shape') shape = scan.integers(MAX_DIMS)
    else if (key === 'data_offsets') offsets = scan.integers(2)
    else throw scan.fail(`unknown field \`${key}\``)
  })
  if (dtype === undefined) throw scan.fail('missing field `dtype`')
  if (shape === undefined) throw scan.fail('missing field `shape`')
  if (offsets === undefined) throw scan.fail('missing field `data_offsets`')
  const [begin, end] = offsets
  if (begin === undefined || end === undefined) throw scan.fail(`invalid length ${offsets.length}, expected 2 elements in sequence`)
  return { dtype, shape, begin, end }
}

/** Reads the text of a header. Names are kept as they are: never make a path of one. */
export function parseHeader(text: string): Header {
  const scan = new Scanner(text)
  const tensors = new Map<string, Entry>()
  const metadata = new Map<string, string>()
  scan.object((name) => {
    if (name === '__metadata__') scan.object((key) => metadata.set(key, scan.string()))
    else tensors.set(name, readEntry(scan))
  })
  scan.end()
  return { tensors, metadata }
}
