/**
 * Runs pointwise programs as WebAssembly: finds or makes the kernel for the operands' dtypes and layouts, and calls it.
 *
 * Every operation passes here, so nothing is allocated on the way: what a call needs is laid out in arrays that all calls share.
 */
import { type DType, dtypes, itemsize } from '../../dtype.ts'
import type { Program } from '../../expr.ts'
import { numelOf } from '../../layout.ts'
import { address, take, wasmMemory } from '../../memory.ts'
import type { View } from '../backend.ts'
import { instantiate } from './engine.ts'
import { emitPointwise, type OperandSignature } from './pointwise.ts'
import { IMMEDIATE, layOut, outerLength, outerStep, pieceOf, SCALAR, VECTOR, type Walk } from './pointwise-walks.ts'
import { pieces, worth } from './threads/pieces.ts'
import { callAll, hasThreads } from './threads/pool.ts'

type KernelFunction = (...args: number[]) => void

const kinds = ['vector', 'scalar', 'strided', 'immediate'] as const

const dtypeIndex: ReadonlyMap<DType, number> = /* @__PURE__ */ new Map(dtypes.map((d, i) => [d, i]))

// The dtype of nearly everything is not looked up.
const FLOAT32 = /* @__PURE__ */ dtypes.indexOf('float32')
const codeOf = (d: DType): number => (d === 'float32' ? FLOAT32 : (dtypeIndex.get(d) as number))

/** As many operands as the key of a kernel has room for. */
const OPERANDS = 8
const addresses = /* @__PURE__ */ new Float64Array(OPERANDS)
/** How each operand is given: its kind and, above it, its dtype. */
const codes = /* @__PURE__ */ new Int32Array(OPERANDS)

/** Names what a kernel is specialised for, beside its program. */
function keyOf(compute: DType, output: DType, nested: boolean, operands: number): number {
  let key = (compute === 'float32' ? 1 : 0) + (nested ? 2 : 0) + 4 * codeOf(output)
  for (let i = 0; i < operands; i++) key = key * 32 + (codes[i] as number)
  return key
}

/** A kernel for the program, or null where there is no vector code for it. */
function kernelFor(program: Program, compute: DType, output: DType, nested: boolean, count: number): KernelFunction | null {
  const { kernels } = program
  const key = keyOf(compute, output, nested, count)
  // Most programs run on the same kind of operands again and again.
  if (kernels.lastKey === key) return kernels.last as KernelFunction | null
  let kernel = kernels.byKey.get(key) as KernelFunction | null | undefined
  if (kernel === undefined) {
    const operands = Array.from(codes.subarray(0, count), (code): OperandSignature => {
      const kind = kinds[code & 3] as (typeof kinds)[number]
      return kind === 'immediate' ? { kind } : { kind, dtype: dtypes[code >> 2] as DType }
    })
    const bytes = emitPointwise(program, { compute, output, operands, nested })
    kernel = bytes === null ? null : (instantiate(bytes)['kernel'] as KernelFunction)
    kernels.byKey.set(key, kernel)
  }
  kernels.lastKey = key
  kernels.last = kernel
  return kernel
}

/** Whether two views step through memory alike, as far as their shape makes steps. */
function alike(x: View, out: View): boolean {
  const { shape, strides } = x
  if (shape === out.shape && strides === out.strides) return true
  if (shape.length !== out.shape.length) return false
  for (let d = 0; d < shape.length; d++) if (shape[d] !== out.shape[d] || (strides[d] !== out.strides[d] && shape[d] !== 1)) return false
  return true
}

/** Whether all places of a view are one and the same element: a single number, or one that was stretched. */
function isOne({ shape, strides }: View): boolean {
  for (let d = 0; d < shape.length; d++) if (shape[d] !== 1 && strides[d] !== 0) return false
  return true
}

/** Whether the elements fill one run of memory in order. */
function isRun({ shape, strides }: View): boolean {
  let step = 1
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== step) return false
    step *= shape[d] as number
  }
  return true
}

