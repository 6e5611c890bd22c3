/** Counting numbers: each whole number by itself, or all that fall into a bin. */
import { isFloat, isIntegral, scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import { copyOf, valuesOf } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'

/** Options of `bincount`. */
export interface BincountOptions {
  /** What each element counts; 1 by default. */
  readonly weights?: Tensor | null | undefined
  /** The least length of the result. */
  readonly minlength?: number | undefined
}

/**
 * How often each whole number comes up in a vector of them, from 0 to the greatest.
 *
 * Dtypes: `int64`; with weights `float32` for `float32` ones, else `float64`.
 *
 * @example
 * bincount(tensor([0, 2, 2], { dtype: 'int64' })) // tensor([1, 0, 2])
 * @throws RuntimeError unless `x` is a vector of non-negative whole numbers and the weights fit.
 * @see https://pytorch.org/docs/stable/generated/torch.bincount.html
 */
export function bincount(x: Tensor, { weights = null, minlength = 0 }: BincountOptions = {}): Tensor {
  if (!isIntegral(x.dtype)) throw new NotImplementedError(`"bincount_cpu" not implemented for '${scalarName(x.dtype)}'`)
  if (minlength < 0) throw new RuntimeError('minlength should be >= 0')
  const { data } = copyOf(x)
  if (x.ndim !== 1 || data.some((v) => v < 0)) throw new RuntimeError('bincount only supports 1-d non-negative integral inputs.')
  if (weights !== null && (weights.ndim !== 1 || weights.numel() !== data.length))
    throw new RuntimeError('weights should be 1-d and have the same length as input')
  let most = -1
  for (const v of data) most = Math.max(most, v)
  const out = allocateTensor(
    [Math.max(most + 1, minlength)],
    weights === null ? 'int64' : weights.dtype === 'float32' ? 'float32' : 'float64',
  )
  const amounts = weights === null ? null : valuesOf(weights)
  for (let i = 0; i < data.length; i++) {
    const at = data[i] as number
    out.data[at] = (out.data[at] as number) + (amounts === null ? 1 : (amounts[i] as number))
  }
  return out
}

/** Options of `histc`. */
export interface HistcOptions {
  readonly bins?: number | undefined
  /** The lower end of the first bin. */
  readonly min?: number | undefined
  /** The upper end of the last bin; where it equals `min`, the least and the greatest element take their places. */
  readonly max?: number | undefined
}

/**
 * How many elements fall into each of `bins` bins of equal width from `min` to `max`; what lies outside does not count.
 *
 * Dtypes: floating point; the counts have the dtype of `x`.
 *
 * @throws RuntimeError for no bins, an empty or infinite range; NotImplementedError for integers.
 * @see https://pytorch.org/docs/stable/generated/torch.histc.html
 */
export function histc(x: Tensor, { bins = 100, min = 0, max = 0 }: HistcOptions = {}): Tensor {
  if (!isFloat(x.dtype)) throw new NotImplementedError(`"histogram_cpu" not implemented for '${scalarName(x.dtype)}'`)
  if (!(bins > 0)) throw new RuntimeError(`torch.histogram(): bins must be > 0, but got ${bins} for dimension 0`)
  const { data } = copyOf(x)
  const [low, high] = rangeOf(data, min, max)
  // Where a number lies exactly between two bins, it is the dtype's arithmetic that decides.
  const round = x.dtype === 'float32' ? Math.fround : (v: number): number => v
  const [from, to] = [round(low), round(high)]
  const width = round(to - from)
  const out = allocateTensor([bins], x.dtype)
  for (const v of data) {
    if (!(v >= from && v <= to)) continue
    const at = Math.min(Math.trunc(round(round(round(v - from) * bins) / width)), bins - 1)
    out.data[at] = (out.data[at] as number) + 1
  }
  return out
}

function rangeOf(data: ArrayLike<number>, min: number, max: number): [number, number] {
  let [low, high] = [min, max]
  if (low === high && data.length > 0) {
    ;[low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let i = 0; i < data.length; i++) {
      low = Math.min(low, data[i] as number)
      high = Math.max(high, data[i] as number)
    }
  }
  if (low === high) {
    low--
    high++
  }
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new RuntimeError(`torch.histc: range of [${named(low)}, ${named(high)}] is not finite`)
  if (low > high) throw new RuntimeError('torch.histc: max must be larger than min')
  return [low, high]
}

const named = (v: number): string =>
  Number.isNaN(v) ? 'nan' : v === Number.POSITIVE_INFINITY ? 'inf' : v === Number.NEGATIVE_INFINITY ? '-inf' : String(v)
