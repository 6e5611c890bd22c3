import { type Tensor, tensor } from '@tapegrad/core'
import type { Standardizer, Table } from '@tapegrad/data'

/**
 * A table as the model sees it: rows gathered straight from the table's store into one reused array, imputed and scaled on the way, so that no
 * second copy of the data ever exists.
 */
export class StandardizedRows {
  readonly width: number
  readonly #labels: Uint8Array
  readonly #table: Table
  readonly #standardizer: Standardizer
  #values = new Float32Array(0)
  #targets = new Float32Array(0)

  constructor(table: Table, standardizer: Standardizer) {
    this.width = table.features.length
    this.#labels = table.labels
    this.#table = table
    this.#standardizer = standardizer
  }

  /** The inputs of these rows. Shape: `[rows.length, width]`. */
  inputs(rows: Uint32Array): Tensor {
    return tensor(this.values(rows), { shape: [rows.length, this.width] })
  }

  /** The labels of these rows, 0 or 1. Shape: `[rows.length, 1]`. */
  targets(rows: Uint32Array): Tensor {
    if (this.#targets.length < rows.length) this.#targets = new Float32Array(rows.length)
    const targets = this.#targets.subarray(0, rows.length)
    for (let i = 0; i < rows.length; i++) targets[i] = this.#labels[rows[i]!]!
    return tensor(targets, { shape: [rows.length, 1] })
  }

  /** The labels of these rows, 0 or 1. */
  labelsOf(rows: Uint32Array): Uint8Array {
    return Uint8Array.from(rows, (row) => this.#labels[row]!)
  }

  /** The same numbers as `inputs`, valid until the next call. */
  values(rows: Uint32Array): Float32Array {
    const size = rows.length * this.width
    if (this.#values.length < size) this.#values = new Float32Array(size)
    return this.#standardizer.transform(this.#table.gather(rows, this.#values.subarray(0, size)))
  }
}
