/** The element types: their typed arrays, their names in PyTorch's messages, and how they promote. */
import { RuntimeError } from './errors.ts'

/** The type of a tensor's elements, named as in PyTorch. */
export type DType = 'float32' | 'float64' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool'

/** The buffers behind tensors. `int64` lives in doubles: exact within +-2^53, and `item()` is a plain number. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Int16Array | Int8Array | Uint8Array

/** 32-bit floating point, the default. */
export const float32 = 'float32' as const
/** 64-bit floating point. */
export const float64 = 'float64' as const
/** Integers, exact within +-2^53. */
export const int64 = 'int64' as const
/** 32-bit integers. */
export const int32 = 'int32' as const
/** 16-bit integers. */
export const int16 = 'int16' as const
/** 8-bit integers. */
export const int8 = 'int8' as const
/** 8-bit unsigned integers. */
export const uint8 = 'uint8' as const
/** Truth values. */
export const bool = 'bool' as const

/** The class of the arrays of a dtype. */
export interface ArrayType {
  new (length: number): TypedArray
  new (buffer: ArrayBuffer, offset: number, length: number): TypedArray
}

interface DTypeInfo {
  /** 0 truth values, 1 integers, 2 floating point: a higher category wins over a lower whatever the width. */
  readonly category: 0 | 1 | 2
  readonly itemsize: number
  /** As in `torch.FloatTensor` and `expected Float but found Long`. */
  readonly scalarName: string
  /** As C++ says it: `double`, `long int`. */
  readonly cName: string
  readonly array: ArrayType
}

const info: Readonly<Record<DType, DTypeInfo>> = {
  bool: { category: 0, itemsize: 1, scalarName: 'Bool', cName: 'bool', array: Uint8Array },
  uint8: { category: 1, itemsize: 1, scalarName: 'Byte', cName: 'unsigned char', array: Uint8Array },
  int8: { category: 1, itemsize: 1, scalarName: 'Char', cName: 'signed char', array: Int8Array },
  int16: { category: 1, itemsize: 2, scalarName: 'Short', cName: 'short int', array: Int16Array },
  int32: { category: 1, itemsize: 4, scalarName: 'Int', cName: 'int', array: Int32Array },
  int64: { category: 1, itemsize: 8, scalarName: 'Long', cName: 'long int', array: Float64Array },
  float32: { category: 2, itemsize: 4, scalarName: 'Float', cName: 'float', array: Float32Array },
  float64: { category: 2, itemsize: 8, scalarName: 'Double', cName: 'double', array: Float64Array },
}

/** All dtypes, narrowest first. */
export const dtypes: readonly DType[] = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float32', 'float64']

export const isFloat = (d: DType): boolean => d === 'float32' || d === 'float64'
export const isIntegral = (d: DType): boolean => info[d].category === 1
export const categoryOf = (d: DType): 0 | 1 | 2 => info[d].category
// Asked for by every operation; a table looked up by name costs more than a comparison.
export const itemsize = (d: DType): number => (d === 'float32' ? 4 : info[d].itemsize)
export const scalarName = (d: DType): string => info[d].scalarName
export const cName = (d: DType): string => info[d].cName
/** `torch.FloatTensor`, as messages name a tensor's type. */
export const typeName = (d: DType): string => `torch.${info[d].scalarName}Tensor`

/** Refuses what is no dtype. */
export function checkDType(d: string): asserts d is DType {
  if (!Object.hasOwn(info, d))
    throw new RuntimeError(
      `Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: ${d}\n  help: dtypes are ${dtypes.join(', ')}`,
    )
}

/** The class of the arrays of `d`. */
export const arrayOf = (d: DType): ArrayType => info[d].array

/** A zeroed buffer for `n` elements. */
export const allocate = (d: DType, n: number): TypedArray => new info[d].array(n)

let defaultDType: 'float32' | 'float64' = 'float32'

/** The dtype of tensors made from JavaScript numbers. */
export const getDefaultDtype = (): 'float32' | 'float64' => defaultDType

/**
 * Sets the dtype of tensors made from JavaScript numbers.
 *
 * @throws TypeError unless `d` is a floating-point dtype.
 * @see https://pytorch.org/docs/stable/generated/torch.set_default_dtype.html
 */
export function setDefaultDtype(d: DType): void {
  if (d !== 'float32' && d !== 'float64') throw new TypeError('only floating-point types are supported as the default type')
  defaultDType = d
}

/**
 * The dtype that holds values of both: the higher category wins, then the wider; `uint8` with a signed type needs the next wider.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.promote_types.html
 */
export function promoteTypes(a: DType, b: DType): DType {
  if (a === b) return a
  if (info[a].category !== info[b].category) return info[a].category > info[b].category ? a : b
  if ((a === 'uint8' && b === 'int8') || (a === 'int8' && b === 'uint8')) return 'int16'
  return dtypes.indexOf(a) > dtypes.indexOf(b) ? a : b
}

/** Whether a result of dtype `from` may be written into a tensor of dtype `to`: never to a lower category. */
export const canCast = (from: DType, to: DType): boolean => info[from].category <= info[to].category

/** The largest magnitude that `int64` holds exactly here. */
const EXACT = 2 ** 53

/** Converts a number as a cast to `d` does: floats round, integers truncate and wrap, `bool` is "not zero". */
export function castScalar(value: number, d: DType): number {
  switch (d) {
    case 'float64':
      return value
    case 'float32':
      return Math.fround(value)
    case 'bool':
      return value !== 0 ? 1 : 0
    case 'int64':
      return checkExact(Math.trunc(value) + 0)
    default: {
      const one = allocate(d, 1)
      one[0] = value
      return one[0] as number
    }
  }
}

/** Returns `value` when an `int64` can hold it exactly, else raises. */
export function checkExact(value: number): number {
  if (value <= EXACT && value >= -EXACT) return value
  throw new RuntimeError(
    `value cannot be converted to type int64 without overflow\n  got ${value}\n  help: int64 is exact within +-2^53 here; use float64 for larger magnitudes`,
  )
}
