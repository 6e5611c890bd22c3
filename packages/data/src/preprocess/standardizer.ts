/** Filling gaps and scaling, learned from the training rows and kept with the model. */

import type { DataWarning } from '../errors.ts'
import { list, plural, quoted } from '../text.ts'
import { type ColumnStatistics, columnStatistics, eachColumn, quantiles } from './statistics.ts'

/** `standard`: mean 0, deviation 1; `minmax`: 0 to 1; `robust`: median 0, quartile distance 1; `none`: as they are. */
export type ScaleMode = 'standard' | 'minmax' | 'robust' | 'none'

/** What the standardizer learns from: a `Table`, or anything that hands out rows of float32 with NaN for missing. */
export interface ColumnSource {
  readonly length: number
  readonly featureNames: readonly string[]
  /** Rows after rows. Shape: `rows.length * featureNames.length`. */
  gather(rows?: ArrayLike<number>, out?: Float32Array): Float32Array
}

/** A fitted standardizer as plain JSON. */
export interface StandardizerJSON {
  mode: ScaleMode
  features: string[]
  fill: number[]
  center: number[]
  scale: number[]
}

/**
 * Median imputer and scaler in one: `x -> ((missing(x) ? fill : x) - center) / scale`.
 *
 * Fitted on the training rows only: `fill` is their exact median, `center` and `scale` mean and standard deviation (of the population, ddof 0)
 * of the filled values, or what the mode says. A constant feature becomes 0, with a warning.
 *
 * @example
 * ```ts
 * const standardizer = Standardizer.fit(table, split.train)
 * const x = standardizer.transform(table.gather(split.train))
 * const kept = JSON.stringify(standardizer)
 * Standardizer.fromJSON(JSON.parse(kept)).transform(table.gather(split.test))
 * ```
 */
export class Standardizer {
  readonly mode: ScaleMode
  readonly features: readonly string[]
  /** Per feature what stands in for a missing value: the training rows' median. */
  readonly fill: Float64Array
  readonly center: Float64Array
  /** Never 0; a constant feature has 1 and so becomes 0. */
  readonly scale: Float64Array
  /** Constant features, features without a value in the training rows, blurred ones; empty after `fromJSON`. */
  readonly warnings: readonly DataWarning[]

  /** From numbers that are known already; throws a RangeError where they do not fit together. */
  constructor(json: StandardizerJSON, warnings: readonly DataWarning[] = []) {
    this.mode = json.mode
    this.features = [...json.features]
    this.fill = Float64Array.from(json.fill)
    this.center = Float64Array.from(json.center)
    this.scale = Float64Array.from(json.scale)
    this.warnings = warnings
    const width = json.features.length
    for (const part of [this.fill, this.center, this.scale]) {
      if (part.length !== width || !part.every(Number.isFinite))
        throw new RangeError(`a standardizer of ${plural(width, 'feature')} needs as many finite numbers each`)
    }
    if (this.scale.includes(0)) throw new RangeError('a scale of 0 would divide by 0')
  }

  /** Learns from the given rows, which should be those of the training part (all without an argument). */
  static fit(source: ColumnSource, rows?: ArrayLike<number>, { mode = 'standard' }: { mode?: ScaleMode } = {}): Standardizer {
    const features = [...source.featureNames]
    const count = rows?.length ?? source.length
    const raw = columnStatistics(source, rows)
    const fill = features.map(() => 0)
    const quartiles: [number, number, number][] = []
    eachColumn(source, rows, (values, j) => {
      const gaps = raw.missing[j]!
      // Also where nothing is missing yet: a later row may have a gap.
      if (gaps < count) fill[j] = quantiles(values, [0.5])[0]!
      // The median brought the gaps' places to the end.
      if (mode === 'robust') quartiles[j] = quantiles(values.fill(fill[j]!, count - gaps), [0.25, 0.5, 0.75]) as [number, number, number]
    })
    const filled = raw.missing.some((missing) => missing > 0) ? columnStatistics(source, rows, fill) : raw
    const scaling = features.map((_, j) => scaleOf(mode, filled, j, quartiles[j]))
    const json = { mode, features, fill, center: scaling.map(({ center }) => center), scale: scaling.map(({ scale }) => scale) }
    return new Standardizer(json, remarks(features, raw, filled, count, mode))
  }

  /** From {@link toJSON}. */
  static fromJSON(json: StandardizerJSON): Standardizer {
    return new Standardizer(json)
  }

  /**
   * Fills and scales, in place unless `out` is given; returns `out`.
   *
   * Shape: `values` are rows after rows of `features.length`.
   */
  transform(values: Float32Array, out: Float32Array = values): Float32Array {
    const { fill, center, scale } = this
    const width = fill.length
    if (values.length % Math.max(1, width) !== 0 || out.length < values.length) {
      throw new RangeError(`${values.length} values are no rows of ${plural(width, 'feature')}, or do not fit into ${out.length}`)
    }
    for (let i = 0; i < values.length; ) {
      for (let j = 0; j < width; j++, i++) {
        const value = values[i]!
        out[i] = ((Number.isNaN(value) ? fill[j]! : value) - center[j]!) / scale[j]!
      }
    }
    return out
  }

  toJSON(): StandardizerJSON {
    const { mode, features, fill, center, scale } = this
    return { mode, features: [...features], fill: [...fill], center: [...center], scale: [...scale] }
  }
}

/** Center and scale of one feature; a scale of 0 becomes 1. */
function scaleOf(
  mode: ScaleMode,
  { mean, deviation, least, most }: ColumnStatistics,
  j: number,
  quartiles: readonly [number, number, number] | undefined,
): { center: number; scale: number } {
  if (mode === 'none') return { center: 0, scale: 1 }
  const low = least[j]!
  const high = most[j]!
  if (!(low < high)) return { center: Number.isFinite(low) ? low : 0, scale: 1 }
  if (mode === 'minmax') return { center: low, scale: high - low }
  if (mode === 'standard') return { center: mean[j]!, scale: deviation[j]! }
  const [first, median, third] = quartiles!
  return { center: median, scale: third - first || 1 }
}

function remarks(
  features: readonly string[],
  raw: ColumnStatistics,
  filled: ColumnStatistics,
  count: number,
  mode: ScaleMode,
): DataWarning[] {
  const chosen = (test: (j: number) => boolean): string[] => features.filter((_, j) => test(j))
  const none = chosen((j) => raw.missing[j] === count)
  const constant = chosen((j) => raw.missing[j]! < count && filled.least[j] === filled.most[j])
  const blurred = chosen((j) => filled.deviation[j]! > 0 && Math.abs(filled.mean[j]!) > 1e5 * filled.deviation[j]!)
  const warnings: DataWarning[] = []
  const say = (code: DataWarning['code'], names: readonly string[], one: string, many: string): void => {
    if (names.length > 0)
      warnings.push({
        code,
        message: names.length === 1 ? `${quoted(names[0]!)} ${one}` : `${names.length} columns ${many}: ${list(names)}`,
      })
  }
  if (mode !== 'none') {
    const role = 'in the training rows, so'
    say(
      'W_CONSTANT_COLUMN',
      constant,
      `has a single value ${role} it says nothing and becomes 0`,
      `have a single value ${role} they say nothing and become 0`,
    )
  }
  say('W_NO_TRAINING_VALUES', none, 'has no value in the training rows; taken as 0', 'have no value in the training rows; taken as 0')
  const hint = 'hardly vary against their size; float32 keeps 7 digits, so subtract a constant in the file (dates, ids)'
  say('W_PRECISION', blurred, hint.replace('vary', 'varies').replace('their', 'its'), hint)
  return warnings
}
