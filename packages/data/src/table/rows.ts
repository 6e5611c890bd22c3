/** Rows of float32 values in chunks of about 4 MB, so that a table grows without ever being copied. */

const CHUNK_VALUES = 1 << 20

/**
 * A growing row-major store; missing values are NaN.
 *
 * To add a row, write its `width` values into `tail` at `offset` and call {@link advance}. What is written there and not advanced over never
 * was.
 */
export class RowStore {
  readonly width: number
  /** The chunk that the next row goes into, and where. */
  tail: Float32Array
  offset = 0
  /** Rows a chunk: a power of two, so that finding a row is a shift and a mask. */
  readonly #perChunk: number
  readonly #shift: number
  #chunks: Float32Array[]
  #length = 0

  constructor(width: number) {
    this.width = width
    this.#shift = Math.max(0, Math.floor(Math.log2(CHUNK_VALUES / Math.max(1, width))))
    this.#perChunk = 2 ** this.#shift
    // The first chunk grows, so that a small table stays small.
    this.tail = new Float32Array(Math.min(this.#perChunk, 64) * width)
    this.#chunks = [this.tail]
  }

  get length(): number {
    return this.#length
  }

  /** Keeps the row just written. */
  advance(): void {
    this.#length++
    this.offset += this.width
    if (this.offset + this.width <= this.tail.length) return
    const full = this.#perChunk * this.width
    if (this.tail.length < full) {
      const larger = new Float32Array(Math.min(full, this.tail.length * 4))
      larger.set(this.tail)
      this.#chunks[this.#chunks.length - 1] = this.tail = larger
    } else {
      this.tail = new Float32Array(full)
      this.offset = 0
      this.#chunks.push(this.tail)
    }
  }

  /**
   * Chosen columns of chosen rows (all without `rows`), row after row.
   *
   * Shape: `rows.length * slots.length`. Throws a RangeError for a row that does not exist.
   */
  gather(slots: readonly number[], rows?: ArrayLike<number>, out?: Float32Array): Float32Array {
    const count = rows?.length ?? this.#length
    const width = slots.length
    const values = out ?? new Float32Array(count * width)
    if (values.length < count * width) throw new RangeError(`${count} rows of ${width} values do not fit into ${values.length}`)
    const whole = width === this.width && slots.every((slot, i) => slot === i)
    const [length, shift, mask, stride] = [this.#length, this.#shift, this.#perChunk - 1, this.width]
    for (let i = 0, at = 0; i < count; i++, at += width) {
      const row = rows === undefined ? i : rows[i]!
      if (!(row >= 0 && row < length)) throw new RangeError(`there is no row ${row}; the table has ${length}`)
      const chunk = this.#chunks[row >>> shift]!
      const base = (row & mask) * stride
      if (whole) for (let j = 0; j < width; j++) values[at + j] = chunk[base + j]!
      else for (let j = 0; j < width; j++) values[at + j] = chunk[base + slots[j]!]!
    }
    return values
  }

  /** Lets go of all values. */
  free(): void {
    this.#chunks = []
    this.tail = new Float32Array(0)
    this.offset = 0
    this.#length = 0
  }
}
