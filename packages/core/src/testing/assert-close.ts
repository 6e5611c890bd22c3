/** `assertClose`, with the tolerances and the words of `torch.testing.assert_close`. */
import { type DType, isFloat } from '../dtype.ts'
import { ValueError } from '../errors.ts'
import { type Shape, sameShape } from '../layout.ts'
import { pyFloat } from '../print/number.ts'
import { Tensor } from '../tensor.ts'

/** Raised where two values that should be close are not, as Python's `AssertionError`. */
export class AssertionError extends Error {
  override name = 'AssertionError'
}

/** Options of `assertClose`. */
export interface CloseOptions {
  /** Relative tolerance; to be given together with `atol`. */
  readonly rtol?: number | undefined
  /** Absolute tolerance; to be given together with `rtol`. */
  readonly atol?: number | undefined
  /** Whether NaN equals NaN. */
  readonly equalNan?: boolean | undefined
  /** Whether dtypes must be equal. */
  readonly checkDtype?: boolean | undefined
}

interface Tolerance {
  readonly rtol: number
  readonly atol: number
  readonly equalNan: boolean
}

const defaults: Partial<Record<DType, readonly [rtol: number, atol: number]>> = { float32: [1.3e-6, 1e-5], float64: [1e-7, 1e-7] }

/** The given tolerances, else the wider of those of both dtypes. */
function tolerance(actual: DType, expected: DType, { rtol, atol, equalNan = false }: CloseOptions): Tolerance {
  if ((rtol === undefined) !== (atol === undefined))
    throw new ValueError(`Both 'rtol' and 'atol' must be either specified or omitted, but got no ${rtol === undefined ? 'rtol' : 'atol'}.`)
  const a = defaults[actual] ?? [0, 0]
  const b = defaults[expected] ?? [0, 0]
  return { rtol: rtol ?? Math.max(a[0], b[0]), atol: atol ?? Math.max(a[1], b[1]), equalNan }
}

function isClose(actual: number, expected: number, { rtol, atol, equalNan }: Tolerance): boolean {
  if (actual === expected) return true
  if (Number.isNaN(actual) || Number.isNaN(expected)) return equalNan && Number.isNaN(actual) && Number.isNaN(expected)
  return Number.isFinite(actual) && Number.isFinite(expected) && Math.abs(actual - expected) <= atol + rtol * Math.abs(expected)
}

const indexOf = (flat: number, shape: Shape): string => {
  const at: number[] = []
  for (let d = shape.length - 1; d >= 0; d--) {
    at.unshift(flat % (shape[d] as number))
    flat = Math.floor(flat / (shape[d] as number))
  }
  return at.length === 1 ? `(${at[0]},)` : `(${at.join(', ')})`
}

/** The largest of the differences and where it stands; NaN beats all. */
function greatest(differences: readonly number[]): number {
  let best = 0
  for (let i = 0; i < differences.length; i++) {
    if (Number.isNaN(differences[i])) return i
    if ((differences[i] as number) > (differences[best] as number)) best = i
  }
  return best
}

const allowed = ({ rtol, atol }: Tolerance, tol: number): string => (rtol === 0 && atol === 0 ? '' : ` (up to ${pyFloat(tol)} allowed)`)

const heading = (what: string, { rtol, atol }: Tolerance): string => `${what} are not ${rtol === 0 && atol === 0 ? 'equal' : 'close'}!`

function compareScalars(actual: number, expected: number, limits: Tolerance, write: (x: number) => string, where: string): void {
  if (isClose(actual, expected, limits)) return
  const absolute = Math.abs(actual - expected)
  throw new AssertionError(
    `${heading('Scalars', limits)}\n\nExpected ${write(expected)} but got ${write(actual)}.\n` +
      `Absolute difference: ${write(absolute)}${allowed(limits, limits.atol)}\n` +
      `Relative difference: ${pyFloat(absolute / Math.abs(expected))}${allowed(limits, limits.rtol)}${where}`,
  )
}

