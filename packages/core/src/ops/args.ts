/** Arguments that may be written in two ways. */
import type { Shape } from '../layout.ts'

/** A dimension that may stand by itself or among the options. */
export type DimArg = number | { readonly dim?: number | undefined }

/** The dimension, 0 where none is given. */
export const dimOf = (dim: DimArg): number => (typeof dim === 'number' ? dim : (dim.dim ?? 0))

/** Numbers that may come as an array or one by one: `view([2, 3])` and `view(2, 3)`. */
export const listOf = (first: Shape | number, rest: readonly number[]): Shape => (typeof first === 'number' ? [first, ...rest] : first)
