/** The walk over two views of one shape. */
import type { DType } from '../../dtype.ts'
import type { View } from '../backend.ts'

/**
 * Two layouts in the order of the first one's memory, the smallest stride last, with neighbours merged where both allow it;
 * at least three dimensions, of which the first may have length 1. One object serves many calls: planning makes no arrays.
 */
export class Pair {
  /** The lengths; only the first `dims` entries count, here and below. */
  readonly n: number[] = []
  /** The strides of the first view and of the second, in elements. */
  readonly a: number[] = []
  readonly b: number[] = []
  dims = 0

  set(shape: readonly number[], first: readonly number[], second: readonly number[]): void {
    const { n, a, b } = this
    let dims = 0
    for (let d = 0; d < shape.length; d++) {
      const length = shape[d] as number
      if (length === 1) continue
      const step = first[d] as number
      let at = dims++
      for (; at > 0 && (a[at - 1] as number) < step; at--) this.#move(at - 1, at)
      n[at] = length
      a[at] = step
      b[at] = second[d] as number
    }
    let last = 0
    for (let d = 1; d < dims; d++) {
      const length = n[d] as number
      if (a[last] === (a[d] as number) * length && b[last] === (b[d] as number) * length) {
        n[last] = (n[last] as number) * length
        a[last] = a[d] as number
        b[last] = b[d] as number
      } else this.#move(d, ++last)
    }
    dims = dims === 0 ? 0 : last + 1
    const missing = 3 - dims
    if (missing > 0) {
      for (let d = dims - 1; d >= 0; d--) this.#move(d, d + missing)
      for (let d = 0; d < missing; d++) {
        n[d] = 1
        a[d] = 0
        b[d] = 0
      }
      dims = 3
      if (missing === 3) a[2] = b[2] = 1
    }
    this.dims = dims
  }

  #move(from: number, to: number): void {
    const { n, a, b } = this
    n[to] = n[from] as number
    a[to] = a[from] as number
    b[to] = b[from] as number
  }

  /** Puts a dimension in a later place; those between them move up. */
  bring(from: number, to: number): void {
    const { n, a, b } = this
    const [length, x, y] = [n[from] as number, a[from] as number, b[from] as number]
    for (let d = from; d < to; d++) this.#move(d + 1, d)
    n[to] = length
    a[to] = x
    b[to] = y
  }

  shape(): number[] {
    return this.n.slice(0, this.dims)
  }

  strides(of: readonly number[]): number[] {
    return of.slice(0, this.dims)
  }

  /** Calls `run` with the offsets of both for each place of the dimensions before the last `inner`. */
  outer(inner: number, run: (first: number, second: number) => void): void {
    const lead = this.dims - inner
    if (lead <= 0) run(0, 0)
    else this.#outer(0, lead, 0, 0, run)
  }

  #outer(d: number, lead: number, first: number, second: number, run: (first: number, second: number) => void): void {
    const [n, x, y] = [this.n[d] as number, this.a[d] as number, this.b[d] as number]
    for (let i = 0; i < n; i++)
      if (d + 1 === lead) run(first + i * x, second + i * y)
      else this.#outer(d + 1, lead, first + i * x, second + i * y, run)
  }
}

/** The same elements along other dimensions. */
export class Walked implements View {
  readonly #view: View
  readonly shape: readonly number[]
  readonly strides: readonly number[]

  constructor(view: View, shape: readonly number[], strides: readonly number[]) {
    this.#view = view
    this.shape = shape
    this.strides = strides
  }

  get data(): View['data'] {
    return this.#view.data
  }
  get dtype(): DType {
    return this.#view.dtype
  }
  get offset(): number {
    return this.#view.offset
  }
  get pointer(): number {
    return this.#view.pointer
  }
}
