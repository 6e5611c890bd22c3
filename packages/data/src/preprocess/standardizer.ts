import type { DataWarning } from '../errors.ts'

/** `standard`: mean 0, deviation 1; `minmax`: 0 to 1; `robust`: median 0, quartile distance 1; `none`: as they are. */
export type ScaleMode = 'standard' | 'minmax' | 'robust' | 'none'

/** What the standardizer learns from: a {@link Table}, or anything that hands out columns. */
export interface ColumnSource {
  readonly length: number
  readonly featureNames: readonly string[]
  column(feature: number, rows?: ArrayLike<number>, out?: Float32Array): Float32Array
}

/** A fitted standardizer as plain JSON. */
export interface StandardizerJSON {
  mode: ScaleMode
  features: string[]
  fill: number[]
  center: number[]
  scale: number[]
}

/** Median imputer and scaler in one; fitted on the training rows only and kept with the model: `x -> ((isNaN(x) ? fill : x) - center) / scale`. */
export class Standardizer {
  readonly mode: ScaleMode
  readonly features: readonly string[]
  /** Per feature what stands in for a missing value: the training rows' median. */
  readonly fill: Float64Array
  readonly center: Float64Array
  /** Never 0; a constant feature has 1 and so becomes 0. */
  readonly scale: Float64Array
  /** Constant features, all-missing features; empty after `fromJSON`. */
  readonly warnings: readonly DataWarning[]

  constructor(json: StandardizerJSON, warnings: readonly DataWarning[] = []) {
    this.mode = json.mode
    this.features = json.features
    this.fill = Float64Array.from(json.fill)
    this.center = Float64Array.from(json.center)
    this.scale = Float64Array.from(json.scale)
    this.warnings = warnings
  }

  static fit(_source: ColumnSource, _rows?: ArrayLike<number>, _options?: { mode?: ScaleMode }): Standardizer {
    throw new Error('not yet')
  }

  static fromJSON(json: StandardizerJSON): Standardizer {
    return new Standardizer(json)
  }

  /** In place by default; `values` are rows after rows of `features.length`. Returns `out`. */
  transform(_values: Float32Array, _out: Float32Array = _values): Float32Array {
    throw new Error('not yet')
  }

  toJSON(): StandardizerJSON {
    throw new Error('not yet')
  }
}
