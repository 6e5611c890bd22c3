/** Labels by their bytes: a target has few distinct texts, and a string for each row would cost more than the numbers beside it. */

import type { TableBuilder } from '../table/builder.ts'
import { fieldText } from './field-text.ts'

const MOST = 16

/** The codes of the last few labels. */
export class LabelCache {
  readonly #bytes: Uint8Array[] = []
  readonly #codes: number[] = []

  code(bytes: Uint8Array, start: number, end: number, builder: TableBuilder, line: number): number {
    const length = end - start
    search: for (let i = 0; i < this.#bytes.length; i++) {
      const known = this.#bytes[i]!
      if (known.length !== length) continue
      for (let j = 0; j < length; j++) if (known[j] !== bytes[start + j]) continue search
      return this.#codes[i]!
    }
    const code = builder.labelCode(fieldText(bytes, start, end), line)
    if (this.#bytes.length < MOST) {
      this.#bytes.push(bytes.slice(start, end))
      this.#codes.push(code)
    }
    return code
  }
}
