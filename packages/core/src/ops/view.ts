/** Views with another shape: the same elements in the same order. Views of parts and of other orders are told further on from here. */
import { rule } from '../autograd/node.ts'
import { isFloat, typeName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import {
  broadcastStrides,
  contiguousStrides,
  formatShape,
  inferShape,
  normalizeDim,
  normalizeDims,
  numelOf,
  type Shape,
  sameShape,
  viewStrides,
} from '../layout.ts'
import { castTo, cloneOf, copyOf, record, sumTo } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { viewOf } from './alias.ts'
import { listOf } from './args.ts'
import type { Dims } from './types.ts'

export * from './permute.ts'
export { diagonal, narrow, narrowCopy, select, slice } from './slice.ts'
export * from './split.ts'

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
  const to = inferShape(listOf(shape, rest), x.numel())
  const strides = viewStrides(x.shape, x.strides, to)
  if (strides === null)
    throw new RuntimeError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
    )
  return viewOf(x, to, strides, x.offset, viewRule, x.shape)
}

const cloneRule = /* @__PURE__ */ rule('CloneBackward0', (grad) => [grad])

/**
 * A copy of the elements in memory of its own, in the order in which they stand in memory: the clone of a transposed tensor is transposed.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.clone.html
 */
export function clone(x: Tensor): Tensor {
  return record(cloneOf(x), cloneRule, [x], [], undefined)
}

/** A copy of the elements in row-major order. */
const orderedClone = (x: Tensor): Tensor => record(copyOf(x), cloneRule, [x], [], undefined)

/**
 * `x` itself if its elements stand in order, else an ordered copy.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.contiguous.html
 */
export function contiguous(x: Tensor): Tensor {
  return x.isContiguous() ? x : orderedClone(x)
}

const unsafeViewRule = /* @__PURE__ */ rule<readonly [], Shape>('UnsafeViewBackward0', (grad, node) => [reshape(grad, node.attrs)])

/**
 * The elements in another shape: a view where the layout allows it, else a copy.
 *
 * @throws RuntimeError if the numbers of elements differ.
 * @see https://pytorch.org/docs/stable/generated/torch.reshape.html
 */
export function reshape(x: Tensor, shape: Shape | number, ...rest: number[]): Tensor {
  const to = inferShape(listOf(shape, rest), x.numel())
  const strides = viewStrides(x.shape, x.strides, to)
  if (strides !== null) return viewOf(x, to, strides, x.offset, viewRule, x.shape)
  const copy = orderedClone(x)
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
  const given = listOf(shape, rest)
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

/**
 * `x` stretched to `shape`, with new dimensions in front.
 *
 * @throws RuntimeError if `x` does not broadcast to the shape.
 * @see https://pytorch.org/docs/stable/generated/torch.broadcast_to.html
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return expand(x, shape)
}

/**
 * `x` summed down to `size`, which broadcasts to the shape of `x`: the adjoint of broadcasting.
 *
 * Dtypes: integers sum to `int64`.
 *
 * @throws RuntimeError if `size` does not broadcast to the shape of `x`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.sum_to_size.html
 */
export function sumToSize(x: Tensor, size: Shape | number, ...rest: number[]): Tensor {
  const to = listOf(size, rest)
  const lead = x.ndim - to.length
  if (lead < 0 || to.some((n, d) => n !== 1 && n !== x.shape[lead + d]))
    throw new RuntimeError(`size {${formatShape(to)}} is not expandable to size {${formatShape(x.shape)}}.`)
  return sameShape(x.shape, to) ? x : sumTo(isFloat(x.dtype) ? x : castTo(x, 'int64'), to)
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
export function squeeze(x: Tensor, given?: Dims | { readonly dim?: Dims | undefined }): Tensor {
  const dim = typeof given === 'object' && 'dim' in given ? given.dim : (given as Dims | undefined)
  const drop = normalizeDims(dim, x.ndim).filter((d) => x.shape[d] === 1 && !(Array.isArray(dim) && dim.length === 0))
  const keep = (_: unknown, d: number): boolean => !drop.includes(d)
  const name = dim === undefined ? 'SqueezeBackward0' : typeof dim === 'number' ? 'SqueezeBackward1' : 'SqueezeBackward2'
  return viewOf(x, x.shape.filter(keep), x.strides.filter(keep), x.offset, squeezeRule, x.shape, name)
}

/** Options of `flatten`. */
export interface FlattenOptions {
  /** The first dimension to be merged (0). */
  readonly startDim?: number
  /** The last dimension to be merged (-1). */
  readonly endDim?: number
}

/**
 * The dimensions from `start` to `end` made one.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.flatten.html
 */
export function flatten(x: Tensor, startDim: number | FlattenOptions = 0, endDim = -1): Tensor {
  const { startDim: from = 0, endDim: to = -1 } = typeof startDim === 'number' ? { startDim, endDim } : startDim
  const start = normalizeDim(from, x.ndim)
  const end = normalizeDim(to, x.ndim)
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
