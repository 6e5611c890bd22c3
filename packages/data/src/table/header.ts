/** Names of columns: what a header must be, and how people point at columns. */

import { DataError } from '../errors.ts'
import { scanNumber } from '../number.ts'
import { list, nearest, plural, printable, quoted } from '../text.ts'

/** Throws where a header cannot name columns: data instead of names, empty names, two alike. */
export function checkHeader(header: readonly string[], name: string, line: number): void {
  const where = `${name}:${line}`
  if (looksLikeData(header)) {
    throw new DataError(
      'E_NO_HEADER',
      `the first line of ${quoted(name)} looks like data (${list(header, 6)}), so its values would become column names.`,
      {
        where,
        fix: 'If there is no header, pass --no-header.',
      },
    )
  }
  const empty = header.indexOf('')
  if (empty >= 0) {
    const count = header.filter((column) => column === '').length
    const more = count > 1 ? ` (${count} columns like this)` : ''
    const hint = empty === 0 ? ' A first column without a name is often the row index that pandas writes: to_csv(..., index=False).' : ''
    throw new DataError('E_EMPTY_COLUMN_NAME', `column ${empty + 1} of ${quoted(name)} has no name${more}; nothing was read.`, {
      where,
      fix: `Name it or remove it.${hint}`,
    })
  }
  const seen = new Map<string, number>()
  for (const [i, column] of header.entries()) {
    const before = seen.get(column)
    if (before !== undefined) {
      throw new DataError(
        'E_DUPLICATE_COLUMN',
        `two columns are called ${quoted(column)} (${before + 1} and ${i + 1}); nothing was read.`,
        { where, fix: 'Rename one.' },
      )
    }
    seen.set(column, i)
  }
}

/** Mostly numbers; except evenly spaced ones (0, 1, 2; years; wavelengths), which is how programs and people name columns. */
function looksLikeData(header: readonly string[]): boolean {
  const known = header.map((column) => scanNumber(column)).filter((value) => Number.isFinite(value))
  if (known.length * 2 < header.length || known.length === 0) return false
  const first = known[0]!
  const step = (known[1] ?? first + 1) - first
  const even = step !== 0 && known.every((value, i) => Math.abs(value - first - step * i) <= 1e-6 * Math.abs(step))
  return !(even && (known.length >= 3 || (step === 1 && (first === 0 || first === 1))))
}

