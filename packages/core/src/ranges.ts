/** Making tensors of patterns: ranges of numbers, the identity, the indices of triangles. */
import { finish, type TensorOptions } from './create.ts'
import { castScalar, getDefaultDtype } from './dtype.ts'
import { RuntimeError } from './errors.ts'
import type { Operand } from './promote.ts'
import { allocateTensor, type Tensor } from './tensor.ts'

/** Infinities as C++ prints them. */
const cxx = (x: number): string => String(x).replace('Infinity', 'inf').replace('NaN', 'nan')

/**
 * Numbers from `start` (0) up to `end`, which is left out, in steps of `step`.
 *
 * Dtypes: `int64` where all arguments are whole numbers, else the default dtype.
 *
 * @example
 * arange(3) // tensor([0, 1, 2])
 * @throws RuntimeError if `step` is 0 or leads away from `end`.
 * @see https://pytorch.org/docs/stable/generated/torch.arange.html
 */
export function arange(
  start: number,
  end?: number | TensorOptions | null,
  step: number | TensorOptions = 1,
  options: TensorOptions = {},
): Tensor {
  const given = [end, step, options].find((o): o is TensorOptions => typeof o === 'object' && o !== null) ?? {}
  const [from, to] = typeof end === 'number' ? [start, end] : [0, start]
  const by = typeof step === 'number' ? step : 1
  if (by === 0) throw new RuntimeError('step must be nonzero')
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw new RuntimeError(`unsupported range: ${cxx(from)} -> ${cxx(to)}`)
  if ((by > 0 && to < from) || (by < 0 && to > from)) throw new RuntimeError('upper bound and lower bound inconsistent with step sign')
  const { dtype = [from, to, by].every(Number.isInteger) ? 'int64' : getDefaultDtype(), requiresGrad } = given
  const out = allocateTensor([Math.ceil((to - from) / by)], dtype)
  for (let i = 0; i < out.data.length; i++) out.data[i] = castScalar(from + i * by, dtype)
  return finish(out, requiresGrad)
}

/** The number behind an end of a range, which may be a 0-dim tensor. */
function endsOf(name: string, start: Operand, end: Operand): [number, number] {
  const dims = (x: Operand): number => (typeof x === 'number' ? 0 : x.ndim)
  const got = [
    ...(dims(start) > 0 ? [`start with ${dims(start)} dimension(s)`] : []),
    ...(dims(end) > 0 ? [`end with ${dims(end)} dimension(s)`] : []),
  ]
  if (got.length > 0) throw new RuntimeError(`${name} only supports 0-dimensional start and end tensors, but got ${got.join(' and ')}.`)
  const value = (x: Operand): number => (typeof x === 'number' ? x : Number(x.item()))
  return [value(start), value(end)]
}

/** `steps` places evenly spaced, from both ends towards the middle, so that the last is `end` itself. */
function spaced(from: number, to: number, steps: number, dtype: TensorOptions['dtype'], write: (value: number, i: number) => void): void {
  const round = dtype === 'float32' ? Math.fround : (x: number): number => x
  const step = steps > 1 ? round((round(to) - round(from)) / (steps - 1)) : 0
  for (let i = 0; i < steps; i++) write(i < steps / 2 || steps === 1 ? from + step * i : to - step * (steps - i - 1), i)
}

/**
 * `steps` numbers evenly spaced from `start` to `end`, both included; they may be 0-dim tensors.
 *
 * @throws RuntimeError if `steps` is negative or an end has dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.linspace.html
 */
export function linspace(
  start: Operand,
  end: Operand,
  steps: number,
  { dtype = getDefaultDtype(), requiresGrad }: TensorOptions = {},
): Tensor {
  const [from, to] = endsOf('linspace', start, end)
  if (steps < 0) throw new RuntimeError('number of steps must be non-negative')
  const out = allocateTensor([steps], dtype)
  spaced(from, to, steps, dtype, (v, i) => {
    out.data[i] = castScalar(v, dtype)
  })
  return finish(out, requiresGrad)
}

