/** The backend in use: WebAssembly where it has a kernel, the reference for everything else. */
import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'
import { col2im, im2col } from './wasm/columns.ts'
import { copy } from './wasm/copies.ts'
import { gather, scatter } from './wasm/gathers.ts'
import { mapIntegers } from './wasm/map-integers.ts'
import { mapReduce } from './wasm/map-reductions.ts'
import { correlatePlanes, filterPlanes } from './wasm/planes.ts'
import { map } from './wasm/pointwise-calls.ts'
import { matmul } from './wasm/products.ts'
import { reduceInSteps } from './wasm/reduce-steps.ts'
import { reduce } from './wasm/reductions.ts'
import { argReduce, argScan, scan } from './wasm/scans.ts'
import { nll, nllBackward, softmax, softmaxBackward } from './wasm/softmaxes.ts'

/** A kernel that may decline a call, and the reference's for the calls that it declines. */
function orElse<A extends unknown[]>(fast: (...args: A) => boolean, plain: (...args: A) => void): (...args: A) => void {
  // No kernel takes more than six arguments, and a rest parameter would be an array for each call.
  const [first, second] = [fast, plain] as unknown as [(...args: unknown[]) => boolean, (...args: unknown[]) => void]
  return ((a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown) => {
    if (!first(a, b, c, d, e, f)) second(a, b, c, d, e, f)
  }) as unknown as (...args: A) => void
}

/** Two kernels, of which the second takes what the first declines; neither takes more than four arguments. */
function either<A extends unknown[]>(fast: (...args: A) => boolean, other: (...args: A) => boolean): (...args: A) => boolean {
  type Any = (a: unknown, b: unknown, c: unknown, d: unknown) => boolean
  const [first, second] = [fast, other] as unknown as [Any, Any]
  return ((a, b, c, d) => first(a, b, c, d) || second(a, b, c, d)) as Any as unknown as (...args: A) => boolean
}

const wasm: Backend = {
  map: orElse(either(map, mapIntegers), reference.map),
  mapReduce: orElse(mapReduce, reference.mapReduce),
  copy: orElse(copy, reference.copy),
  reduce: orElse(either(reduce, reduceInSteps), reference.reduce),
  argReduce: orElse(argReduce, reference.argReduce),
  matmul: orElse(matmul, reference.matmul),
  scan: orElse(scan, reference.scan),
  argScan: orElse(argScan, reference.argScan),
  gather: orElse(gather, reference.gather),
  scatter: orElse(scatter, reference.scatter),
  sort: reference.sort,
  softmax: orElse(softmax, reference.softmax),
  softmaxBackward: orElse(softmaxBackward, reference.softmaxBackward),
  nll: (views) => nll(views) ?? reference.nll(views),
  nllBackward: orElse(nllBackward, reference.nllBackward),
  im2col: orElse(im2col, reference.im2col),
  col2im: orElse(col2im, reference.col2im),
  filterPlanes: orElse(filterPlanes, reference.filterPlanes),
  correlatePlanes: orElse(correlatePlanes, reference.correlatePlanes),
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
