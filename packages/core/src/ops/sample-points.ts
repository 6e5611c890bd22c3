/** Where the points of a grid fall among the elements of an image, and with which weights these count. */
import { valuesOf } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { abs, add, div, mul, sub } from './arithmetic.ts'
import { clamp } from './clamp.ts'
import { whereSelf } from './where.ts'

/** How elements between the elements are found. */
export type SampleMode = 'bilinear' | 'nearest' | 'bicubic'

/** What is beyond the edge. */
export type PaddingMode = 'zeros' | 'border' | 'reflection'

/** The edges at which a dimension is mirrored. */
const mirrors = (length: number, corners: boolean): [low: number, span: number] => (corners ? [0, length - 1] : [-0.5, length])

/** How often a place is mirrored, and how far it then is from where it started. */
const folds = (distance: number, span: number): number => Math.floor(distance / span)

/** Coordinates from -1 to 1 as places among `length` elements, brought back inside where the padding says so. */
export function coordinatesOf(given: Tensor, length: number, padding: PaddingMode, corners: boolean): Tensor {
  const place = corners ? mul(div(add(given, 1), 2), length - 1) : div(sub(mul(add(given, 1), length), 1), 2)
  if (padding === 'zeros') return place
  return clamp(padding === 'border' ? place : reflected(place, length, corners), { min: 0, max: length - 1 })
}

function reflected(place: Tensor, length: number, corners: boolean): Tensor {
  const [low, span] = mirrors(length, corners)
  if (span === 0) return mul(place, 0)
  const distance = abs(sub(place, low))
  const values = valuesOf(distance)
  const turns = allocateTensor(place.shape, place.dtype)
  const even = allocateTensor(place.shape, 'bool')
  values.forEach((value, i) => {
    const n = folds(value, span)
    turns.data[i] = n * span
    even.data[i] = n % 2 === 0 ? 1 : 0
  })
  const rest = sub(distance, turns)
  return whereSelf(add(rest, low), even, sub(span + low, rest))
}

/** The elements along one dimension that a point is made of: `first + offset`, `first + offset + 1`, ... with a weight each; null is 1. */
export interface Taps {
  readonly first: Float64Array
  readonly offset: number
  readonly weights: readonly (Tensor | null)[]
}

/** To the nearest whole number, halves to the even one. */
const nearestEven = (x: number): number => {
  const low = Math.floor(x)
  const part = x - low
  return part < 0.5 || (part === 0.5 && low % 2 === 0) ? low : low + 1
}

/** The taps of each place. */
export function tapsOf(place: Tensor, mode: SampleMode): Taps {
  const values = Float64Array.from(valuesOf(place))
  if (mode === 'nearest') return { first: values.map(nearestEven), offset: 0, weights: [null] }
  const first = values.map(Math.floor)
  const base = allocateTensor(place.shape, place.dtype)
  base.data.set(first)
  const part = sub(place, base)
  if (mode === 'bilinear') return { first, offset: 0, weights: [sub(1, part), part] }
  return { first, offset: -1, weights: [far(add(part, 1)), near(part), near(sub(1, part)), far(sub(2, part))] }
}

/** The parameter of cubic convolution. */
const A = -0.75

/** Its kernel at distances up to 1. */
const near = (x: Tensor): Tensor => add(mul(mul(sub(mul(x, A + 2), A + 3), x), x), 1)

/** Its kernel at distances from 1 to 2. */
const far = (x: Tensor): Tensor => sub(mul(add(mul(sub(mul(x, A), 5 * A), x), 8 * A), x), 4 * A)

/** One dimension's part in the places of elements. */
interface Axis {
  readonly first: Float64Array
  readonly offset: number
  readonly length: number
}

/** How elements beyond the edge are replaced. */
interface Beyond {
  readonly padding: PaddingMode
  readonly corners: boolean
  /** The place of what stands for all that is outside. */
  readonly outside: number
}

/** Brings the number of an element back inside. */
function inside(i: number, length: number, { padding, corners }: Beyond): number {
  if (padding === 'zeros') return i
  let at = i
  if (padding === 'reflection') {
    const [low, span] = mirrors(length, corners)
    const n = folds(Math.abs(i - low), span)
    const rest = Math.abs(i - low) - n * span
    at = span === 0 ? 0 : n % 2 === 0 ? rest + low : span + low - rest
  }
  return Number.isNaN(at) ? 0 : Math.min(Math.max(Math.trunc(at), 0), length - 1)
}

/** Writes where the elements of all points stand in their image. */
export function placesIn(into: { [i: number]: number; readonly length: number }, axes: readonly Axis[], beyond: Beyond): void {
  for (let p = 0; p < into.length; p++) {
    let place = 0
    for (const { first, offset, length } of axes) {
      const i = inside((first[p] as number) + offset, length, beyond)
      if (!(i >= 0 && i < length)) {
        place = beyond.outside
        break
      }
      place = place * length + i
    }
    into[p] = place
  }
}
