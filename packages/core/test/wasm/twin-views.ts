/** Random views in the tensors' memory, each beside a copy in an ordinary array: kernels run on the one, the reference on the other. */
import type { View } from '../../src/backend/backend.ts'
import { allocate, castScalar, type DType, type TypedArray } from '../../src/dtype.ts'
import { numelOf } from '../../src/layout.ts'
import { Storage } from '../../src/storage.ts'

/** Elements before and after what a view reaches. */
const GUARD = 16
/** What stands there, and in the gaps between rows. */
const FILL = 77

type Bits = () => number

export const pick = <T>(bits: Bits, from: readonly T[]): T => from[bits() % from.length] as T

/** A length at which loops begin, end or leave a rest; seldom none. */
export const anyLength = (bits: Bits, most = 40): number =>
  bits() % 40 === 0 ? 0 : pick(bits, [1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 1 + (bits() % most)])

/** A shape of at most four dimensions and some thousand elements. */
export function anyShape(bits: Bits): number[] {
  const shape = Array.from({ length: bits() % 5 }, () => anyLength(bits))
  while (numelOf(shape) > 5000) shape[shape.indexOf(Math.max(...shape))] = 1 + (bits() % 3)
  return shape
}

/**
 * Strides without overlap but along dimensions that are `stretched`, where they are 0: dimensions in their own order or in any, side by side or with
 * gaps, seldom very wide ones, as in a narrow part of a wide matrix.
 */
export function anyStrides(bits: Bits, shape: readonly number[], stretched: (d: number) => boolean = () => false): number[] {
  const order = shape.map((_, d) => shape.length - 1 - d)
  if (bits() % 2 === 0)
    for (let i = order.length - 1; i > 0; i--) {
      const j = bits() % (i + 1)
      const last = order[i] as number
      order[i] = order[j] as number
      order[j] = last
    }
  const laid = (gaps: boolean): { strides: number[]; reach: number } => {
    const strides = new Array<number>(shape.length).fill(0)
    let step = gaps && bits() % 3 === 0 ? 2 : 1
    for (const d of order) {
      const n = shape[d] as number
      if (stretched(d)) continue
      if (gaps && bits() % 16 === 0) step += 3000
      strides[d] = step
      step *= Math.max(n, 1)
      if (gaps) step += bits() % 5
    }
    return { strides, reach: step }
  }
  let { strides, reach } = laid(bits() % 3 === 0)
  if (reach > 40_000) strides = laid(false).strides
  // Along a dimension of one element the stride means nothing.
  return strides.map((s, d) => (shape[d] === 1 && !stretched(d) && bits() % 4 === 0 ? bits() % 1000 : s))
}

/** A view in the tensors' memory, and the same in an array. */
export interface Pair {
  readonly fast: View
  readonly plain: View
}

/** Both views of new memory whose elements `value` gives. */
export function pair(bits: Bits, dtype: DType, shape: readonly number[], strides: readonly number[], value: () => number): Pair {
  let reach = 0
  shape.forEach((n, d) => {
    reach += Math.max(n - 1, 0) * (strides[d] as number)
  })
  const offset = GUARD + (bits() % 4)
  const storage = new Storage(dtype, offset + reach + 1 + GUARD)
  if (storage.pointer === 0) throw new Error('the view should lie in the memory of kernels')
  const plain = allocate(dtype, storage.length).fill(castScalar(FILL, dtype)) as TypedArray
  each(shape, strides, offset, (at) => {
    plain[at] = castScalar(value(), dtype)
  })
  ;(storage.data as Float32Array).set(plain as Float32Array)
  const layout = { dtype, shape, strides, offset }
  return {
    plain: { ...layout, data: plain, pointer: 0 },
    // The array is asked for anew each time, as growing memory detaches it.
    fast: {
      ...layout,
      pointer: storage.pointer,
      get data() {
        return storage.data
      },
    },
  }
}

function each(shape: readonly number[], strides: readonly number[], offset: number, visit: (at: number) => void): void {
  const walk = (d: number, at: number): void => {
    if (d === shape.length) visit(at)
    else for (let i = 0; i < (shape[d] as number); i++) walk(d + 1, at + i * (strides[d] as number))
  }
  walk(0, offset)
}

/** The first place of the memory, around the view too, that differs; or null. */
export function difference({ fast, plain }: Pair, same: (got: number, want: number) => boolean = Object.is): string | null {
  const { data } = fast
  for (let i = 0; i < plain.data.length; i++) {
    const [got, want] = [data[i] as number, plain.data[i] as number]
    if (!Object.is(got, want) && !same(got, want)) return `place ${i} of ${data.length}: ${got} instead of ${want}`
  }
  return null
}

/** What a view looks like, for messages. */
export const layoutOf = ({ plain: { dtype, shape, strides, offset } }: Pair): string => `${dtype} [${shape}] by [${strides}] from ${offset}`
