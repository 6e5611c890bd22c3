import type { CellOptions } from '../csv/types.ts'

/** What a {@link FeatureEncoder} needs. */
export interface FeatureEncoderOptions extends CellOptions {
  /** The columns the model was trained on, in its order. */
  features: readonly string[]
  /** The columns of this file. */
  header: readonly string[]
  /** The file's name, for messages. */
  name: string
  /** Columns of this file under the names the model knows: `new Map([['n_visits', 'visits']])`. */
  rename?: ReadonlyMap<string, string>
}

/**
 * Turns records of texts into rows of numbers in the order that a model was trained on.
 *
 * Throws `E_COLUMN_GONE` at once where the header lacks a column, naming similar ones.
 */
export class FeatureEncoder {
  /** For each feature the missing values met so far. */
  readonly missing: Float64Array

  constructor(options: FeatureEncoderOptions) {
    this.missing = new Float64Array(options.features.length)
  }

  /**
   * The numbers of these records, row after row, NaN where missing; throws `E_NOT_NUMERIC` or `E_NUMBER_RANGE` with line and column.
   *
   * Shape: `rows.length * features.length`.
   */
  encode(_rows: readonly (readonly string[])[], _lines: ArrayLike<number>): Float32Array {
    throw new Error('not yet')
  }
}
