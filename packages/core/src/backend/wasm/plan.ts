/** Plans of walks over several views of one shape. */
import type { DType } from '../../dtype.ts'
import type { View } from '../backend.ts'

/**
 * Layouts in the order of the first one's memory, the smallest stride last, with neighbours merged where all allow it;
 * at least three dimensions, of which the first may have length 1. One object serves many calls: planning makes no arrays.
 */
export class Plan {
  /** The lengths; only the first `dims` entries count, here and below. */
  readonly n: number[] = []
  /** The strides of each view, in elements. */
  readonly strides: readonly number[][]
  dims = 0
  readonly #zeros: readonly number[]

  constructor(views: number) {
    this.strides = Array.from({ length: views }, () => [])
    this.#zeros = this.strides.map(() => 0)
  }

  set(shape: readonly number[], strides: readonly (readonly number[])[]): void {
    const { n, strides: own } = this
    const first = own[0] as number[]
    let dims = 0
    for (let d = 0; d < shape.length; d++) {
      const length = shape[d] as number
      if (length === 1) continue
      const step = strides[0]?.[d] as number
      let at = dims++
      for (; at > 0 && (first[at - 1] as number) < step; at--) this.#move(at - 1, at)
      n[at] = length
      for (let k = 0; k < own.length; k++) (own[k] as number[])[at] = strides[k]?.[d] as number
    }
    let last = 0
    for (let d = 1; d < dims; d++) {
      if (this.#merges(last, d)) {
        const length = n[last] as number
        this.#move(d, last)
        n[last] = length * (n[last] as number)
      } else this.#move(d, ++last)
    }
    const kept = dims === 0 ? 0 : last + 1
    const missing = Math.max(0, 3 - kept)
    if (missing > 0) {
      for (let d = kept - 1; d >= 0; d--) this.#move(d, d + missing)
      for (let d = 0; d < missing; d++) {
        n[d] = 1
        // The only element of all counts as side by side.
        for (const s of own) s[d] = d === 2 ? 1 : 0
      }
    }
    this.dims = kept + missing
  }

  #merges(outer: number, inner: number): boolean {
    for (const s of this.strides) if (s[outer] !== (s[inner] as number) * (this.n[inner] as number)) return false
    return true
  }

  #move(from: number, to: number): void {
    this.n[to] = this.n[from] as number
    for (const s of this.strides) s[to] = s[from] as number
  }

  /** Puts a dimension in a later place; those between them move up. */
  bring(from: number, to: number): void {
    const length = this.n[from] as number
    const steps = this.strides.map((s) => s[from] as number)
    for (let d = from; d < to; d++) this.#move(d + 1, d)
    this.n[to] = length
    this.strides.forEach((s, k) => {
      s[to] = steps[k] as number
    })
  }

  /** The shape, and the strides of one view, as arrays. */
  shape(): number[] {
    return this.n.slice(0, this.dims)
  }

  of(view: number): number[] {
    return (this.strides[view] as number[]).slice(0, this.dims)
  }

  /** Whether there is one dimension along which all views are contiguous. */
  flat(): boolean {
    if (this.dims !== 3 || this.n[0] !== 1 || this.n[1] !== 1) return false
    for (const s of this.strides) if (s[2] !== 1) return false
    return true
  }

  /** Calls `run` with the offset of each view for each place of the dimensions before the last `inner`. */
  outer(inner: number, run: (offsets: readonly number[]) => void): void {
    if (this.dims <= inner) run(this.#zeros)
    else
      this.#outer(
        0,
        this.dims - inner,
        this.strides.map(() => 0),
        run,
      )
  }

  #outer(d: number, lead: number, offsets: number[], run: (offsets: readonly number[]) => void): void {
    if (d >= lead) {
      run(offsets)
      return
    }
    const n = this.n[d] as number
    for (let i = 0; i < n; i++) {
      this.#outer(d + 1, lead, offsets, run)
      this.strides.forEach((s, k) => {
        offsets[k] = (offsets[k] as number) + (s[d] as number)
      })
    }
    this.strides.forEach((s, k) => {
      offsets[k] = (offsets[k] as number) - (s[d] as number) * n
    })
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

/** The view with `dim` as its last dimension. */
export function turned(x: View, dim: number): View {
  if (dim === x.shape.length - 1) return x
  const move = (list: readonly number[]): number[] => [...list.slice(0, dim), ...list.slice(dim + 1), list[dim] as number]
  return new Walked(x, move(x.shape), move(x.strides))
}
