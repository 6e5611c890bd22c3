/** The format's names of the dtypes, and how their bytes become tensors. */
import { type DType, type Tensor, tensor } from '@tapegrad/core'
import { invalid } from './error.ts'

type Elements = Float32Array | Float64Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array

interface Kind {
  readonly name: string
  readonly dtype: DType
  readonly itemsize: number
  readonly view: new (buffer: ArrayBuffer) => Elements
}

/** In the order in which the reference writes them: the widest first, so that all stay aligned. */
export const kinds: readonly Kind[] = [
  { name: 'I64', dtype: 'int64', itemsize: 8, view: BigInt64Array },
  { name: 'F64', dtype: 'float64', itemsize: 8, view: Float64Array },
  { name: 'F32', dtype: 'float32', itemsize: 4, view: Float32Array },
  { name: 'I32', dtype: 'int32', itemsize: 4, view: Int32Array },
  { name: 'I16', dtype: 'int16', itemsize: 2, view: Int16Array },
  { name: 'I8', dtype: 'int8', itemsize: 1, view: Int8Array },
  { name: 'U8', dtype: 'uint8', itemsize: 1, view: Uint8Array },
  { name: 'BOOL', dtype: 'bool', itemsize: 1, view: Uint8Array },
]

/** The kind of this name, or an error that says whether the format knows it. */
export function kindOf(name: string, tensorName: string): Kind {
  const kind = kinds.find((k) => k.name === name)
  if (kind === undefined)
    throw invalid(`dtype ${JSON.stringify(name)} of tensor \`${tensorName}\` is not one of ${kinds.map((k) => k.name).join(', ')}`)
  return kind
}

/** What an `int64` tensor holds exactly. */
const EXACT = 2n ** 53n

/** A tensor over a copy of `bytes`, wherever they lie: foreign files need not be aligned. */
export function fromBytes(kind: Kind, shape: readonly number[], bytes: Uint8Array, tensorName: string): Tensor {
  const elements = new kind.view(new Uint8Array(bytes).buffer)
  if (kind.dtype === 'bool' && bytes.some((byte) => byte > 1))
    throw invalid(`tensor \`${tensorName}\` has a truth value other than 0 and 1`)
  if (elements instanceof BigInt64Array && elements.some((n) => n > EXACT || n < -EXACT))
    throw invalid(`tensor \`${tensorName}\` has an integer beyond +-2^53`)
  return tensor(elements, { dtype: kind.dtype, shape })
}

/** The elements of a tensor in order, as bytes. */
export function toBytes(x: Tensor): Uint8Array {
  const elements = x.toArray()
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength)
}
