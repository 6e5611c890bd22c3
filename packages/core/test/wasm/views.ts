/** Random views for tests of kernels: any layout, special values, and twins of them for the reference. */
import { type DType, itemsize } from '../../src/dtype.ts'
import { Storage } from '../../src/storage.ts'
import { Tensor } from '../../src/tensor.ts'
import { anyValue } from './kernels.ts'

/** How a random view may lie in memory. */
export interface Layout {
  /** Dense and in order (default: any order of dimensions, with gaps). */
  readonly dense?: boolean
  /** Dimensions may be stretched or run backwards; no place for a result. */
  readonly source?: boolean
}

/** A view of random numbers in memory that is larger than it. */
export function randomView(
  dtype: DType,
  shape: readonly number[],
  bits: () => number,
  { dense = false, source = false }: Layout = {},
  value: () => number = () => anyValue(dtype, bits),
): Tensor {
  const order = shape.map((_, d) => d)
  if (!dense) order.sort(() => (bits() % 2) - 0.5)
  const strides = new Array<number>(shape.length).fill(0)
  let step = dense || bits() % 2 === 0 ? 1 : 1 + (bits() % 3)
  let offset = 1 + (bits() % 9)
  for (const d of order.reverse()) {
    const n = Math.max(shape[d] as number, 1)
    const kind = source && !dense ? bits() % 8 : 7
    if (kind === 0) continue
    if (kind === 1) {
      strides[d] = -step
      offset += step * (n - 1)
    } else strides[d] = step
    step *= n + (dense ? 0 : bits() % 2)
  }
  const storage = new Storage(dtype, offset + step + 9)
  const { data } = storage
  for (let i = 0; i < data.length; i++) data[i] = value()
  return new Tensor(storage, dtype, shape, strides, offset)
}

/** The same view over a copy of the memory. */
export function twin(x: Tensor): Tensor {
  const storage = new Storage(x.dtype, x.storage.length)
  storage.data.set(x.data)
  return new Tensor(storage, x.dtype, x.shape, x.strides, x.offset)
}

/** A random shape with at most `most` elements. */
export function randomShape(bits: () => number, dims: number, most: number): number[] {
  const shape: number[] = []
  let n = 1
  for (let d = 0; d < dims; d++) {
    const length = bits() % 5 === 0 ? 1 : 1 + (bits() % Math.max(1, Math.min(40, Math.floor(most / n))))
    shape.push(length)
    n *= length
  }
  return shape.sort(() => (bits() % 2) - 0.5)
}

/** The first place of all the memory around two views where they differ, in words; null where nowhere. */
export function differs(got: Tensor, want: Tensor, near: (a: number, b: number) => boolean = Object.is): string | null {
  const [a, b] = [got.data, want.data]
  for (let i = 0; i < b.length; i++)
    if (!near(a[i] as number, b[i] as number))
      return `${got.dtype} [${got.shape}] strides [${got.strides}] from ${got.offset}: memory at ${i} holds ${a[i]}, not ${b[i]}`
  return null
}

/** How many bytes the elements of a tensor take. */
export const bytesOf = (x: Tensor): number => x.numel() * itemsize(x.dtype)
