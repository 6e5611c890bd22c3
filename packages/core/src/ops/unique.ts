/** Elements, or whole parts, without their repetitions. */
import { RuntimeError } from '../errors.ts'
import { normalizeDim, type Shape } from '../layout.ts'
import { copyOf } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { movedim } from './permute.ts'
import { refusing } from './undifferentiable.ts'
import { contiguous } from './view.ts'

/** Options of `uniqueConsecutive`. */
export interface UniqueConsecutiveOptions {
  /** Also tell, for each element, which of the results it is. */
  readonly returnInverse?: boolean | undefined
  /** Also tell how often each of the results comes up. */
  readonly returnCounts?: boolean | undefined
  /** Compare whole parts along this dimension instead of single elements. */
  readonly dim?: number | null | undefined
}

/** Options of `unique`. */
export interface UniqueOptions extends UniqueConsecutiveOptions {
  /** Whether the results come in rising order; here they always do. */
  readonly sorted?: boolean | undefined
}

/** The results alone, or with what else was asked for. */
type Uniques = Tensor | Tensor[]

/** Rows of one length, one after the other: what is compared. */
interface Rows {
  readonly count: number
  readonly width: number
  /** By row and column. */
  readonly at: (row: number, column: number) => number
}

function rowsOf(x: Tensor, dim: number | null): Rows {
  const { data } = copyOf(dim === null ? x : movedim(x.alias(), dim, 0))
  const count = dim === null ? data.length : (x.shape[dim] as number)
  const width = count === 0 ? 0 : data.length / count
  return { count, width, at: (row, column) => data[row * width + column] as number }
}

const equalRows = ({ width, at }: Rows, a: number, b: number): boolean => {
  for (let c = 0; c < width; c++) if (at(a, c) !== at(b, c)) return false
  return true
}

/** NaN stands above every number. */
function compareRows({ width, at }: Rows, a: number, b: number): number {
  for (let c = 0; c < width; c++) {
    const [x, y] = [at(a, c), at(b, c)]
    if (x === y) continue
    if (Number.isNaN(x)) {
      if (!Number.isNaN(y)) return 1
    } else if (Number.isNaN(y) || x < y) return -1
    else return 1
  }
  return a - b
}

/** Groups neighbours in `order` that are equal, and puts together what was asked for. */
function grouped(
  x: Tensor,
  rows: Rows,
  order: ArrayLike<number>,
  options: UniqueConsecutiveOptions,
  dim: number | null,
  [name, what]: readonly [string, string],
): Uniques {
  const firsts: number[] = []
  const counts: number[] = []
  const inverse = allocateTensor(dim === null ? x.shape : [rows.count], 'int64')
  for (let k = 0; k < rows.count; k++) {
    const row = order[k] as number
    if (k === 0 || !equalRows(rows, order[k - 1] as number, row)) {
      firsts.push(row)
      counts.push(0)
    }
    counts[counts.length - 1] = (counts[counts.length - 1] as number) + 1
    inverse.data[row] = firsts.length - 1
  }
  const rest: Shape = dim === null ? [] : x.shape.filter((_, d) => d !== dim)
  const found = allocateTensor([firsts.length, ...rest], x.dtype)
  firsts.forEach((row, k) => {
    for (let c = 0; c < rows.width; c++) found.data[k * rows.width + c] = rows.at(row, c)
  })
  const values = dim === null ? found : contiguous(movedim(found, 0, dim))
  const count = allocateTensor([counts.length], 'int64')
  count.data.set(counts)
  const { returnInverse = false, returnCounts = false } = options
  // What is found again by comparing has no derivative: a gradient that arrives here raises, as in PyTorch.
  const results = [refusing(values, x, name, what), ...(returnInverse ? [inverse] : []), ...(returnCounts ? [count] : [])]
  return results.length === 1 ? (results[0] as Tensor) : results
}

function checkParts(x: Tensor, dim: number): void {
  if (x.shape.some((n, d) => n === 0 && d !== dim))
    throw new RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
}

/**
 * The different elements of `x` in rising order, or with `dim` the different parts along it; where asked for, followed by which of them each
 * element is and by how often each comes up. NaN differs from NaN.
 *
 * @example
 * tensor([3, 1, 1]).unique() // tensor([1., 3.])
 * @throws RuntimeError for parts without elements.
 * @see https://pytorch.org/docs/stable/generated/torch.unique.html
 */
export function unique(x: Tensor, options: UniqueOptions & ({ readonly returnInverse: true } | { readonly returnCounts: true })): Tensor[]
export function unique(x: Tensor, options?: UniqueOptions): Tensor
export function unique(x: Tensor, options: UniqueOptions = {}): Uniques {
  const dim = options.dim === undefined || options.dim === null ? null : normalizeDim(options.dim, x.ndim)
  if (dim !== null) checkParts(x, dim)
  const rows = rowsOf(x, dim)
  const order = Float64Array.from({ length: rows.count }, (_, i) => i).sort((a, b) => compareRows(rows, a, b))
  return grouped(x, rows, order, options, dim, dim === null ? ['Unique2Backward0', '_unique2'] : ['UniqueDimBackward0', 'unique_dim'])
}

/**
 * The elements of `x`, or with `dim` the parts along it, without those that equal the one before; where asked for, followed by which of them
 * each element is and by how often each comes up in a row.
 *
 * @example
 * tensor([1, 1, 2, 1]).uniqueConsecutive() // tensor([1., 2., 1.])
 * @throws RuntimeError for parts without elements.
 * @see https://pytorch.org/docs/stable/generated/torch.unique_consecutive.html
 */
export function uniqueConsecutive(
  x: Tensor,
  options: UniqueConsecutiveOptions & ({ readonly returnInverse: true } | { readonly returnCounts: true }),
): Tensor[]
export function uniqueConsecutive(x: Tensor, options?: UniqueConsecutiveOptions): Tensor
export function uniqueConsecutive(x: Tensor, options: UniqueConsecutiveOptions = {}): Uniques {
  const dim = options.dim === undefined || options.dim === null ? null : normalizeDim(options.dim, x.ndim)
  if (dim !== null) checkParts(x, dim)
  const rows = rowsOf(x, dim)
  const order = Float64Array.from({ length: rows.count }, (_, i) => i)
  return grouped(
    x,
    rows,
    order,
    options,
    dim,
    dim === null ? ['UniqueConsecutiveBackward0', 'unique_consecutive'] : ['UniqueDimConsecutiveBackward0', 'unique_dim_consecutive'],
  )
}
