/** Small things about text: what may be shown on a terminal, how wide it is, and how numbers are written for people. */

// C0 and C1 controls, and the marks that turn the direction of writing: a name from a file must not steer a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, but line ends and tabs stay
const UNSAFE_IN_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** The text without control characters, safe to print on one line. */
export function printable(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ').replace(UNSAFE, '')
}

/** The same for text of several lines. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE_IN_LINES, '')
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const ZERO = /\p{Mn}|\p{Me}|\p{Cf}/u

/** Columns that the text takes on a terminal (no escape sequences inside). */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return width
}

/** The text cut to at most `width` columns, with a mark where something is missing. */
export function fit(text: string, width: number, mark = '…'): string {
  if (textWidth(text) <= width) return text
  if (width <= textWidth(mark)) return mark.slice(0, Math.max(0, width))
  let kept = ''
  let used = textWidth(mark)
  for (const character of text) {
    used += textWidth(character)
    if (used > width) break
    kept += character
  }
  return kept + mark
}

/** Filled up with blanks on the right. */
export function left(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

/** Filled up with blanks on the left. */
export function right(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text
}

/** `1,234,567` */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 row`, `2 rows` */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`
}

/** `a, b, c and 7 more` */
export function list(names: readonly string[], most = 8): string {
  const shown = names.slice(0, most).map((name) => fit(printable(name), 40))
  const rest = names.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${count(rest)} more` : shown.join(', ')
}

/** A number of few digits for a sentence: `0.01`, `35112`, `4.1e12`. */
export function brief(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'infinity' : '-infinity'
  const short = Number(value.toPrecision(digits))
  const size = Math.abs(short)
  return size !== 0 && (size >= 1e6 || size < 1e-4) ? short.toExponential().replace('e+', 'e') : String(short)
}

/** A number with a fixed number of decimals; an en dash where there is none. */
export function fixed(value: number | null | undefined, decimals = 3, none = '–'): string {
  if (value === null || value === undefined || Number.isNaN(value)) return none
  return Number.isFinite(value) ? value.toFixed(decimals) : value > 0 ? 'inf' : '-inf'
}

/** `1.9k`, `35M`: a rate in three digits. */
export function rate(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const units = ['', 'k', 'M', 'G']
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)}${units[unit]}`
}

/** `0:07`, `12:31`, `2:05:00` */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const total = Math.max(0, Math.ceil(seconds))
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60]
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${String(s).padStart(2, '0')}` : `${m}:${String(s).padStart(2, '0')}`
}
