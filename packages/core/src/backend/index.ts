/** The backend in use: WebAssembly where it has a kernel, the reference for everything else. */
import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'
import { map } from './wasm/pointwise-calls.ts'
import { mapLines, maxPool, scatter, sumPool } from './wasm/pooling.ts'
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
  scatter: (combine, out, dim, index, source) => {
    if (!scatter(combine, out, dim, index, source)) reference.scatter(combine, out, dim, index, source)
  },
  maxPool: (x, windows, values, indices) => {
    if (!maxPool(x, windows, values, indices)) reference.maxPool(x, windows, values, indices)
  },
  sumPool: (x, windows, divisor, out) => {
    if (!sumPool(x, windows, divisor, out)) reference.sumPool(x, windows, divisor, out)
  },
  mapLines: (x, pairs, out) => {
    if (!mapLines(x, pairs, out)) reference.mapLines(x, pairs, out)
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
