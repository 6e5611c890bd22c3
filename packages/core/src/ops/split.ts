/** Views of all parts of a tensor at once. */
import { ruleAll } from '../autograd/node.ts'
import { scalarName } from '../dtype.ts'
import { IndexError, RuntimeError } from '../errors.ts'
import { formatShape, normalizeDim, type Shape } from '../layout.ts'
import { recordAll } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { viewsOf } from './alias.ts'
import { type DimArg, dimOf } from './args.ts'
import { cat, stack } from './join.ts'
import { slice } from './slice.ts'

/** How a tensor was split. */
interface Parts {
  readonly shape: Shape
  readonly dim: number
  readonly sizes: readonly number[]
}

/** Zeros in the place of a gradient that nothing asked for. */
const orZeros = (grad: Tensor | null | undefined, like: Tensor, shape: Shape): Tensor => grad ?? allocateTensor(shape, like.dtype)

const some = (grads: readonly (Tensor | null)[]): Tensor | undefined => grads.find((g) => g !== null) ?? undefined

const splitRule = /* @__PURE__ */ ruleAll<readonly [], Parts>('SplitBackward0', (grads, node) => {
  const { shape, dim, sizes } = node.attrs
  const like = some(grads)
  if (like === undefined) return [null]
  const shapeOf = (length: number): Shape => shape.map((m, d) => (d === dim ? length : m))
  return [
    cat(
      sizes.map((n, i) => orZeros(grads[i], like, shapeOf(n))),
      dim,
    ),
  ]
})

/** The parts of `x` as views without a record. */
function partsOf(x: Tensor, dim: number, sizes: readonly number[]): Tensor[] {
  let start = 0
  return sizes.map((length) => {
    const part = x.alias(
      x.shape.map((m, d) => (d === dim ? length : m)),
      x.strides,
      x.offset + start * (x.strides[dim] as number),
    )
    start += length
    return part
  })
}

/** The lengths of parts of `size` elements, the last of them what remains. */
function evenSizes(x: Tensor, dim: number, size: number): number[] {
  if (x.ndim === 0) throw new RuntimeError('split expects at least a 1-dimensional tensor')
  const n = x.shape[dim] as number
  if (size < 0) throw new RuntimeError(`split expects split_size be non-negative, but got split_size=${size}`)
  if (size === 0 && n !== 0) throw new RuntimeError(`split_size can only be 0 if dimension size is 0, but got dimension size of ${n}`)
  const count = size === 0 ? 1 : Math.max(Math.ceil(n / size), 1)
  return Array.from({ length: count }, (_, i) => Math.min(size, n - i * size))
}

function checkSizes(x: Tensor, dim: number, sizes: readonly number[]): void {
  if (x.ndim === 0) throw new RuntimeError('split expects at least a 1-dimensional tensor')
  const n = x.shape[dim] as number
  if (sizes.some((s) => s < 0))
    throw new RuntimeError(`split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=${formatShape(sizes)}`)
  if (sizes.reduce((a, b) => a + b, 0) !== n)
    throw new RuntimeError(
      `split_with_sizes expects split_sizes to sum exactly to ${n} (input tensor's size at dimension ${dim}), but got split_sizes=${formatShape(sizes)}`,
    )
}

/**
 * Views of consecutive parts along `dim`: each `size` long (the last may be shorter), or as long as the list says.
 *
 * @throws RuntimeError if the lengths do not add up.
 * @see https://pytorch.org/docs/stable/generated/torch.split.html
 */
export function split(x: Tensor, size: number | readonly number[], dim: DimArg = 0): Tensor[] {
  if (typeof size !== 'number') return splitWithSizes(x, size, dim)
  const at = normalizeDim(dimOf(dim), x.ndim)
  const sizes = evenSizes(x, at, size)
  return viewsOf(x, partsOf(x, at, sizes), splitRule, { shape: x.shape, dim: at, sizes })
}

/**
 * Views of consecutive parts along `dim` of the lengths given.
 *
 * @throws RuntimeError if the lengths do not add up.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.split.html
 */
export function splitWithSizes(x: Tensor, sizes: readonly number[], dim: DimArg = 0): Tensor[] {
  const at = normalizeDim(dimOf(dim), x.ndim)
  checkSizes(x, at, sizes)
  return viewsOf(x, partsOf(x, at, sizes), splitRule, { shape: x.shape, dim: at, sizes }, 'SplitWithSizesBackward0')
}

