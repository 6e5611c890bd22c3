/** Reductions of rows and of columns: sums that lose little, products, extremes in which NaN wins. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, countDown, countUp, type FloatType, laneShuffle, multiplyAdd, scalarConstant, vectorConstant } from './float-type.ts'
import { emitRowPanels, emitRowParts, type RowCombination } from './row-panels.ts'

/** What a row is reduced to; `dot` multiplies with a second row, `deviations` sums squares of differences from one number. */
export type RowReduction = 'sum' | 'squares' | 'deviations' | 'dot' | 'prod' | 'max' | 'min'

/** What columns are reduced to. */
export type ColumnReduction = Exclude<RowCombination, 'weighted'>

export interface ReductionOptions {
  readonly type: FloatType
  readonly fma?: boolean
  /** The name of the exported function. */
  readonly name: string
}

/** Vectors that are combined apart, so that one need not wait for the other. */
const CHAINS = 8

/** Numbers that are summed in their own precision; parts of so many are then summed more exactly. */
const PART = 1024

type L = Local

/** The total of a row: doubles for float32; for float64 a sum with its rounding error. Products are doubles throughout. */
interface Total {
  reset(): void
  /** Adds a vector. */
  addVector(v: Local): void
  /** Adds the scalar on the stack. */
  addScalar(): void
  /** Pushes the result. */
  push(): void
}

/** Sets `to` to the upper two of four lanes, twice. */
function upperHalf(f: FunctionBuilder, type: FloatType, v: Local): FunctionBuilder {
  return f.get(v).get(v).shuffle(laneShuffle(type, [2, 3, 2, 3]))
}

/** `total + (lanes of v)` in doubles: for float32. */
function doubleTotal(f: FunctionBuilder, type: FloatType, times: boolean): Total {
  const lanes = f.local('v128')
  const rest = f.local('f64')
  const vector = times ? 'f64x2.mul' : 'f64x2.add'
  const scalar = times ? 'f64.mul' : 'f64.add'
  return {
    reset: () => f.f64x2(times ? 1 : 0).set(lanes).f64(times ? 1 : 0).set(rest),
    addVector: (v) => {
      f.get(lanes).get(v).op('f64x2.promote_low_f32x4', vector)
      upperHalf(f, type, v).op('f64x2.promote_low_f32x4', vector).set(lanes)
    },
    addScalar: () => f.op('f64.promote_f32').get(rest).op(scalar).set(rest),
    push: () =>
      f
        .get(rest)
        .get(lanes)
        .lane('f64x2.extract_lane', 0)
        .op(scalar)
        .get(lanes)
        .lane('f64x2.extract_lane', 1)
        .op(scalar, 'f32.demote_f64'),
  }
}

/** A sum of doubles that keeps what rounding took away (Knuth's two-sum). */
function exactTotal(f: FunctionBuilder): Total {
  const [sum, lost, next, old, back] = Array.from({ length: 5 }, () => f.local('f64')) as [L, L, L, L, L]
  const add = () => {
    f.set(next).get(sum).tee(old).get(next).op('f64.add').tee(sum).get(old).op('f64.sub').set(back)
    f.get(lost).get(old).get(sum).get(back).op('f64.sub', 'f64.sub').get(next).get(back).op('f64.sub', 'f64.add', 'f64.add').set(lost)
  }
  return {
    reset: () => f.f64(0).set(sum).f64(0).set(lost),
    addVector: (v) => {
      f.get(v).lane('f64x2.extract_lane', 0).get(v).lane('f64x2.extract_lane', 1).op('f64.add')
      add()
    },
    addScalar: add,
    // Past an infinity what was lost is NaN, and means nothing.
    push: () => f.get(sum).get(lost).op('f64.add').get(sum).get(lost).get(lost).op('f64.eq', 'select'),
  }
}

/** A running product or extreme, lane by lane. */
function plainTotal(f: FunctionBuilder, type: FloatType, operation: 'mul' | 'max' | 'min', identity: number): Total {
  const lanes = f.local('v128')
  const rest = f.local(type.scalar)
  const { vector, scalar, count } = type
  return {
    reset: () => {
      vectorConstant(f, type, identity)
      f.set(lanes)
      scalarConstant(f, type, identity)
      f.set(rest)
    },
    addVector: (v) => f.get(lanes).get(v).op(`${vector}.${operation}`).set(lanes),
    addScalar: () => f.get(rest).op(`${scalar}.${operation}`).set(rest),
    push: () => {
      f.get(rest)
      for (let i = 0; i < count; i++) f.get(lanes).lane(`${vector}.extract_lane`, i).op(`${scalar}.${operation}`)
    },
  }
}

/**
 * Emits the exported function `out[i] = reduction of row i`: `(rows, columns, x, xStride, out)`, and `(rows, columns, x, xStride, y, yStride, out)` for
 * `dot`; for `deviations` row i of y has the one number. Pointers in bytes, strides from row to row in numbers; numbers of a row are contiguous, and so is `out`.
 *
 * A row of no numbers gives 0, 1, or for extremes an infinity.
 * float32 is summed in parts of 1024, of which every lane of eight vectors takes 32, and the parts in float64: the relative error of a sum of numbers of one
 * sign stays below 3e-6, however many there are. float64 likewise, with a compensated sum of the parts.
 */
