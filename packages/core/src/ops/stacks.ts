/** Joining tensors of few dimensions: side by side, below and behind each other, along a diagonal. */
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { RuntimeError } from '../errors.ts'
import type { Shape } from '../layout.ts'
import { castTo, record } from '../op.ts'
import { resultType } from '../promote.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { cat } from './join.ts'
import { slice } from './slice.ts'
import { reshape, unsqueeze } from './view.ts'

/** Applies a function to one tensor or to each of several. */
interface OneOrMany {
  (x: Tensor): Tensor
  (xs: readonly Tensor[]): Tensor[]
}

const each = (f: (x: Tensor) => Tensor): OneOrMany =>
  ((given: Tensor | readonly Tensor[]) => (Array.isArray(given) ? (given as readonly Tensor[]).map(f) : f(given as Tensor))) as OneOrMany

const toVector = (x: Tensor): Tensor => (x.ndim === 0 ? reshape(x, [1]) : x)

const toMatrix = (x: Tensor): Tensor => (x.ndim === 0 ? reshape(x, [1, 1]) : x.ndim === 1 ? unsqueeze(x, 0) : x)

const toCube = (x: Tensor): Tensor => {
  if (x.ndim === 0) return reshape(x, [1, 1, 1])
  return x.ndim === 1 ? unsqueeze(unsqueeze(x, 0), -1) : x.ndim === 2 ? unsqueeze(x, -1) : x
}

/**
 * The tensor, or each of several, with at least one dimension.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_1d.html
 */
export const atleast1d: OneOrMany = /* @__PURE__ */ each(toVector)

/**
 * The tensor, or each of several, with at least two dimensions: a vector becomes a row.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_2d.html
 */
export const atleast2d: OneOrMany = /* @__PURE__ */ each(toMatrix)

/**
 * The tensor, or each of several, with at least three dimensions: a matrix `[m, n]` becomes `[m, n, 1]`, a vector `[1, n, 1]`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.atleast_3d.html
 */
export const atleast3d: OneOrMany = /* @__PURE__ */ each(toCube)

function checkSome(name: string, tensors: readonly Tensor[]): void {
  if (tensors.length === 0) throw new RuntimeError(`${name} expects a non-empty TensorList`)
}

/**
 * The tensors side by side: along the second dimension, vectors along their only one.
 *
 * @throws RuntimeError if there are none or the shapes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.hstack.html
 */
export function hstack(tensors: readonly Tensor[]): Tensor {
  checkSome('hstack', tensors)
  const all = tensors.map(toVector)
  return cat(all, all[0]?.ndim === 1 ? 0 : 1)
}

/**
 * The tensors below each other: along the first dimension, vectors as rows.
 *
 * @throws RuntimeError if there are none or the shapes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.vstack.html
 */
export function vstack(tensors: readonly Tensor[]): Tensor {
  checkSome('vstack', tensors)
  return cat(tensors.map(toMatrix), 0)
}

/**
 * Another name of `vstack`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.row_stack.html
 */
export function rowStack(tensors: readonly Tensor[]): Tensor {
  return vstack(tensors)
}

/**
 * The tensors behind each other: along the third dimension.
 *
 * @throws RuntimeError if there are none or the shapes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.dstack.html
 */
export function dstack(tensors: readonly Tensor[]): Tensor {
  checkSome('dstack', tensors)
  return cat(tensors.map(toCube), 2)
}

/**
 * The tensors side by side, vectors as columns.
 *
 * @throws RuntimeError if there are none or the shapes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.column_stack.html
 */
export function columnStack(tensors: readonly Tensor[]): Tensor {
  checkSome('column_stack', tensors)
  return hstack(tensors.map((x) => (x.ndim <= 1 ? reshape(x, [x.numel(), 1]) : x)))
}

/** Where a block stands in the whole. */
interface Block {
  readonly shape: Shape
  readonly row: number
  readonly column: number
}

const blockAt = (whole: Tensor, { shape, row, column }: Block): Tensor => {
  const [rows, columns] = shape.length === 2 ? shape : [1, shape[0] ?? 1]
  return slice(slice(whole, 0, row, row + (rows as number)), 1, column, column + (columns as number))
}

const blockDiagRule = /* @__PURE__ */ rule<readonly [], readonly Block[]>('BlockDiagBackward0', (grad, node) =>
  node.attrs.map((block, i) => (node.needs(i) ? reshape(blockAt(grad, block), block.shape) : null)),
)

/**
 * The matrix of zeros with the tensors, as matrices, along its diagonal.
 *
 * Shape: vectors count as rows, 0-dim tensors as one element. Dtypes: promoted.
 *
 * @throws RuntimeError for a tensor of more than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.block_diag.html
 */
export function blockDiag(tensors: readonly Tensor[]): Tensor {
  let [row, column] = [0, 0]
  const blocks = tensors.map((x, i): Block => {
    if (x.ndim > 2)
      throw new RuntimeError(`torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ${i} has ${x.ndim} dimensions`)
    const block = { shape: x.shape, row, column }
    row += x.ndim === 2 ? (x.shape[0] as number) : 1
    column += x.ndim === 0 ? 1 : (x.shape.at(-1) as number)
    return block
  })
  if (tensors.length === 0) return allocateTensor([1, 0], 'float32')
  const dtype = resultType(...tensors)
  const out = allocateTensor([row, column], dtype)
  tensors.forEach((x, i) => kernels.copy(x, blockAt(out, blocks[i] as Block)))
  return record(
    out,
    blockDiagRule,
    tensors.map((x) => castTo(x, dtype)),
    [],
    blocks,
  )
}
