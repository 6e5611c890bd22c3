import type { DataWarning } from '../errors.ts'
import type { RowStore } from './rows.ts'

/** One numeric input. */
export interface FeatureColumn {
  readonly name: string
  /** Position in the file, from 0. */
  readonly column: number
  /** Rows without a value, over the whole table. */
  readonly missing: number
}

/** The column to learn, and how its texts became 0 and 1. */
export interface TargetColumn {
  readonly name: string
  /** Position in the file, from 0. */
  readonly column: number
  readonly chosenBy: 'option' | 'name' | 'last'
  /** Half a sentence for people: `the only column called "label"`, `the last column`, `as given`. */
  readonly reason: string
  /** `[negative, positive]`: label 0 and label 1, as first written in the file (`not X` where X stands against the rest). */
  readonly classes: readonly [string, string]
  /** Rows of each. */
  readonly counts: readonly [number, number]
  readonly positiveBy: 'option' | 'rarer' | 'larger' | 'order'
  /** Half a sentence: `the rarer label`, `the larger number`, `as given`. */
  readonly positiveReason: string
  /** The labels are numbers (`1` and `1.0` are one class). */
  readonly numeric: boolean
  /** More than two labels: the positive one against all others. */
  readonly rest: boolean
  /** Every distinct label with its rows, in order of first appearance (as many as were kept apart). */
  readonly labels: readonly { readonly label: string; readonly count: number }[]
}

/** What a model remembers of its table so that another file can be read the same way. Plain JSON. */
export interface TableSchema {
  features: string[]
  target: string
  classes: [string, string]
  numeric: boolean
  rest: boolean
}

/** How the file was read. */
export interface TableOrigin {
  /** As shown in messages: the path as given, or `stdin`. */
  readonly name: string
  readonly delimiter: string
  readonly gzip: boolean
  /** Bytes on disk (compressed where so). */
  readonly bytes: number
  /** Of those bytes; only where `fingerprint: true` asked for it. */
  readonly sha256: string | null
  /** Rows left out: ragged ones with `badRows: 'skip'`, incomplete ones with `missing: 'drop'`. */
  readonly skipped: { readonly ragged: number; readonly incomplete: number }
}

/** The parts a {@link Table} is made of; the readers fill them in. */
export interface TableParts {
  header: readonly string[]
  features: readonly FeatureColumn[]
  /** For each feature its position in a stored row. */
  slots: readonly number[]
  target: TargetColumn
  labels: Uint8Array
  rows: RowStore
  warnings: readonly DataWarning[]
  origin: TableOrigin
}

/**
 * A table of numbers with a two-class target, all of it in typed arrays.
 *
 * Values are float32, a missing one is NaN; `labels` holds 1 for the positive class and 0 for the other.
 *
 * Shape: `length` rows, `features.length` columns.
 *
 * @example
 * ```ts
 * const table = await readTable('churn.csv', { target: 'churned' })
 * table.featureNames      // ['age', 'income', 'visits']
 * table.target.classes    // ['no', 'yes']
 * const x = tensor(table.gather(split.train), { shape: [split.train.length, table.features.length] })
 * ```
 */
export class Table {
  readonly header: readonly string[]
  readonly features: readonly FeatureColumn[]
  readonly target: TargetColumn
  readonly labels: Uint8Array
  readonly warnings: readonly DataWarning[]
  readonly origin: TableOrigin
  readonly length: number
  readonly #slots: readonly number[]
  readonly #rows: RowStore

  constructor(parts: TableParts) {
    this.header = parts.header
    this.features = parts.features
    this.target = parts.target
    this.labels = parts.labels
    this.warnings = parts.warnings
    this.origin = parts.origin
    this.length = parts.rows.length
    this.#slots = parts.slots
    this.#rows = parts.rows
  }

  get featureNames(): string[] {
    return this.features.map((feature) => feature.name)
  }

  /** What a model needs to keep to read another file alike; hand it to `readTable(..., { like })`. */
  get schema(): TableSchema {
    const { name, classes, numeric, rest } = this.target
    return { features: this.featureNames, target: name, classes: [...classes], numeric, rest }
  }

  /**
   * The values of the given rows (all without an argument), row after row; NaN where missing.
   *
   * Shape: `rows.length * features.length`.
   */
  gather(rows?: ArrayLike<number>, out?: Float32Array): Float32Array {
    return this.#rows.gather(this.#slots, rows, out)
  }

  /** The labels of the given rows as 0 and 1 in float32, which is what a loss wants. */
  gatherLabels(rows: ArrayLike<number>): Float32Array {
    return Float32Array.from(rows, (row) => this.labels[row] ?? Number.NaN)
  }

  /** One column's values in the given rows (all without an argument). */
  column(feature: number, rows?: ArrayLike<number>, out?: Float32Array): Float32Array {
    const slot = this.#slots[feature]
    if (slot === undefined) throw new RangeError(`there is no feature ${feature}; the table has ${this.features.length}`)
    return this.#rows.gather([slot], rows, out)
  }

  /** Lets go of the values, once they were gathered; labels and descriptions stay. */
  free(): void {
    this.#rows.free()
  }
}
