/** Matrices made of their diagonals, and diagonals of matrices. */
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import type { Shape } from '../layout.ts'
import { expand, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { diagonalCopy } from './copies.ts'
import { type Cut, type DiagonalOptions, diagonal, planeOf, zerosAround } from './slice.ts'
import { contiguous, reshape } from './view.ts'

const diagEmbedRule = /* @__PURE__ */ rule<readonly [], Cut>('DiagEmbedBackward0', (grad, node) => [node.attrs(grad)])

/**
 * Zeros with the last dimension of `x` on the diagonal of matrices in the dimensions `dim1` and `dim2`.
 *
 * Shape: `[..., n]` to `[..., n + |offset|, n + |offset|]`.
 *
 * @throws RuntimeError if the two dimensions are the same.
 * @see https://pytorch.org/docs/stable/generated/torch.diag_embed.html
 */
export function diagEmbed(x: Tensor, { offset = 0, dim1 = -2, dim2 = -1 }: DiagonalOptions = {}): Tensor {
  const [a, b] = planeOf(dim1, dim2, x.ndim + 1)
  const n = (x.shape.at(-1) as number) + Math.abs(offset)
  const rest = x.shape.slice(0, -1)
  const shape: Shape = Array.from({ length: x.ndim + 1 }, (_, d) => (d === a || d === b ? n : (rest.shift() as number)))
  const cut: Cut = (y) => diagonal(y, { offset, dim1: a, dim2: b })
  const out = allocateTensor(shape, x.dtype)
  kernels.copy(x, cut(out))
  return record(out, diagEmbedRule, [x], [], cut)
}

/**
 * The matrix with the vector `x` on its diagonal, or a copy of the diagonal of the matrix `x`.
 *
 * @example
 * tensor([1, 2]).diag() // tensor([[1., 0.], [0., 2.]])
 * @throws RuntimeError unless `x` is a vector or a matrix.
 * @see https://pytorch.org/docs/stable/generated/torch.diag.html
 */
export function diag(x: Tensor, { diagonal: offset = 0 }: { readonly diagonal?: number | undefined } = {}): Tensor {
  if (x.ndim !== 1 && x.ndim !== 2) throw new RuntimeError(`diag(): Supports 1D or 2D tensors. Got ${x.ndim}D`)
  return x.ndim === 1 ? diagEmbed(x, { offset }) : diagonalCopy(x, { offset })
}

/**
 * The matrix with all elements of `x` on its diagonal.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.diagflat.html
 */
export function diagflat(x: Tensor, { offset = 0 }: { readonly offset?: number | undefined } = {}): Tensor {
  return diag(reshape(contiguous(x), [-1]), { diagonal: offset })
}

const traceRule = /* @__PURE__ */ rule<readonly [], Shape>('TraceBackward0', (grad, node) => {
  const [rows, columns] = node.attrs as readonly [number, number]
  return [zerosAround(expand(grad, [Math.min(rows, columns)]), node.attrs, diagonal, 'TraceBackwardBackward0')]
})

/**
 * The sum of a matrix's diagonal.
 *
 * Dtypes: integers sum to `int64`.
 *
 * @throws RuntimeError unless `x` is a matrix; NotImplementedError for truth values.
 * @see https://pytorch.org/docs/stable/generated/torch.trace.html
 */
export function trace(x: Tensor): Tensor {
  if (x.ndim !== 2) throw new RuntimeError(`trace: expected a matrix, but got tensor with dim ${x.ndim}`)
  if (x.dtype === 'bool') throw new NotImplementedError(`"trace" not implemented for '${scalarName(x.dtype)}'`)
  const line = diagonal(x.alias())
  const out = allocateTensor([], isFloat(x.dtype) ? x.dtype : 'int64')
  kernels.reduce('sum', line, out.alias(line.shape, [0]))
  return record(out, traceRule, [x], [], x.shape)
}
