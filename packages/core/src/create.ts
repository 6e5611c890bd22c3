/** Making tensors from values. */
import { castScalar, type DType, getDefaultDtype, isFloat, isIntegral, type TypedArray } from './dtype.ts'
import { RuntimeError, ValueError, warn } from './errors.ts'
import { numelOf, type Shape } from './layout.ts'
import { copyOf } from './op.ts'
import { allocateTensor, Tensor } from './tensor.ts'

/** Numbers, truth values or bigints, nested in arrays of equal lengths. */
export type Nested = number | boolean | bigint | readonly Nested[]

/** Options of the functions that make tensors. */
export interface TensorOptions {
  readonly dtype?: DType | undefined
  readonly requiresGrad?: boolean | undefined
}

/** @internal Marks what has been made as requiring a gradient, where that was asked for. */
export const finish = (x: Tensor, requiresGrad: boolean | undefined): Tensor => {
  if (requiresGrad === true) {
    if (!isFloat(x.dtype)) throw new RuntimeError('Only Tensors of floating point and complex dtype can require gradients')
    x.requiresGrad = true
  }
  return x
}

const arrayDTypes: readonly (readonly [new (...args: never[]) => unknown, DType])[] = [
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int32Array, 'int32'],
  [Int16Array, 'int16'],
  [Int8Array, 'int8'],
  [Uint8Array, 'uint8'],
  [Uint8ClampedArray, 'uint8'],
  [BigInt64Array, 'int64'],
  [BigUint64Array, 'int64'],
  [Uint32Array, 'int64'],
  [Uint16Array, 'int32'],
]

type AnyArray = TypedArray | BigInt64Array | BigUint64Array | Uint32Array | Uint16Array | Uint8ClampedArray

/** The shape of nested arrays; every level must agree. */
function shapeOf(data: Nested): number[] {
  const shape: number[] = []
  for (let level: Nested = data; Array.isArray(level); level = level[0] as Nested) {
    shape.push(level.length)
    if (level.length === 0) break
  }
  return shape
}

function flatten(data: Nested, shape: Shape, depth: number, into: (number | boolean | bigint)[]): void {
  if (depth === shape.length) {
    if (Array.isArray(data)) throw new ValueError(`expected sequence of length 1 at dim ${depth} (got ${data.length})`)
    if (data === null || data === undefined) throw new RuntimeError('Could not infer dtype of NoneType')
    if (typeof data === 'string') throw new ValueError("too many dimensions 'str'")
    if (typeof data !== 'number' && typeof data !== 'boolean' && typeof data !== 'bigint')
      throw new TypeError(`tensor() takes numbers, booleans and bigints, but got ${typeof data}`)
    into.push(data as number)
    return
  }
  const expected = shape[depth] as number
  if (!Array.isArray(data)) throw new TypeError('not a sequence')
  if (data.length !== expected) throw new ValueError(`expected sequence of length ${expected} at dim ${depth} (got ${data.length})`)
  for (const item of data) flatten(item, shape, depth + 1, into)
}

const inferDType = (values: readonly (number | boolean | bigint)[]): DType => {
  if (values.length === 0 || values.some((v) => typeof v === 'number')) return getDefaultDtype()
  return values.some((v) => typeof v === 'bigint') ? 'int64' : 'bool'
}

/**
 * A tensor of the values given: a number, nested arrays, or a typed array (which is copied).
 *
 * Dtypes: numbers make the default dtype, booleans `bool`, bigints `int64`, typed arrays their own.
 *
 * @example
 * tensor([[1, 2], [3, 4]]) // tensor([[1., 2.],\n        [3., 4.]])
 * tensor(new Float32Array([1, 2, 3, 4]), { shape: [2, 2] })
 * @throws ValueError if nested arrays have unequal lengths; RuntimeError if an integer tensor is to require gradients.
 * @see https://pytorch.org/docs/stable/generated/torch.tensor.html
 */
