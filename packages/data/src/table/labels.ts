/** The target column while it is read: each distinct text gets a number in order of first appearance. */

/** A row without a target. */
export const NO_LABEL = 65535
/** A row whose label came after {@link MOST_LABELS} others. */
export const OTHER_LABEL = 65534
/** More distinct labels than this are not classes; they are counted but no longer told apart. */
export const MOST_LABELS = 1000

/** Labels of rows as small numbers, and the texts they stand for. */
export class LabelColumn {
  readonly texts: string[] = []
  /** The line where each label came first. */
  readonly lines: number[] = []
  /** Rows whose label was not kept apart. */
  others = 0
  #counts: number[] = []
  readonly #known: Map<string, number> = new Map()
  #codes: Uint16Array = new Uint16Array(1024)
  #length = 0

  /** The number of a label; new ones are remembered up to {@link MOST_LABELS}. */
  code(text: string, line: number): number {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    if (this.texts.length >= MOST_LABELS) return OTHER_LABEL
    const code = this.texts.length
    this.#known.set(text, code)
    this.texts.push(text)
    this.lines.push(line)
    this.#counts.push(0)
    return code
  }

  push(code: number): void {
    if (this.#length === this.#codes.length) {
      const larger = new Uint16Array(this.#length * 2)
      larger.set(this.#codes)
      this.#codes = larger
    }
    this.#codes[this.#length++] = code
    if (code === OTHER_LABEL) this.others++
    else if (code !== NO_LABEL) this.#counts[code]!++
  }

  /** Rows of each label, in order of {@link texts}. */
  get counts(): readonly number[] {
    return this.#counts
  }

  /** The rows' labels through `map`: one byte a row. */
  mapped(map: (code: number) => number): Uint8Array {
    const cache = Uint8Array.from(this.texts, (_, code) => map(code))
    const other = this.others > 0 ? map(OTHER_LABEL) : 0
    const out = new Uint8Array(this.#length)
    for (let i = 0; i < out.length; i++) {
      const code = this.#codes[i]!
      out[i] = code === OTHER_LABEL ? other : cache[code]!
    }
    return out
  }
}
