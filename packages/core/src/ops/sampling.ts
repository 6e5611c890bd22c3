/** Where the elements of a line of another length come from, and with which weights. */
import type { LinePairs } from '../backend/backend.ts'

/** A line of `n` elements to be sampled at `length` places. */
export interface Line {
  readonly n: number
  readonly length: number
  /** The factor that was asked for; the ratio of the lengths where it is null. */
  readonly scale: number | null
  /** Whether the first and last elements stay where they are. */
  readonly corners: boolean
  /** Rounding to the dtype that PyTorch computes places in. */
  readonly round: (x: number) => number
}

/** What each place of the new line is made of. */
export type Sampling = (line: Line) => LinePairs

/** The distance of two places of the new line, in elements of the old. */
const stepOf = ({ n, length, scale, corners, round }: Line): number => {
  if (corners) return length > 1 ? round((n - 1) / (length - 1)) : 0
  return scale !== null && scale > 0 ? round(1 / scale) : round(n / length)
}

/** The same number of elements for every place. */
function taps(length: number, count: number, tap: (at: number, k: number) => readonly [from: number, weight: number]): LinePairs {
  const from = new Int32Array(length * count)
  const to = new Int32Array(length * count)
  const weight = new Float64Array(length * count)
  for (let at = 0, p = 0; at < length; at++)
    for (let k = 0; k < count; k++, p++) {
      const [source, w] = tap(at, k)
      from[p] = source
      to[p] = at
      weight[p] = w
    }
  return { from, to, weight }
}

/** The nearest element; rounded down, or as image libraries do where `exact`. */
export const nearest =
  (exact: boolean): Sampling =>
  (line) => {
    const { n, length, round } = line
    const step = stepOf(line)
    const place = (at: number): number =>
      exact ? Math.floor(round(round(round(step * (at + 0.5)) - 0.5) + 0.5)) : Math.floor(round(step * at))
    return { ...taps(length, 1, (at) => [Math.min(place(at), n - 1), 1]), weight: null }
  }

/** Where a place of the new line lies among the elements of the old. */
const sourceOf = ({ corners, round }: Line, step: number, at: number): number =>
  corners ? round(step * at) : round(round(step * round(at + 0.5)) - 0.5)

/** Between two neighbours. */
export const linear: Sampling = (line) => {
  const { n, length, round } = line
  const step = stepOf(line)
  return taps(length, 2, (at, k) => {
    const source = Math.max(sourceOf(line, step, at), 0)
    const first = Math.min(Math.floor(source), n - 1)
    const part = Math.min(Math.max(round(source - first), 0), 1)
    return k === 0 ? [first, round(1 - part)] : [Math.min(first + 1, n - 1), part]
  })
}

/** The kernel of cubic convolution at a distance, with its parameter. */
const cubicAt = (distance: number, a: number): number => {
  const x = Math.abs(distance)
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
}

/** Cubic convolution of four neighbours; those beyond the ends are the ends. */
export const cubic: Sampling = (line) => {
  const { n, length, round } = line
  const step = stepOf(line)
  return taps(length, 4, (at, k) => {
    const source = sourceOf(line, step, at)
    const first = Math.floor(source)
    return [Math.min(Math.max(first - 1 + k, 0), n - 1), round(cubicAt(source - first + 1 - k, -0.75))]
  })
}

/** The linear or cubic kernel, made as wide as the elements that fall on one place where the line shrinks. */
export const antialiased =
  (isCubic: boolean): Sampling =>
  (line) => {
    const { n, length, round } = line
    const step = stepOf(line)
    const width = Math.max(step, 1)
    const support = (isCubic ? 2 : 1) * width
    const kernel = (x: number): number => (isCubic ? cubicAt(x, -0.5) : Math.max(1 - Math.abs(x), 0))
    const from: number[] = []
    const to: number[] = []
    const weight: number[] = []
    for (let at = 0; at < length; at++) {
      const center = step * (at + 0.5)
      const start = Math.max(Math.trunc(center - support + 0.5), 0)
      const end = Math.min(Math.trunc(center + support + 0.5), n)
      const own = Array.from({ length: end - start }, (_, j) => kernel((j + start - center + 0.5) / width))
      const total = own.reduce((sum, w) => sum + w, 0)
      own.forEach((w, j) => {
        from.push(start + j)
        to.push(at)
        weight.push(round(total === 0 ? w : w / total))
      })
    }
    return { from: Int32Array.from(from), to: Int32Array.from(to), weight: Float64Array.from(weight) }
  }