/** What `survey` finds: a call for the reference, operands that one run goes through, others. */
const DECLINED = 0
const FLAT = 1
const NESTED = 2

/** Fills `codes` and `addresses`, and says how the operands lie. */
function survey(out: View, inputs: readonly (View | number)[], n: number): number {
  const { dtype } = out
  const count = inputs.length
  if (out.pointer === 0 || count > OPERANDS || (dtype !== 'float32' && dtype !== 'float64' && dtype !== 'bool')) return DECLINED
  let flat = isRun(out)
  for (let i = 0; i < count; i++) {
    const x = inputs[i] as View | number
    if (typeof x === 'number') {
      codes[i] = IMMEDIATE
      addresses[i] = x
      continue
    }
    if (x.pointer === 0) return DECLINED
    let kind = VECTOR
    if (flat && !alike(x, out)) {
      if (isOne(x)) kind = n > 1 ? SCALAR : VECTOR
      else flat = false
    }
    codes[i] = kind + 4 * codeOf(x.dtype)
    addresses[i] = x.pointer + x.offset * itemsize(x.dtype)
  }
  return flat ? FLAT : NESTED
}

/** Runs the program; false where it has to be the reference's work. */
export function map(program: Program, compute: DType, out: View, inputs: readonly (View | number)[]): boolean {
  const { dtype } = out
  const count = inputs.length
  const n = numelOf(out.shape)
  const lie = survey(out, inputs, n)
  if (lie === DECLINED) return false
  if (n === 0) return true
  if (lie === FLAT) {
    const kernel = kernelFor(program, compute, dtype, false, count)
    if (kernel === null) return false
    const at = out.pointer + out.offset * itemsize(dtype)
    if (n >= MANY && hasThreads()) divide(kernel, n, at, itemsize(dtype), count)
    else call(kernel, n, at, count)
    return true
  }
  // Loops around rows, told by a descriptor in memory.
  const walk = layOut(out, inputs, codes)
  if (walk === null) return false
  const kernel = kernelFor(program, compute, dtype, true, count)
  if (kernel === null) return false
  callNested(kernel, walk, n, out, inputs)
  return true
}

/** Elements from which threads are worth their trouble, and the least that one call has then. */
const MANY = 1 << 16
const PIECE = 1 << 14

/** Runs a flat kernel on pieces of the elements: each is computed alike wherever it stands. */
function divide(kernel: KernelFunction, n: number, out: number, size: number, count: number): void {
  const calls = pieces(n, worth(n, PIECE), 1024).map(({ from, length }) => {
    const args = [length, out + from * size]
    for (let i = 0; i < count; i++) {
      const code = codes[i] as number
      args.push((addresses[i] as number) + ((code & 3) === VECTOR ? from * itemsize(dtypes[code >> 2] as DType) : 0))
    }
    return args
  })
  callAll(kernel, calls)
}

/** By the number of arguments, since spreading them costs more than a small kernel does. */
function call(kernel: KernelFunction, n: number, out: number, count: number): void {
  const a = addresses[0] as number
  if (count === 1) kernel(n, out, a)
  else if (count === 2) kernel(n, out, a, addresses[1] as number)
  else if (count === 3) kernel(n, out, a, addresses[1] as number, addresses[2] as number)
  else if (count === 4) kernel(n, out, a, addresses[1] as number, addresses[2] as number, addresses[3] as number)
  else kernel(n, out, ...addresses.subarray(0, count))
}

