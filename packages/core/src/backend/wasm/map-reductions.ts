/** Sums of pointwise programs as WebAssembly. */
import { type DType, dtypes, itemsize } from '../../dtype.ts'
import type { Program } from '../../expr.ts'
import { isContiguous, numelOf, type Shape, sameShape } from '../../layout.ts'
import type { View } from '../backend.ts'
import { ModuleBuilder } from './assembler.ts'
import { instantiate } from './engine.ts'
import { emitMapReduce, type FlatOperand } from './map-reduce.ts'
import { map } from './pointwise-calls.ts'
import { reduce } from './reductions.ts'
import { release, temporary } from './temporary.ts'
import { callAll, type Kernel } from './threads/pool.ts'

type Run = (...args: number[]) => void

const compiled = new WeakMap<Program, Map<number, Run | null>>()
const dtypeIndex: ReadonlyMap<DType, number> = /* @__PURE__ */ new Map(dtypes.map((d, i) => [d, i]))

/** The function for a program over such operands; null where there is no vector code for it. */
function functionFor(program: Program, double: boolean, codes: readonly number[]): Run | null {
  let made = compiled.get(program)
  if (made === undefined) {
    made = new Map()
    compiled.set(program, made)
  }
  let key = double ? 1 : 0
  for (const code of codes) key = key * 32 + code + 1
  const known = made.get(key)
  if (known !== undefined) return known
  const operands = codes.map(
    (code): FlatOperand => (code < 0 ? { kind: 'immediate' } : { kind: code & 1 ? 'scalar' : 'vector', dtype: dtypes[code >> 1] as DType }),
  )
  const module = new ModuleBuilder()
  const f = emitMapReduce(module, 'run', program, double, operands)
  const run = f === null ? null : (instantiate(module.build())['run'] as Run)
  made.set(key, run)
  return run
}

/** `out = sum(program(inputs...)) / divisor` over all of `shape`; false where it has to be the reference's work. */
export function mapReduce(
  program: Program,
  compute: DType,
  shape: Shape,
  inputs: readonly (View | number)[],
  divisor: number,
  out: View,
): boolean {
  if (out.pointer === 0 || (compute !== 'float32' && compute !== 'float64') || out.dtype !== compute) return false
  const n = numelOf(shape)
  const codes: number[] = []
  const args: number[] = []
  let flat = true
  for (const x of inputs) {
    if (typeof x === 'number') {
      codes.push(-1)
      args.push(x)
      continue
    }
    if (x.pointer === 0) return false
    const single = x.shape.every((m, d) => m === 1 || x.strides[d] === 0)
    if (!single && !(sameShape(x.shape, shape) && isContiguous(x.shape, x.strides))) flat = false
    codes.push(2 * (dtypeIndex.get(x.dtype) as number) + (single && n !== 1 ? 1 : 0))
    args.push(x.pointer + x.offset * itemsize(x.dtype))
  }
  if (!flat) return viaMemory(program, compute, shape, inputs, divisor, out)
  const run = functionFor(program, compute === 'float64', codes)
  if (run === null) return viaMemory(program, compute, shape, inputs, divisor, out)
  if (n >= 4 * BLOCK) return inBlocks(run, n, compute, codes, args, divisor, out)
  run(n, out.pointer + out.offset * itemsize(compute), divisor, ...args)
  return true
}

/** Many terms are summed in blocks of so many, then the sums of those: with threads or without, so that it rounds in one way only. */
const BLOCK = 1 << 15

function inBlocks(
  run: Run,
  n: number,
  compute: DType,
  codes: readonly number[],
  args: readonly number[],
  divisor: number,
  out: View,
): boolean {
  const sums = temporary(compute, [Math.ceil(n / BLOCK)])
  if (sums === null) return false
  const calls = Array.from({ length: sums.shape[0] as number }, (_, i) => {
    const moved = args.map((arg, k) => {
      const code = codes[k] as number
      return code < 0 || code & 1 ? arg : arg + i * BLOCK * itemsize(dtypes[code >> 1] as DType)
    })
    return [Math.min(BLOCK, n - i * BLOCK), sums.pointer + i * itemsize(compute), 1, ...moved]
  })
  callAll(run as Kernel, calls)
  const done = sumInto(sums, divisor, out)
  release(sums)
  return done
}

/** Sums dense terms; false where that is the reference's work. */
function sumInto(terms: View, divisor: number, out: View): boolean {
  const { shape } = terms
  const stretched: View = {
    dtype: out.dtype,
    shape,
    strides: shape.map(() => 0),
    offset: out.offset,
    pointer: out.pointer,
    get data() {
      return out.data
    },
  }
  if (!reduce('sum', terms, stretched)) return false
  out.data[out.offset] = (out.data[out.offset] as number) / divisor
  return true
}

/** The terms first, then their sum: for layouts and programs that the one kernel does not take. */
function viaMemory(
  program: Program,
  compute: DType,
  shape: Shape,
  inputs: readonly (View | number)[],
  divisor: number,
  out: View,
): boolean {
  if (numelOf(shape) === 0) return false
  const terms = temporary(compute, shape)
  if (terms === null) return false
  const done = map(program, compute, terms, inputs) && sumInto(terms, divisor, out)
  release(terms)
  return done
}
