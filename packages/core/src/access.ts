/** Getting values out of tensors, and changing their dtype; all of it becomes methods. */
import { checkDType, type DType } from './dtype.ts'
import { normalizeDim } from './layout.ts'
import { castTo, valuesOf } from './op.ts'
import type { Tensor } from './tensor.ts'

/** Numbers, or truth values, nested as deep as the tensor has dimensions. */
export type NestedList = number | boolean | NestedList[]

const valueAt = (x: Tensor, at: number): number | boolean => (x.dtype === 'bool' ? x.data[at] !== 0 : (x.data[at] as number))

/**
 * The elements as nested arrays; a plain value for a 0-dim tensor.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.tolist.html
 */
export function tolist(x: Tensor): NestedList {
  const level = (d: number, at: number): NestedList =>
    d === x.ndim ? valueAt(x, at) : Array.from({ length: x.shape[d] as number }, (_, i) => level(d + 1, at + i * (x.strides[d] as number)))
  return level(0, x.offset)
}

/**
 * A copy of the elements, in order, in a typed array of the dtype: `BigInt64Array` for `int64`, `Uint8Array` for `bool`.
 */
export function toArray(x: Tensor): Float32Array | Float64Array | Int32Array | Int16Array | Int8Array | Uint8Array | BigInt64Array {
  const data = valuesOf(x)
  return x.dtype === 'int64' ? BigInt64Array.from(data as Float64Array, BigInt) : data
}

/** The shape, or the length of one dimension. */
export function size(x: Tensor): readonly number[]
export function size(x: Tensor, dim: number): number
export function size(x: Tensor, dim?: number): number | readonly number[] {
  return dim === undefined ? x.shape : (x.shape[normalizeDim(dim, x.ndim)] as number)
}

/** The number of dimensions. */
export function dim(x: Tensor): number {
  return x.ndim
}

/**
 * The tensor with another dtype; itself where it has it already.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.to.html
 */
export function to(x: Tensor, options: DType | { readonly dtype?: DType; readonly copy?: boolean }): Tensor {
  const { dtype = x.dtype, copy = false } = typeof options === 'string' ? { dtype: options } : options
  checkDType(dtype)
  return copy && dtype === x.dtype ? x.clone() : castTo(x, dtype)
}

/** The tensor in the dtype of `other`. */
export function typeAs(x: Tensor, other: Tensor): Tensor {
  return castTo(x, other.dtype)
}

/** The tensor in `float32`. */
export function float(x: Tensor): Tensor {
  return castTo(x, 'float32')
}

/** The tensor in `float64`. */
export function double(x: Tensor): Tensor {
  return castTo(x, 'float64')
}

/** The tensor in `int64`. */
export function long(x: Tensor): Tensor {
  return castTo(x, 'int64')
}

/** The tensor in `int32`. */
export function int(x: Tensor): Tensor {
  return castTo(x, 'int32')
}

/** The tensor in `int16`. */
export function short(x: Tensor): Tensor {
  return castTo(x, 'int16')
}

/** The tensor in `int8`. */
export function char(x: Tensor): Tensor {
  return castTo(x, 'int8')
}

/** The tensor in `uint8`. */
export function byte(x: Tensor): Tensor {
  return castTo(x, 'uint8')
}

/** The tensor in `bool`: whether each element is not 0. */
export function bool(x: Tensor): Tensor {
  return castTo(x, 'bool')
}