function callNested(kernel: KernelFunction, walk: Walk, n: number, out: View, inputs: readonly (View | number)[]): void {
  // Read anew, so that nothing that the operands stand on was given back while room was made for the descriptor.
  for (let i = 0; i < inputs.length; i++) {
    const x = inputs[i] as View | number
    if (typeof x !== 'number') addresses[i] = x.pointer + x.offset * itemsize(x.dtype)
  }
  const at = out.pointer + out.offset * itemsize(out.dtype)
  if (n >= MANY && walk.pieces > 1 && hasThreads()) {
    divideNested(kernel, walk, n, at, inputs)
    return
  }
  const { length, descriptor } = walk
  const a = addresses[0] as number
  if (inputs.length === 1) kernel(length, descriptor, at, a)
  else if (inputs.length === 2) kernel(length, descriptor, at, a, addresses[1] as number)
  else if (inputs.length === 3) kernel(length, descriptor, at, a, addresses[1] as number, addresses[2] as number)
  else kernel(length, descriptor, at, ...addresses.subarray(0, inputs.length))
}

/** Runs a nested kernel on pieces of the outermost dimension. */
function divideNested(kernel: KernelFunction, walk: Walk, n: number, out: number, inputs: readonly (View | number)[]): void {
  let pointers = 1
  for (const x of inputs) if (typeof x !== 'number') pointers++
  const calls = pieces(outerLength(), Math.min(worth(n, PIECE), walk.pieces), 1).map(({ from, length }, i) => {
    const args = [walk.length, pieceOf(walk, i, length, pointers), out + from * outerStep(0)]
    inputs.forEach((x, k) => args.push((addresses[k] as number) + (typeof x === 'number' ? 0 : from * outerStep(k + 1))))
    return args
  })
  callAll(kernel, calls)
}

/**
 * The call that `map` would make, with everything looked up once; null where it is the reference's work.
 *
 * It holds addresses, not the memory: whoever keeps it keeps the views.
 */
export function prepare(program: Program, compute: DType, out: View, inputs: readonly (View | number)[]): (() => void) | null {
  const count = inputs.length
  const n = numelOf(out.shape)
  const lie = survey(out, inputs, n)
  if (lie === DECLINED || n === 0) return null
  const walk = lie === NESTED ? layOut(out, inputs, codes) : null
  if (lie === NESTED && walk === null) return null
  const kernel = kernelFor(program, compute, out.dtype, lie === NESTED, count)
  if (kernel === null) return null
  const at = out.pointer + out.offset * itemsize(out.dtype)
  if (walk !== null) {
    const { length, words } = walk
    const written = new Int32Array(wasmMemory().buffer, walk.descriptor, words).slice()
    // Room of its own, since the next walk is laid out where this one was.
    const token = take(written.byteLength)
    if (token === null) return null
    const descriptor = address
    new Int32Array(wasmMemory().buffer, descriptor, words).set(written)
    // What is called holds what it points to.
    return Object.assign(bind(kernel, [length, descriptor, at, ...operandsOf(inputs)]), { token })
  }
  const simple = bind(kernel, [n, at, ...operandsOf(inputs)])
  if (n < MANY) return simple
  const [ownCodes, ownAddresses] = [codes.slice(), addresses.slice()]
  const size = itemsize(out.dtype)
  return () => {
    if (!hasThreads()) return simple()
    codes.set(ownCodes)
    addresses.set(ownAddresses)
    divide(kernel, n, at, size, count)
  }
}

const operandsOf = (inputs: readonly (View | number)[]): number[] =>
  inputs.map((x) => (typeof x === 'number' ? x : x.pointer + x.offset * itemsize(x.dtype)))

/** A function with its arguments; by their number, since spreading them costs more than a small kernel does. */
function bind(kernel: KernelFunction, args: readonly number[]): () => void {
  const [a, b, c, d, e, f, g, h] = args as [number, number, number, number, number, number, number, number]
  if (args.length === 3) return () => kernel(a, b, c)
  if (args.length === 4) return () => kernel(a, b, c, d)
  if (args.length === 5) return () => kernel(a, b, c, d, e)
  if (args.length === 6) return () => kernel(a, b, c, d, e, f)
  if (args.length === 7) return () => kernel(a, b, c, d, e, f, g)
  if (args.length === 8) return () => kernel(a, b, c, d, e, f, g, h)
  return () => kernel(...args)
}
