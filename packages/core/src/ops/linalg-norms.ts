/** Norms of matrices, and `norm`, which is whichever norm fits. */
import { type DType, isFloat, scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { normalizeDim } from '../layout.ts'
import { castTo } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { svdvals } from './linalg-svd.ts'
import { checkFloat, vectorNorm } from './norms.ts'
import { amax, amin, sum } from './reduce.ts'
import { movedim, unsqueeze } from './view.ts'

/** Orders of matrix norms: Frobenius, nuclear, the greatest (or least) sum of a column (1) or row (infinity), singular value (2). */
export type MatrixOrder = 'fro' | 'nuc' | number

/** Options of `linalg.matrixNorm`. */
export interface MatrixNormOptions {
  /** The order (`fro`). */
  readonly ord?: MatrixOrder | undefined
  /** The dimensions of the matrices (the last two). */
  readonly dim?: readonly number[] | undefined
  /** Keep both dimensions with length 1. */
  readonly keepdim?: boolean | undefined
  /** Convert to this dtype first. */
  readonly dtype?: DType | undefined
}

/**
 * The norm of matrices: `fro`, `nuc`, or an order of 1, 2, infinity or one of these negated.
 *
 * @throws RuntimeError for an unknown order or fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html
 */
export function matrixNorm(A: Tensor, { ord = 'fro', dim = [-2, -1], keepdim = false, dtype }: MatrixNormOptions = {}): Tensor {
  if (!isFloat(A.dtype))
    throw new RuntimeError(`linalg.matrix_norm: Expected a floating point or complex tensor as input. Got ${scalarName(A.dtype)}`)
  if (A.ndim < 2) throw new RuntimeError('linalg.matrix_norm: The input tensor A must have at least 2 dimensions.')
  if (dim.length !== 2) throw new RuntimeError(`linalg.matrix_norm: dim must be a 2-tuple. Got ${dim.join(' ')}`)
  const known = typeof ord === 'string' ? ord === 'fro' || ord === 'nuc' : [1, 2, Number.POSITIVE_INFINITY].includes(Math.abs(ord))
  if (!known) throw new RuntimeError(`linalg.matrix_norm: Order ${ord} not supported.`)
  const rows = normalizeDim(dim[0] as number, A.ndim)
  const columns = normalizeDim(dim[1] as number, A.ndim)
  if (rows === columns) throw new RuntimeError(`linalg.matrix_norm: dims must be different. Got (${dim[0]}, ${dim[1]})`)
  const from = castTo(A, dtype ?? A.dtype)
  if (ord === 'fro') return vectorNorm(from, { dim: [rows, columns], keepdim })
  if (ord === 'nuc' || Math.abs(ord) === 2) {
    const values = svdvals(movedim(from, [rows, columns], [-2, -1]))
    const out = ord === 'nuc' ? sum(values, -1) : ord > 0 ? amax(values, -1) : amin(values, -1)
    if (!keepdim) return out
    const [low, high] = rows < columns ? [rows, columns] : [columns, rows]
    return unsqueeze(unsqueeze(out, low), high)
  }
  const [summed, compared] = Math.abs(ord) === Number.POSITIVE_INFINITY ? [columns, rows] : [rows, columns]
  const sums = vectorNorm(from, { ord: 1, dim: summed, keepdim })
  const at = compared > summed && !keepdim ? compared - 1 : compared
  return ord > 0 ? amax(sums, at, { keepdim }) : amin(sums, at, { keepdim })
}

/** Options of `linalg.norm`. */
export interface LinalgNormOptions {
  /** The order; by default the 2-norm of all elements. */
  readonly ord?: MatrixOrder | undefined | null
  /** One dimension for vectors, two for matrices. */
  readonly dim?: number | readonly number[] | undefined
  /** Keep the reduced dimensions with length 1. */
  readonly keepdim?: boolean | undefined
  /** Convert to this dtype first. */
  readonly dtype?: DType | undefined
}

/**
 * The norm of vectors or matrices, as the number of dimensions tells.
 *
 * @throws RuntimeError if the order does not fit the number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.norm.html
 */
function linalgNorm(A: Tensor, { ord = null, dim, keepdim = false, dtype }: LinalgNormOptions = {}): Tensor {
  const dims = typeof dim === 'number' ? [dim] : dim
  if (ord === null) return vectorNorm(A, { dim: dims, keepdim, dtype })
  if (dims !== undefined) {
    if (dims.length !== 1 && dims.length !== 2)
      throw new RuntimeError(`linalg.norm: If dim is specified, it must be of length 1 or 2. Got [${dims.join(', ')}]`)
  } else if (A.ndim !== 1 && A.ndim !== 2)
    throw new RuntimeError(`linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${A.ndim}D.`)
  if (typeof ord === 'string' || (dims ?? A.shape).length === 2)
    return matrixNorm(A, { ord, dim: dims ?? [0, 1].slice(0, Math.max(A.ndim, 2)), keepdim, dtype })
  return vectorNorm(A, { ord, dim: dims, keepdim, dtype })
}

export { linalgNorm as norm }

/** Options of `norm`. */
export interface NormOptions {
  /** The order: `fro` (the 2-norm of all elements), `nuc`, or a number. */
  readonly p?: MatrixOrder | undefined
  /** Dimensions to reduce; all of them by default. */
  readonly dim?: number | readonly number[] | undefined
  /** Keep the reduced dimensions with length 1. */
  readonly keepdim?: boolean | undefined
  /** Convert to this dtype first. */
  readonly dtype?: DType | undefined
}

/**
 * The norm of the elements: by default the square root of the sum of their squares.
 *
 * @throws RuntimeError for integers.
 * @see https://pytorch.org/docs/stable/generated/torch.norm.html
 */
export function normMethod(x: Tensor, p: MatrixOrder | NormOptions = {}, options: NormOptions = {}): Tensor {
  const { p: ord = 'fro', dim, keepdim, dtype } = typeof p === 'object' ? p : { ...options, p }
  checkFloat(castTo(x, dtype ?? x.dtype))
  if (ord === 'fro') return vectorNorm(x, { dim, keepdim, dtype })
  if (ord === 'nuc') return matrixNorm(x, { ord, dim: typeof dim === 'object' ? dim : undefined, keepdim, dtype })
  return vectorNorm(x, { ord, dim, keepdim, dtype })
}
