/** Indexing as Python's brackets do it: numbers, slices, masks, tensors of indices, new dimensions. */
import { checkInplace, checkWritable } from '../autograd/inplace.ts'
import { isFloat, isIntegral, scalarName } from '../dtype.ts'
import { IndexError, RuntimeError, ValueError } from '../errors.ts'
import { broadcastShapes2, formatShape, numelOf, type Shape } from '../layout.ts'
import { inplaceOf, recording, writeResult } from '../op.ts'
import { type Operand, pyType } from '../promote.ts'
import { allocateTensor, Tensor } from '../tensor.ts'
import { aliasOf } from './alias.ts'
import { add } from './arithmetic.ts'
import { fromFront } from './indexing.ts'
import { copy_, fill_ } from './inplace-forms.ts'
import { coordinates } from './nonzero.ts'
import { type Places, putAt, shapeAt, takeAt, writeAt } from './places.ts'
import { select, slice } from './slice.ts'
import { clone, expand, reshape, unsqueeze } from './view.ts'

/** A range of indices, as Python's `start:stop:step`. */
export interface SliceIndex {
  readonly start?: number | null | undefined
  readonly stop?: number | null | undefined
  /** At least 1. */
  readonly step?: number | null | undefined
}

/** Numbers or truth values in nested arrays, which index as a tensor of them does. */
export type IndexList = readonly (number | boolean | IndexList)[]

/**
 * What may stand between the brackets: a number picks one part, a slice a range, `null` puts in a new dimension, `'...'` stands for all dimensions
 * that nothing is said of, a tensor or array of whole numbers picks several parts, one of truth values those where it holds.
 */
export type Index = number | boolean | null | '...' | SliceIndex | Tensor | IndexList

/** A tensor of nested arrays: `bool` of truth values, `int64` of numbers. */
function tensorOf(list: IndexList): Tensor {
  const shape: number[] = []
  for (let level: unknown = list; Array.isArray(level); level = level[0]) shape.push(level.length)
  const flat = (list as readonly unknown[]).flat(Number.POSITIVE_INFINITY) as (number | boolean)[]
  if (flat.length !== numelOf(shape)) throw new ValueError(`expected sequence of length ${shape[1] ?? shape[0]} at dim ${shape.length - 1}`)
  const out = allocateTensor(shape, flat.length > 0 && flat.every((v) => typeof v === 'boolean') ? 'bool' : 'int64')
  flat.forEach((v, i) => {
    if (typeof v === 'number' && !Number.isInteger(v)) throw invalid(v)
    out.data[i] = Number(v)
  })
  return out
}

const invalid = (item: unknown): IndexError =>
  new IndexError(
    `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${pyType(item)})`,
  )

/** How one item is to be read, with arrays made tensors. */
type Item = number | boolean | null | '...' | SliceIndex | Tensor

/** A 0-dim tensor indexes as its value does. */
function itemOf(index: Index): Item {
  const item: Item = Array.isArray(index) ? tensorOf(index as IndexList) : (index as Item)
  if (!(item instanceof Tensor)) return item
  if (!isIntegral(item.dtype) && item.dtype !== 'bool')
    throw new IndexError('tensors used as indices must be long, int, byte or bool tensors')
  if (item.ndim > 0) return item
  return isMask(item) ? Boolean(item.item<number | boolean>()) : item.item()
}

/** `uint8` counts as truth values here, as it does in PyTorch. */
const isMask = (t: Tensor): boolean => t.dtype === 'bool' || t.dtype === 'uint8'

/** How many dimensions an item uses up. */
const consumes = (item: Item): number => {
  if (item instanceof Tensor) return isMask(item) ? item.ndim : 1
  return typeof item === 'number' || (typeof item === 'object' && item !== null) ? 1 : 0
}

function checkMask(mask: Tensor, x: Tensor, dim: number): void {
  mask.shape.forEach((n, i) => {
    if (n !== x.shape[dim + i])
      throw new IndexError(
        `The shape of the mask ${formatShape(mask.shape)} at index ${i} does not match the shape of the indexed tensor ${formatShape(x.shape)} at index ${dim + i}`,
      )
  })
}

function sliceOf(x: Tensor, dim: number, item: SliceIndex): Tensor {
  const { start, stop, step } = item
  if (step === 0) throw new ValueError('slice step cannot be zero')
  if (typeof step === 'number' && step < 0) throw new ValueError('step must be greater than zero')
  return slice(x, dim, start ?? 0, stop ?? null, step ?? 1)
}

