/** Dense memory for the duration of a kernel. */
import { arrayOf, type DType, itemsize } from '../../dtype.ts'
import { contiguousStrides, numelOf } from '../../layout.ts'
import { address, type Token, take, wasmMemory } from '../../memory.ts'
import type { View } from '../backend.ts'

class Temporary implements View {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset = 0
  readonly pointer: number
  readonly token: Token

  constructor(dtype: DType, shape: readonly number[], token: Token, pointer: number) {
    this.dtype = dtype
    this.shape = shape
    this.strides = contiguousStrides(shape)
    this.token = token
    this.pointer = pointer
  }

  get data(): View['data'] {
    return new (arrayOf(this.dtype))(wasmMemory().buffer, this.pointer, numelOf(this.shape))
  }
}

/** A dense view of memory that holds anything; null where there is none. */
export function temporary(dtype: DType, shape: readonly number[]): View | null {
  const token = take(numelOf(shape) * itemsize(dtype))
  return token === null ? null : new Temporary(dtype, shape, token, address)
}
