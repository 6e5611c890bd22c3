/** What reductions have in common. */
import type { Reduction } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import type { DType } from '../dtype.ts'
import { contiguousStrides, type Shape } from '../layout.ts'
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
export const countOf = ({ shape, dims }: Reduced): number => dims.reduce((n, d) => n * (shape[d] as number), 1)

/** Runs a reduction kernel. */
export function reduce(kind: Reduction, x: Tensor, dims: readonly number[], keepdim: boolean, dtype: DType): Tensor {
  const kept = reducedShape(x.shape, dims, true)
  const out = allocateTensor(kept, dtype)
  const strides = contiguousStrides(kept).map((s, d) => (dims.includes(d) ? 0 : s))
  kernels.reduce(kind, x, out.alias(x.shape, strides))
  return keepdim ? out : out.alias(reducedShape(x.shape, dims, false), contiguousStrides(reducedShape(x.shape, dims, false)))
}

/** Puts the reduced dimensions back, with length 1, so that a result broadcasts against the input. */
export const restore = (t: Tensor, { shape, dims }: Reduced): Tensor =>
  t.ndim === shape.length ? t : reshape(t, reducedShape(shape, dims, true))

/** Splits the two ways to say which dimensions: first argument or options. */
export function dimsOf<O extends { readonly dim?: Dims | undefined | null }>(
  dim: Dims | O | undefined | null,
  options: O | undefined,
): O & { dim?: Dims | undefined | null } {
  if (dim === undefined || dim === null || typeof dim === 'number' || Array.isArray(dim))
    return { ...(options as O), ...(dim === undefined || dim === null ? {} : { dim: dim as Dims }) }
  return dim as O
}
