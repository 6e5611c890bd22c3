/** Runs pointwise programs as WebAssembly: finds or makes the kernel for the operands' dtypes and layouts, and calls it. */
import { type DType, dtypes, itemsize } from '../../dtype.ts'
import type { Program } from '../../expr.ts'
import { broadcastStrides, numelOf } from '../../layout.ts'
import { wasmMemory } from '../../memory.ts'
import type { View } from '../backend.ts'
import { coalesce } from '../reference/walk.ts'
import { instantiate } from './engine.ts'
import { describe, emitPointwise, type OperandSignature } from './pointwise.ts'
import { scratch } from './scratch.ts'

type KernelFunction = (...args: number[]) => void

/** How an operand is given to a kernel, in three bits. */
const VECTOR = 0
const SCALAR = 1
const STRIDED = 2
const IMMEDIATE = 3
const kinds = ['vector', 'scalar', 'strided', 'immediate'] as const

const dtypeIndex: ReadonlyMap<DType, number> = /* @__PURE__ */ new Map(dtypes.map((d, i) => [d, i]))

/** A kernel for the program, or null where there is no vector code for it. */
function kernelFor(program: Program, compute: DType, output: DType, nested: boolean, codes: readonly number[]): KernelFunction | null {
  let key = (compute === 'float32' ? 1 : 0) + (nested ? 2 : 0) + 4 * (dtypeIndex.get(output) as number)
  for (let i = 0; i < codes.length; i++) key = key * 32 + (codes[i] as number)
  const known = program.compiled.get(key)
  if (known !== undefined) return known as KernelFunction | null
  const operands = codes.map((code): OperandSignature => {
    const kind = kinds[code & 3] as (typeof kinds)[number]
    return kind === 'immediate' ? { kind } : { kind, dtype: dtypes[code >> 2] as DType }
  })
  const bytes = emitPointwise(program, { compute, output, operands, nested })
  const made = bytes === null ? null : (instantiate(bytes)['kernel'] as KernelFunction)
  program.compiled.set(key, made)
  return made
}

const contiguousLike = (view: View, out: View): boolean => {
  if (view.shape.length !== out.shape.length) return false
  for (let d = 0; d < out.shape.length; d++)
    if (view.shape[d] !== out.shape[d] || (view.strides[d] !== out.strides[d] && view.shape[d] !== 1)) return false
  return true
}

/** Whether all places of a view are one and the same element: a single number, or one that was stretched. */
function isOne(view: View): boolean {
  for (let d = 0; d < view.shape.length; d++) if (view.shape[d] !== 1 && view.strides[d] !== 0) return false
  return true
}

const dense = (view: View): boolean => {
  let step = 1
  for (let d = view.shape.length - 1; d >= 0; d--) {
    if (view.shape[d] !== 1 && view.strides[d] !== step) return false
    step *= view.shape[d] as number
  }
  return true
}

/** Runs the program; false where it has to be the reference's work. */
export function map(program: Program, compute: DType, out: View, inputs: readonly (View | number)[]): boolean {
  if (out.pointer === 0 || (out.dtype !== 'float32' && out.dtype !== 'float64' && out.dtype !== 'bool')) return false
  const n = numelOf(out.shape)
  if (n === 0) return true
  const outAt = out.pointer + out.offset * itemsize(out.dtype)
  const codes: number[] = []
  const args: number[] = []
  let flat = dense(out)
  for (let i = 0; i < inputs.length && flat; i++) {
    const x = inputs[i] as View | number
    if (typeof x === 'number') {
      codes.push(IMMEDIATE)
      args.push(x)
      continue
    }
    if (x.pointer === 0) return false
    const single = isOne(x)
    if (!single && !contiguousLike(x, out)) {
      flat = false
      break
    }
    codes.push((single && n > 1 ? SCALAR : VECTOR) + 4 * (dtypeIndex.get(x.dtype) as number))
    args.push(x.pointer + x.offset * itemsize(x.dtype))
  }
  if (!flat) return nestedMap(program, compute, out, inputs)
  const kernel = kernelFor(program, compute, out.dtype, false, codes)
  if (kernel === null) return false
  const [a, b, c, d] = args as [number, number, number, number]
  switch (args.length) {
    case 1:
      kernel(n, outAt, a)
      break
    case 2:
      kernel(n, outAt, a, b)
      break
    case 3:
      kernel(n, outAt, a, b, c)
      break
    case 4:
      kernel(n, outAt, a, b, c, d)
      break
    default:
      kernel(n, outAt, ...args)
  }
  return true
}

/** Room for the descriptor of any walk in practice: 40 dimensions of as many operands as there are. */
const DESCRIPTOR = 4096

/** The general case: loops around rows, told by a descriptor in memory. */
function nestedMap(program: Program, compute: DType, out: View, inputs: readonly (View | number)[]): boolean {
  const views: View[] = []
  for (const x of inputs)
    if (typeof x !== 'number') {
      if (x.pointer === 0) return false
      views.push(x)
    }
  // Before any address is taken: making room may collect what nobody holds any more.
  const descriptor = scratch(DESCRIPTOR)
  const walk = coalesce(out.shape, [out.strides, ...views.map((v) => broadcastStrides(v.shape, v.strides, out.shape))])
  const inner = walk.shape.length - 1
  const strideOf = (k: number, d: number): number => (walk.strides[k] as number[])[d] as number
  if (strideOf(0, inner) !== 1 && walk.shape[inner] !== 1) return false
  const codes: number[] = []
  const steps: number[] = []
  const rows: number[][] = [walk.shape.slice(0, inner).map((_, d) => strideOf(0, d) * itemsize(out.dtype))]
  const args: number[] = [walk.shape[inner] as number, 0, out.pointer + out.offset * itemsize(out.dtype)]
  let k = 0
  for (const x of inputs) {
    if (typeof x === 'number') {
      codes.push(IMMEDIATE)
      args.push(x)
      continue
    }
    k++
    const step = strideOf(k, inner)
    const kind = step === 1 ? VECTOR : step === 0 ? SCALAR : STRIDED
    const size = itemsize(x.dtype)
    if (kind === STRIDED) steps.push(step * size)
    codes.push(kind + 4 * (dtypeIndex.get(x.dtype) as number))
    const at = k
    rows.push(walk.shape.slice(0, inner).map((_, d) => strideOf(at, d) * size))
    args.push(x.pointer + x.offset * size)
  }
  const kernel = kernelFor(program, compute, out.dtype, true, codes)
  if (kernel === null) return false
  const words = describe(walk.shape.slice(0, inner), rows, steps)
  if (words.byteLength > DESCRIPTOR) return false
  new Int32Array(wasmMemory().buffer, descriptor, words.length).set(words)
  args[1] = descriptor
  kernel(...args)
  return true
}
