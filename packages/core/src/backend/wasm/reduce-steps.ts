/** Reductions that no single kernel does: of any dimensions in any layout, step by step, and of integers and truth values as doubles. */
import { type DType, isFloat, itemsize } from '../../dtype.ts'
import { contiguousStrides, isContiguous, numelOf } from '../../layout.ts'
import type { Reduction, View } from '../backend.ts'
import { copy } from './copies.ts'
import { Walked } from './plan.ts'
import { reduce } from './reductions.ts'
import { release, temporary } from './temporary.ts'

/** The reductions of numbers that kernels know. */
type Fold = 'sum' | 'prod' | 'amax' | 'amin'

const folds: Readonly<Partial<Record<Reduction, Fold>>> = {
  sum: 'sum',
  prod: 'prod',
  amax: 'amax',
  amin: 'amin',
  any: 'amax',
  all: 'amin',
  countNonzero: 'sum',
}

/** Fewer integers than this are the reference's work: they are sooner done than converted. */
const FEW = 256

/** Matrices from which on columns are first made rows. */
const BATCHES = 16

/** The elements of a view read as another dtype of the same size, along other dimensions. */
class Recast extends Walked {
  readonly #dtype: DType
  readonly #from: number

  constructor(view: View, dtype: DType, shape: readonly number[] = view.shape, strides: readonly number[] = view.strides, from = 0) {
    super(view, shape, strides)
    this.#dtype = dtype
    this.#from = from
  }

  override get dtype(): DType {
    return this.#dtype
  }
  override get offset(): number {
    return super.offset + this.#from
  }
}

const as = (view: View, shape: readonly number[], strides: readonly number[] = contiguousStrides(shape), from = 0): View =>
  new Recast(view, view.dtype, shape, strides, from)

/** A dense copy in another dtype, or the view itself where it has it. */
function converted(x: View, dtype: DType): View | null {
  if (x.dtype === dtype) return x
  const dense = temporary(dtype, x.shape)
  return dense !== null && copy(x, dense) ? dense : null
}

/** A group of neighbouring dimensions: how many elements, and whether they are combined. */
interface Group {
  n: number
  readonly reduced: boolean
}

/** The rows of a dense matrix reduced; null where there is no memory or kernel. */
function rowsOf(kind: Fold, x: View, rows: number, columns: number): View | null {
  const out = temporary(x.dtype, [rows])
  return out !== null && reduce(kind, as(x, [rows, columns]), as(out, [rows, columns], [1, 0])) ? out : null
}

/** The columns of dense matrices reduced. */
function columnsOf(kind: Fold, x: View, batches: number, rows: number, columns: number): View | null {
  if (batches > BATCHES || (kind === 'prod' && rows > 1)) {
    const turned = temporary(x.dtype, [batches, columns, rows])
    if (turned === null || !copy(as(x, [batches, columns, rows], [rows * columns, 1, columns]), turned)) return null
    const out = rowsOf(kind, turned, batches * columns, rows)
    release(turned)
    return out
  }
  const out = temporary(x.dtype, [batches, columns])
  if (out === null) return null
  for (let b = 0; b < batches; b++) {
    const from = as(x, [rows, columns], [columns, 1], b * rows * columns)
    if (!reduce(kind, from, as(out, [rows, columns], [0, 1], b * columns))) return null
  }
  return out
}

/** Reduces floats. */
function reduceFloats(kind: Fold, x: View, out: View): boolean {
  if (reduce(kind, x, out)) return true
  const order = x.shape.map((_, d) => d).filter((d) => x.shape[d] !== 1)
  order.sort((a, b) => (x.strides[b] as number) - (x.strides[a] as number))
  const pick = (list: readonly number[]): number[] => order.map((d) => list[d] as number)
  const [shape, strides, outStrides] = [pick(x.shape), pick(x.strides), pick(out.strides)]
  if (reduce(kind, as(x, shape, strides), as(out, shape, outStrides))) return true
  let data = as(x, shape, strides)
  if (!isContiguous(shape, strides)) {
    const dense = temporary(x.dtype, shape)
    if (dense === null || !copy(data, dense)) return false
    data = dense
  }
  const groups: Group[] = []
  shape.forEach((n, d) => {
    const reduced = outStrides[d] === 0
    const last = groups.at(-1)
    if (last?.reduced === reduced) last.n *= n
    else groups.push({ n, reduced })
  })
  while (groups.some((g) => g.reduced)) {
    const last = groups.at(-1) as Group
    let next: View | null
    if (last.reduced) {
      groups.pop()
      next = rowsOf(
        kind,
        data,
        groups.reduce((n, g) => n * g.n, 1),
        last.n,
      )
    } else {
      const [rows] = groups.splice(-2, 1) as [Group]
      const before = groups.slice(0, -1).reduce((n, g) => n * g.n, 1)
      next = columnsOf(kind, data, before, rows.n, last.n)
      if (groups.length > 1) {
        groups.pop()
        ;(groups.at(-1) as Group).n *= last.n
      }
    }
    release(data)
    if (next === null) return false
    data = next
  }
  const kept = shape.flatMap((_, d) => (outStrides[d] === 0 ? [] : d))
  const keptShape = kept.map((d) => shape[d] as number)
  const done = copy(
    as(data, keptShape),
    as(
      out,
      keptShape,
      kept.map((d) => outStrides[d] as number),
    ),
  )
  release(data)
  return done
}

/** Whether all numbers of a dense view are exact as integers. */
function exact(x: View): boolean {
  const { data, offset } = x
  for (let i = 0, n = numelOf(x.shape); i < n; i++) if (!(Math.abs(data[offset + i] as number) <= 2 ** 53)) return false
  return true
}

/** Reduces `x` into `out` in several steps; false where it has to be the reference's work. */
export function reduceInSteps(kind: Reduction, x: View, out: View): boolean {
  const fold = folds[kind]
  const n = numelOf(x.shape)
  if (fold === undefined || x.pointer === 0 || out.pointer === 0 || n === 0) return false
  if (isFloat(x.dtype) && kind === fold) return x.dtype === out.dtype && reduceFloats(fold, x, out)
  if (n < FEW) return false
  let numbers: View | null
  if (kind !== fold) {
    const truths = converted(x, 'bool')
    numbers = truths === null ? null : converted(truths, 'float64')
    if (truths !== x) release(truths)
  } else numbers = x.dtype === 'int64' ? new Recast(x, 'float64') : converted(x, 'float64')
  if (numbers === null) return false
  const kept = x.shape.map((m, d) => (out.strides[d] === 0 ? 1 : m))
  const results = temporary('float64', kept)
  if (results === null) return false
  const strides = contiguousStrides(kept).map((s, d) => (out.strides[d] === 0 ? 0 : s))
  const done = reduceFloats(fold, numbers, as(results, x.shape, strides)) && (out.dtype !== 'int64' || exact(results))
  const target = as(out, kept, out.strides)
  const stored = done && copy(results, out.dtype === 'int64' && itemsize(target.dtype) === 8 ? new Recast(target, 'float64') : target)
  release(numbers, results)
  return stored
}