/** Parts that the graph does not know as views, so that each may be written. */
function unsafeParts(x: Tensor, dim: number, sizes: readonly number[], name: string): Tensor[] {
  const out = partsOf(x, dim, sizes)
  recordAll(out, splitRule, [x], [], { shape: x.shape, dim, sizes }, name)
  return out
}

/**
 * The parts of `split` without a record of the memory they share: each may be written in place if nothing else reads `x` afterwards.
 *
 * @throws RuntimeError if the lengths do not add up.
 * @see https://pytorch.org/docs/stable/generated/torch.unsafe_split.html
 */
export function unsafeSplit(x: Tensor, size: number | readonly number[], dim: DimArg = 0): Tensor[] {
  if (typeof size !== 'number') return unsafeSplitWithSizes(x, size, dim)
  const at = normalizeDim(dimOf(dim), x.ndim)
  return unsafeParts(x, at, evenSizes(x, at, size), 'UnsafeSplitBackward0')
}

/**
 * The parts of `splitWithSizes` without a record of the memory they share: each may be written in place if nothing else reads `x` afterwards.
 *
 * @throws RuntimeError if the lengths do not add up.
 * @see https://pytorch.org/docs/stable/generated/torch.unsafe_split.html
 */
export function unsafeSplitWithSizes(x: Tensor, sizes: readonly number[], dim: DimArg = 0): Tensor[] {
  const at = normalizeDim(dimOf(dim), x.ndim)
  checkSizes(x, at, sizes)
  return unsafeParts(x, at, sizes, 'UnsafeSplitWithSizesBackward0')
}

