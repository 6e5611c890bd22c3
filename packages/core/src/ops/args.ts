/** Arguments that may be written in two ways, and checks that several families make. */
import { RuntimeError } from '../errors.ts'
import type { Shape } from '../layout.ts'
import type { Tensor } from '../tensor.ts'

/** A dimension that may stand by itself or among the options. */
export type DimArg = number | { readonly dim?: number | undefined }

/** The dimension, 0 where none is given. */
export const dimOf = (dim: DimArg): number => (typeof dim === 'number' ? dim : (dim.dim ?? 0))

/** Numbers that may come as an array or one by one: `view([2, 3])` and `view(2, 3)`. */
export const listOf = (first: Shape | number, rest: readonly number[]): Shape => (typeof first === 'number' ? [first, ...rest] : first)

/** Refuses a vector where a matrix, or a batch of them, is meant. */
export function checkMatrices(x: Tensor, name: string): void {
  if (x.ndim === 1) throw new RuntimeError(`${name} is only supported on matrices or batches of matrices. Got 1-D tensor.`)
}
