/** Sorting, and the first few of what sorting would give. */
import type { Rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { IndexError, NotImplementedError, RuntimeError } from '../errors.ts'
import { normalizeDim, type Shape } from '../layout.ts'
import { emptyAs, recordAll } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { lengthOf, lift, scatterZeros } from './indexing.ts'
import { unsqueeze } from './view.ts'

/** Elements in an order, and where each stood. */
export type Sorted = { readonly values: Tensor; readonly indices: Tensor } & Iterable<Tensor>

/** Where elements were picked along one dimension. */
interface Picked {
  readonly shape: Shape
  readonly dim: number
  /** Whether the dimension was dropped. */
  readonly dropped: boolean
}

/** A gradient goes back to where its element stood. */
const pickedRule = (name: string): Rule<readonly [Tensor], Picked> => ({
  name,
  backwardAll: ([grad], node) => {
    const { shape, dim, dropped } = node.attrs
    if (!grad) return [null]
    const [indices] = node.saved()
    const full = (t: Tensor): Tensor => (dropped ? unsqueeze(t, dim) : t)
    return [scatterZeros(shape, dim, full(indices), full(grad))]
  },
})

const sortRule = /* @__PURE__ */ pickedRule('SortBackward0')
const topkRule = /* @__PURE__ */ pickedRule('TopkBackward0')
const kthvalueRule = /* @__PURE__ */ pickedRule('KthvalueBackward0')

/** Sorts without a record. */
function sorted(x: Tensor, dim: number, descending: boolean): { values: Tensor; indices: Tensor } {
  const values = emptyAs(x)
  const indices = emptyAs(x, 'int64')
  if (x.numel() > 0) kernels.sort(lift(x), dim, descending, lift(values), lift(indices))
  return { values, indices }
}

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** The dimension; the last one by default. */
  readonly dim?: number | undefined
  readonly descending?: boolean | undefined
  /** Equal elements always keep their order here; PyTorch promises it only on demand. */
  readonly stable?: boolean | undefined
}

const sortOptions = (dim: number | SortOptions | undefined, options: SortOptions | undefined): SortOptions =>
  typeof dim === 'number' ? { ...options, dim } : { ...options, ...dim }

/**
 * The elements in rising order along `dim`, and where each stood. NaN counts as the greatest; equal elements keep their order.
 *
 * @example
 * const { values, indices } = tensor([3, 1, 2]).sort() // tensor([1., 2., 3.]), tensor([1, 2, 0])
 * @see https://pytorch.org/docs/stable/generated/torch.sort.html
 */
export function sort(x: Tensor, dim?: number | SortOptions, options?: SortOptions): Sorted {
  const { dim: given = -1, descending = false } = sortOptions(dim, options)
  const at = normalizeDim(given, x.ndim)
  const { values, indices } = sorted(x, at, descending)
  recordAll([values, indices], sortRule, [x], [indices], { shape: x.shape, dim: at, dropped: false })
  return namedTuple({ values, indices })
}

/**
 * Where the elements of the sorted tensor stand: the indices of `sort`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.argsort.html
 */
export function argsort(x: Tensor, dim?: number | SortOptions, options?: SortOptions): Tensor {
  const { dim: given = -1, descending = false } = sortOptions(dim, options)
  return sorted(x, normalizeDim(given, x.ndim), descending).indices
}

/**
 * The elements in rising order along the first dimension.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.msort.html
 */
export function msort(x: Tensor): Tensor {
  return sort(x, 0).values
}

/** Picking single elements takes numbers. */
function checkNumbers(x: Tensor, kernel: string): void {
  if (x.dtype === 'bool') throw new NotImplementedError(`"${kernel}" not implemented for 'Bool'`)
}

/** `length` elements from `start` along `dim`, as a copy. */
function copied(x: Tensor, dim: number, start: number, length: number): Tensor {
  if (x.ndim === 0) return x
  const out = allocateTensor(
    x.shape.map((n, d) => (d === dim ? length : n)),
    x.dtype,
  )
  kernels.copy(x.alias(out.shape, x.strides, x.offset + start * (x.strides[dim] as number)), out)
  return out
}

/** Options of `topk`. */
export interface TopkOptions {
  /** The dimension; the last one by default. */
  readonly dim?: number | undefined
  /** The greatest by default, else the least. */
  readonly largest?: boolean | undefined
  /** Whether they come in order; here they always do. */
  readonly sorted?: boolean | undefined
}

/**
 * The `k` greatest elements along `dim`, the greatest first, and where each stands.
 *
 * @throws RuntimeError if there are not as many elements; NotImplementedError for truth values.
 * @see https://pytorch.org/docs/stable/generated/torch.topk.html
 */
export function topk(x: Tensor, k: number, { dim = -1, largest = true }: TopkOptions = {}): Sorted {
  const at = normalizeDim(dim, x.ndim)
  if (!(k >= 0 && k <= lengthOf(x, at))) throw new RuntimeError('selected index k out of range')
  checkNumbers(x, 'topk_cpu')
  const all = sorted(x, at, largest)
  const [values, indices] = [copied(all.values, at, 0, k), copied(all.indices, at, 0, k)]
  recordAll([values, indices], topkRule, [x], [indices], { shape: x.shape, dim: at, dropped: false })
  return namedTuple({ values, indices })
}

/** Options of `kthvalue`. */
export interface KthvalueOptions {
  /** The dimension; the last one by default. */
  readonly dim?: number | undefined
  /** Keep the dimension with length 1. */
  readonly keepdim?: boolean | undefined
}

/**
 * The `k`-th least element along `dim`, counted from 1, and where it stands. NaN counts as the greatest.
 *
 * @throws RuntimeError if there is no such element; IndexError for a dimension of length 0; NotImplementedError for truth values.
 * @see https://pytorch.org/docs/stable/generated/torch.kthvalue.html
 */
export function kthvalue(x: Tensor, k: number, { dim = -1, keepdim = false }: KthvalueOptions = {}): Sorted {
  const at = normalizeDim(dim, x.ndim)
  const n = lengthOf(x, at)
  if (n === 0) throw new IndexError(`kthvalue(): Expected reduction dim ${at} to have non-zero size.`)
  if (!(k >= 1 && k <= n)) throw new RuntimeError(`kthvalue(): selected number k out of range for dimension ${at}`)
  checkNumbers(x, 'kthvalue_cpu')
  const all = sorted(x, at, false)
  const dropped = !keepdim && x.ndim > 0
  const kept = (t: Tensor): Tensor => {
    const one = copied(t, at, k - 1, 1)
    if (!dropped) return one
    const keep = (_: unknown, d: number): boolean => d !== at
    return one.alias(one.shape.filter(keep), one.strides.filter(keep))
  }
  const [values, indices] = [kept(all.values), kept(all.indices)]
  recordAll([values, indices], kthvalueRule, [x], [indices], { shape: x.shape, dim: at, dropped })
  return namedTuple({ values, indices })
}
