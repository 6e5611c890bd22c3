/**
 * Numbers as they stand in tables: `[+-]digits[.digits][e[+-]digits]`, blanks around them allowed, nothing else.
 *
 * One pass over the characters: no regular expression, no `Number('')` that is 0, no `0x10` that is 16.
 */

/** Texts that mean "no value", besides the empty cell. */
export const NA_VALUES: readonly string[] = ['NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None', '?']

/** Texts that people also write for "no value"; never taken for it unasked. */
const MISSING_WORDS: readonly string[] = [
  'n/a',
  'na',
  '#n/a',
  'none',
  'nil',
  'missing',
  'unknown',
  'undefined',
  '-',
  '--',
  '.',
  '..',
  '...',
  'n.a.',
  '*',
  '#null!',
  '#value!',
  '#div/0!',
  '<na>',
]

/** Whether a text may well mean "no value", though it is none of {@link NA_VALUES}. */
export function looksMissing(text: string): boolean {
  return MISSING_WORDS.includes(text.toLowerCase())
}

/** Beyond this a number is infinite in float32. */
export const FLOAT32_LIMIT: number = (2 - 2 ** -24) * 2 ** 127

/** Powers of ten that a double holds exactly. */
export const POWERS_OF_TEN: Float64Array = /* @__PURE__ */ Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 0xa0
const isDigit = (code: number): boolean => code >= 48 && code <= 57

/**
 * The number that a text stands for, NaN if it is none.
 *
 * At least one digit is needed; `.5`, `5.` and `+5` are numbers. `inf` and `Infinity` give an infinity, as `1e400` does: the caller decides.
 *
 * @example
 * ```ts
 * scanNumber(' 1.5e3 ')        // 1500
 * scanNumber('1,5', ',')       // 1.5
 * scanNumber('')               // NaN
 * scanNumber('0x10')           // NaN
 * ```
 */
export function scanNumber(text: string, decimal: '.' | ',' = '.'): number {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  let at = start
  const sign = text.charCodeAt(at)
  if (sign === 43 || sign === 45) at++
  const digits = at
  at = skipDigits(text, at, end)
  let count = at - digits
  let point = -1
  if (at < end && text[at] === decimal) {
    point = at++
    const fraction = at
    at = skipDigits(text, at, end)
    count += at - fraction
  }
  if (count === 0)
    return isInfinity(text.slice(digits, end)) ? (sign === 45 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : Number.NaN
  if (at < end && (text.charCodeAt(at) | 32) === 101) {
    const next = text.charCodeAt(++at)
    if (next === 43 || next === 45) at++
    const exponent = at
    at = skipDigits(text, at, end)
    if (at === exponent) return Number.NaN
  }
  if (at !== end) return Number.NaN
  // The text is now known to be one that Number() reads the same way.
  const plain = text.slice(start, end)
  return Number(decimal === ',' && point >= 0 ? `${text.slice(start, point)}.${text.slice(point + 1, end)}` : plain)
}

function skipDigits(text: string, at: number, end: number): number {
  while (at < end && isDigit(text.charCodeAt(at))) at++
  return at
}

function isInfinity(text: string): boolean {
  if (text.length !== 3 && text.length !== 8) return false
  const lower = text.toLowerCase()
  return lower === 'inf' || lower === 'infinity'
}
