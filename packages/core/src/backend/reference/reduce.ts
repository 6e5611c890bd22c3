/** Reductions and scans in doubles: sums of many float32 values lose nothing that shows. */
import { checkExact, isFloat } from '../../dtype.ts'
import { numelOf } from '../../layout.ts'
import type { ArgReduction, Reduction, Scan, View } from '../backend.ts'
import { coalesce, eachLine, eachRow } from './walk.ts'

/** NaN wins over everything. */
const greater = (a: number, b: number): number => (a > b || Number.isNaN(a) ? a : b)
const smaller = (a: number, b: number): number => (a < b || Number.isNaN(a) ? a : b)

const folds: Record<Reduction, { start: number; step: (acc: number, x: number) => number }> = {
  sum: { start: 0, step: (acc, x) => acc + x },
  nansum: { start: 0, step: (acc, x) => (Number.isNaN(x) ? acc : acc + x) },
  prod: { start: 1, step: (acc, x) => acc * x },
  amax: { start: -Infinity, step: greater },
  amin: { start: Infinity, step: smaller },
  any: { start: 0, step: (acc, x) => (acc !== 0 || x !== 0 ? 1 : 0) },
  all: { start: 1, step: (acc, x) => (acc !== 0 && x !== 0 ? 1 : 0) },
  countNonzero: { start: 0, step: (acc, x) => (x !== 0 ? acc + 1 : acc) },
}

export function reduce(kind: Reduction, x: View, out: View): void {
  const { start, step } = folds[kind]
  // Accumulators stand where the results will: one per place of `out`, addressed by the same strides.
  const places = new Float64Array(numelOf(out.shape.map((n, d) => (out.strides[d] === 0 ? 1 : n)))).fill(start)
  const dense = new Array<number>(out.shape.length)
  for (let d = out.shape.length - 1, n = 1; d >= 0; d--) {
    dense[d] = out.strides[d] === 0 ? 0 : n
    if (out.strides[d] !== 0) n *= out.shape[d] as number
  }
  const walk = coalesce(x.shape, [x.strides, dense])
  const inner = walk.shape.length - 1
  const [xStep, pStep] = walk.strides.map((s) => s[inner] as number) as [number, number]
  const n = walk.shape[inner] as number
  eachRow(walk, [x.offset, 0], ([xAt, pAt]) => {
    if (pStep === 0) {
      let acc = places[pAt as number] as number
      for (let i = 0; i < n; i++) acc = step(acc, x.data[(xAt as number) + i * xStep] as number)
      places[pAt as number] = acc
    } else
      for (let i = 0; i < n; i++) {
        const p = (pAt as number) + i * pStep
        places[p] = step(places[p] as number, x.data[(xAt as number) + i * xStep] as number)
      }
  })
  const kept = out.shape.map((m, d) => (out.strides[d] === 0 ? 1 : m))
  const back = coalesce(kept, [out.strides, dense])
  const m = back.shape.length - 1
  eachRow(back, [out.offset, 0], ([o, p]) => {
    for (let i = 0; i < (back.shape[m] as number); i++) {
      const v = places[(p as number) + i * (back.strides[1]?.[m] as number)] as number
      out.data[(o as number) + i * (back.strides[0]?.[m] as number)] = out.dtype === 'int64' ? checkExact(v + 0) : v
    }
  })
}

export function argReduce(kind: ArgReduction, x: View, dim: number, values: View | null, indices: View): void {
  const n = x.shape[dim] as number
  const step = x.strides[dim] as number
  const v = values ?? indices
  eachLine(x.shape, dim, [x.strides, v.strides, indices.strides], [x.offset, v.offset, indices.offset], ([at, vAt, iAt]) => {
    let best = x.data[at as number] as number
    let where = 0
    for (let i = 1; i < n && !Number.isNaN(best); i++) {
      const value = x.data[(at as number) + i * step] as number
      if (Number.isNaN(value) || (kind === 'max' ? value > best : value < best)) {
        best = value
        where = i
      }
    }
    indices.data[iAt as number] = where
    if (values !== null) values.data[vAt as number] = best
  })
}

const scans: Record<Scan, (acc: number, x: number) => number> = {
  cumsum: (acc, x) => acc + x,
  cumprod: (acc, x) => acc * x,
  logcumsumexp: (acc, x) => {
    const m = Math.max(acc, x)
    return Number.isFinite(m) ? m + Math.log1p(Math.exp(Math.min(acc, x) - m)) : m
  },
}

export function scan(kind: Scan, x: View, dim: number, out: View): void {
  const f = scans[kind]
  const n = x.shape[dim] as number
  if (n === 0) return
  const xStep = x.strides[dim] as number
  const oStep = out.strides[dim] as number
  eachLine(x.shape, dim, [x.strides, out.strides], [x.offset, out.offset], ([at, o]) => {
    let acc = x.data[at as number] as number
    out.data[o as number] = acc
    for (let i = 1; i < n; i++) {
      acc = f(acc, x.data[(at as number) + i * xStep] as number)
      out.data[(o as number) + i * oStep] = isFloat(out.dtype) || out.dtype !== 'int64' ? acc : checkExact(acc)
    }
  })
}

export function argScan(kind: ArgReduction, x: View, dim: number, values: View, indices: View): void {
  const n = x.shape[dim] as number
  const [xs, vs, is] = [x.strides[dim] as number, values.strides[dim] as number, indices.strides[dim] as number]
  eachLine(x.shape, dim, [x.strides, values.strides, indices.strides], [x.offset, values.offset, indices.offset], ([at, vAt, iAt]) => {
    let best = x.data[at as number] as number
    let where = 0
    for (let i = 0; i < n; i++) {
      const value = x.data[(at as number) + i * xs] as number
      if (Number.isNaN(value) || (kind === 'max' ? value >= best : value <= best)) {
        best = value
        where = i
      }
      values.data[(vAt as number) + i * vs] = best
      indices.data[(iAt as number) + i * is] = where
    }
  })
}
