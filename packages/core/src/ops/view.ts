/** Views: the same memory under another layout. */
import { type Rule, rule, ruleAll } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { typeName } from '../dtype.ts'
import { IndexError, RuntimeError } from '../errors.ts'
import {
  broadcastStrides,
  contiguousStrides,
  formatShape,
  inferShape,
  normalizeDim,
  normalizeDims,
  numelOf,
  type Shape,
  viewStrides,
} from '../layout.ts'
import { copyOf, record, recordAll, sumTo } from '../op.ts'
import { allocateTensor, type Creation, markView, type Tensor } from '../tensor.ts'
import { add } from './arithmetic.ts'

/** A recorded view of `x`. */
export function viewOf<A>(
  x: Tensor,
  shape: Shape,
  strides: readonly number[],
  offset: number,
  r: Rule<readonly [], A>,
  attrs: A,
  name?: string,
): Tensor {
  const out = x.alias(shape, strides, offset)
  markView(out, x)
  return record(out, r, [x], [], attrs, name)
}

const asShape = (shape: Shape | number, rest: readonly number[]): Shape => (typeof shape === 'number' ? [shape, ...rest] : shape)

const viewRule = /* @__PURE__ */ rule<readonly [], Shape>('ViewBackward0', (grad, node) => [reshape(grad, node.attrs)])

/**
 * The same memory with another shape; one length may be -1.
 *
 * @example
 * arange(6).view([2, -1]).shape // [2, 3]
 * @throws RuntimeError if the numbers of elements differ or the layout does not allow it.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.view.html
 */
export function view(x: Tensor, shape: Shape | number, ...rest: number[]): Tensor {
  const to = inferShape(asShape(shape, rest), x.numel())
  const strides = viewStrides(x.shape, x.strides, to)
  if (strides === null)
    throw new RuntimeError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
    )
  return viewOf(x, to, strides, x.offset, viewRule, x.shape)
}

const cloneRule = /* @__PURE__ */ rule('CloneBackward0', (grad) => [grad])

/**
 * A copy of the elements in memory of its own.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.clone.html
 */
export function clone(x: Tensor): Tensor {
  return record(copyOf(x), cloneRule, [x], [], undefined)
}

/**
 * `x` itself if its elements stand in order, else an ordered copy.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.contiguous.html
 */
export function contiguous(x: Tensor): Tensor {
  return x.isContiguous() ? x : clone(x)
}

const unsafeViewRule = /* @__PURE__ */ rule<readonly [], Shape>('UnsafeViewBackward0', (grad, node) => [reshape(grad, node.attrs)])

/**
 * The elements in another shape: a view where the layout allows it, else a copy.
 *
 * @throws RuntimeError if the numbers of elements differ.
 * @see https://pytorch.org/docs/stable/generated/torch.reshape.html
 */
export function reshape(x: Tensor, shape: Shape | number, ...rest: number[]): Tensor {
  const to = inferShape(asShape(shape, rest), x.numel())
  const strides = viewStrides(x.shape, x.strides, to)
  if (strides !== null) return viewOf(x, to, strides, x.offset, viewRule, x.shape)
  const copy = clone(x)
  return record(copy.alias(to, contiguousStrides(to)), unsafeViewRule, [copy], [], x.shape)
}

/**
 * The elements in the shape of `other`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.reshape_as.html
 */
export function reshapeAs(x: Tensor, other: Tensor): Tensor {
  return reshape(x, other.shape)
}

/**
 * A view in the shape of `other`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.view_as.html
 */
export function viewAs(x: Tensor, other: Tensor): Tensor {
  return view(x, other.shape)
}

const expandRule = /* @__PURE__ */ rule<readonly [], Shape>('ExpandBackward0', (grad, node) => [sumTo(grad, node.attrs)])

/**
 * A view in which dimensions of length 1 are stretched to `shape`; -1 keeps a length.
 *
 * @throws RuntimeError for a dimension that is not of length 1 and differs.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.expand.html
 */
