/** What reductions have in common. */
import type { Reduction } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import type { DType } from '../dtype.ts'
import { contiguousStrides, NO_DIMS, type Shape, zeroStrides } from '../layout.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import type { Dims } from './types.ts'
import { reshape } from './view.ts'

/** What a reduction's backward needs to know. */
export interface Reduced {
  readonly shape: Shape
  readonly dims: readonly number[]
}

/** The shape with `dims` gone, or of length 1. */
export const reducedShape = (shape: Shape, dims: readonly number[], keepdim: boolean): number[] =>
  keepdim ? shape.map((n, d) => (dims.includes(d) ? 1 : n)) : shape.filter((_, d) => !dims.includes(d))

/** The number of elements that are combined into one. */
export function countOf({ shape, dims }: Reduced): number {
  let n = 1
  for (let i = 0; i < dims.length; i++) n *= shape[dims[i] as number] as number
  return n
}

/** Runs a reduction kernel. */
export function reduce(kind: Reduction, x: Tensor, dims: readonly number[], keepdim: boolean, dtype: DType): Tensor {
  if (dims.length === x.ndim && !keepdim) {
    const out = allocateTensor(NO_DIMS, dtype, false)
    kernels.reduce(kind, x, out.alias(x.shape, zeroStrides(x.ndim)))
    return out
  }
  const kept = reducedShape(x.shape, dims, true)
  const out = allocateTensor(kept, dtype)
  const strides = contiguousStrides(kept)
  for (const d of dims) strides[d] = 0
  kernels.reduce(kind, x, out.alias(x.shape, strides))
  if (keepdim) return out
  const left = reducedShape(x.shape, dims, false)
  return out.alias(left, contiguousStrides(left))
}

/** Puts the reduced dimensions back, with length 1, so that a result broadcasts against the input; a single number does as it is. */
export const restore = (t: Tensor, { shape, dims }: Reduced): Tensor =>
  t.ndim === shape.length || t.ndim === 0 ? t : reshape(t, reducedShape(shape, dims, true))

const nothingSaid = {}

/** Splits the two ways to say which dimensions: first argument or options. */
export function dimsOf<O extends { readonly dim?: Dims | undefined | null }>(
  dim: Dims | O | undefined | null,
  options: O | undefined,
): O & { dim?: Dims | undefined | null } {
  if ((dim === undefined || dim === null) && options === undefined) return nothingSaid as O
  if (dim === undefined || dim === null || typeof dim === 'number' || Array.isArray(dim))
    return { ...(options as O), ...(dim === undefined || dim === null ? {} : { dim: dim as Dims }) }
  return dim as O
}