export function emitRowReduction(module: ModuleBuilder, reduction: RowReduction, options: ReductionOptions): FunctionBuilder {
  const { type, fma = false, name } = options
  const { vector, scalar, count, size, shift } = type
  const second = reduction === 'dot' || reduction === 'deviations'
  const f = module.function(
    name,
    Array.from({ length: second ? 7 : 5 }, () => 'i32' as const),
  )
  const [rows, columns, x, xStride] = f.params as [L, L, L, L]
  const [y, yStride] = [f.params[4] as L, f.params[5] as L]
  const out = f.params.at(-1) as L
  const local = () => f.local('i32')
  const [p, q, part, left] = [local(), local(), local(), local()]
  const chains = Array.from({ length: CHAINS }, () => f.local('v128'))
  const [u, v] = [f.local('v128'), f.local('v128')]
  const center = f.local(scalar)
  const centers = f.local('v128')

  const extreme = reduction === 'max' || reduction === 'min'
  const identity = reduction === 'prod' ? 1 : reduction === 'max' ? -Infinity : reduction === 'min' ? Infinity : 0
  const join = `${vector}.${reduction === 'prod' ? 'mul' : extreme ? reduction : 'add'}` as const
  // Products of float32 are made in doubles one by one: no part of them can overflow before the whole does.
  const doubles = reduction === 'prod' && type.bits === 32
  const total =
    reduction === 'prod'
      ? type.bits === 32
        ? doubleTotal(f, type, true)
        : plainTotal(f, type, 'mul', 1)
      : extreme
        ? plainTotal(f, type, reduction, identity)
        : type.bits === 32
          ? doubleTotal(f, type, false)
          : exactTotal(f)

  const step = (chain: Local, at: number) => {
    if (doubles) {
      f.get(p).load('v128.load', at).set(v)
      total.addVector(v)
      return
    }
    if (reduction === 'sum' || reduction === 'prod' || extreme) {
      f.get(chain).get(p).load('v128.load', at).op(join).set(chain)
      return
    }
    f.get(p).load('v128.load', at)
    if (reduction === 'deviations') f.get(centers).op(`${vector}.sub`)
    f.set(u)
    if (reduction === 'dot') f.get(q).load('v128.load', at).set(v)
    multiplyAdd(f, type, fma, chain, u, reduction === 'dot' ? v : u)
  }
  const advance = (by: number) => {
    f.increment(p, by)
    if (reduction === 'dot') f.increment(q, by)
  }
  const clear = (list: readonly Local[]) => {
    for (const c of list) {
      vectorConstant(f, type, identity)
      f.set(c)
    }
  }
  const several = doubles ? 1 : CHAINS

  for (const stride of second ? [xStride, yStride] : [xStride]) f.get(stride).i32(shift).op('i32.shl').set(stride)
  f.block((done) =>
    f.loop((next) => {
      f.get(rows).i32(0).op('i32.le_s').brIf(done)
      total.reset()
      f.get(x).set(p).get(columns).set(left)
      if (reduction === 'dot') f.get(y).set(q)
      if (reduction === 'deviations') f.get(y).load(`${scalar}.load`).tee(center).op(`${vector}.splat`).set(centers)
      f.block((end) =>
        f.loop((more) => {
          f.get(left).i32(0).op('i32.le_s').brIf(end)
          f.get(left).i32(PART).get(left).i32(PART).op('i32.lt_s', 'select').tee(part)
          f.get(left).op('i32.sub').i32(-1).op('i32.mul').set(left)
          if (!doubles) clear([chains[0]!])
          if (several > 1) {
            f.get(part).i32(several * count).op('i32.ge_s')
            f.if(() => {
              clear(chains.slice(1))
              countDown(f, part, several * count, () => {
                chains.forEach((c, i) => step(c, 16 * i))
                advance(several * 16)
              })
              for (let half = several / 2; half >= 1; half /= 2)
                for (let i = 0; i < half; i++) f.get(chains[i]!).get(chains[i + half]!).op(join).set(chains[i]!)
            })
          }
          countDown(f, part, count, () => {
            step(chains[0]!, 0)
            advance(16)
          })
          if (!doubles) total.addVector(chains[0]!)
          countDown(f, part, 1, () => {
            f.get(p).load(`${scalar}.load`)
            if (reduction === 'deviations') f.get(center).op(`${scalar}.sub`)
            if (reduction === 'dot') f.get(q).load(`${scalar}.load`).op(`${scalar}.mul`)
            else if (reduction === 'squares' || reduction === 'deviations') f.tee(center).get(center).op(`${scalar}.mul`)
            total.addScalar()
            advance(size)
          })
          f.br(more)
        }),
      )
      f.get(out)
      total.push()
      f.store(`${scalar}.store`).increment(out, size).increment(rows, -1)
      f.get(x).get(xStride).op('i32.add').set(x)
      if (second) f.get(y).get(yStride).op('i32.add').set(y)
      f.br(next)
    }),
  )
  return f
}