export function expand(x: Tensor, shape: Shape | number, ...rest: number[]): Tensor {
  const given = asShape(shape, rest)
  if (given.length < x.ndim)
    throw new RuntimeError(
      `expand(${typeName(x.dtype)}{${formatShape(x.shape)}}, size=${formatShape(given)}): the number of sizes provided (${given.length}) must be greater or equal to the number of dimensions in the tensor (${x.ndim})`,
    )
  const lead = given.length - x.ndim
  const to = given.map((n, d) => {
    const own = d < lead ? 1 : (x.shape[d - lead] as number)
    if (n === -1) {
      if (d < lead) throw new RuntimeError(`The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${d}`)
      return own
    }
    if (own !== 1 && own !== n)
      throw new RuntimeError(
        `The expanded size of the tensor (${n}) must match the existing size (${own}) at non-singleton dimension ${d}.  Target sizes: ${formatShape(given)}.  Tensor sizes: ${formatShape(x.shape)}`,
      )
    return n
  })
  return viewOf(x, to, broadcastStrides(x.shape, x.strides, to), x.offset, expandRule, x.shape)
}

/**
 * `x` stretched to the shape of `other`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.expand_as.html
 */
export function expandAs(x: Tensor, other: Tensor): Tensor {
  return expand(x, other.shape)
}

const permuteRule = /* @__PURE__ */ rule<readonly [], readonly number[]>('PermuteBackward0', (grad, node) => {
  const inverse = new Array<number>(node.attrs.length)
  node.attrs.forEach((from, to) => {
    inverse[from] = to
  })
  return [permute(grad, inverse)]
})

/**
 * A view with the dimensions in another order.
 *
 * @throws RuntimeError if `dims` is not a permutation.
 * @see https://pytorch.org/docs/stable/generated/torch.permute.html
 */
export function permute(x: Tensor, dims: readonly number[] | number, ...rest: number[]): Tensor {
  const given = asShape(dims, rest)
  if (given.length !== x.ndim)
    throw new RuntimeError(
      `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${x.ndim} is not equal to len(dims) = ${given.length}`,
    )
  const order = given.map((d) => normalizeDim(d, x.ndim))
  if (new Set(order).size !== order.length) throw new RuntimeError('permute(): duplicate dims are not allowed.')
  return viewOf(
    x,
    order.map((d) => x.shape[d] as number),
    order.map((d) => x.strides[d] as number),
    x.offset,
    permuteRule,
    order,
  )
}

const transposeRule = /* @__PURE__ */ rule<readonly [], readonly [number, number]>('TransposeBackward0', (grad, node) => [
  transpose(grad, ...node.attrs),
])

const swapped = (values: readonly number[], a: number, b: number): number[] => {
  const out = [...values]
  if (out.length > 0) [out[a], out[b]] = [out[b] as number, out[a] as number]
  return out
}

/**
 * A view with two dimensions exchanged.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.transpose.html
 */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const a = normalizeDim(dim0, x.ndim)
  const b = normalizeDim(dim1, x.ndim)
  return viewOf(x, swapped(x.shape, a, b), swapped(x.strides, a, b), x.offset, transposeRule, [a, b])
}

const tRule = /* @__PURE__ */ rule('TBackward0', (grad) => [t(grad)])

/**
 * The transpose of a matrix; vectors and 0-dim tensors stay as they are.
 *
 * @throws RuntimeError for more than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.t.html
 */
export function t(x: Tensor): Tensor {
  if (x.ndim > 2) throw new RuntimeError(`t() expects a tensor with <= 2 dimensions, but self is ${x.ndim}D`)
  const last = Math.max(x.ndim - 1, 0)
  return viewOf(x, swapped(x.shape, 0, last), swapped(x.strides, 0, last), x.offset, tRule, undefined)
}

/**
 * A view with dimensions moved to new places, the others keeping their order.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.movedim.html
 */