/** An index tensor and the dimension that it indexes. */
interface Advanced {
  readonly dim: number
  readonly index: Tensor
}

/** The index tensors as places: broadcast against each other, counted from the front. */
function placesOf(x: Tensor, advanced: readonly Advanced[]): Places {
  let shape: Shape = []
  try {
    for (const { index } of advanced) shape = broadcastShapes2(shape, index.shape)
  } catch {
    throw new IndexError(
      `shape mismatch: indexing tensors could not be broadcast together with shapes ${advanced.map((a) => formatShape(a.index.shape)).join(', ')}`,
    )
  }
  const count = numelOf(shape)
  const indices = advanced.map(({ dim, index }) => {
    const n = x.shape[dim] as number
    if (n === 0 && count > 0) throw new IndexError('index is out of bounds for dimension with size 0')
    return fromFront(
      expand(index, shape),
      n,
      (i) => new IndexError(`index ${i} is out of bounds for dimension ${dim} with size ${n}`),
    ).alias([count], [1])
  })
  const dims = advanced.map((a) => a.dim)
  // What neighbours index stands in their place; else it comes first, as in NumPy.
  const adjacent = dims.every((d, k) => k === 0 || d === (dims[k - 1] as number) + 1)
  return { dims, indices, shape, at: adjacent ? (dims[0] as number) : 0 }
}

/** The view that numbers, slices and new dimensions give, and the places in it that tensors and masks name; null where there are none. */
function resolve(x: Tensor, indices: readonly Index[]): { part: Tensor; places: Places | null } {
  const items = indices.map(itemOf)
  const used = items.reduce<number>((n, item) => n + consumes(item), 0)
  if (used > x.ndim)
    throw new IndexError(
      x.ndim === 0
        ? 'invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number'
        : `too many indices for tensor of dimension ${x.ndim}`,
    )
  let part = x
  let dim = 0
  let seen = 0
  let open = x.ndim - used
  const advanced: Advanced[] = []
  for (const item of items) {
    const before = seen
    seen += consumes(item)
    if (item === '...') {
      dim += open
      seen += open
      open = 0
    } else if (item === null) part = unsqueeze(part, dim++)
    else if (typeof item === 'boolean') {
      // A truth value indexes a new dimension of length 1: with its only place, or with none.
      part = unsqueeze(part, dim)
      advanced.push({ dim: dim++, index: allocateTensor([item ? 1 : 0], 'int64') })
    } else if (typeof item === 'number') {
      if (!Number.isInteger(item)) throw invalid(item)
      const n = part.shape[dim] as number
      if (item < -n || item >= n) throw new IndexError(`index ${item} is out of bounds for dimension ${before} with size ${n}`)
      part = select(part, dim, item)
    } else if (!(item instanceof Tensor)) {
      if (typeof item !== 'object') throw invalid(item)
      part = sliceOf(part, dim++, item)
    } else if (isMask(item)) {
      checkMask(item, part, dim)
      for (const index of coordinates(item).indices) advanced.push({ dim: dim++, index })
    } else advanced.push({ dim: dim++, index: item })
  }
  return { part, places: advanced.length === 0 ? null : placesOf(part, advanced) }
}

/** The items, which may come one by one or as one array. */
const itemsOf = (first: Index | readonly Index[] | undefined, rest: readonly Index[]): readonly Index[] =>
  rest.length === 0 && Array.isArray(first) ? (first as readonly Index[]) : first === undefined ? [] : [first as Index, ...rest]

/**
 * Part of `x`, as Python's `x[...]` gives it: `x.index(0, null, { start: 1 })` is `x[0, None, 1:]`. The items may also come as one array.
 *
 * Numbers, slices, `null` and `'...'` give a view; truth values, tensors and arrays give a copy. Arrays among the items index as tensors do:
 * `x.index([0, 2], { step: 2 })` is `x[[0, 2], ::2]`. Where tensors index dimensions that are not neighbours, what they index comes first.
 *
 * @example
 * arange(6).view(2, 3).index(-1, { start: 1 }) // tensor([4, 5])
 * @throws IndexError for an index out of bounds, too many indices, or a mask that does not fit; ValueError for a step that is not positive.
 * @see https://pytorch.org/docs/stable/tensor_view.html
 */
