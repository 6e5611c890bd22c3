/** Rows for training, validation and test: drawn by a seed, each class in its proportion. */

import { Generator, randperm } from '@tapegrad/core'
import { DataError } from '../errors.ts'
import { plural, quoted } from '../text.ts'

/** How large the parts are and what draws them. */
export interface SplitOptions {
  /** Fraction for validation. Default 0.1; 0 for none. */
  val?: number
  /** Fraction for the test. Default 0.2; 0 for none. */
  test?: number
  /** Default 42. */
  seed?: number | bigint
  /** Every part has each class in the table's proportion, to within one row. Default true. */
  stratify?: boolean
  /** False: the parts are consecutive stretches in the file's order, and not stratified. Default true. */
  shuffle?: boolean
  /** Class names, for messages. */
  classes?: readonly string[]
}

/** Row numbers of each part, ascending: disjoint, together every row. */
export interface Split {
  readonly train: Uint32Array
  readonly validation: Uint32Array
  readonly test: Uint32Array
}

/**
 * Splits rows into training, validation and test by their labels (small whole numbers).
 *
 * The same labels, fractions and seed give the same parts. Each class has at least one row in each part that was asked for, which a class of
 * three or four rows pays from its training rows.
 *
 * @throws DataError `E_TOO_FEW_ROWS` where a part would be empty, `E_CLASS_TOO_SMALL` where a class has fewer rows than there are parts,
 * `E_USAGE` for fractions that leave nothing to train on.
 * @example
 * ```ts
 * const { train, validation, test } = stratifiedSplit(table.labels, { val: 0.1, test: 0.2, seed: 42 })
 * ```
 */
export function stratifiedSplit(labels: ArrayLike<number>, options: SplitOptions = {}): Split {
  const { val = 0.1, test = 0.2, seed = 42, stratify = true, shuffle = true, classes } = options
  checkFractions(val, test)
  checkRows(labels.length, val, test)
  if (!shuffle) return inOrder(labels.length, val, test)
  const generator = new Generator().manualSeed(seed)
  const parts = { train: [] as Uint32Array[], validation: [] as Uint32Array[], test: [] as Uint32Array[] }
  for (const rows of stratify ? rowsByClass(labels, val, test, classes) : [Uint32Array.from({ length: labels.length }, (_, i) => i)]) {
    const order = randperm(rows.length, { generator, dtype: 'int32' }).toArray() as Int32Array
    const drawn = rows.map((_, i) => rows[order[i]!]!)
    const [validationRows, testRows] = shares(rows.length, val, test)
    parts.validation.push(drawn.subarray(0, validationRows))
    parts.test.push(drawn.subarray(validationRows, validationRows + testRows))
    parts.train.push(drawn.subarray(validationRows + testRows))
  }
  return { train: joined(parts.train), validation: joined(parts.validation), test: joined(parts.test) }
}

/** Rows for validation and test: the fractions, rounded, but not none and never all. */
function shares(rows: number, val: number, test: number): [number, number] {
  const share = (fraction: number): number => (fraction === 0 ? 0 : Math.max(1, Math.round(rows * fraction)))
  let [validation, tested] = [share(val), share(test)]
  // Two halves that were both rounded up leave a row for training.
  if (validation + tested >= rows && tested >= validation && tested > 1) tested--
  else if (validation + tested >= rows && validation > 1) validation--
  return [validation, tested]
}

function inOrder(rows: number, val: number, test: number): Split {
  const [validation, tested] = shares(rows, val, test)
  const all = Uint32Array.from({ length: rows }, (_, i) => i)
  const train = rows - validation - tested
  return { train: all.slice(0, train), validation: all.slice(train, train + validation), test: all.slice(train + validation) }
}

/** The rows of each class, in order; classes by number. */
function rowsByClass(labels: ArrayLike<number>, val: number, test: number, names: readonly string[] | undefined): Uint32Array[] {
  const counts: number[] = []
  for (let i = 0; i < labels.length; i++) counts[labels[i]!] = (counts[labels[i]!] ?? 0) + 1
  const needed = ['train', ...(val > 0 ? ['validation'] : []), ...(test > 0 ? ['test'] : [])]
  for (const [label, count] of counts.entries()) {
    if (count === undefined || count >= needed.length) continue
    const name = quoted(names?.[label] ?? String(label))
    throw new DataError(
      'E_CLASS_TOO_SMALL',
      `class ${name} has ${plural(count, 'row')}; a stratified split needs at least ${needed.length} (${needed.join(', ')}).`,
      {
        fix: 'Merge or remove it, or pass --no-stratify.',
      },
    )
  }
  const classes = counts.map((count) => new Uint32Array(count))
  const filled = counts.map(() => 0)
  for (let i = 0; i < labels.length; i++) classes[labels[i]!]![filled[labels[i]!]!++] = i
  return classes.filter((rows) => rows !== undefined)
}

function joined(pieces: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all.sort()
}

function checkFractions(val: number, test: number): void {
  for (const [flag, fraction] of [
    ['--val-split', val],
    ['--test-split', test],
  ] as const) {
    if (!(fraction >= 0 && fraction < 1))
      throw new DataError('E_USAGE', `${flag} needs a fraction from 0 up to (not including) 1, got ${fraction}.`)
  }
  if (val + test >= 1) {
    throw new DataError('E_USAGE', `--val-split ${val} and --test-split ${test} leave nothing to train on.`, {
      fix: 'Together they must stay below 1.',
    })
  }
}

/** A part that gets less than one row by its fraction, or a training part of less than two, is no part. */
function checkRows(rows: number, val: number, test: number): void {
  const left = [
    ['validation', val],
    ['the test', test],
  ] as const
  const empty = left.find(([, fraction]) => fraction > 0 && Math.floor(rows * fraction + 1e-9) < 1)
  const [validation, tested] = shares(rows, val, test)
  const train = rows - validation - tested
  if (empty === undefined && train >= 2) return
  const percent = (fraction: number): number => Math.round(fraction * 100)
  const parts = `${100 - percent(val) - percent(test)}/${percent(val)}/${percent(test)}`
  const what = empty === undefined ? `${Math.max(0, train)} would be left for training` : `0 would be left for ${empty[0]}`
  const fix = rows >= 5 ? 'Use --val-split 0 --test-split 0.3, or more rows.' : 'More rows are needed.'
  throw new DataError('E_TOO_FEW_ROWS', `${plural(rows, 'row')} ${rows === 1 ? 'is' : 'are'} too few for a ${parts} split (${what}).`, {
    fix,
  })
}
