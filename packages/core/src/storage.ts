/** One buffer: its memory and its version. The only file that decides where elements live. */
import { allocate, type DType, type TypedArray } from './dtype.ts'

/** The memory that a tensor and its views share. */
export class Storage {
  readonly data: TypedArray
  /** Counts in-place writes; what was saved for backward remembers the count it saw. */
  version = 0
  /** Whether somebody outside a running backward pass may hold this memory: such a gradient is copied before it becomes `.grad`. */
  held = false

  constructor(data: TypedArray) {
    this.data = data
  }

  /** Makes room for `length` elements; what is new is zero. */
  grow(length: number): void {
    const larger = new (this.data.constructor as new (n: number) => TypedArray)(length)
    larger.set(this.data)
    ;(this as { data: TypedArray }).data = larger
  }

  static allocate(dtype: DType, length: number): Storage {
    return new Storage(allocate(dtype, length))
  }
}