export function index(x: Tensor, first?: Index | readonly Index[], ...rest: Index[]): Tensor {
  const { part, places } = resolve(x, itemsOf(first, rest))
  if (places !== null) return takeAt(part, places)
  return part === x ? aliasOf(x) : part
}

/**
 * Another name of `index`, as JavaScript's arrays have it: `x.at(-1)`.
 *
 * @see https://pytorch.org/docs/stable/tensor_view.html
 */
export function at(x: Tensor, first?: Index | readonly Index[], ...rest: Index[]): Tensor {
  return index(x, first, ...rest)
}

/** Options of `indexPut`. */
export interface IndexPutOptions {
  /** Adds to what stands there instead of replacing it; a place that is named several times gets all values. */
  readonly accumulate?: boolean | undefined
}

/** The values as a tensor that broadcasts to what was indexed. */
function valuesOf(x: Tensor, places: Places, values: Tensor | number | boolean): Tensor {
  if (typeof values !== 'object') return fill_(allocateTensor([], x.dtype), values)
  if (values.dtype !== x.dtype)
    throw new RuntimeError(
      `Index put requires the source and destination dtypes match, got ${scalarName(x.dtype)} for the destination and ${scalarName(values.dtype)} for the source.`,
    )
  const full = shapeAt(x.shape, places)
  const lead = values.ndim - full.length
  const fits = lead <= 0 ? values.shape.every((n, d) => n === 1 || n === full[d - lead]) : values.shape.slice(0, lead).every((n) => n === 1)
  if (!fits)
    throw new RuntimeError(
      `shape mismatch: value tensor of shape ${formatShape(values.shape)} cannot be broadcast to indexing result of shape ${formatShape(full)}`,
    )
  return lead > 0 ? reshape(values, values.shape.slice(lead)) : values
}

/**
 * `x` with `values`, broadcast, where the indices point: as `indexPut_` on a copy.
 *
 * @throws IndexError as `index` does; RuntimeError if the values do not broadcast to what is indexed or have another dtype.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.index_put.html
 */
export function indexPut(
  x: Tensor,
  indices: readonly Index[],
  values: Tensor | number | boolean,
  { accumulate = false }: IndexPutOptions = {},
): Tensor {
  const { part, places } = resolve(x, indices)
  if (places !== null && part === x) return putAt(x, places, valuesOf(x, places, values), accumulate)
  return indexPut_(clone(x), indices, values, { accumulate })
}

/**
 * Writes `values`, broadcast, where the indices point, as Python's `x[...] = values` does. Takes all that `index` takes.
 *
 * @example
 * zeros([2, 3]).indexPut_([0, { start: 1 }], 5) // tensor([[0., 5., 5.], [0., 0., 0.]])
 * @throws IndexError as `index` does; RuntimeError if the values do not broadcast to what is indexed or have another dtype.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.index_put_.html
 */
export function indexPut_(
  x: Tensor,
  indices: readonly Index[],
  values: Tensor | number | boolean,
  { accumulate = false }: IndexPutOptions = {},
): Tensor {
  const { part, places } = resolve(x, indices)
  if (places === null) assign(part, values, accumulate)
  else {
    const source = valuesOf(part, places, values)
    checkInplace(part)
    checkWritable(part, part.shape, part.dtype)
    if (isFloat(x.dtype) && recording([part, source])) writeResult(part, putAt(part, places, source, accumulate))
    else {
      writeAt(part, places, expand(source, shapeAt(part.shape, places)), accumulate)
      part.storage.version++
    }
  }
  return x
}

const addTo: (x: Tensor, y: Operand) => Tensor = /* @__PURE__ */ inplaceOf<[y: Operand]>(add)

/** Writes all of a view. */
function assign(part: Tensor, values: Tensor | number | boolean, accumulate: boolean): void {
  if (typeof values !== 'object') {
    if (accumulate) addTo(part, Number(values))
    else fill_(part, values)
    return
  }
  // New dimensions of length 1 in front of the values count for nothing.
  const lead = Math.max(values.ndim - part.ndim, 0)
  const fitting = values.shape.slice(0, lead).every((n) => n === 1) ? reshape(values, values.shape.slice(lead)) : values
  if (accumulate) addTo(part, fitting)
  else copy_(part, expand(fitting, part.shape))
}