export function tensor(
  data: Nested | AnyArray | Tensor,
  { dtype, shape, requiresGrad }: TensorOptions & { readonly shape?: Shape | undefined } = {},
): Tensor {
  if (data instanceof Tensor) {
    warn(
      'To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).',
    )
    return finish(copyOf(data, dtype), requiresGrad)
  }
  if (ArrayBuffer.isView(data)) {
    const own = arrayDTypes.find(([type]) => data instanceof type)?.[1]
    if (own === undefined) throw new TypeError('tensor() takes typed arrays of numbers')
    return finish(fromValues(data as ArrayLike<number | bigint>, shape ?? [data.length], dtype ?? own), requiresGrad)
  }
  const nested = shapeOf(data as Nested)
  const values: (number | boolean | bigint)[] = []
  flatten(data as Nested, nested, 0, values)
  return finish(fromValues(values, shape ?? nested, dtype ?? inferDType(values)), requiresGrad)
}

function fromValues(values: ArrayLike<number | boolean | bigint>, shape: Shape, dtype: DType): Tensor {
  const n = numelOf(shape)
  if (n !== values.length) throw new RuntimeError(`shape '[${shape.join(', ')}]' is invalid for input of size ${values.length}`)
  const out = allocateTensor([...shape], dtype)
  const array = out.data
  const exact = dtype === 'int64' || dtype === 'bool'
  const narrow = isIntegral(dtype) && !exact
  for (let i = 0; i < n; i++) {
    const v = Number(values[i])
    array[i] = exact ? castScalar(v, dtype) : v
    if (narrow && array[i] !== Math.trunc(v)) throw new RuntimeError(`value cannot be converted to type ${dtype} without overflow`)
  }
  return out
}

function checkShape(shape: Shape, name = 'empty'): Shape {
  if (!Array.isArray(shape) || shape.some((n) => !Number.isInteger(n)))
    throw new TypeError(
      `${name}(): argument 'size' (position 1) must be tuple of ints, not ${Array.isArray(shape) || typeof shape === 'number' ? 'float' : typeof shape}`,
    )
  if (numelOf(shape) > Number.MAX_SAFE_INTEGER)
    throw new RuntimeError(`Storage size calculation overflowed with sizes=[${shape.map((n) => BigInt(n)).join(', ')}]`)
  for (const n of shape) if (n < 0) throw new RuntimeError(`Trying to create tensor with negative dimension ${n}: [${shape.join(', ')}]`)
  return [...shape]
}

/**
 * A tensor whose elements are yet to be written; here they are zeros.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.empty.html
 */
export function empty(shape: Shape, { dtype = getDefaultDtype(), requiresGrad }: TensorOptions = {}): Tensor {
  return finish(allocateTensor(checkShape(shape), dtype), requiresGrad)
}

/**
 * A tensor of zeros.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.zeros.html
 */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  checkShape(shape, 'zeros')
  return empty(shape, options)
}

const fillDType = (value: number | boolean): DType => (typeof value === 'boolean' ? 'bool' : getDefaultDtype())

/**
 * A tensor filled with `value`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.full.html
 */
export function full(shape: Shape, value: number | boolean, { dtype = fillDType(value), requiresGrad }: TensorOptions = {}): Tensor {
  if (value === undefined) throw new TypeError('full() missing 1 required positional arguments: "fill_value"')
  const out = empty(shape, { dtype })
  out.data.fill(castScalar(Number(value), dtype))
  return finish(out, requiresGrad)
}

/**
 * A tensor of ones.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.ones.html
 */
export function ones(shape: Shape, { dtype = getDefaultDtype(), requiresGrad }: TensorOptions = {}): Tensor {
  return full(shape, 1, { dtype, requiresGrad })
}

/**
 * A 0-dim tensor of `value`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.scalar_tensor.html
 */
export function scalarTensor(value: number | boolean, { dtype = getDefaultDtype(), requiresGrad }: TensorOptions = {}): Tensor {
  return full([], value, { dtype, requiresGrad })
}
