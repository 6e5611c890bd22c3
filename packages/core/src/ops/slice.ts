/** Views of a part of a tensor, and the tensors of zeros around a part that their gradients are. */
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { isIntegral } from '../dtype.ts'
import { IndexError, RuntimeError } from '../errors.ts'
import { formatShape, normalizeDim, type Shape } from '../layout.ts'
import { record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { viewOf } from './alias.ts'

/** A way to take a part of a tensor: a view, no element of it twice. */
export type Cut = (x: Tensor) => Tensor

const aroundRule = /* @__PURE__ */ rule<readonly [], Cut>('SliceBackwardBackward0', (grad, node) => [node.attrs(grad)])

/** Zeros of `shape` around `part`, which stands where `cut` would take it: the adjoint of the taking, as the taking is its own. */
export function zerosAround(part: Tensor, shape: Shape, cut: Cut, name?: string): Tensor {
  const out = allocateTensor(shape, part.dtype)
  kernels.copy(part, cut(out))
  return record(out, aroundRule, [part], [], cut, name)
}

/** What the backward of a part needs: the whole's shape and how the part was taken. */
interface Part {
  readonly shape: Shape
  readonly cut: Cut
}

const sliceRule = /* @__PURE__ */ rule<readonly [], Part>('SliceBackward0', (grad, node) => [
  zerosAround(grad, node.attrs.shape, node.attrs.cut),
])

/** What `slice` takes, named. */
export interface SliceOptions {
  readonly dim?: number
  readonly start?: number | null
  readonly end?: number | null
  readonly step?: number
}

/**
 * A view of every `step`-th element from `start` to `end` (exclusive) along `dim`, with Python's rules for negative and overlong bounds.
 *
 * @throws RuntimeError unless `step` is greater than 0.
 * @see https://pytorch.org/docs/stable/tensor_view.html
 */
export function slice(x: Tensor, dim: number | SliceOptions = 0, start: number | null = 0, end: number | null = null, step = 1): Tensor {
  if (typeof dim !== 'number') return slice(x, dim.dim ?? 0, dim.start ?? 0, dim.end ?? null, dim.step ?? 1)
  if (x.ndim === 0) throw new IndexError('slice() cannot be applied to a 0-dim tensor.')
  if (!(step > 0)) throw new RuntimeError('slice step must be positive')
  const at = normalizeDim(dim, x.ndim)
  const n = x.shape[at] as number
  const bound = (v: number): number => Math.min(Math.max(v < 0 ? v + n : v, 0), n)
  const from = bound(start ?? 0)
  const to = Math.max(bound(end ?? n), from)
  const shape = x.shape.map((m, d) => (d === at ? Math.ceil((to - from) / step) : m))
  const strides = x.strides.map((s, d) => (d === at ? s * step : s))
  const cut: Cut = (y) => slice(y, at, from, to, step)
  return viewOf(x, shape, strides, x.offset + from * (x.strides[at] as number), sliceRule, { shape: x.shape, cut })
}

/** Where a part of `length` elements begins, counted from the front. */
function startOf(x: Tensor, dim: number, start: number | Tensor, length: number): number {
  if (x.ndim === 0) throw new RuntimeError('narrow() cannot be applied to a 0-dim tensor.')
  const n = x.shape[dim] as number
  if (typeof start !== 'number' && (start.ndim !== 0 || !isIntegral(start.dtype)))
    throw new RuntimeError('start must be an 0-dim integral Tensor.')
  const given = typeof start === 'number' ? start : start.item()
  if (given < -n || given > n) throw new IndexError(`start out of range (expected to be in range of [${-n}, ${n}], but got ${given})`)
  const from = given < 0 ? given + n : given
  if (length < 0 || from + length > n) throw new RuntimeError(`start (${from}) + length (${length}) exceeds dimension size (${n}).`)
  return from
}

/**
 * A view of `length` elements from `start` along `dim`.
 *
 * @throws RuntimeError if the part does not lie within the tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.narrow.html
 */
export function narrow(x: Tensor, dim: number, start: number | Tensor, length: number): Tensor {
  if (x.ndim > 0 && length < 0) throw new RuntimeError('narrow(): length must be non-negative.')
  const at = normalizeDim(dim, x.ndim)
  const from = startOf(x, at, start, length)
  return slice(x, at, from, from + length)
}

const narrowCopyRule = /* @__PURE__ */ rule<readonly [], Part>('NarrowCopyBackward0', (grad, node) => [
  zerosAround(grad, node.attrs.shape, node.attrs.cut),
])

/**
 * A copy of `length` elements from `start` along `dim`.
 *
 * @throws RuntimeError if the part does not lie within the tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.narrow_copy.html
 */
export function narrowCopy(x: Tensor, dim: number, start: number | Tensor, length: number): Tensor {
  const at = normalizeDim(dim, x.ndim)
  const from = startOf(x, at, start, length)
  const cut: Cut = (y) => slice(y, at, from, from + length)
  const out = allocateTensor(
    x.shape.map((n, d) => (d === at ? length : n)),
    x.dtype,
  )
  kernels.copy(cut(x.alias()), out)
  return record(out, narrowCopyRule, [x], [], { shape: x.shape, cut })
}

const selectRule = /* @__PURE__ */ rule<readonly [], Part>('SelectBackward0', (grad, node) => [
  zerosAround(grad, node.attrs.shape, node.attrs.cut, 'SelectBackwardBackward0'),
])

/**
 * A view of the part at `index` along `dim`, without that dimension.
 *
 * @throws IndexError if `index` is out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.select.html
 */
export function select(x: Tensor, dim: number, index: number): Tensor {
  if (x.ndim === 0) throw new IndexError('select() cannot be applied to a 0-dim tensor.')
  const at = normalizeDim(dim, x.ndim)
  const n = x.shape[at] as number
  if (index < -n || index >= n)
    throw new IndexError(`select(): index ${index} out of range for tensor of size ${formatShape(x.shape)} at dimension ${at}`)
  const start = index < 0 ? index + n : index
  const keep = (_: unknown, d: number): boolean => d !== at
  const cut: Cut = (y) => select(y, at, start)
  return viewOf(x, x.shape.filter(keep), x.strides.filter(keep), x.offset + start * (x.strides[at] as number), selectRule, {
    shape: x.shape,
    cut,
  })
}

const diagonalRule = /* @__PURE__ */ rule<readonly [], Part>('DiagonalBackward0', (grad, node) => [
  zerosAround(grad, node.attrs.shape, node.attrs.cut, 'DiagonalBackwardBackward0'),
])

/** Options of `diagonal`: how far above the main diagonal, and of which dimensions. */
export interface DiagonalOptions {
  readonly offset?: number | undefined
  readonly dim1?: number | undefined
  readonly dim2?: number | undefined
}

/** Two dimensions counted from the front, which must differ. */
export function planeOf(dim1: number, dim2: number, ndim: number): [number, number] {
  const a = normalizeDim(dim1, ndim)
  const b = normalizeDim(dim2, ndim)
  if (a === b) throw new RuntimeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`)
  return [a, b]
}

/**
 * A view of the diagonal of each matrix in the dimensions `dim1` and `dim2`, as a last dimension; `offset` 1 is the one above, -1 the one below.
 *
 * @throws RuntimeError if the two dimensions are the same.
 * @see https://pytorch.org/docs/stable/generated/torch.diagonal.html
 */
export function diagonal(x: Tensor, { offset = 0, dim1 = 0, dim2 = 1 }: DiagonalOptions = {}): Tensor {
  const [a, b] = planeOf(dim1, dim2, x.ndim)
  const [down, right] = [Math.max(-offset, 0), Math.max(offset, 0)]
  const n = Math.max(Math.min((x.shape[a] as number) - down, (x.shape[b] as number) - right), 0)
  const keep = (_: unknown, d: number): boolean => d !== a && d !== b
  const [stepA, stepB] = [x.strides[a] as number, x.strides[b] as number]
  const start = n === 0 ? 0 : down * stepA + right * stepB
  const cut: Cut = (y) => diagonal(y, { offset, dim1: a, dim2: b })
  return viewOf(x, [...x.shape.filter(keep), n], [...x.strides.filter(keep), stepA + stepB], x.offset + start, diagonalRule, {
    shape: x.shape,
    cut,
  })
}
