/** The backend in use: WebAssembly where it has a kernel, the reference for everything else. */
import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'
import { col2im, im2col } from './wasm/columns.ts'
import { correlatePlanes, filterPlanes } from './wasm/planes.ts'
import { map } from './wasm/pointwise-calls.ts'
import { matmul } from './wasm/products.ts'
import { reduce } from './wasm/reductions.ts'

const wasm: Backend = {
  ...reference,
  map: (program, compute, out, inputs) => {
    if (!map(program, compute, out, inputs)) reference.map(program, compute, out, inputs)
  },
  matmul: (x, y, out) => {
    if (!matmul(x, y, out)) reference.matmul(x, y, out)
  },
  reduce: (kind, x, out) => {
    if (!reduce(kind, x, out)) reference.reduce(kind, x, out)
  },
  im2col: (x, windows, columns) => {
    if (!im2col(x, windows, columns)) reference.im2col(x, windows, columns)
  },
  col2im: (columns, windows, x) => {
    if (!col2im(columns, windows, x)) reference.col2im(columns, windows, x)
  },
  filterPlanes: (x, filters, dilation, y) => {
    if (!filterPlanes(x, filters, dilation, y)) reference.filterPlanes(x, filters, dilation, y)
  },
  correlatePlanes: (x, y, dilation, filters) => {
    if (!correlatePlanes(x, y, dilation, filters)) reference.correlatePlanes(x, y, dilation, filters)
  },
}

/** Kernels that every operation calls. */
export let kernels: Backend = wasm

/** @internal Runs `f` on the reference alone, to compare with. */
export function onReference<T>(f: () => T): T {
  const before = kernels
  kernels = reference
  try {
    return f()
  } finally {
    kernels = before
  }
}
