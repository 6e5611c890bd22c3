/** The middle and the most frequent of the elements. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { isFloat } from '../dtype.ts'
import { IndexError, NotImplementedError } from '../errors.ts'
import { normalizeDim } from '../layout.ts'
import { castTo, copyOf, record, recordAll } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { div, mul } from './arithmetic.ts'
import { eq } from './compare.ts'
import { isnan } from './number-class.ts'
import { type Picked, pickedRule, type ValuesIndices } from './picked.ts'
import { type DimOptions, sum } from './reduce.ts'
import { movedim, reshape } from './view.ts'

/** The lines of `x` along `dim`, sorted, one after another, and where each element stood. */
function sortedLines(x: Tensor, dim: number): { values: Tensor; indices: Tensor; length: number } {
  const length = x.ndim === 0 ? 1 : (x.shape[dim] as number)
  const lines = noGrad(() => copyOf(x.ndim === 0 ? x : movedim(x, dim, -1)))
  const view = lines.alias([length === 0 ? 0 : lines.numel() / length, length], [length, 1])
  const values = allocateTensor(view.shape, x.dtype)
  const indices = allocateTensor(view.shape, 'int64')
  kernels.sort(view, 1, false, values, indices)
  return { values, indices, length }
}

/** Picks one element of each line: `choose` gets a sorted line and says which. */
function pickSorted(
  x: Tensor,
  dim: number,
  keepdim: boolean,
  choose: (line: ArrayLike<number>) => number,
): ValuesIndices & { attrs: Picked } {
  const sorted = sortedLines(x, dim)
  const n = sorted.length
  const kept = x.shape.map((m, d) => (d === dim ? 1 : m))
  const shape = keepdim ? kept : x.shape.filter((_, d) => d !== dim)
  const values = allocateTensor(shape, x.dtype)
  const indices = allocateTensor(shape, 'int64')
  for (let i = 0, rows = values.numel(); i < rows; i++) {
    const k = i * n + choose(sorted.values.data.subarray(i * n, (i + 1) * n))
    values.data[i] = sorted.values.data[k] as number
    indices.data[i] = sorted.indices.data[k] as number
  }
  return Object.assign(namedTuple({ values, indices }), { attrs: { shape: x.shape, dim, keepdim } })
}

/** How many numbers stand before the NaNs of a sorted line. */
function numbersIn(line: ArrayLike<number>): number {
  let n = line.length
  while (n > 0 && Number.isNaN(line[n - 1])) n--
  return n
}

/** The place of the lower middle; a NaN wins over everything. */
function middle(line: ArrayLike<number>): number {
  const n = numbersIn(line)
  return n < line.length ? n : (n - 1) >> 1
}

/** The place of the lower middle of the numbers, a NaN only where there is nothing else. */
const middleNumber = (line: ArrayLike<number>): number => Math.max(numbersIn(line) - 1, 0) >> 1

/** The gradient of a median of everything is shared by all elements that equal it. */
const sharedRule = (name: string): ReturnType<typeof rule<readonly [Tensor, Tensor], undefined>> =>
  rule(name, (grad, node) => {
    const [x, out] = node.saved()
    const mask = castTo(
      noGrad(() => (isnan(out).item<boolean>() ? isnan(x) : eq(x, out))),
      x.dtype,
    )
    return [mul(div(grad, sum(mask)), mask)]
  })

const medianAll = /* @__PURE__ */ sharedRule('MedianBackward0')
const nanmedianAll = /* @__PURE__ */ sharedRule('NanmedianBackward0')
const medianAlong = /* @__PURE__ */ pickedRule('MedianBackward1')
const nanmedianAlong = /* @__PURE__ */ pickedRule('NanmedianBackward1')

/** The two meanings of `median`: of everything, and along a dimension. */
interface Median {
  (x: Tensor): Tensor
  (x: Tensor, dim: number, options?: { readonly keepdim?: boolean }): ValuesIndices
  (x: Tensor, options: { readonly dim: number; readonly keepdim?: boolean }): ValuesIndices
}

const medianOf = (name: string, choose: (line: ArrayLike<number>) => number, ofAll: typeof medianAll, along: typeof medianAlong): Median =>
  ((x: Tensor, dim?: number | DimOptions, options?: DimOptions): Tensor | ValuesIndices => {
    const { dim: given, keepdim = false } = typeof dim === 'number' ? { ...options, dim } : (dim ?? {})
    if (x.dtype === 'bool') throw new NotImplementedError(`"median_${given === undefined ? 'cpu' : 'out'}" not implemented for 'Bool'`)
    if (given === undefined) {
      const flat = noGrad(() => reshape(x, [-1]))
      const out = x.numel() === 0 ? nothing(x) : pickSorted(flat, 0, false, choose).values
      return record(out, ofAll, [x], [x, out], undefined)
    }
    const at = normalizeDim(given, x.ndim)
    if (x.ndim > 0 && x.shape[at] === 0) throw new IndexError(`${name}(): Expected reduction dim ${at} to have non-zero size.`)
    const { values, indices, attrs } = pickSorted(x, at, keepdim, choose)
    recordAll([values, indices], along, [x], [indices], attrs)
    return namedTuple({ values, indices })
  }) as Median

/** The median of no elements. */
function nothing(x: Tensor): Tensor {
  const out = allocateTensor([], x.dtype)
  out.data[0] = isFloat(x.dtype) ? Number.NaN : x.dtype === 'int32' ? -(2 ** 31) : 0
  return out
}

/**
 * The middle of the elements in order, the lower one of two; along `dim` also where it stood. NaN if there is a NaN.
 *
 * @example
 * tensor([3, 1, 2, 4]).median() // tensor(2.)
 * @throws IndexError for a dimension of length 0.
 * @see https://pytorch.org/docs/stable/generated/torch.median.html
 */
export const median: Median = /* @__PURE__ */ medianOf('median', middle, medianAll, medianAlong)

/**
 * The middle of the elements that are not NaN, the lower one of two; along `dim` also where it stood.
 *
 * @throws IndexError for a dimension of length 0.
 * @see https://pytorch.org/docs/stable/generated/torch.nanmedian.html
 */
export const nanmedian: Median = /* @__PURE__ */ medianOf('nanmedian', middleNumber, nanmedianAll, nanmedianAlong)

/** The last place of the longest run in a sorted line, of the first such run. */
function longestRun(line: ArrayLike<number>): number {
  let best = 0
  let most = 0
  for (let from = 0, i = 1; i <= line.length; i++) {
    if (i < line.length && line[i] === line[from]) continue
    if (i - from > most) {
      most = i - from
      best = i - 1
    }
    from = i
  }
  return best
}

const modeRule = /* @__PURE__ */ pickedRule('ModeBackward0')

/**
 * The most frequent element along `dim`, the least of several, and where it stood last.
 *
 * @throws IndexError for a dimension of length 0.
 * @see https://pytorch.org/docs/stable/generated/torch.mode.html
 */
export function mode(x: Tensor, dim?: number | DimOptions, options?: DimOptions): ValuesIndices {
  const { dim: given = -1, keepdim = false } = typeof dim === 'number' ? { ...options, dim } : (dim ?? {})
  const at = normalizeDim(given, x.ndim)
  if (x.ndim > 0 && x.shape[at] === 0) throw new IndexError(`mode(): Expected reduction dim ${at} to have non-zero size.`)
  const { values, indices, attrs } = pickSorted(x, at, keepdim, longestRun)
  recordAll([values, indices], modeRule, [x], [indices], attrs)
  return namedTuple({ values, indices })
}
