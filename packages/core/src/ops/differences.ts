/** Differences between neighbours, and sums of trapezoids. */
import { RuntimeError } from '../errors.ts'
import { normalizeDim } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { logicalXor } from './compare.ts'
import { cat } from './join.ts'
import { sum } from './reduce.ts'
import { cumsum } from './scan.ts'
import { clone, narrow, reshape, select } from './view.ts'

/** Options of `diff`. */
export interface DiffOptions {
  /** How many times to take differences (1). */
  readonly n?: number | undefined
  /** The dimension of the neighbours (-1). */
  readonly dim?: number | undefined
  /** Put before `x` along `dim` first. */
  readonly prepend?: Tensor | null | undefined
  /** Put after `x` along `dim` first. */
  readonly append?: Tensor | null | undefined
}

/** The neighbours along `dim`: all but the last, all but the first. */
function neighbours(x: Tensor, dim: number): [left: Tensor, right: Tensor] {
  const n = Math.max((x.shape[dim] as number) - 1, 0)
  return [narrow(x, dim, 0, n), narrow(x, dim, (x.shape[dim] as number) - n, n)]
}

/**
 * The differences of neighbours along `dim`: `x[i + 1] - x[i]`, `n` times over.
 *
 * @example
 * tensor([1, 4, 9]).diff() // tensor([3., 5.])
 * @throws RuntimeError for a 0-dim tensor or a negative `n`.
 * @see https://pytorch.org/docs/stable/generated/torch.diff.html
 */
export function diff(x: Tensor, { n = 1, dim = -1, prepend = null, append = null }: DiffOptions = {}): Tensor {
  if (x.ndim === 0) throw new RuntimeError('diff expects input to be at least one-dimensional')
  const at = normalizeDim(dim, x.ndim)
  for (const t of [prepend, append])
    if (t !== null && t.ndim !== x.ndim) throw new RuntimeError('diff expects prepend or append to be the same dimension as input')
  if (n < 0) throw new RuntimeError(`order must be non-negative but got ${n}`)
  if (n === 0) return clone(x)
  const parts = [prepend, x, append].filter((t) => t !== null)
  let out = parts.length === 1 ? x : cat(parts, at)
  for (let k = Math.min(n, out.shape[at] as number); k > 0; k--) {
    const [left, right] = neighbours(out, at)
    out = out.dtype === 'bool' ? logicalXor(right, left) : sub(right, left)
  }
  return out
}

/** Options of `trapezoid`. */
export interface TrapezoidOptions {
  /** Where the samples were taken; absent: `dx` apart. */
  readonly x?: Tensor | undefined
  /** The distance of the samples (1). */
  readonly dx?: number | undefined
  /** The dimension of the samples (-1). */
  readonly dim?: number | undefined
}

/** The distances between sample points, so shaped that they broadcast against the samples without the first. */
function distances(x: Tensor, y: Tensor, dim: number, name: string): Tensor {
  const n = y.shape[dim]
  if (x.ndim === 1) {
    if (x.shape[0] !== n) throw new RuntimeError(`${name}: There must be one \`x\` value for each sample point`)
    const dx = diff(x)
    return reshape(
      dx,
      y.shape.map((_, d) => (d === dim ? dx.numel() : 1)),
    )
  }
  const lead = Math.max(y.ndim - x.ndim, 0)
  return diff(reshape(x, [...new Array<number>(lead).fill(1), ...x.shape]), { dim: dim - y.ndim })
}

/** Refuses samples that are truth values. */
function refuseBool(y: Tensor, name: string): void {
  if (y.dtype === 'bool') throw new RuntimeError(`${name}: received a bool input for \`y\`, but bool is not supported`)
}

/** How `x` or `dx` may stand before the options, where Python's users write it so. */
type Spacing = Tensor | TrapezoidOptions

const optionsOf = (given: Spacing, more: TrapezoidOptions): TrapezoidOptions => ('storage' in given ? { ...more, x: given } : given)

/**
 * The integral of samples `y` along `dim` by the trapezoidal rule.
 *
 * @example
 * trapezoid(tensor([1, 5, 10])) // tensor(10.5000)
 * @throws RuntimeError if there is not one `x` for each sample.
 * @see https://pytorch.org/docs/stable/generated/torch.trapezoid.html
 */
export function trapezoid(y: Tensor, given: Spacing = {}, more: TrapezoidOptions = {}): Tensor {
  const { x, dx = 1, dim = -1 } = optionsOf(given, more)
  refuseBool(y, 'trapezoid')
  const at = normalizeDim(dim, y.ndim)
  if (y.shape[at] === 0) return sum(y, at)
  if (x === undefined) {
    const ends = add(select(y, at, 0), select(y, at, -1))
    return mul(sub(sum(y, at), mul(ends, 0.5)), dx)
  }
  const [left, right] = neighbours(y, at)
  return div(sum(mul(add(left, right), distances(x, y, at, 'trapezoid')), at - y.ndim), 2)
}

/**
 * `trapezoid` by its older name.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.trapz.html
 */
export function trapz(y: Tensor, given: Spacing = {}, more: TrapezoidOptions = {}): Tensor {
  return trapezoid(y, given, more)
}

/**
 * The integrals of samples `y` along `dim` from the first up to each other, by the trapezoidal rule.
 *
 * @throws RuntimeError if there is not one `x` for each sample.
 * @see https://pytorch.org/docs/stable/generated/torch.cumulative_trapezoid.html
 */
export function cumulativeTrapezoid(y: Tensor, given: Spacing = {}, more: TrapezoidOptions = {}): Tensor {
  const { x, dx = 1, dim = -1 } = optionsOf(given, more)
  refuseBool(y, 'cumulative_trapezoid')
  const at = normalizeDim(dim, y.ndim)
  const [left, right] = neighbours(y, at)
  if (x === undefined) return mul(cumsum(add(left, right), at), dx / 2)
  return div(cumsum(mul(add(left, right), distances(x, y, at, 'cumulative_trapezoid')), at), 2)
}