function compareTensors(actual: Tensor, expected: Tensor, options: CloseOptions, where: string): void {
  const attribute = (name: string, a: string, b: string): AssertionError =>
    new AssertionError(`The values for attribute '${name}' do not match: ${a} != ${b}.${where}`)
  const limits = tolerance(actual.dtype, expected.dtype, options)
  if (!sameShape(actual.shape, expected.shape))
    throw attribute('shape', `torch.Size([${actual.shape.join(', ')}])`, `torch.Size([${expected.shape.join(', ')}])`)
  if ((options.checkDtype ?? true) && actual.dtype !== expected.dtype)
    throw attribute('dtype', `torch.${actual.dtype}`, `torch.${expected.dtype}`)
  const a = Array.from(actual.toArray(), Number)
  const e = Array.from(expected.toArray(), Number)
  const floating = isFloat(actual.dtype) || isFloat(expected.dtype)
  const write = floating ? pyFloat : String
  if (actual.ndim === 0) return compareScalars(a[0] as number, e[0] as number, limits, write, where)
  const matches = a.map((x, i) => isClose(x, e[i] as number, limits))
  const mismatched = matches.filter((m) => !m).length
  if (mismatched === 0) return
  // Differences are measured in the tensors' own precision, which the printed digits show.
  const round = actual.dtype === 'float64' || expected.dtype === 'float64' ? (x: number) => x : Math.fround
  const absolute = a.map((x, i) => (matches[i] ? 0 : round(Math.abs(x - (e[i] as number)))))
  const relative = absolute.map((d, i) => (matches[i] ? 0 : round(d / Math.abs(e[i] as number))))
  const i = greatest(absolute)
  const j = greatest(relative)
  throw new AssertionError(
    `${heading('Tensor-likes', limits)}\n\nMismatched elements: ${mismatched} / ${a.length} (${((100 * mismatched) / a.length).toFixed(1)}%)\n` +
      `Greatest absolute difference: ${write(absolute[i] as number)} at index ${indexOf(i, actual.shape)}${allowed(limits, limits.atol)}\n` +
      `Greatest relative difference: ${pyFloat(relative[j] as number)} at index ${indexOf(j, actual.shape)}${allowed(limits, limits.rtol)}${where}`,
  )
}

const isSequence = (x: unknown): x is Iterable<unknown> & object =>
  x !== null && typeof x === 'object' && !(x instanceof Tensor) && Symbol.iterator in x

function compare(actual: unknown, expected: unknown, options: CloseOptions, path: string): void {
  const where = path === '' ? '' : `\n\nThe failure occurred for item ${path}`
  if (actual instanceof Tensor && expected instanceof Tensor) return compareTensors(actual, expected, options, where)
  if (typeof actual === 'number' && typeof expected === 'number')
    return compareScalars(actual, expected, tolerance('float64', 'float64', options), pyFloat, where)
  if (isSequence(actual) && isSequence(expected)) {
    const a = [...actual]
    const e = [...expected]
    if (a.length !== e.length) throw new AssertionError(`The length of the sequences mismatch: ${a.length} != ${e.length}${where}`)
    for (let i = 0; i < a.length; i++) compare(a[i], e[i], options, `${path}[${i}]`)
    return
  }
  if (actual !== expected) throw new AssertionError(`Object comparison failed: ${String(actual)} != ${String(expected)}${where}`)
}

/**
 * Checks that `actual` and `expected` are close: `|actual - expected| <= atol + rtol * |expected|` for every element, with equal shapes and dtypes.
 * The tolerances follow the dtype: `rtol` 1.3e-6 and `atol` 1e-5 for `float32`, 1e-7 and 1e-7 for `float64`, none for integers and truth values.
 * Numbers are compared as doubles, sequences and named results item by item.
 *
 * @example
 * assertClose(tensor([1, 2]).div(3).mul(3), tensor([1, 2]))
 * @throws AssertionError with the count of mismatches and the greatest differences.
 * @throws ValueError if only one of `rtol` and `atol` is given.
 * @see https://pytorch.org/docs/stable/testing.html#torch.testing.assert_close
 */
export function assertClose(actual: unknown, expected: unknown, options: CloseOptions = {}): void {
  compare(actual, expected, options, '')
}
