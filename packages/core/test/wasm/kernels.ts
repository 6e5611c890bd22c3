/** Running pointwise kernels beside the reference. */

import { map } from '../../src/backend/reference/pointwise.ts'
import { describe, emitPointwise, type OperandSignature, type Signature } from '../../src/backend/wasm/pointwise.ts'
import type { DType, TypedArray } from '../../src/dtype.ts'
import { allocate, castScalar, itemsize } from '../../src/dtype.ts'
import { type Expr, input, type Program } from '../../src/expr.ts'
import { Arena } from './arena.ts'

const arena = new Arena(256)

/** Where tests begin to be hard. */
export const specials: readonly number[] = [
  0,
  -0,
  1,
  -1,
  Number.NaN,
  Infinity,
  -Infinity,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  -1e-40,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  0.49999997,
  8388607.5,
  -8388607.5,
  16777216,
  100.25,
  -3,
  1e-7,
  88.8,
  -104.2,
]

const integers = [0, 1, -1, 2, 127, -128, 255, 32767, -32768, 16777217, -16777219, 2147483647, -2147483648, 65535]

/** A number that an element of the dtype can hold: special every other time. */
export function anyValue(dtype: DType, bits: () => number): number {
  const special = bits() % 2 === 0
  if (dtype === 'float32' || dtype === 'float64') {
    const x = special ? (specials[bits() % specials.length] as number) : (bits() / 2 ** 32 - 0.5) * 2 ** ((bits() % 20) - 8)
    return castScalar(x, dtype)
  }
  if (dtype === 'bool') return bits() % 2
  const x = special ? (integers[bits() % integers.length] as number) : bits() - 2 ** 31
  return castScalar(x, dtype)
}

/** Copies an array into the arena and says where it is. */
export function place(values: TypedArray): { at: number; data: TypedArray } {
  const at = arena.room(values.byteLength, values.BYTES_PER_ELEMENT)
  const data = new (values.constructor as Float32ArrayConstructor)(arena.memory.buffer, at, values.length) as unknown as TypedArray
  ;(data as Float32Array).set(values as Float32Array)
  return { at, data }
}

type KernelFunction = (...args: number[]) => void

/** The kernel of a program; null where it was declined. */
export function instantiate(program: Program, signature: Signature): KernelFunction | null {
  const bytes = emitPointwise(program, signature)
  if (bytes === null) return null
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: arena.memory } })
  return instance.exports['kernel'] as KernelFunction
}

/** The first difference, or null. */
export function difference(got: TypedArray, want: TypedArray, inputs: readonly (TypedArray | number)[]): string | null {
  for (let i = 0; i < want.length; i++)
    if (!Object.is(got[i], want[i])) {
      const at = inputs.map((x) => (typeof x === 'number' ? x : x[x.length === 1 ? 0 : i]))
      return `element ${i} of ${want.length}: ${got[i]} instead of ${want[i]} for ${at.join(', ')}`
    }
  return null
}

/** Runs a flat kernel and the reference on `n` random elements; the first difference, or null. */
export function compareFlat(
  kernel: KernelFunction,
  program: Program,
  signature: Signature,
  n: number,
  bits: () => number,
  inPlace = false,
): string | null {
  arena.reset()
  const { compute, output, operands } = signature
  const inputs = operands.map((o): TypedArray | number => {
    if (o.kind === 'constant') return o.value
    if (o.kind === 'immediate') return anyValue(compute, bits)
    const values = allocate(o.dtype, o.kind === 'scalar' ? 1 : n)
    for (let i = 0; i < values.length; i++) values[i] = anyValue(o.dtype, bits)
    return values
  })
  const placed = inputs.map((x) => (typeof x === 'number' ? null : place(x)))
  const target = inPlace ? operands.findIndex((o) => o.kind === 'vector' && o.dtype === output) : -1
  const out = placed[target] ?? place(allocate(output, n))
  const want = allocate(output, n)
  const view = (data: TypedArray, dtype: DType) =>
    data.length === 1
      ? { data, dtype, shape: [], strides: [], offset: 0, pointer: 0 }
      : { data, dtype, shape: [n], strides: [1], offset: 0, pointer: 0 }
  map(
    program,
    compute,
    { data: want, dtype: output, shape: [n], strides: [1], offset: 0, pointer: 0 },
    inputs.map((x, i) => (typeof x === 'number' ? x : view(x, (operands[i] as { dtype: DType }).dtype))),
  )
  kernel(n, out.at, ...inputs.flatMap((x, i) => (operands[i]?.kind === 'constant' ? [] : typeof x === 'number' ? [x] : [placed[i]!.at])))
  const broken = arena.broken()
  if (broken !== null) return `wrote outside of the output, at ${broken - out.at} from its start (${n} elements)`
  return difference(out.data, want, inputs)
}

