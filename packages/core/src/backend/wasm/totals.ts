/** Totals that lose little: what a reduction adds the results of its parts to. */
import type { FunctionBuilder, Local } from './assembler.ts'
import { type FloatType, laneShuffle, scalarConstant, vectorConstant } from './float-type.ts'

/** Code for one total, kept in locals. */
export interface Total {
  reset(): void
  /** Adds a vector. */
  addVector(v: Local): void
  /** Adds the scalar on the stack. */
  addScalar(): void
  /** Pushes the result. */
  push(): void
}

/** Pushes a vector with the upper two of four lanes, twice. */
function upperHalf(f: FunctionBuilder, type: FloatType, v: Local): FunctionBuilder {
  return f
    .get(v)
    .get(v)
    .shuffle(laneShuffle(type, [2, 3, 2, 3]))
}

/** `total + (lanes of v)` in doubles: for float32. */
function doubleTotal(f: FunctionBuilder, type: FloatType, times: boolean): Total {
  const lanes = f.local('v128')
  const rest = f.local('f64')
  const vector = times ? 'f64x2.mul' : 'f64x2.add'
  const scalar = times ? 'f64.mul' : 'f64.add'
  return {
    reset: () =>
      f
        .f64x2(times ? 1 : 0)
        .set(lanes)
        .f64(times ? 1 : 0)
        .set(rest),
    addVector: (v) => {
      f.get(lanes).get(v).op('f64x2.promote_low_f32x4', vector)
      upperHalf(f, type, v).op('f64x2.promote_low_f32x4', vector).set(lanes)
    },
    addScalar: () => f.op('f64.promote_f32').get(rest).op(scalar).set(rest),
    push: () =>
      f.get(rest).get(lanes).lane('f64x2.extract_lane', 0).op(scalar).get(lanes).lane('f64x2.extract_lane', 1).op(scalar, 'f32.demote_f64'),
  }
}

/** A sum of doubles that keeps what rounding took away (Knuth's two-sum). */
function exactTotal(f: FunctionBuilder): Total {
  const [sum, lost, next, old, back] = Array.from({ length: 5 }, () => f.local('f64')) as [Local, Local, Local, Local, Local]
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
      for (let half = count / 2; half >= 1; half /= 2) {
        f.get(lanes).get(lanes).get(lanes)
        f.shuffle(
          laneShuffle(
            type,
            Array.from({ length: count }, (_, i) => (i + half) % count),
          ),
        )
        f.op(`${vector}.${operation}`).set(lanes)
      }
      f.get(rest).get(lanes).lane(`${vector}.extract_lane`, 0).op(`${scalar}.${operation}`)
    },
  }
}

/** The total for a kind of reduction: doubles for sums and products of float32, for sums of float64 a sum with its rounding error. */
export function totalOf(f: FunctionBuilder, type: FloatType, kind: 'sum' | 'prod' | 'max' | 'min'): Total {
  if (kind === 'max') return plainTotal(f, type, kind, -Infinity)
  if (kind === 'min') return plainTotal(f, type, kind, Infinity)
  if (type.bits === 32) return doubleTotal(f, type, kind === 'prod')
  return kind === 'prod' ? plainTotal(f, type, 'mul', 1) : exactTotal(f)
}
