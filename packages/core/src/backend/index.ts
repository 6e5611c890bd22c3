/** The backend in use: WebAssembly where it has a kernel, the reference for everything else. */
import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'
import { col2im, im2col } from './wasm/columns.ts'
import { copy } from './wasm/copies.ts'
import { gather, scatter } from './wasm/gathers.ts'
import { mapIntegers } from './wasm/map-integers.ts'
import { mapReduce } from './wasm/map-reductions.ts'
import { correlatePlanes, filterPlanes } from './wasm/planes.ts'
import { map, prepare } from './wasm/pointwise-calls.ts'
import { mapLines, maxPool, sumPool } from './wasm/pooling.ts'
import { matmul } from './wasm/products.ts'
import { reduceInSteps } from './wasm/reduce-steps.ts'
import { prepareReduce, reduce } from './wasm/reductions.ts'
import { argReduce, argScan, scan } from './wasm/scans.ts'
import { nll, nllBackward, softmax, softmaxBackward } from './wasm/softmaxes.ts'
import { sort } from './wasm/sorts.ts'

/** A kernel that may decline a call, and the reference's for the calls that it declines. */
function orElse<A extends unknown[]>(fast: (...args: A) => boolean, plain: (...args: A) => void): (...args: A) => void {
  // No kernel takes more than six arguments, and a rest parameter would be an array for each call.
  const [first, second] = [fast, plain] as unknown as [(...args: unknown[]) => boolean, (...args: unknown[]) => void]
  return ((a: unknown, b: unknown, c: unknown, d: unknown, e: unknown, f: unknown) => {
    if (!first(a, b, c, d, e, f)) second(a, b, c, d, e, f)
  }) as unknown as (...args: A) => void
}

const wasm: Backend = {
  // The four that nearly every operation calls are written out, so that engines can see through them.
  map: (program, compute, out, inputs) => {
    if (!map(program, compute, out, inputs) && !mapIntegers(program, compute, out, inputs)) reference.map(program, compute, out, inputs)
  },
  copy: (from, to) => {
    if (!copy(from, to)) reference.copy(from, to)
  },
  reduce: (kind, x, out) => {
    if (!reduce(kind, x, out) && !reduceInSteps(kind, x, out)) reference.reduce(kind, x, out)
  },
  matmul: (x, y, out) => {
    if (!matmul(x, y, out)) reference.matmul(x, y, out)
  },
  mapReduce: /* @__PURE__ */ orElse(mapReduce, reference.mapReduce),
  argReduce: /* @__PURE__ */ orElse(argReduce, reference.argReduce),
  scan: /* @__PURE__ */ orElse(scan, reference.scan),
  argScan: /* @__PURE__ */ orElse(argScan, reference.argScan),
  gather: /* @__PURE__ */ orElse(gather, reference.gather),
  scatter: /* @__PURE__ */ orElse(scatter, reference.scatter),
  sort: /* @__PURE__ */ orElse(sort, reference.sort),
  softmax: /* @__PURE__ */ orElse(softmax, reference.softmax),
  softmaxBackward: /* @__PURE__ */ orElse(softmaxBackward, reference.softmaxBackward),
  nll: (views) => nll(views) ?? reference.nll(views),
  nllBackward: /* @__PURE__ */ orElse(nllBackward, reference.nllBackward),
  im2col: /* @__PURE__ */ orElse(im2col, reference.im2col),
  col2im: /* @__PURE__ */ orElse(col2im, reference.col2im),
  filterPlanes: /* @__PURE__ */ orElse(filterPlanes, reference.filterPlanes),
  correlatePlanes: /* @__PURE__ */ orElse(correlatePlanes, reference.correlatePlanes),
  maxPool: /* @__PURE__ */ orElse(maxPool, reference.maxPool),
  sumPool: /* @__PURE__ */ orElse(sumPool, reference.sumPool),
  mapLines: /* @__PURE__ */ orElse(mapLines, reference.mapLines),
}

/** Kernels that every operation calls. */
export let kernels: Backend = wasm

/** @internal Puts another backend in the place of the one in use, which is returned. */
export function useKernels(next: Backend): Backend {
  const before = kernels
  kernels = next
  return before
}

/** @internal A call of `map` with all that can be settled beforehand settled; null where only `map` itself will do. */
export const prepareMap = (...call: Parameters<Backend['map']>): (() => void) | null => (kernels === wasm ? prepare(...call) : null)

/** @internal The same of any kernel, once its arguments are known: null where there is nothing to settle. */
export const prepareCall = (name: keyof Backend, args: readonly unknown[]): (() => void) | null =>
  kernels !== wasm || name !== 'reduce' ? null : prepareReduce(...(args as Parameters<Backend['reduce']>))

/** @internal Runs `f` on the reference alone, to compare with. */
export function onReference<T>(f: () => T): T {
  const before = useKernels(reference)
  try {
    return f()
  } finally {
    useKernels(before)
  }
}
