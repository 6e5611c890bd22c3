/** Gather, scatter and sort along one dimension. */
import { checkExact } from '../../dtype.ts'
import type { Combine, View } from '../backend.ts'
import { eachLine } from './walk.ts'

export function gather(x: View, dim: number, index: View, out: View): void {
  const n = index.shape[dim] as number
  const [xs, is, os] = [x.strides[dim] as number, index.strides[dim] as number, out.strides[dim] as number]
  eachLine(index.shape, dim, [x.strides, index.strides, out.strides], [x.offset, index.offset, out.offset], ([xAt, iAt, oAt]) => {
    for (let i = 0; i < n; i++)
      out.data[(oAt as number) + i * os] = x.data[(xAt as number) + (index.data[(iAt as number) + i * is] as number) * xs] as number
  })
}

const combines: Record<Combine, (old: number, x: number) => number> = {
  set: (_, x) => x,
  add: (old, x) => old + x,
  mul: (old, x) => old * x,
  amax: (old, x) => (Number.isNaN(old) ? old : old > x ? old : x),
  amin: (old, x) => (Number.isNaN(old) ? old : old < x ? old : x),
}

export function scatter(combine: Combine, out: View, dim: number, index: View, source: View): void {
  const combined = combines[combine]
  const f =
    out.dtype === 'bool'
      ? (old: number, x: number): number => (combined(old, x) !== 0 ? 1 : 0)
      : out.dtype === 'int64'
        ? (old: number, x: number): number => checkExact(combined(old, x))
        : combined
  const n = index.shape[dim] as number
  const [os, is, ss] = [out.strides[dim] as number, index.strides[dim] as number, source.strides[dim] as number]
  eachLine(index.shape, dim, [out.strides, index.strides, source.strides], [out.offset, index.offset, source.offset], ([oAt, iAt, sAt]) => {
    for (let i = 0; i < n; i++) {
      const at = (oAt as number) + (index.data[(iAt as number) + i * is] as number) * os
      out.data[at] = f(out.data[at] as number, source.data[(sAt as number) + i * ss] as number)
    }
  })
}

/** NaN stands above every number. */
const compare = (a: number, b: number): number => {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1
  if (Number.isNaN(b)) return -1
  return a < b ? -1 : a > b ? 1 : 0
}

export function sort(x: View, dim: number, descending: boolean, values: View, indices: View): void {
  const n = x.shape[dim] as number
  const [xs, vs, is] = [x.strides[dim] as number, values.strides[dim] as number, indices.strides[dim] as number]
  const order = new Int32Array(n)
  eachLine(x.shape, dim, [x.strides, values.strides, indices.strides], [x.offset, values.offset, indices.offset], ([xAt, vAt, iAt]) => {
    const at = (i: number): number => x.data[(xAt as number) + i * xs] as number
    for (let i = 0; i < n; i++) order[i] = i
    order.sort(descending ? (a, b) => compare(at(b), at(a)) || a - b : (a, b) => compare(at(a), at(b)) || a - b)
    for (let i = 0; i < n; i++) {
      values.data[(vAt as number) + i * vs] = at(order[i] as number)
      indices.data[(iAt as number) + i * is] = order[i] as number
    }
  })
}
