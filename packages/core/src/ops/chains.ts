/** Products of many matrices, and matrices of powers. */
import { promoteTypes } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { flip } from './flip.ts'
import { cat } from './join.ts'
import { mm } from './linalg.ts'
import { cumprod } from './scan.ts'
import { expand, reshape, unsqueeze } from './view.ts'

/** Where to split each range of a chain of matrices of these sizes, so that the fewest multiplications are needed. */
function bestSplits(sizes: readonly number[]): number[][] {
  const n = sizes.length - 1
  const cost = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  const split = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  for (let length = 1; length < n; length++)
    for (let i = 0; i + length < n; i++) {
      const j = i + length
      let best = Number.POSITIVE_INFINITY
      for (let k = i; k < j; k++) {
        const c =
          (cost[i]?.[k] as number) +
          (cost[k + 1]?.[j] as number) +
          (sizes[i] as number) * (sizes[k + 1] as number) * (sizes[j + 1] as number)
        if (c >= best) continue
        best = c
        ;(split[i] as number[])[j] = k
      }
      ;(cost[i] as number[])[j] = best
    }
  return split
}

/**
 * The product of two or more matrices, multiplied in the cheapest order; the first and the last may be vectors.
 *
 * @throws RuntimeError for fewer than two tensors or shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.multi_dot.html
 */
export function multiDot(tensors: readonly Tensor[]): Tensor {
  if (tensors.length < 2) throw new RuntimeError(`multi_dot(): expected at least 2 tensors but got ${tensors.length}`)
  const shape: number[] = []
  const matrices = tensors.map((x, i) => {
    const isEnd = i === 0 || i === tensors.length - 1
    if (x.ndim === 2) {
      if (i === 0) shape.push(x.shape[0] as number)
      if (i === tensors.length - 1) shape.push(x.shape[1] as number)
      return x
    }
    if (x.ndim === 1 && isEnd) return unsqueeze(x, i === 0 ? 0 : 1)
    if (isEnd) throw new RuntimeError(`multi_dot(): the ${i === 0 ? 'first' : 'last'} tensor must be 1D or 2D but got ${x.ndim}D`)
    throw new RuntimeError(`multi_dot(): tensor ${i} must be 2D but got ${x.ndim}D`)
  })
  matrices.forEach((x, i) => {
    const next = matrices[i + 1]
    if (next !== undefined && x.shape[1] !== next.shape[0])
      throw new RuntimeError(
        `multi_dot(): tensors ${i} and ${i + 1} with shapes [${x.shape.join(', ')}] and [${next.shape.join(', ')}] cannot be multiplied`,
      )
  })
  const split = bestSplits([(matrices[0] as Tensor).shape[0] as number, ...matrices.map((x) => x.shape[1] as number)])
  const product = (i: number, j: number): Tensor => {
    if (i === j) return matrices[i] as Tensor
    const k = split[i]?.[j] as number
    return mm(product(i, k), product(k + 1, j))
  }
  return reshape(product(0, matrices.length - 1), shape)
}

/** The powers of `x` from 0 to `n - 1`, along a new last dimension; integers make `int64`. */
function powers(x: Tensor, n: number): Tensor {
  const ones = allocateTensor([...x.shape, 1], x.dtype)
  ones.data.fill(1)
  return cat([ones, cumprod(expand(unsqueeze(x, -1), [...x.shape, n - 1]), -1)], -1)
}

/**
 * The matrix of powers of the elements of a vector: row `i` is `x[i]^(N - 1) ... x[i]^0`, or the other way round.
 *
 * @throws RuntimeError unless `x` is a vector.
 * @see https://pytorch.org/docs/stable/generated/torch.vander.html
 */
export function vander(x: Tensor, { N, increasing = false }: { readonly N?: number; readonly increasing?: boolean } = {}): Tensor {
  if (x.ndim !== 1) throw new RuntimeError('x must be a one-dimensional tensor.')
  const n = N ?? (x.shape[0] as number)
  if (n < 0) throw new RuntimeError('N must be non-negative.')
  if (n === 0) return allocateTensor([x.shape[0] as number, 0], promoteTypes(x.dtype, 'int64'))
  return increasing ? powers(x, n) : flip(powers(x, n), [1])
}

/**
 * The matrices of powers of the elements of vectors: row `i` is `x[i]^0 ... x[i]^(N - 1)`.
 *
 * Shape: `[..., n]` to `[..., n, N]`.
 *
 * @throws RuntimeError unless `N` is greater than 1.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.vander.html
 */
export function linalgVander(x: Tensor, { N }: { readonly N?: number } = {}): Tensor {
  const rows = x.ndim === 0 ? unsqueeze(x, 0) : x
  const n = N ?? (rows.shape[rows.ndim - 1] as number)
  if (!(n > 1)) throw new RuntimeError('N must be greater than 1.')
  return powers(rows, n)
}