export function movedim(x: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
  const from = asShape(source, []).map((d) => normalizeDim(d, x.ndim))
  const to = asShape(destination, []).map((d) => normalizeDim(d, x.ndim))
  if (from.length !== to.length)
    throw new RuntimeError(
      `movedim: Invalid source or destination dims: source (${formatShape(asShape(source, []))} dims) should contain the same number of dims as destination (${formatShape(asShape(destination, []))} dims)`,
    )
  const rest = x.shape.map((_, d) => d).filter((d) => !from.includes(d))
  const order = x.shape.map((_, d) => (to.includes(d) ? (from[to.indexOf(d)] as number) : (rest.shift() as number)))
  return permute(x, order)
}

const unsqueezeRule = /* @__PURE__ */ rule<readonly [], number>('UnsqueezeBackward0', (grad, node) => [squeeze(grad, node.attrs)])

/**
 * A view with a dimension of length 1 put in at `dim`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.unsqueeze.html
 */
export function unsqueeze(x: Tensor, dim: number): Tensor {
  const at = normalizeDim(dim, x.ndim + 1)
  const step = at < x.ndim ? (x.shape[at] as number) * (x.strides[at] as number) : 1
  return viewOf(
    x,
    [...x.shape.slice(0, at), 1, ...x.shape.slice(at)],
    [...x.strides.slice(0, at), step, ...x.strides.slice(at)],
    x.offset,
    unsqueezeRule,
    at,
  )
}

const squeezeRule = /* @__PURE__ */ rule<readonly [], Shape>('SqueezeBackward0', (grad, node) => [reshape(grad, node.attrs)])

/**
 * A view without its dimensions of length 1, or without those given that have it.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.squeeze.html
 */
export function squeeze(x: Tensor, dim?: number | readonly number[]): Tensor {
  const drop = normalizeDims(dim, x.ndim).filter((d) => x.shape[d] === 1 && !(Array.isArray(dim) && dim.length === 0))
  const keep = (_: unknown, d: number): boolean => !drop.includes(d)
  const name = dim === undefined ? 'SqueezeBackward0' : typeof dim === 'number' ? 'SqueezeBackward1' : 'SqueezeBackward2'
  return viewOf(x, x.shape.filter(keep), x.strides.filter(keep), x.offset, squeezeRule, x.shape, name)
}

/**
 * The dimensions from `start` to `end` made one.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.flatten.html
 */
export function flatten(x: Tensor, startDim = 0, endDim = -1): Tensor {
  const start = normalizeDim(startDim, x.ndim)
  const end = normalizeDim(endDim, x.ndim)
  if (start > end) throw new RuntimeError('flatten() has invalid args: start_dim cannot come after end_dim')
  if (x.ndim === 0) return reshape(x, [1])
  if (start === end) return x
  return reshape(x, [...x.shape.slice(0, start), numelOf(x.shape.slice(start, end + 1)), ...x.shape.slice(end + 1)])
}

/**
 * All elements in one dimension.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.ravel.html
 */
export function ravel(x: Tensor): Tensor {
  return reshape(contiguous(x), [-1])
}

/**
 * One dimension cut into several; one of `sizes` may be -1.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.unflatten.html
 */
export function unflatten(x: Tensor, dim: number, sizes: Shape): Tensor {
  const at = normalizeDim(dim, x.ndim)
  if (sizes.length === 0) throw new RuntimeError('unflatten: sizes must be non-empty')
  const n = x.shape[at] as number
  let inferred: number[]
  try {
    inferred = inferShape(sizes, n)
  } catch {
    throw new RuntimeError(
      `unflatten: Provided sizes ${formatShape(sizes)} don't multiply up to the size of dim ${at} (${n}) in the input tensor`,
    )
  }
  return view(x, [...x.shape.slice(0, at), ...inferred, ...x.shape.slice(at + 1)])
}

/** What the backward of a part needs: the whole's shape and the part's place. */
interface Part {
  readonly shape: Shape
  readonly dim: number
  readonly start: number
  readonly step: number
}

/** Zeros of `shape` with `grad` in the part that was taken; differentiable, its own adjoint is the taking. */
function placeInZeros(grad: Tensor, part: Part): Tensor {
  const out = allocateTensor(part.shape, grad.dtype)
  const step = out.strides[part.dim] as number
  const strides = out.strides.map((s, d) => (d === part.dim ? s * part.step : s))
  kernels.copy(grad, out.alias(grad.shape, strides, part.start * step))
  return record(out, placeRule, [grad], [], { ...part, length: grad.shape[part.dim] as number })
}

