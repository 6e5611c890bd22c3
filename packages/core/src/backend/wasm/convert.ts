/** Conversions between dtypes element by element, for layouts and targets that vector code does not handle. */
import type { DType } from '../../dtype.ts'
import { itemsize } from '../../dtype.ts'
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown } from './float-type.ts'
import type { MemoryOp } from './opcodes.ts'
import { emitLoops } from './walks.ts'

type L = Local

const wholeLoads: Readonly<Partial<Record<DType, MemoryOp>>> = {
  int32: 'i32.load',
  int16: 'i32.load16_s',
  int8: 'i32.load8_s',
  uint8: 'i32.load8_u',
  bool: 'i32.load8_u',
}

const wholeStores = { 1: 'i32.store8', 2: 'i32.store16', 4: 'i32.store' } as const

/** Doubles beyond it are no `int64` here. */
const EXACT = 2 ** 53

/** Takes an i32, leaves what is stored. */
function fromInteger(f: FunctionBuilder, to: DType): void {
  if (to === 'float32') f.op('f32.convert_i32_s')
  else if (to === 'float64' || to === 'int64') f.op('f64.convert_i32_s')
  else if (to === 'bool') f.i32(0).op('i32.ne')
}

/** Takes an f64, leaves what is stored; `bad` counts what has no place in `to`. */
function fromDouble(f: FunctionBuilder, to: DType, x: Local, bad: Local): void {
  if (to === 'float32') f.op('f32.demote_f64')
  else if (to === 'bool') f.f64(0).op('f64.ne')
  else if (to !== 'float64') {
    // Adding 0 makes 0 of -0.
    f.op('f64.trunc').f64(0).op('f64.add').set(x)
    f.get(bad).get(x).op('f64.abs').f64(EXACT).op('f64.le', 'i32.eqz', 'i32.or').set(bad)
    if (to === 'int64') f.get(x)
    else f.get(x).f64(0).get(bad).op('i32.eqz', 'select', 'i64.trunc_f64_s', 'i32.wrap_i64')
  }
}

/**
 * Emits the conversion `convert`: `(n0, n1, n2, from, from0, from1, from2, to, to0, to1, to2)`, strides in bytes.
 * Its result is 0 where all numbers have a place in the dtype; else the output is of no use.
 */
export function emitConversion(module: ModuleBuilder, source: DType, target: DType): FunctionBuilder {
  const f = module.function(
    'convert',
    Array.from({ length: 11 }, () => 'i32' as const),
    ['i32'],
  )
  const [n0, n1, n2, from, from0, from1, from2, to, to0, to1, to2] = f.params as [L, L, L, L, L, L, L, L, L, L, L]
  const [left, bad, x] = [f.local('i32'), f.local('i32'), f.local('f64')]
  const integer = wholeLoads[source]
  const pointers = [
    { base: from, strides: [from0, from1] },
    { base: to, strides: [to0, to1] },
  ]
  emitLoops(f, [n0, n1], pointers, (at) => {
    const [p, q] = at as [L, L]
    f.get(n2).set(left)
    countDown(f, left, 1, () => {
      f.get(q).get(p)
      if (integer !== undefined) {
        f.load(integer)
        fromInteger(f, target)
      } else {
        if (source === 'float32') f.load('f32.load').op('f64.promote_f32')
        else f.load('f64.load')
        fromDouble(f, target, x, bad)
      }
      if (target === 'float32') f.store('f32.store')
      else if (target === 'float64' || target === 'int64') f.store('f64.store')
      else f.store(wholeStores[itemsize(target) as 1 | 2 | 4])
      f.get(p).get(from2).op('i32.add').set(p).get(q).get(to2).op('i32.add').set(q)
    })
  })
  f.get(bad)
  return f
}
