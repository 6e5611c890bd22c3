/** Running an algorithm on each matrix of a batch. */
import { castScalar, isFloat, scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { numelOf, type Shape } from '../layout.ts'
import { copyOf } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { transpose } from './view.ts'

/** The rows, the columns and the number of the matrices of a batch. */
export interface Batch {
  readonly batches: Shape
  readonly count: number
  readonly rows: number
  readonly columns: number
}

/** How a tensor divides into matrices. */
export function batchOf(x: Tensor): Batch {
  const batches = x.shape.slice(0, -2)
  return {
    batches,
    count: numelOf(batches),
    rows: x.shape[x.ndim - 2] as number,
    columns: x.shape[x.ndim - 1] as number,
  }
}

/** Refuses what is no batch of floating-point matrices. */
export function checkMatrix(x: Tensor, name: string, argument = 'A'): void {
  if (x.ndim < 2) throw new RuntimeError(`${name}: The input tensor ${argument} must have at least 2 dimensions.`)
  if (!isFloat(x.dtype)) throw new RuntimeError(`${name}: Expected a floating point or complex tensor as input. Got ${scalarName(x.dtype)}`)
}

/** Refuses what is no batch of square floating-point matrices. */
export function checkSquare(x: Tensor, name: string, argument = 'A'): void {
  checkMatrix(x, name, argument)
  const { rows, columns } = batchOf(x)
  if (rows !== columns)
    throw new RuntimeError(`${name}: ${argument} must be batches of square matrices, but they are ${rows} by ${columns} matrices`)
}

/** The elements in order, as doubles in an array of their own: that of a tensor is good until more memory is needed. */
export const doubles = (x: Tensor): Float64Array => Float64Array.from(copyOf(x, 'float64').data)

/** Runs `algorithm` on each matrix; it writes its results into the parts of `outs` that belong to the matrix. */
export function eachMatrix(
  x: Tensor,
  outs: readonly Float64Array[],
  algorithm: (A: Float64Array, parts: Float64Array[], i: number) => void,
): void {
  const { count, rows, columns } = batchOf(x)
  const all = doubles(x)
  for (let i = 0; i < count; i++)
    algorithm(
      all.subarray(i * rows * columns, (i + 1) * rows * columns),
      outs.map((out) => out.subarray((i * out.length) / count, ((i + 1) * out.length) / count)),
      i,
    )
}

/** A tensor of `shape` in the dtype of `like` from doubles. */
export function fromDoubles(values: Float64Array, shape: Shape, like: Tensor): Tensor {
  const out = allocateTensor(shape, like.dtype)
  for (let i = 0; i < values.length; i++) out.data[i] = castScalar(values[i] as number, like.dtype)
  return out
}

/** The transposes of the matrices. */
export const mT = (x: Tensor): Tensor => transpose(x, -2, -1)

/** The identity matrix in the dtype of `like`. */
export function identity(n: number, like: Tensor): Tensor {
  const out = allocateTensor([n, n], like.dtype)
  for (let i = 0; i < n; i++) out.data[i * (n + 1)] = 1
  return out
}