const placeRule = /* @__PURE__ */ rule<readonly [], Part & { length: number }>('SliceBackward0', (grad, node) => {
  const { dim, start, step, length } = node.attrs
  return [slice(grad, dim, start, start + length * step, step)]
})

const sliceRule = /* @__PURE__ */ rule<readonly [], Part>('SliceBackward0', (grad, node) => [placeInZeros(grad, node.attrs)])

/**
 * A view of every `step`-th element from `start` to `end` (exclusive) along `dim`, with Python's rules for negative and overlong bounds.
 *
 * @throws RuntimeError unless `step` is greater than 0.
 * @see https://pytorch.org/docs/stable/tensor_view.html
 */
export function slice(x: Tensor, dim = 0, start: number | null = 0, end: number | null = null, step = 1): Tensor {
  if (x.ndim === 0) throw new IndexError('slice() cannot be applied to a 0-dim tensor.')
  if (!(step > 0)) throw new RuntimeError('slice step must be positive')
  const at = normalizeDim(dim, x.ndim)
  const n = x.shape[at] as number
  const bound = (v: number): number => Math.min(Math.max(v < 0 ? v + n : v, 0), n)
  const from = bound(start ?? 0)
  const to = Math.max(bound(end ?? n), from)
  const length = Math.ceil((to - from) / step)
  const shape = x.shape.map((m, d) => (d === at ? length : m))
  const strides = x.strides.map((s, d) => (d === at ? s * step : s))
  return viewOf(x, shape, strides, x.offset + from * (x.strides[at] as number), sliceRule, { shape: x.shape, dim: at, start: from, step })
}

/**
 * A view of `length` elements from `start` along `dim`.
 *
 * @throws RuntimeError if the part does not lie within the tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.narrow.html
 */
export function narrow(x: Tensor, dim: number, start: number | Tensor, length: number): Tensor {
  if (x.ndim === 0) throw new RuntimeError('narrow() cannot be applied to a 0-dim tensor.')
  if (length < 0) throw new RuntimeError('narrow(): length must be non-negative.')
  const at = normalizeDim(dim, x.ndim)
  const n = x.shape[at] as number
  const given = typeof start === 'number' ? start : Number(start.item())
  if (given < -n || given > n) throw new IndexError(`start out of range (expected to be in range of [${-n}, ${n}], but got ${given})`)
  const from = given < 0 ? given + n : given
  if (from + length > n) throw new RuntimeError(`start (${from}) + length (${length}) exceeds dimension size (${n}).`)
  return slice(x, at, from, from + length)
}

