/** Sums of pointwise programs: the terms are never written to memory. */
import { itemsize } from '../../dtype.ts'
import type { Program } from '../../expr.ts'
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { VectorEmitter } from './emitter.ts'
import { countDown, float32Type, float64Type } from './float-type.ts'
import { lower } from './lowering.ts'
import { loadLane, loadSplat, loadVector, rawLanes, valueOf } from './operands.ts'
import type { OperandSignature } from './pointwise.ts'
import { totalOf } from './totals.ts'
import { inputLanes, type Lanes } from './vector.ts'

/** An operand that is one element, elements side by side, or a number. */
export type FlatOperand = Extract<OperandSignature, { kind: 'vector' | 'scalar' | 'immediate' }>

/** Instructions in one pass of an unrolled loop, at most about. */
const UNROLLED = 64

/**
 * Adds the exported function that sums `program(operands...)` over n elements and divides the sum: `(n, out, divisor, ...operands)`, where `divisor` is an f64
 * and operands are addresses, or numbers of the type computed in. Null, and nothing added, where there is no vector code for the program.
 *
 * float32 is summed in doubles, four vectors at a time in floats first; float64 with what rounding takes away.
 */
export function emitMapReduce(
  module: ModuleBuilder,
  name: string,
  program: Program,
  double: boolean,
  operands: readonly FlatOperand[],
): FunctionBuilder | null {
  const type = double ? float64Type : float32Type
  const arithmetic = type.vector
  const inputs = operands.map((o): { raw: Lanes; value: { lanes: Lanes; mask?: Lanes } } => {
    if (o.kind === 'immediate') {
      const raw = inputLanes(arithmetic, true)
      return { value: { lanes: raw }, raw }
    }
    const raw = inputLanes(rawLanes(o.dtype, arithmetic), o.kind === 'scalar')
    return { value: valueOf(raw, o.dtype, arithmetic), raw }
  })
  const result = lower(
    program,
    arithmetic,
    inputs.map((x) => x.value),
  )
  if (result === null) return null
  const f = module.function(name, ['i32', 'i32', 'f64', ...operands.map((o) => (o.kind === 'immediate' ? type.scalar : ('i32' as const)))])
  const [n, out, divisor, ...params] = f.params as [Local, Local, Local, ...Local[]]
  const emitter = new VectorEmitter(module, f, [result.lanes])
  const total = totalOf(f, type, 'sum')
  const locals = inputs.map((x) => emitter.local(x.raw))
  const vectors: { dtype: Extract<FlatOperand, { dtype: unknown }>['dtype']; at: Local; into: Local }[] = []
  operands.forEach((o, i) => {
    const [param, into] = [params[i] as Local, locals[i] as Local]
    if (o.kind === 'immediate') f.get(param).op(`${arithmetic}.splat`).set(into)
    else if (o.kind === 'scalar') loadSplat(f, o.dtype, arithmetic, param, into)
    else vectors.push({ dtype: o.dtype, at: param, into })
  })
  emitter.prologue()

  const sum = f.local('v128')
  const term = (offset: number) => {
    for (const { dtype, at, into } of vectors) loadVector(f, dtype, arithmetic, at, offset * itemsize(dtype), into)
    emitter.next()
    emitter.push(result.lanes)
  }
  const advance = (elements: number) => {
    for (const { dtype, at } of vectors) f.increment(at, elements * itemsize(dtype))
  }
  total.reset()
  const unroll = 4 * emitter.size <= UNROLLED ? 4 : 1
  if (unroll > 1)
    countDown(f, n, unroll * type.count, () => {
      term(0)
      term(type.count)
      f.op(`${arithmetic}.add`)
      term(2 * type.count)
      term(3 * type.count)
      f.op(`${arithmetic}.add`, `${arithmetic}.add`).set(sum)
      total.addVector(sum)
      advance(unroll * type.count)
    })
  countDown(f, n, type.count, () => {
    term(0)
    f.set(sum)
    total.addVector(sum)
    advance(type.count)
  })
  // What is left of a vector, beside lanes that count nothing.
  f.get(n).if(() => {
    const load = (lane: number): void => {
      for (const { dtype, at, into } of vectors) loadLane(f, dtype, arithmetic, at, lane * itemsize(dtype), lane, into)
      if (lane + 2 < type.count)
        f.get(n)
          .i32(lane + 1)
          .op('i32.gt_s')
          .if(() => load(lane + 1))
    }
    load(0)
    emitter.next()
    emitter.push(result.lanes)
    f.bytes(Array.from({ length: 16 }, (_, byte) => (byte % 4 === 0 ? Math.floor(byte / type.size) : 0)))
      .get(n)
      .op('i32x4.splat', 'i32x4.lt_s', 'v128.and')
      .set(sum)
    total.addVector(sum)
  })
  f.get(out)
  total.push()
  if (!double) f.op('f64.promote_f32')
  f.get(divisor).op('f64.div')
  if (!double) f.op('f32.demote_f64')
  f.store(`${type.scalar}.store`)
  return f
}
