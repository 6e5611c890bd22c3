/** Numbers about columns, in double precision, over rows that are taken a block at a time. */

import type { ColumnSource } from './standardizer.ts'

/** For each column; of no value at all `least` is Infinity, `most` -Infinity, the others NaN. */
export interface ColumnStatistics {
  readonly missing: Float64Array
  readonly mean: Float64Array
  /** Of the population: divided by n. */
  readonly deviation: Float64Array
  readonly least: Float64Array
  readonly most: Float64Array
}

/** Rows a block: large enough to be quick, small enough to stay in the cache. */
const BLOCK = 4096

/**
 * Mean, deviation (two passes), extremes and gaps of every column in the given rows; with `fill`, gaps count as that value.
 */
export function columnStatistics(source: ColumnSource, rows?: ArrayLike<number>, fill?: readonly number[]): ColumnStatistics {
  const width = source.featureNames.length
  const count = rows?.length ?? source.length
  const make = (value: number): Float64Array => new Float64Array(width).fill(value)
  const [missing, sum, squares] = [make(0), make(0), make(0)]
  const [least, most] = [make(Number.POSITIVE_INFINITY), make(Number.NEGATIVE_INFINITY)]
  eachValue(source, rows, (given, j) => {
    const gap = Number.isNaN(given)
    if (gap) missing[j]!++
    if (gap && fill === undefined) return
    const value = gap ? fill![j]! : given
    sum[j]! += value
    if (value < least[j]!) least[j] = value
    if (value > most[j]!) most[j] = value
  })
  const present = missing.map((gaps) => (fill === undefined ? count - gaps : count))
  const mean = sum.map((total, j) => total / present[j]!)
  eachValue(source, rows, (given, j) => {
    const gap = Number.isNaN(given)
    if (gap && fill === undefined) return
    const distance = (gap ? fill![j]! : given) - mean[j]!
    squares[j]! += distance * distance
  })
  return { missing, mean, deviation: squares.map((total, j) => Math.sqrt(total / present[j]!)), least, most }
}

function eachValue(source: ColumnSource, rows: ArrayLike<number> | undefined, visit: (value: number, column: number) => void): void {
  const width = source.featureNames.length
  eachBlock(source, rows, (block, _, size) => {
    for (let i = 0, at = 0; i < size; i++) for (let j = 0; j < width; j++) visit(block[at++]!, j)
  })
}

/** Rows in blocks: `size` of them from place `start` on. */
function eachBlock(
  source: ColumnSource,
  rows: ArrayLike<number> | undefined,
  visit: (block: Float32Array, start: number, size: number) => void,
): void {
  const count = rows?.length ?? source.length
  const block = new Float32Array(Math.min(BLOCK, count) * source.featureNames.length)
  for (let start = 0; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start)
    const chosen = Uint32Array.from({ length: size }, (_, i) => (rows === undefined ? start + i : rows[start + i]!))
    source.gather(chosen, block)
    visit(block, start, size)
  }
}

/** Columns that are taken out of the rows in one pass: many passes are slow, many columns at once are a second table. */
const GROUP = 16

/** Each column's values in the given rows, to be reordered at will and not kept. */
export function eachColumn(
  source: ColumnSource,
  rows: ArrayLike<number> | undefined,
  visit: (values: Float32Array, column: number) => void,
): void {
  const width = source.featureNames.length
  const count = rows?.length ?? source.length
  const group = Array.from({ length: Math.min(GROUP, width) }, () => new Float32Array(count))
  for (let first = 0; first < width; first += GROUP) {
    const size = Math.min(GROUP, width - first)
    eachBlock(source, rows, (block, start, blockRows) => {
      for (let i = 0; i < blockRows; i++) for (let j = 0; j < size; j++) group[j]![start + i] = block[i * width + first + j]!
    })
    for (let j = 0; j < size; j++) visit(group[j]!, first + j)
  }
}

/** Exact quantiles of the values that are numbers, between two neighbours by their distance (as NumPy's `linear`); NaN of none. Reorders `values`, numbers first. */
export function quantiles(values: Float32Array, fractions: readonly number[]): number[] {
  let count = 0
  for (const value of values) if (!Number.isNaN(value)) values[count++] = value
  return fractions.map((fraction) => {
    if (count === 0) return Number.NaN
    const position = (count - 1) * fraction
    const below = Math.floor(position)
    const low = select(values, below, count)
    const high = below + 1 < count ? least(values, below + 1, count) : low
    return low + (high - low) * (position - below)
  })
}

/** The value that sorting would bring to place `k` of the first `count`; afterwards nothing before it is larger, nothing behind it smaller. */
function select(values: Float32Array, k: number, count: number): number {
  let [low, high] = [0, count - 1]
  // Pivots by a fixed pseudo-random sequence: no order of the data makes this slow, and every run is the same.
  for (let random = 1; low < high; ) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0
    const pivot = values[low + (random % (high - low + 1))]!
    let [i, j] = [low, high]
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const swap = values[i]!
      values[i++] = values[j]!
      values[j--] = swap
    }
    if (k <= j) high = j
    else if (k >= i) low = i
    else break
  }
  return values[k]!
}

function least(values: Float32Array, start: number, end: number): number {
  let found = values[start]!
  for (let i = start + 1; i < end; i++) if (values[i]! < found) found = values[i]!
  return found
}
