/** New records for a model that exists already: its columns, in its order, as numbers. */

import type { CellOptions } from '../csv/types.ts'
import { DataError } from '../errors.ts'
import { flagValue, list, nearest, plural, quoted } from '../text.ts'
import { type CellRules, cellRules, readCell } from './cells.ts'

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

/** Where each feature stands in a header. Throws `E_COLUMN_GONE` for those that it lacks, naming similar ones. */
export function bindFeatures(
  features: readonly string[],
  header: readonly string[],
  name: string,
  rename?: ReadonlyMap<string, string>,
): number[] {
  const names = header.map((column) => rename?.get(column) ?? column)
  const places = new Map(names.map((column, i) => [column, i]))
  const gone = features.filter((feature) => !places.has(feature))
  if (gone.length === 0) return features.map((feature) => places.get(feature)!)
  const wanted = new Set(features)
  const spare = header.filter((_, i) => !wanted.has(names[i]!))
  const pairs = gone.flatMap((feature) => {
    const similar = nearest(feature, spare)
    return similar === undefined ? [] : [{ feature, similar }]
  })
  const similar =
    pairs.length === 0
      ? ''
      : ` It has ${pairs.length === 1 ? 'a similar one' : 'similar ones'}: ${list(
          pairs.map((pair) => quoted(pair.similar)),
          5,
        )}.`
  const flags = pairs.slice(0, 5).map((pair) => `--rename ${flagValue(pair.similar)}=${flagValue(pair.feature)}`)
  throw new DataError(
    'E_COLUMN_GONE',
    `${quoted(name)} lacks ${plural(gone.length, 'column')} the model was trained on: ${list(gone)}.${similar}`,
    {
      where: name,
      fix: flags.length > 0 ? `Map ${pairs.length === 1 ? 'it' : 'them'}: ${flags.join(' ')}` : `columns: ${list(header, 40)}`,
    },
  )
}

/**
 * Turns records of texts into rows of numbers in the order that a model was trained on.
 *
 * Throws `E_COLUMN_GONE` at once where the header lacks a column, naming similar ones.
 *
 * @example
 * ```ts
 * const rows = await streamRows('new.csv')
 * const encoder = new FeatureEncoder({ features: model.features, header: rows.header, name: rows.name })
 * for await (const { rows: records, lines } of rows) predict(standardizer.transform(encoder.encode(records, lines)))
 * ```
 */
export class FeatureEncoder {
  /** For each feature the missing values met so far. */
  readonly missing: Float64Array
  readonly features: readonly string[]
  readonly #columns: readonly number[]
  readonly #rules: CellRules

  constructor({ features, header, name, rename, decimal, naValues }: FeatureEncoderOptions) {
    this.features = features
    this.missing = new Float64Array(features.length)
    this.#columns = bindFeatures(features, header, name, rename)
    this.#rules = cellRules(name, decimal, naValues)
  }

  /**
   * The numbers of these records, row after row, NaN where missing; throws `E_NOT_NUMERIC` or `E_NUMBER_RANGE` with line and column.
   *
   * Shape: `rows.length * features.length`.
   */
  encode(rows: readonly (readonly string[])[], lines: ArrayLike<number>): Float32Array {
    const width = this.#columns.length
    const out = new Float32Array(rows.length * width)
    for (const [i, fields] of rows.entries()) {
      const line = lines[i] ?? 0
      for (let j = 0; j < width; j++) {
        const name = this.features[j]!
        const value = readCell(this.#rules, fields[this.#columns[j]!] ?? '', name, line, (text) => {
          throw this.#notNumeric(text, name, line)
        })
        if (Number.isNaN(value)) this.missing[j]!++
        out[i * width + j] = value
      }
    }
    return out
  }

  #notNumeric(text: string, name: string, line: number): DataError {
    const { file } = this.#rules
    return new DataError(
      'E_NOT_NUMERIC',
      `${file}:${line}: ${quoted(text)} in column ${quoted(name)} is not a number, and the model learned numbers there.`,
      {
        where: `${file}:${line}, column ${quoted(name)}`,
        fix: `Correct it, or treat it as missing: --na ${flagValue(text)}`,
      },
    )
  }
}
