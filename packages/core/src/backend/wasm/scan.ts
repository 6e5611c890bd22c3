/** Lines reduced to their extreme and its place, and lines of running sums, products and extremes. */
import type { ArgReduction } from '../backend.ts'
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown, type FloatType, float32Type, float64Type } from './float-type.ts'
import { emitLoops } from './walks.ts'

type L = Local

/** Vectors that are compared at once with the extreme so far. */
const CHUNK = 4

const integers = (n: number) => Array.from({ length: n }, () => 'i32' as const)

/** Stores a whole number as a double. */
const storeIndex = (f: FunctionBuilder, at: Local, index: Local) => f.get(at).get(index).op('f64.convert_i32_s').store('f64.store')

/**
 * `(n0, n1, n, x, x0, x1, xStep, values, values0, values1, indices, indices0, indices1)`: the extreme of each line of n >= 1 numbers and the place of the
 * first such; NaN wins. No values are written where that address is 0.
 */
function emitArgReduction(module: ModuleBuilder, kind: ArgReduction, type: FloatType): void {
  const { scalar, vector, size, count } = type
  const f = module.function(`${kind} ${size}`, integers(13))
  const [n0, n1, n, x, x0, x1, xStep, values, v0, v1, indices, i0, i1] = f.params as [...[L, L, L, L, L, L, L], ...[L, L, L, L, L, L]]
  const [best, value] = [f.local(scalar), f.local(scalar)]
  const [where, i, left, chunk] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
  const bests = f.local('v128')
  // What is not better; false where either is NaN.
  const worse = kind === 'max' ? 'le' : 'ge'
  const pointers = [
    { base: x, strides: [x0, x1] },
    { base: values, strides: [v0, v1] },
    { base: indices, strides: [i0, i1] },
  ]
  emitLoops(f, [n0, n1], pointers, (at) => {
    const [p, v, to] = at as [L, L, L]
    const next = () => f.get(p).get(xStep).op('i32.add').set(p).increment(i, 1)
    const look = () => {
      f.get(p).load(`${scalar}.load`).tee(value).get(best).op(`${scalar}.${worse}`, 'i32.eqz')
      f.if(() =>
        f
          .get(best)
          .get(best)
          .op(`${scalar}.eq`)
          .if(() => f.get(value).set(best).get(i).set(where)),
      )
      next()
    }
    f.get(p).load(`${scalar}.load`).set(best).i32(0).set(where).i32(0).set(i).get(n).set(left)
    f.get(xStep).i32(size).op('i32.eq')
    f.if(() =>
      countDown(f, left, CHUNK * count, () => {
        f.get(best).op(`${vector}.splat`).set(bests)
        for (let k = 0; k < CHUNK; k++) {
          f.get(p)
            .load('v128.load', 16 * k)
            .get(bests)
            .op(`${vector}.${worse}`)
          if (k > 0) f.op('v128.and')
        }
        f.op(type.bits === 32 ? 'i32x4.all_true' : 'i64x2.all_true')
        f.if(
          () => f.increment(p, CHUNK * 16).increment(i, CHUNK * count),
          () => {
            f.i32(CHUNK * count).set(chunk)
            countDown(f, chunk, 1, look)
          },
        )
      }),
    )
    countDown(f, left, 1, look)
    f.get(values).if(() => f.get(v).get(best).store(`${scalar}.store`))
    storeIndex(f, to, where)
  })
}

/** `(n0, n1, n, x, x0, x1, xStep, values, values0, values1, valuesStep, indices, indices0, indices1, indicesStep)`: the last of equals is told. */
function emitArgScan(module: ModuleBuilder, kind: ArgReduction, { scalar, size }: FloatType): void {
  const f = module.function(`running ${kind} ${size}`, integers(15))
  const [n0, n1, n, x, x0, x1, xStep, values, v0, v1, vStep, indices, i0, i1, iStep] = f.params as [
    ...[L, L, L, L, L, L, L],
    ...[L, L, L, L, L, L, L, L],
  ]
  const [best, value] = [f.local(scalar), f.local(scalar)]
  const [where, i, left] = [f.local('i32'), f.local('i32'), f.local('i32')]
  const pointers = [
    { base: x, strides: [x0, x1] },
    { base: values, strides: [v0, v1] },
    { base: indices, strides: [i0, i1] },
  ]
  emitLoops(f, [n0, n1], pointers, (at) => {
    const [p, v, to] = at as [L, L, L]
    f.get(p).load(`${scalar}.load`).set(best).i32(0).set(where).i32(0).set(i).get(n).set(left)
    countDown(f, left, 1, () => {
      f.get(p)
        .load(`${scalar}.load`)
        .tee(value)
        .get(best)
        .op(kind === 'max' ? `${scalar}.ge` : `${scalar}.le`)
      f.get(value).get(value).op(`${scalar}.ne`, 'i32.or')
      f.if(() => f.get(value).set(best).get(i).set(where))
      f.get(v).get(best).store(`${scalar}.store`)
      storeIndex(f, to, where)
      for (const [pointer, step] of [
        [p, xStep],
        [v, vStep],
        [to, iStep],
      ] as const)
        f.get(pointer).get(step).op('i32.add').set(pointer)
      f.increment(i, 1)
    })
  })
}

/**
 * `(n0, n1, n, limit, x, x0, x1, xStep, out, out0, out1, outStep)`: running sums or products, in doubles.
 * The result is 0 where none of them is beyond `limit`; else the output is of no use.
 */
function emitScan(module: ModuleBuilder, kind: 'cumsum' | 'cumprod', { size }: FloatType): void {
  const f = module.function(`${kind} ${size}`, [...integers(3), 'f64', ...integers(8)], ['i32'])
  const [n0, n1, n, limit, x, x0, x1, xStep, out, o0, o1, oStep] = f.params as [...[L, L, L, L, L, L], ...[L, L, L, L, L, L]]
  const total = f.local('f64')
  const [left, bad] = [f.local('i32'), f.local('i32')]
  const pointers = [
    { base: x, strides: [x0, x1] },
    { base: out, strides: [o0, o1] },
  ]
  emitLoops(f, [n0, n1], pointers, (at) => {
    const [p, q] = at as [L, L]
    // The first number is taken as it is: of -0 a sum from 0 on would make 0.
    f.f64(kind === 'cumsum' ? -0 : 1).set(total)
    f.get(n).set(left)
    countDown(f, left, 1, () => {
      f.get(total).get(p)
      if (size === 4) f.load('f32.load').op('f64.promote_f32')
      else f.load('f64.load')
      f.op(kind === 'cumsum' ? 'f64.add' : 'f64.mul').set(total)
      f.get(bad).get(total).op('f64.abs').get(limit).op('f64.gt', 'i32.or').set(bad)
      f.get(q).get(total)
      if (size === 4) f.op('f32.demote_f64').store('f32.store')
      else f.store('f64.store')
      f.get(p).get(xStep).op('i32.add').set(p).get(q).get(oStep).op('i32.add').set(q)
    })
  })
  f.get(bad)
}

/** Emits the functions of this family. */
export function emitScans(module: ModuleBuilder): void {
  for (const type of [float32Type, float64Type]) {
    for (const kind of ['max', 'min'] as const) {
      emitArgReduction(module, kind, type)
      emitArgScan(module, kind, type)
    }
    for (const kind of ['cumsum', 'cumprod'] as const) emitScan(module, kind, type)
  }
}
