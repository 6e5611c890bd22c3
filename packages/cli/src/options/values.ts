/**
 * From the text of a flag to its value. Commander's usual `parseFloat` would turn `--lr abc` into NaN without a word, so every number passes
 * through here; each parser throws `error[E_BAD_VALUE]` that says what the flag needs and what it got.
 */
import { type CliError, usageError } from '../errors.ts'
import { closest } from '../suggest.ts'
import { fit, printable } from '../text.ts'

/** From the text after a flag to its value. */
export type ValueParser<T> = (text: string) => T

/** What a number has to be. */
export interface NumberRange {
  /** In words, after "needs": `a number above 0`. */
  needs: string
  integer?: boolean
  /** Smallest value allowed. */
  min?: number
  /** Largest value allowed. */
  max?: number
  /** Values have to be above this one. */
  above?: number
  /** Values have to be below this one. */
  below?: number
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const DECIMAL_COMMA = /^[+-]?\d*,\d+$/

/** A parser of numbers within a range. */
export function numberIn(flag: string, range: NumberRange): ValueParser<number> {
  const { needs, integer = false, min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = range
  return (text) => {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN
    const fits = Number.isFinite(value) && value >= min && value <= max && value > above && value < below
    if (!fits || (integer && !Number.isSafeInteger(value))) {
      throw badValue(
        flag,
        needs,
        text,
        DECIMAL_COMMA.test(text) ? `write a point instead of the comma: ${flag} ${text.replace(',', '.')}` : undefined,
      )
    }
    return value
  }
}

/** A parser of one of a few words. */
export function oneOf<const T extends string>(flag: string, choices: readonly T[]): ValueParser<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text)
    if (found !== undefined) return found
    const meant = closest(text, choices)
    throw badValue(flag, `one of ${choices.join(', ')}`, text, meant === null ? undefined : `did you mean ${flag} ${meant}?`)
  }
}

/** A parser of a text that must not be empty. */
export function textOf(flag: string, what: string): ValueParser<string> {
  return (text) => {
    if (text.trim() === '') throw badValue(flag, what, text)
    return text
  }
}

/** A parser of a file or folder; what looks like the next flag is not one (write `./--name` for such a file). */
export function fileOf(flag: string, what: string): ValueParser<string> {
  return (text) => {
    if (text.trim() === '' || /^--[a-z]/.test(text)) throw badValue(flag, what, text)
    return text
  }
}

/** A parser of names between commas; a name that contains a comma stands in double quotes (doubled inside). */
export function namesOf(flag: string): (text: string, earlier?: string[]) => string[] {
  return (text, earlier = []) => {
    const names = [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)]
      .map(([, quoted, plain]) => (quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll('""', '"')))
      .filter((name) => name !== '')
    if (names.length === 0) throw badValue(flag, 'names of columns with commas between them', text)
    return [...earlier, ...names]
  }
}

function badValue(flag: string, needs: string, text: string, fix?: string): CliError {
  return usageError('E_BAD_VALUE', `${flag} needs ${needs}, got "${fit(printable(text), 60)}".`, fix)
}
