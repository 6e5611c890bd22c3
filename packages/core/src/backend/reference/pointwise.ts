/** Pointwise programs, block by block: each instruction runs over a block of registers in the arithmetic of the compute dtype. */
import { allocate, castScalar, checkExact, type DType, type TypedArray } from '../../dtype.ts'
import type { Binary, Instruction, Program, Unary } from '../../expr.ts'
import { broadcastStrides, contiguousStrides, numelOf, type Shape } from '../../layout.ts'
import type { View } from '../backend.ts'
import { binary, unary } from './instructions.ts'
import { coalesce, eachRow } from './walk.ts'

const BLOCK = 1024

/** Where an instruction reads or writes: memory, the first place, the step. */
interface Register {
  array: TypedArray
  at: number
  step: number
}

const pool: Record<'float32' | 'float64', TypedArray[]> = { float32: [], float64: [] }

/** Registers round as the compute dtype does: binary32 for float32, doubles for everything else. */
const blockOf = (compute: DType, i: number): TypedArray => {
  const kind = compute === 'float32' ? 'float32' : 'float64'
  return (pool[kind][i] ??= kind === 'float32' ? new Float32Array(BLOCK) : new Float64Array(BLOCK))
}

function runUnary(f: (x: number) => number, d: Register, x: Register, n: number): void {
  for (let i = 0; i < n; i++) d.array[d.at + i * d.step] = f(x.array[x.at + i * x.step] as number)
}

function runBinary(f: (x: number, y: number) => number, d: Register, x: Register, y: Register, n: number): void {
  for (let i = 0; i < n; i++) d.array[d.at + i * d.step] = f(x.array[x.at + i * x.step] as number, y.array[y.at + i * y.step] as number)
}

function runWhere(d: Register, x: Register, c: Register, y: Register, n: number): void {
  for (let i = 0; i < n; i++) {
    const yes = c.array[c.at + i * c.step] !== 0
    d.array[d.at + i * d.step] = (yes ? x.array[x.at + i * x.step] : y.array[y.at + i * y.step]) as number
  }
}

function run(op: Instruction, d: Register, args: readonly Register[], n: number): void {
  if (op === 'where') runWhere(d, args[0] as Register, args[1] as Register, args[2] as Register, n)
  else if (args.length === 1) runUnary(unary[op as Unary], d, args[0] as Register, n)
  else runBinary(binary[op as Binary], d, args[0] as Register, args[1] as Register, n)
}

/** Writes a register into memory of any dtype. */
export function store(dtype: DType, out: TypedArray, at: number, step: number, x: TypedArray, xAt: number, xStep: number, n: number): void {
  if (dtype === 'bool') for (let i = 0; i < n; i++) out[at + i * step] = x[xAt + i * xStep] !== 0 ? 1 : 0
  else if (dtype === 'int64') for (let i = 0; i < n; i++) out[at + i * step] = checkExact(Math.trunc(x[xAt + i * xStep] as number) + 0)
  else for (let i = 0; i < n; i++) out[at + i * step] = x[xAt + i * xStep] as number
}

/** Whether the memory of `dtype` can stand in for a register of the compute dtype. */
const readable = (dtype: DType, compute: DType): boolean => dtype === compute || compute !== 'float32' || dtype === 'bool'
const writable = (dtype: DType, compute: DType): boolean => dtype === compute && (dtype === 'float32' || dtype === 'float64')

export function map(program: Program, compute: DType, out: View, inputs: readonly (View | number)[]): void {
  const views = inputs.filter((x) => typeof x !== 'number')
  const walk = coalesce(out.shape, [out.strides, ...views.map((v) => broadcastStrides(v.shape, v.strides, out.shape))])
  const inner = walk.shape.length - 1
  const length = walk.shape[inner] as number
  const stepOf = (k: number): number => (walk.strides[k] as number[])[inner] as number

  let temporaries = 0
  const registers: Register[] = []
  const loads: { register: Register; view: View; k: number }[] = []
  let k = 1
  for (const x of inputs) {
    if (typeof x === 'number') {
      const array = blockOf(compute, temporaries++)
      array[0] = castScalar(x, compute)
      registers.push({ array, at: 0, step: 0 })
      continue
    }
    const direct = readable(x.dtype, compute)
    const register = { array: direct ? x.data : blockOf(compute, temporaries++), at: 0, step: direct ? stepOf(k) : 1 }
    loads.push({ register, view: x, k })
    registers.push(register)
    k++
  }
  for (const c of program.constants) {
    const array = blockOf(compute, temporaries++)
    array[0] = c
    registers.push({ array, at: 0, step: 0 })
  }
  const last = program.steps.length - 1
  const toMemory = last >= 0 && writable(out.dtype, compute)
  program.steps.forEach((_, i) => {
    registers.push(
      i === last && toMemory ? { array: out.data, at: 0, step: stepOf(0) } : { array: blockOf(compute, temporaries++), at: 0, step: 1 },
    )
  })
  const result = registers[program.result] as Register
  const steps = program.steps.map((s, i) => ({
    op: s.op,
    d: registers[registers.length - program.steps.length + i] as Register,
    args: s.args.map((r) => registers[r] as Register),
  }))

  eachRow(walk, [out.offset, ...views.map((v) => v.offset)], (at) => {
    for (let from = 0; from < length; from += BLOCK) {
      const n = Math.min(BLOCK, length - from)
      for (const { register, view, k } of loads) {
        const start = (at[k] as number) + from * stepOf(k)
        if (register.array === view.data) register.at = start
        else for (let i = 0; i < n; i++) register.array[i] = view.data[start + i * stepOf(k)] as number
      }
      const outAt = (at[0] as number) + from * stepOf(0)
      if (toMemory) result.at = outAt
      for (const s of steps) run(s.op, s.d, s.args, n)
      if (!toMemory) store(out.dtype, out.data, outAt, stepOf(0), result.array, result.at, result.step, n)
    }
  })
}

export function mapReduce(
  program: Program,
  compute: DType,
  shape: Shape,
  inputs: readonly (View | number)[],
  divisor: number,
  out: View,
): void {
  const data = allocate(compute, numelOf(shape))
  map(program, compute, { data, dtype: compute, shape, strides: contiguousStrides(shape), offset: 0, pointer: 0 }, inputs)
  let sum = 0
  for (let i = 0; i < data.length; i++) sum += data[i] as number
  out.data[out.offset] = castScalar(sum, compute) / divisor
}

export function copy(from: View, to: View): void {
  const walk = coalesce(to.shape, [to.strides, broadcastStrides(from.shape, from.strides, to.shape)])
  const inner = walk.shape.length - 1
  const [toStep, fromStep] = walk.strides.map((s) => s[inner] as number) as [number, number]
  const plain = to.dtype === from.dtype
  eachRow(walk, [to.offset, from.offset], ([t, f]) => {
    const n = walk.shape[inner] as number
    if (plain && toStep === 1 && fromStep === 1 && n > 16) to.data.set(from.data.subarray(f as number, (f as number) + n), t as number)
    else
      store(
        to.dtype === 'bool' && from.dtype === 'bool' ? 'uint8' : to.dtype,
        to.data,
        t as number,
        toStep,
        from.data,
        f as number,
        fromStep,
        n,
      )
  })
}
