/** Elements and rows by index: taken from their places, or combined into them. */
import type { Combine } from '../backend.ts'
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { emitBytes, type Size, sizes } from './copy.ts'
import { countDown, type FloatType, float32Type, float64Type } from './float-type.ts'
import type { MemoryOp, Op } from './opcodes.ts'
import { emitLoops } from './walks.ts'

type L = Local

const loads: Readonly<Record<Size, MemoryOp>> = { 1: 'i32.load8_u', 2: 'i32.load16_u', 4: 'i32.load', 8: 'i64.load' }
const stores: Readonly<Record<Size, MemoryOp>> = { 1: 'i32.store8', 2: 'i32.store16', 4: 'i32.store', 8: 'i64.store' }

/** What a function does with the element at `from` and its place `to`. */
type Write = (f: FunctionBuilder, from: Local, to: Local) => void

const integers = (n: number) => Array.from({ length: n }, () => 'i32' as const)

/**
 * Element by element: `(n0, n1, n2, index, index0, index1, index2, x, x0, x1, x2, xStep, y, y0, y1, y2)`.
 * The index moves the pointer to x by `xStep`; `fromX` tells whether x is read and y written, or the other way round.
 */
function emitElements(module: ModuleBuilder, name: string, fromX: boolean, write: Write): void {
  const f = module.function(name, integers(16))
  const [n0, n1, n2, index, i0, i1, i2, x, x0, x1, x2, xStep, y, y0, y1, y2] = f.params as [
    ...[L, L, L, L, L, L, L, L],
    ...[L, L, L, L, L, L, L, L],
  ]
  const place = f.local('i32')
  const pointers = [
    { base: index, strides: [i0, i1, i2] },
    { base: x, strides: [x0, x1, x2] },
    { base: y, strides: [y0, y1, y2] },
  ]
  emitLoops(f, [n0, n1, n2], pointers, (at) => {
    const [i, p, q] = at as [L, L, L]
    f.get(p).get(i).load('f64.load').op('i32.trunc_f64_s').get(xStep).op('i32.mul', 'i32.add').set(place)
    if (fromX) write(f, place, q)
    else write(f, q, place)
  })
}

/** Row by row, of `bytes` bytes each: `(n0, n1, bytes, index, index0, index1, x, x0, x1, xStep, y, y0, y1)`; `write` may take from its locals. */
function emitRows(
  module: ModuleBuilder,
  name: string,
  fromX: boolean,
  write: (f: FunctionBuilder, from: Local, to: Local, bytes: Local) => void,
): void {
  const f = module.function(name, integers(13))
  const [n0, n1, bytes, index, i0, i1, x, x0, x1, xStep, y, y0, y1] = f.params as [...[L, L, L, L, L, L, L], ...[L, L, L, L, L, L]]
  const [place, left] = [f.local('i32'), f.local('i32')]
  const pointers = [
    { base: index, strides: [i0, i1] },
    { base: x, strides: [x0, x1] },
    { base: y, strides: [y0, y1] },
  ]
  emitLoops(f, [n0, n1], pointers, (at) => {
    const [i, p, q] = at as [L, L, L]
    f.get(p).get(i).load('f64.load').op('i32.trunc_f64_s').get(xStep).op('i32.mul', 'i32.add').set(place)
    f.get(bytes).set(left)
    if (fromX) write(f, place, q, left)
    else write(f, q, place, left)
  })
}

const move =
  (size: Size): Write =>
  (f, from, to) =>
    f.get(to).get(from).load(loads[size]).store(stores[size])

/** Combines two numbers; of extremes a NaN stays, and of equals the second. */
const combined =
  (combine: Exclude<Combine, 'set'>, { scalar }: FloatType): Write =>
  (f, from, to) => {
    const number = (at: Local) => f.get(at).load(`${scalar}.load`)
    f.get(to)
    number(to)
    number(from)
    if (combine === 'add' || combine === 'mul') f.op(`${scalar}.${combine}`)
    else {
      number(to)
      number(from)
      f.op(`${scalar}.${combine === 'amax' ? 'gt' : 'lt'}` as Op)
      number(to)
      number(to)
      f.op(`${scalar}.ne`, 'i32.or', 'select')
    }
    f.store(`${scalar}.store`)
  }

/** Adds rows of numbers. */
const added =
  ({ vector, scalar, size }: FloatType) =>
  (f: FunctionBuilder, from: Local, to: Local, bytes: Local): void => {
    const step = (load: MemoryOp, add: Op, store: MemoryOp, by: number) => {
      f.get(to).get(to).load(load).get(from).load(load).op(add).store(store)
      f.increment(from, by).increment(to, by)
    }
    countDown(f, bytes, 16, () => step('v128.load', `${vector}.add`, 'v128.store', 16))
    countDown(f, bytes, size, () => step(`${scalar}.load`, `${scalar}.add`, `${scalar}.store`, size))
  }

/** Emits the functions that take and combine elements by index; indices are doubles that were found to be in bounds. */
export function emitGathers(module: ModuleBuilder): void {
  emitRows(module, 'gather rows', true, emitBytes)
  emitRows(module, 'set rows', false, emitBytes)
  for (const size of sizes) {
    emitElements(module, `gather ${size}`, true, move(size))
    emitElements(module, `set ${size}`, false, move(size))
  }
  for (const type of [float32Type, float64Type]) {
    emitRows(module, `add rows ${type.size}`, false, added(type))
    for (const combine of ['add', 'mul', 'amax', 'amin'] as const)
      emitElements(module, `${combine} ${type.size}`, false, combined(combine, type))
  }
}
