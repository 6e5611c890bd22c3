/** The backend in use: WebAssembly where it has a kernel, the reference for everything else. */
import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'
import { copy } from './wasm/copies.ts'
import { gather, scatter } from './wasm/gathers.ts'
import { mapIntegers } from './wasm/map-integers.ts'
import { mapInOrder } from './wasm/map-order.ts'
import { mapReduce } from './wasm/map-reductions.ts'
import { map } from './wasm/pointwise-calls.ts'
import { matmul } from './wasm/products.ts'
import { reduceInSteps } from './wasm/reduce-steps.ts'
import { reduce } from './wasm/reductions.ts'
import { argReduce, argScan, scan } from './wasm/scans.ts'
import { nll, nllBackward, softmax, softmaxBackward } from './wasm/softmaxes.ts'

const wasm: Backend = {
  ...reference,
  map: (program, compute, out, inputs) => {
    const done =
      map(program, compute, out, inputs) || mapInOrder(program, compute, out, inputs) || mapIntegers(program, compute, out, inputs)
    if (!done) reference.map(program, compute, out, inputs)
  },
  mapReduce: (program, compute, shape, inputs, divisor, out) => {
    if (!mapReduce(program, compute, shape, inputs, divisor, out)) reference.mapReduce(program, compute, shape, inputs, divisor, out)
  },
  copy: (from, to) => {
    if (!copy(from, to)) reference.copy(from, to)
  },
  matmul: (x, y, out) => {
    if (!matmul(x, y, out)) reference.matmul(x, y, out)
  },
  reduce: (kind, x, out) => {
    if (!reduce(kind, x, out) && !reduceInSteps(kind, x, out)) reference.reduce(kind, x, out)
  },
  argReduce: (kind, x, dim, values, indices) => {
    if (!argReduce(kind, x, dim, values, indices)) reference.argReduce(kind, x, dim, values, indices)
  },
  scan: (kind, x, dim, out) => {
    if (!scan(kind, x, dim, out)) reference.scan(kind, x, dim, out)
  },
  argScan: (kind, x, dim, values, indices) => {
    if (!argScan(kind, x, dim, values, indices)) reference.argScan(kind, x, dim, values, indices)
  },
  gather: (x, dim, index, out) => {
    if (!gather(x, dim, index, out)) reference.gather(x, dim, index, out)
  },
  scatter: (combine, out, dim, index, source) => {
    if (!scatter(combine, out, dim, index, source)) reference.scatter(combine, out, dim, index, source)
  },
  softmax: (kind, x, dim, out) => {
    if (!softmax(kind, x, dim, out)) reference.softmax(kind, x, dim, out)
  },
  softmaxBackward: (kind, grad, result, dim, out) => {
    if (!softmaxBackward(kind, grad, result, dim, out)) reference.softmaxBackward(kind, grad, result, dim, out)
  },
  nll: (views) => nll(views) ?? reference.nll(views),
  nllBackward: (views) => {
    if (!nllBackward(views)) reference.nllBackward(views)
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