/** Options of `logspace`. */
export interface LogspaceOptions extends TensorOptions {
  /** What is raised to the powers; 10 by default. */
  readonly base?: number | undefined
}

/**
 * `base` to the power of `steps` numbers evenly spaced from `start` to `end`, both included; they may be 0-dim tensors.
 *
 * @throws RuntimeError if `steps` is negative or an end has dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.logspace.html
 */
export function logspace(
  start: Operand,
  end: Operand,
  steps: number,
  { base = 10, dtype = getDefaultDtype(), requiresGrad }: LogspaceOptions = {},
): Tensor {
  const [from, to] = endsOf('logspace', start, end)
  if (steps < 0) throw new RuntimeError('number of steps must be non-negative')
  const out = allocateTensor([steps], dtype)
  spaced(from, to, steps, dtype, (v, i) => {
    out.data[i] = castScalar(base ** v, dtype)
  })
  return finish(out, requiresGrad)
}

/**
 * Ones on the diagonal of a matrix of zeros.
 *
 * @throws RuntimeError for negative lengths.
 * @see https://pytorch.org/docs/stable/generated/torch.eye.html
 */
export function eye(n: number, m: number | TensorOptions | null = n, options: TensorOptions = {}): Tensor {
  const columns = typeof m === 'number' ? m : n
  const { dtype = getDefaultDtype(), requiresGrad } = typeof m === 'object' && m !== null ? m : options
  if (n < 0) throw new RuntimeError(`n must be greater or equal to 0, got ${n}`)
  if (columns < 0) throw new RuntimeError(`m must be greater or equal to 0, got ${columns}`)
  const out = allocateTensor([n, columns], dtype)
  for (let i = 0; i < Math.min(n, columns); i++) out.data[i * columns + i] = 1
  return finish(out, requiresGrad)
}

/** Options of `trilIndices` and `triuIndices`. */
export interface TriangleIndicesOptions extends TensorOptions {
  /** Which diagonal ends the triangle: 1 is the one above the main diagonal, -1 the one below. */
  readonly offset?: number | undefined
}

/** The rows and columns of the places of a matrix that belong to a triangle, row by row. */
function placesOf(row: number, column: number, dtype: TensorOptions['dtype'], belongs: (i: number, j: number) => boolean): Tensor {
  if (row < 0) throw new RuntimeError(`row must be non-negative, got${row}`)
  if (column < 0) throw new RuntimeError(`col must be non-negative, got${column}`)
  const rows: number[] = []
  const columns: number[] = []
  for (let i = 0; i < row; i++)
    for (let j = 0; j < column; j++)
      if (belongs(i, j)) {
        rows.push(i)
        columns.push(j)
      }
  const out = allocateTensor([2, rows.length], dtype ?? 'int64')
  out.data.set(rows)
  out.data.set(columns, rows.length)
  return out
}

/**
 * Rows and columns of the places in the lower triangle of a matrix, row by row.
 *
 * Shape: `[2, count]`. Dtypes: `int64`.
 *
 * @throws RuntimeError for negative lengths.
 * @see https://pytorch.org/docs/stable/generated/torch.tril_indices.html
 */
export function trilIndices(row: number, column: number, { offset = 0, dtype }: TriangleIndicesOptions = {}): Tensor {
  return placesOf(row, column, dtype, (i, j) => j - i <= offset)
}

/**
 * Rows and columns of the places in the upper triangle of a matrix, row by row.
 *
 * Shape: `[2, count]`. Dtypes: `int64`.
 *
 * @throws RuntimeError for negative lengths.
 * @see https://pytorch.org/docs/stable/generated/torch.triu_indices.html
 */
export function triuIndices(row: number, column: number, { offset = 0, dtype }: TriangleIndicesOptions = {}): Tensor {
  return placesOf(row, column, dtype, (i, j) => j - i >= offset)
}