const selectRule = /* @__PURE__ */ rule<readonly [], Part>('SelectBackward0', (grad, node) => [
  placeInZeros(unsqueeze(grad, node.attrs.dim), node.attrs),
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
  return viewOf(x, x.shape.filter(keep), x.strides.filter(keep), x.offset + start * (x.strides[at] as number), selectRule, {
    shape: x.shape,
    dim: at,
    start,
    step: 1,
  })
}

/** Several views of one tensor, which share a node and may not be written in place. */
function viewsOf<A>(x: Tensor, parts: readonly Tensor[], r: Rule<readonly [], A>, attrs: A, name?: string): Tensor[] {
  const creation: Creation = 'multi'
  for (const p of parts) markView(p, x, creation)
  recordAll(parts, r, [x], [], attrs, name)
  return [...parts]
}

const splitRule = /* @__PURE__ */ ruleAll<readonly [], { shape: Shape; dim: number; sizes: readonly number[] }>(
  'SplitBackward0',
  (grads, node) => {
    const { shape, dim, sizes } = node.attrs
    let start = 0
    let total: Tensor | null = null
    sizes.forEach((n, i) => {
      const g = grads[i]
      if (g) {
        const placed = placeInZeros(g, { shape, dim, start, step: 1 })
        total = total === null ? placed : add(total as Tensor, placed)
      }
      start += n
    })
    return [total]
  },
)

/**
 * Views of consecutive parts along `dim`: each `size` long (the last may be shorter), or as long as the list says.
 *
 * @throws RuntimeError if the lengths do not add up.
 * @see https://pytorch.org/docs/stable/generated/torch.split.html
 */
export function split(x: Tensor, size: number | readonly number[], dim: number | { dim?: number } = 0): Tensor[] {
  const at = normalizeDim(typeof dim === 'number' ? dim : (dim.dim ?? 0), x.ndim)
  if (x.ndim === 0) throw new RuntimeError('split expects at least a 1-dimensional tensor')
  const n = x.shape[at] as number
  let sizes: readonly number[]
  if (typeof size === 'number') {
    if (size < 0) throw new RuntimeError(`split expects split_size be non-negative, but got split_size=${size}`)
    if (size === 0 && n !== 0) throw new RuntimeError(`split_size can only be 0 if dimension size is 0, but got dimension size of ${n}`)
    const count = size === 0 ? 1 : Math.max(Math.ceil(n / size), 1)
    sizes = Array.from({ length: count }, (_, i) => Math.min(size, n - i * size))
  } else {
    sizes = size
    if (sizes.some((s) => s < 0))
      throw new RuntimeError(
        `split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=${formatShape(sizes)}`,
      )
    if (sizes.reduce((a, b) => a + b, 0) !== n)
      throw new RuntimeError(
        `split_with_sizes expects split_sizes to sum exactly to ${n} (input tensor's size at dimension ${at}), but got split_sizes=${formatShape(sizes)}`,
      )
  }
  let start = 0
  const parts = sizes.map((length) => {
    const part = x.alias(
      x.shape.map((m, d) => (d === at ? length : m)),
      x.strides,
      x.offset + start * (x.strides[at] as number),
    )
    start += length
    return part
  })
  return viewsOf(
    x,
    parts,
    splitRule,
    { shape: x.shape, dim: at, sizes },
    typeof size === 'number' ? 'SplitBackward0' : 'SplitWithSizesBackward0',
  )
}

/**
 * Views of `chunks` parts along `dim`, as equal as they can be with the shorter ones last; fewer where there is not enough.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.chunk.html
 */
export function chunk(x: Tensor, chunks: number, dim: number | { dim?: number } = 0): Tensor[] {
  if (x.ndim === 0) throw new RuntimeError('chunk expects at least a 1-dimensional tensor')
  if (!(chunks > 0)) throw new RuntimeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`)
  const at = normalizeDim(typeof dim === 'number' ? dim : (dim.dim ?? 0), x.ndim)
  const n = x.shape[at] as number
  const size = Math.ceil(n / chunks)
  return n === 0 ? split(x, new Array<number>(chunks).fill(0), at) : split(x, size, at)
}

const unbindRule = /* @__PURE__ */ ruleAll<readonly [], { shape: Shape; dim: number }>('UnbindBackward0', (grads, node) => {
  const { shape, dim } = node.attrs
  let total: Tensor | null = null
  grads.forEach((g, start) => {
    if (!g) return
    const placed = placeInZeros(unsqueeze(g, dim), { shape, dim, start, step: 1 })
    total = total === null ? placed : add(total as Tensor, placed)
  })
  return [total]
})

/**
 * Views of each part along `dim`, without that dimension.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.unbind.html
 */
export function unbind(x: Tensor, dim: number | { dim?: number } = 0): Tensor[] {
  if (x.ndim === 0) throw new IndexError('Dimension specified as 0 but tensor has no dimensions')
  const at = normalizeDim(typeof dim === 'number' ? dim : (dim.dim ?? 0), x.ndim)
  const keep = (_: unknown, d: number): boolean => d !== at
  const parts = Array.from({ length: x.shape[at] as number }, (_, i) =>
    x.alias(x.shape.filter(keep), x.strides.filter(keep), x.offset + i * (x.strides[at] as number)),
  )
  return viewsOf(x, parts, unbindRule, { shape: x.shape, dim: at })
}