/** The length of each of `chunks` parts; or, of a dimension without elements, as many zeros. */
function chunkSize(x: Tensor, chunks: number, dim: number): number | number[] {
  if (x.ndim === 0) throw new RuntimeError('chunk expects at least a 1-dimensional tensor')
  if (!(chunks > 0)) throw new RuntimeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`)
  const n = x.shape[dim] as number
  return n === 0 ? new Array<number>(chunks).fill(0) : Math.ceil(n / chunks)
}

/**
 * Views of `chunks` parts along `dim`, as equal as they can be with the shorter ones last; fewer where there is not enough.
 *
 * @throws RuntimeError for a 0-dim tensor or less than one part.
 * @see https://pytorch.org/docs/stable/generated/torch.chunk.html
 */
export function chunk(x: Tensor, chunks: number, dim: DimArg = 0): Tensor[] {
  const at = normalizeDim(dimOf(dim), x.ndim)
  return split(x, chunkSize(x, chunks, at), at)
}

/**
 * The parts of `chunk` without a record of the memory they share: each may be written in place if nothing else reads `x` afterwards.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.unsafe_chunk.html
 */
export function unsafeChunk(x: Tensor, chunks: number, dim: DimArg = 0): Tensor[] {
  const at = normalizeDim(dimOf(dim), x.ndim)
  return unsafeSplit(x, chunkSize(x, chunks, at), at)
}

/**
 * Views of parts along `dim`: so many of nearly equal length with the longer ones first, or cut before each of the indices.
 *
 * @example
 * arange(8).tensorSplit(3).map((part) => part.tolist()) // [[0, 1, 2], [3, 4, 5], [6, 7]]
 * @throws RuntimeError for less than one part, a 0-dim tensor, or indices that are no vector of `int64`.
 * @see https://pytorch.org/docs/stable/generated/torch.tensor_split.html
 */
export function tensorSplit(x: Tensor, indicesOrSections: number | readonly number[] | Tensor, dim: DimArg = 0): Tensor[] {
  if (x.ndim === 0) throw new RuntimeError('tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims')
  const at = normalizeDim(dimOf(dim), x.ndim)
  const given = typeof indicesOrSections === 'object' && 'storage' in indicesOrSections ? numbersOf(indicesOrSections) : indicesOrSections
  const n = x.shape[at] as number
  if (typeof given !== 'number')
    return [...given, n].map((end, i) => slice(x, at, i === 0 ? 0 : (given[i - 1] as number), i < given.length ? end : n))
  if (!(given > 0)) throw new RuntimeError(`number of sections must be larger than 0, got ${given}`)
  const [least, longer] = [Math.floor(n / given), n % given]
  const startOf = (i: number): number => i * least + Math.min(i, longer)
  return Array.from({ length: given }, (_, i) => slice(x, at, startOf(i), startOf(i + 1)))
}

function numbersOf(x: Tensor): number | number[] {
  if (x.ndim > 1)
    throw new RuntimeError(
      `tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with ${x.ndim} dims`,
    )
  if (x.dtype !== 'int64')
    throw new RuntimeError(`tensor_split expected tensor_indices_or_sections to have dtype of long, but got ${scalarName(x.dtype)}`)
  return x.tolist() as number | number[]
}

/** `hsplit`, `vsplit` and `dsplit`: parts that must be equal where their number is given. */
function splitEvenly(name: string, x: Tensor, given: number | readonly number[], least: number, dim: number): Tensor[] {
  if (x.ndim < least)
    throw new RuntimeError(`torch.${name} requires a tensor with at least ${least} dimension, but got a tensor with ${x.ndim} dimensions!`)
  if (typeof given === 'number') {
    if (given === 0 || (x.shape[dim] as number) % given !== 0)
      throw new RuntimeError(
        `torch.${name} attempted to split along dimension ${dim}, but the size of the dimension ${x.shape[dim]} is not divisible by the split_size ${given}!`,
      )
  } else if (!Array.isArray(given))
    throw new TypeError(
      `${name}() received an invalid combination of arguments - got (Tensor, ${typeof given === 'string' ? 'str' : typeof given}), but expected one of:\n * (Tensor input, int sections)\n * (Tensor input, tuple of ints indices)`,
    )
  return tensorSplit(x, given, dim)
}

/**
 * Views of parts side by side: along the second dimension, of a vector along its only one.
 *
 * @throws RuntimeError unless the length is divisible by the number of parts.
 * @see https://pytorch.org/docs/stable/generated/torch.hsplit.html
 */
export function hsplit(x: Tensor, indicesOrSections: number | readonly number[]): Tensor[] {
  return splitEvenly('hsplit', x, indicesOrSections, 1, x.ndim === 1 ? 0 : 1)
}

/**
 * Views of parts below each other: along the first dimension.
 *
 * @throws RuntimeError for less than two dimensions, or unless the length is divisible by the number of parts.
 * @see https://pytorch.org/docs/stable/generated/torch.vsplit.html
 */
export function vsplit(x: Tensor, indicesOrSections: number | readonly number[]): Tensor[] {
  return splitEvenly('vsplit', x, indicesOrSections, 2, 0)
}

/**
 * Views of parts behind each other: along the third dimension.
 *
 * @throws RuntimeError for less than three dimensions, or unless the length is divisible by the number of parts.
 * @see https://pytorch.org/docs/stable/generated/torch.dsplit.html
 */
export function dsplit(x: Tensor, indicesOrSections: number | readonly number[]): Tensor[] {
  return splitEvenly('dsplit', x, indicesOrSections, 3, 2)
}

const unbindRule = /* @__PURE__ */ ruleAll<readonly [], Parts>('UnbindBackward0', (grads, node) => {
  const { shape, dim } = node.attrs
  const like = some(grads)
  if (like === undefined) return [null]
  const rest = shape.filter((_, d) => d !== dim)
  return [
    stack(
      grads.map((g) => orZeros(g, like, rest)),
      dim,
    ),
  ]
})

/**
 * Views of each part along `dim`, without that dimension.
 *
 * @throws IndexError for a 0-dim tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.unbind.html
 */
export function unbind(x: Tensor, dim: DimArg = 0): Tensor[] {
  if (x.ndim === 0) throw new IndexError('Dimension specified as 0 but tensor has no dimensions')
  const at = normalizeDim(dimOf(dim), x.ndim)
  const keep = (_: unknown, d: number): boolean => d !== at
  const parts = Array.from({ length: x.shape[at] as number }, (_, i) =>
    x.alias(x.shape.filter(keep), x.strides.filter(keep), x.offset + i * (x.strides[at] as number)),
  )
  return viewsOf(x, parts, unbindRule, { shape: x.shape, dim: at, sizes: [] })
}
