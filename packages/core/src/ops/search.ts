/** Finding numbers among others. */
import { scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError, ValueError } from '../errors.ts'
import { formatShape, type Shape } from '../layout.ts'
import { copyOf, valuesOf } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import type { Operand } from './types.ts'

/** Options of `searchsorted` and `bucketize`. */
export interface BucketizeOptions {
  /** Whether the result is `int32` instead of `int64`. */
  readonly outInt32?: boolean | undefined
  /** Where a number equals a boundary: after it instead of before it. */
  readonly right?: boolean | undefined
}

/** Options of `searchsorted`. */
export interface SearchsortedOptions extends BucketizeOptions {
  /** The same as `right`, in words. */
  readonly side?: 'left' | 'right' | null | undefined
  /** The order in which the sequence is sorted, as `argsort` gives it. */
  readonly sorter?: Tensor | null | undefined
}

/** The number of boundaries below `value`, with `right` also those equal to it; NaN stands above all. */
function placeOf(value: number, n: number, boundary: (i: number) => number, right: boolean): number {
  let [low, high] = [0, n]
  while (low < high) {
    const middle = (low + high) >> 1
    const b = boundary(middle)
    if (right ? b > value : b >= value) high = middle
    else low = middle + 1
  }
  return low
}

function checkSearch(sequence: Tensor, input: Shape, { right = false, side = null, sorter = null }: SearchsortedOptions): void {
  const own = sequence.shape
  if (side !== null && side !== 'left' && side !== 'right')
    throw new RuntimeError(`torch.searchsorted(): side can only be 'left' or 'right' but got ${side as string}`)
  if (side === 'left' && right)
    throw new RuntimeError(`torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True`)
  if (own.length === 0)
    throw new RuntimeError('torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension')
  const leading = own.length === input.length && own.slice(0, -1).every((n, d) => n === input[d])
  if (own.length !== 1 && !leading)
    throw new RuntimeError(
      `torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor ${formatShape(own)} and input value tensor ${formatShape(input)}`,
    )
  if (sorter === null) return
  if (formatShape(sorter.shape) !== formatShape(own))
    throw new RuntimeError(
      `torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor ${formatShape(own)}and got sorter tensor ${formatShape(sorter.shape)}`,
    )
  if (sorter.dtype !== 'int64')
    throw new RuntimeError(`torch.searchsorted(): sorter must be a tensor of long dtype but got dtype ${scalarName(sorter.dtype)}`)
}

/**
 * Where each number of `input` would have to stand in a sorted sequence to keep it sorted: before its equals, with `right` after them.
 *
 * Shape: that of `input`; the sequence is a vector, or has the leading dimensions of `input` and is searched row by row.
 *
 * @example
 * searchsorted(tensor([1, 3, 5]), tensor([3, 6])) // tensor([1, 3])
 * @throws RuntimeError if the shapes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.searchsorted.html
 */
export function searchsorted(sortedSequence: Tensor, input: Operand, options: SearchsortedOptions = {}): Tensor {
  const shape = typeof input === 'number' ? [] : input.shape
  checkSearch(sortedSequence, shape, options)
  if (sortedSequence.dtype === 'bool') throw new NotImplementedError(`"searchsorted_out_cpu" not implemented for 'Bool'`)
  const { outInt32 = false, right = false, side = null, sorter = null } = options
  const out = allocateTensor(shape, outInt32 ? 'int32' : 'int64')
  const boundaries = valuesOf(sortedSequence)
  const order = sorter === null ? null : valuesOf(sorter)
  const values = typeof input === 'number' ? [input] : valuesOf(input)
  const n = sortedSequence.shape.at(-1) as number
  const rows = sortedSequence.ndim === 1 ? 1 : values.length / (shape.at(-1) as number)
  for (let i = 0; i < values.length; i++) {
    const row = rows === 1 ? 0 : Math.floor((i * rows) / values.length) * n
    const boundary = (k: number): number => boundaries[row + (order === null ? k : (order[row + k] as number))] as number
    out.data[i] = placeOf(values[i] as number, n, boundary, right || side === 'right')
  }
  return out
}

/**
 * The number of the bucket that each number of `input` falls into: between which of the rising `boundaries` it lies, a boundary itself to the
 * bucket below, with `right` above.
 *
 * @throws RuntimeError unless the boundaries are a vector.
 * @see https://pytorch.org/docs/stable/generated/torch.bucketize.html
 */
export function bucketize(input: Operand, boundaries: Tensor, options: BucketizeOptions = {}): Tensor {
  if (boundaries.ndim !== 1) throw new RuntimeError(`boundaries tensor must be 1 dimension, but got dim(${boundaries.ndim})`)
  return searchsorted(boundaries, input, options)
}

/** Options of `isin`. */
export interface IsinOptions {
  /** Whether both are known to hold nothing twice, which changes nothing here. */
  readonly assumeUnique?: boolean | undefined
  /** Whether each element is absent instead. */
  readonly invert?: boolean | undefined
}

const numbersOf = (x: Operand): ArrayLike<number> => (typeof x === 'number' ? [x] : valuesOf(x))

/**
 * Whether each of `elements` is one of `testElements`.
 *
 * Shape: that of `elements`. Dtypes: `bool`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isin.html
 */
export function isin(elements: Operand, testElements: Operand, { invert = false }: IsinOptions = {}): Tensor {
  const known = new Set(Array.from(numbersOf(testElements)))
  // NaN is never equal to anything.
  known.delete(Number.NaN)
  const out = allocateTensor(typeof elements === 'number' ? [] : elements.shape, 'bool')
  const values = numbersOf(elements)
  for (let i = 0; i < values.length; i++) out.data[i] = known.has(values[i] as number) !== invert ? 1 : 0
  return out
}

/**
 * The coordinates of elements that are counted through a tensor of `shape` in order: a tensor per dimension.
 *
 * @example
 * unravelIndex(tensor([4, 3], { dtype: 'int64' }), [3, 2]) // [tensor([2, 1]), tensor([0, 1])]
 * @throws ValueError for indices that are not whole numbers or lengths that are negative.
 * @see https://pytorch.org/docs/stable/generated/torch.unravel_index.html
 */
export function unravelIndex(indices: Tensor, shape: number | Shape): Tensor[] {
  if (indices.dtype === 'bool' || indices.dtype.startsWith('float'))
    throw new ValueError(`unravel_index() expected 'indices' to be integer dtype, but got torch.${indices.dtype}`)
  const to = typeof shape === 'number' ? [shape] : shape
  if (to.some((n) => n < 0)) throw new ValueError(`unravel_index() 'shape' cannot have negative values, but got (${to.join(', ')})`)
  const { data } = copyOf(indices)
  let step = to.reduce((n, m) => n * m, 1)
  return to.map((n) => {
    step /= n
    const out = allocateTensor(indices.shape, indices.dtype)
    for (let i = 0; i < data.length; i++) {
      const at = Math.floor((data[i] as number) / step) % n
      out.data[i] = at < 0 ? at + n : at
    }
    return out
  })
}