/** A view of an array for nested kernels: strides in elements. */
export interface Strided {
  readonly data: TypedArray
  readonly dtype: DType
  readonly strides: readonly number[]
  readonly offset: number
}

/** Runs a nested kernel over views of one shape and the reference; the first difference, or null. */
export function compareNested(
  program: Program,
  compute: DType,
  output: DType,
  shape: readonly number[],
  views: readonly Strided[],
): string | null {
  arena.reset()
  const inner = shape.length - 1
  const outer = shape.slice(0, -1)
  const operands = views.map((v): OperandSignature => {
    const step = v.strides[inner]
    return { kind: step === 1 ? 'vector' : step === 0 ? 'scalar' : 'strided', dtype: v.dtype }
  })
  const kernel = instantiate(program, { compute, output, operands, nested: true })
  if (kernel === null) return 'declined'
  const numel = shape.reduce((a, b) => a * b, 1)
  const dense = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1))
  const placed = views.map((v) => place(v.data))
  const out = place(allocate(output, numel))
  const bytes = (strides: readonly number[], dtype: DType) => outer.map((_, d) => (strides[d] as number) * itemsize(dtype))
  const steps = views.flatMap((v, i) => (operands[i]?.kind === 'strided' ? [(v.strides[inner] as number) * itemsize(v.dtype)] : []))
  const words = describe(outer, [bytes(dense, output), ...views.map((v) => bytes(v.strides, v.dtype))], steps)
  const descriptor = place(words)
  const want = allocate(output, numel)
  map(
    program,
    compute,
    { data: want, dtype: output, shape, strides: dense, offset: 0, pointer: 0 },
    views.map((v) => ({ ...v, shape, pointer: 0 })),
  )
  const args = [shape[inner] as number, descriptor.at, out.at, ...placed.map((p, i) => p.at + views[i]!.offset * itemsize(views[i]!.dtype))]
  for (const run of ['first', 'second']) {
    out.data.fill(77)
    kernel(...args)
    const broken = arena.broken()
    if (broken !== null) return `wrote outside of the output, at ${broken - out.at} from its start`
    const wrong = difference(out.data, want, [])
    if (wrong !== null) return `${run} run: ${wrong}`
    if (difference(descriptor.data, words, []) !== null) return 'left counters in the descriptor'
  }
  return null
}

/** Runs a kernel of one float32 operand over all of `x`. */
export function runUnary(kernel: KernelFunction, x: Float32Array): Float32Array {
  arena.reset()
  const source = place(x)
  const out = place(new Float32Array(x.length))
  kernel(x.length, out.at, source.at)
  return (out.data as Float32Array).slice()
}

/** A formula of random exact instructions: conditions are used as numbers and numbers as conditions. */
export function randomFormula(bits: () => number, slots: number): Expr {
  const made: Expr[] = Array.from({ length: slots }, (_, i) => input(i))
  const pick = () => made[bits() % made.length] as Expr
  const constants = [0, -0, 1, -1, 0.5, 2, Number.NaN, Infinity, 1e-40]
  const other = () => (bits() % 4 === 0 ? (constants[bits() % constants.length] as number) : pick())
  const one = ['neg', 'abs', 'sign', 'sqrt', 'floor', 'round', 'isnan', 'signbit', 'logicalNot', 'reciprocal'] as const
  const two = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'copysign', 'gt', 'ge', 'lt', 'le', 'eq', 'ne'] as const
  for (let i = 0; i < 12; i++) {
    const kind = bits() % 6
    if (kind === 0) made.push(pick()[one[bits() % one.length] as 'neg']())
    else if (kind === 1) made.push(pick().where(pick(), other()))
    else made.push(pick()[two[bits() % two.length] as 'add'](other()))
  }
  return made.slice(-6).reduce((sum, e) => sum.add(e))
}