/** How to read `#n`: 1-based from the left, negative from the right; -1 if it is not of that form or out of range. */
function byNumber(token: string, width: number): number {
  if (!/^#-?[0-9]{1,6}$/.test(token)) return -1
  const n = Number(token.slice(1))
  const index = n > 0 ? n - 1 : width + n
  return n !== 0 && index >= 0 && index < width ? index : -1
}

/** The one column that `token` means: a name, else `#n`. Throws `E_UNKNOWN_COLUMN` with the nearest name and all names. */
export function findColumn(header: readonly string[], token: string, name: string, flag: string): number {
  const exact = header.indexOf(token)
  const index = exact >= 0 ? exact : byNumber(token, header.length)
  if (index >= 0) return index
  const guess = nearest(token, header)
  const meant = guess === undefined ? '' : `did you mean ${quoted(guess)}? `
  const what = /^#-?[0-9]+$/.test(token)
    ? `no column ${printable(token)} in ${quoted(name)}, which has ${header.length}.`
    : `no column ${quoted(token)} in ${quoted(name)}.`
  throw new DataError('E_UNKNOWN_COLUMN', what, { where: `${name}, ${flag}`, fix: `${meant}columns: ${list(header, 40)}` })
}

/** The columns that a list of names, globs and `#n` means, in the file's order. */
export function findColumns(header: readonly string[], tokens: readonly string[], name: string, flag: string): Set<number> {
  const found = new Set<number>()
  for (const token of tokens) {
    if (header.includes(token) || !/[*?]/.test(token)) {
      found.add(findColumn(header, token, name, flag))
      continue
    }
    const matches = header.flatMap((column, i) => (matchesGlob(column, token) ? [i] : []))
    if (matches.length === 0) {
      throw new DataError('E_UNKNOWN_COLUMN', `no column of ${quoted(name)} matches ${quoted(token)}.`, {
        where: `${name}, ${flag}`,
        fix: `columns: ${list(header, 40)}`,
      })
    }
    for (const i of matches) found.add(i)
  }
  return found
}

/** `*` is any text, `?` one character. Linear in practice: it only ever goes back to the last star. */
export function matchesGlob(text: string, glob: string): boolean {
  let i = 0
  let j = 0
  let star = -1
  let mark = 0
  while (i < text.length) {
    if (glob[j] === '*') {
      star = j++
      mark = i
    } else if (j < glob.length && (glob[j] === '?' || glob[j] === text[i])) {
      i++
      j++
    } else if (star >= 0) {
      j = star + 1
      i = ++mark
    } else return false
  }
  while (glob[j] === '*') j++
  return j === glob.length
}

/** Which columns to learn from and which to learn. */
export interface Selection {
  readonly target: number
  readonly chosenBy: 'option' | 'name' | 'last'
  readonly reason: string
  readonly features: readonly number[]
}

const TARGET_NAMES: readonly string[] = ['target', 'label', 'y', 'class']

/** Chooses target and features from the header and the user's words. */
export function selectColumns(
  header: readonly string[],
  name: string,
  {
    target,
    features,
    exclude,
  }: { target?: string | undefined; features?: readonly string[] | undefined; exclude?: readonly string[] | undefined },
): Selection {
  const left = exclude === undefined ? new Set<number>() : findColumns(header, exclude, name, '--exclude')
  const wanted = features === undefined ? null : findColumns(header, features, name, '--features')
  const chosen = target === undefined ? defaultTarget(header, left, wanted) : { ...given(findColumn(header, target, name, '--target')) }
  const column = header[chosen.target]!
  for (const [flag, tokens] of [
    ['--exclude', exclude],
    ['--features', features],
  ] as const) {
    if (tokens?.includes(column) !== true) continue
    const role = flag === '--exclude' ? 'left out' : 'a feature too'
    throw new DataError('E_USAGE', `${quoted(column)} is the target, so it cannot be ${role}.`, {
      where: flag,
      fix: `Take it out of ${flag}, or choose another --target.`,
    })
  }
  const selected = header.flatMap((_, i) => (i !== chosen.target && !left.has(i) && (wanted === null || wanted.has(i)) ? [i] : []))
  if (selected.length === 0) {
    const only =
      header.length === 1
        ? ` It has ${plural(1, 'column')} (${printable(column)}); if columns are separated by something else than expected, pass --delimiter.`
        : ''
    throw new DataError('E_NO_FEATURES', `${quoted(name)} leaves no column to learn ${quoted(column)} from.${only}`, {
      where: name,
      fix: 'Check --target, --features and --exclude.',
    })
  }
  return { ...chosen, features: selected }
}

function given(target: number): { target: number; chosenBy: 'option'; reason: string } {
  return { target, chosenBy: 'option', reason: 'as given' }
}

/** The one column named as targets are, else the last one; never a column that was left out or named as a feature. */
function defaultTarget(
  header: readonly string[],
  left: ReadonlySet<number>,
  wanted: ReadonlySet<number> | null,
): Omit<Selection, 'features'> {
  const free = header.flatMap((_, i) => (left.has(i) ? [] : [i]))
  const candidates = free.filter((i) => wanted?.has(i) !== true)
  const pool = candidates.length > 0 ? candidates : free.length > 0 ? free : header.map((_, i) => i)
  const named = pool.filter((i) => TARGET_NAMES.includes(header[i]!.toLowerCase()))
  if (named.length === 1) return { target: named[0]!, chosenBy: 'name', reason: `the only column called ${quoted(header[named[0]!]!)}` }
  const last = pool.at(-1)!
  return {
    target: last,
    chosenBy: 'last',
    reason: last === header.length - 1 ? 'the last column' : 'the last column that is not a feature or left out',
  }
}
