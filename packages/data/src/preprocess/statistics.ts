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
  const count = rows?.length ?? source.length
  const block = new Float32Array(Math.min(BLOCK, count) * width)
  for (let start = 0; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start)
    const chosen = Uint32Array.from({ length: size }, (_, i) => (rows === undefined ? start + i : rows[start + i]!))
    source.gather(chosen, block)
    for (let i = 0, at = 0; i < size; i++) for (let j = 0; j < width; j++) visit(block[at++]!, j)
  }
}

/** Exact quantiles of the values that are numbers, between two neighbours by their distance (as NumPy's `linear`); NaN of none. Reorders `values`. */
export function quantiles(values: Float32Array, fractions: readonly number[]): number[] {
  // Typed arrays sort NaN to the end.
  values.sort()
  let count = values.length
  while (count > 0 && Number.isNaN(values[count - 1]!)) count--
  return fractions.map((fraction) => {
    const position = (count - 1) * fraction
    const below = Math.floor(position)
    const low = values[below] ?? Number.NaN
    const high = values[Math.min(below + 1, count - 1)] ?? Number.NaN
    return count === 0 ? Number.NaN : low + (high - low) * (position - below)
  })
}
