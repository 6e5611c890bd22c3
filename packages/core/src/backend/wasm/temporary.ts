/** Dense memory for the duration of a kernel. */
import { arrayOf, type DType, itemsize } from '../../dtype.ts'
import { contiguousStrides, numelOf } from '../../layout.ts'
import { address, type Token, take, wasmMemory } from '../../memory.ts'
import type { View } from '../backend.ts'

/** A piece of memory that is kept for the next kernel. */
interface Slab {
  readonly token: Token
  readonly pointer: number
  readonly bytes: number
}

/** Kernels need few at once; memory of more than so many bytes is not kept. */
const KEPT = 4
const MOST = 1 << 24

const free: Slab[] = []

class Temporary implements View {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset = 0
  readonly pointer: number
  readonly slab: Slab

  constructor(dtype: DType, shape: readonly number[], slab: Slab) {
    this.dtype = dtype
    this.shape = shape
    this.strides = contiguousStrides(shape)
    this.slab = slab
    this.pointer = slab.pointer
  }

  get data(): View['data'] {
    return new (arrayOf(this.dtype))(wasmMemory().buffer, this.pointer, numelOf(this.shape))
  }
}

/** A dense view of memory that holds anything, to be given to `release` when the kernel is done; null where there is none. */
export function temporary(dtype: DType, shape: readonly number[]): View | null {
  const bytes = numelOf(shape) * itemsize(dtype)
  for (let i = 0; i < free.length; i++) {
    const slab = free[i] as Slab
    if (slab.bytes < bytes) continue
    free.splice(i, 1)
    return new Temporary(dtype, shape, slab)
  }
  const token = take(bytes)
  return token === null ? null : new Temporary(dtype, shape, { token, pointer: address, bytes })
}

/** Gives the memory of temporary views back; other views are left alone. */
export function release(...views: readonly (View | null)[]): void {
  for (const view of views) {
    if (!(view instanceof Temporary) || view.slab.bytes > MOST) continue
    if (free.length === KEPT) {
      // The smallest goes.
      const smallest = free.reduce((least, slab, i) => (slab.bytes < (free[least] as Slab).bytes ? i : least), 0)
      if ((free[smallest] as Slab).bytes >= view.slab.bytes) continue
      free.splice(smallest, 1)
    }
    free.push(view.slab)
  }
}
