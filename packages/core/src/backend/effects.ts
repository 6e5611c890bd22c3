/** What each kernel writes: all that a recording of kernel calls has to know of them. */
import type { Backend, View } from './backend.ts'

/** The views that a call writes; it reads all others that it is given. */
export const written: {
  readonly [K in keyof Backend]: (...args: Parameters<Backend[K]>) => readonly (View | null)[]
} = {
  map: (_program, _compute, out) => [out],
  mapReduce: (_program, _compute, _shape, _inputs, _divisor, out) => [out],
  copy: (_from, to) => [to],
  reduce: (_kind, _x, out) => [out],
  argReduce: (_kind, _x, _dim, values, indices) => [values, indices],
  matmul: (_x, _y, out) => [out],
  scan: (_kind, _x, _dim, out) => [out],
  argScan: (_kind, _x, _dim, values, indices) => [values, indices],
  gather: (_x, _dim, _index, out) => [out],
  scatter: (_combine, out) => [out],
  softmax: (_kind, _x, _dim, out) => [out],
  softmaxBackward: (_kind, _grad, _result, _dim, out) => [out],
  nll: ({ losses, weights, sum, total }) => [losses, weights, sum, total],
  nllBackward: ({ out }) => [out],
  sort: (_x, _dim, _descending, values, indices) => [values, indices],
  im2col: (_x, _windows, columns) => [columns],
  col2im: (_columns, _windows, x) => [x],
  filterPlanes: (_x, _filters, _dilation, y) => [y],
  correlatePlanes: (_x, _y, _dilation, filters) => [filters],
  maxPool: (_x, _windows, values, indices) => [values, indices],
  sumPool: (_x, _windows, _divisor, out) => [out],
  mapLines: (_x, _pairs, out) => [out],
}

/** Kernels that leave some of what stood in their output, or add to it. All others write every element of theirs. */
export const adding: ReadonlySet<keyof Backend> = /* @__PURE__ */ new Set<keyof Backend>([
  'scatter',
  'nllBackward',
  'col2im',
  'correlatePlanes',
  'mapLines',
])
