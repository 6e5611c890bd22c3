/** The backend in use: WebAssembly where it has a kernel, the reference for everything else. */
import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'
import { copy } from './wasm/copies.ts'
import { map } from './wasm/pointwise-calls.ts'
import { matmul } from './wasm/products.ts'
import { reduce } from './wasm/reductions.ts'

const wasm: Backend = {
  ...reference,
  map: (program, compute, out, inputs) => {
    if (!map(program, compute, out, inputs)) reference.map(program, compute, out, inputs)
  },
  copy: (from, to) => {
    if (!copy(from, to)) reference.copy(from, to)
  },
  matmul: (x, y, out) => {
    if (!matmul(x, y, out)) reference.matmul(x, y, out)
  },
  reduce: (kind, x, out) => {
    if (!reduce(kind, x, out)) reference.reduce(kind, x, out)
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
