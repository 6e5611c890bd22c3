/** Programs as vector expressions: what each scalar instruction becomes, or that nothing here computes it. */
import type { Binary, Instruction, Program, Unary } from '../../expr.ts'
import { binary, unary } from '../reference/instructions.ts'
import { cos, sin, tan } from './angles.ts'
import { acos, asin, atan, atanh, cosh, erf, exp, exp2, expm1, log, log1p, log2, log10, sinh, tanh } from './intrinsics.ts'
import { pow, powConstant } from './power.ts'
import { type Lanes, splat } from './vector.ts'

/** The lanes that programs are computed in: floats, or doubles for every other dtype, as in the reference. */
export type Arithmetic = 'f32x4' | 'f64x2'

/** A register of a program. */
export interface Value {
  readonly lanes: Lanes
  /** All bits where the value is not 0, for values that are known to be 0 or 1. */
  readonly mask?: Lanes
  /** The number in every lane, where that is known beforehand. */
  readonly constant?: number
}

const number = (lanes: Lanes): Value => ({ lanes })

/** 1 where the mask is set, else 0. */
const truth = (type: Arithmetic, mask: Lanes): Value => ({ lanes: splat(type, 1).and(mask), mask })

const maskOf = (x: Value): Lanes => x.mask ?? x.lanes.ne(0)

/** NaN has no sign here, as in the reference. */
const signMask = (x: Lanes): Lanes => x.and(-0).or(1).lt(0).and(x.eq(x))

type UnaryRule = (x: Lanes, v: Value, type: Arithmetic) => Value
type BinaryRule = (x: Lanes, y: Lanes, vx: Value, vy: Value, type: Arithmetic) => Value

/** Exact in both arithmetics. */
const unaryRules: Partial<Record<Unary, UnaryRule>> = {
  neg: (x) => number(x.neg()),
  reciprocal: (x, _, type) => number(splat(type, 1).div(x)),
  rsqrt: (x, _, type) => number(splat(type, 1).div(x.sqrt())),
  abs: (x) => number(x.abs()),
  sign: (x, _, type) =>
    number(
      splat(type, 1)
        .and(x.gt(0))
        .sub(splat(type, 1).and(x.lt(0))),
    ),
  sqrt: (x) => number(x.sqrt()),
  floor: (x) => number(x.floor()),
  ceil: (x) => number(x.ceil()),
  round: (x) => number(x.nearest()),
  trunc: (x) => number(x.trunc()),
  isnan: (x, _, type) => truth(type, x.ne(x)),
  signbit: (x, _, type) => truth(type, signMask(x)),
  logicalNot: (x, v, type) => truth(type, v.mask === undefined ? x.eq(0) : v.mask.not()),
}

const comparison =
  (name: 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne'): BinaryRule =>
  (x, y, _vx, _vy, type) =>
    truth(type, x[name](y))

/** Whether a constant lets one machine instruction stand for a maximum; the general one needs many. */
const plain = (c: number | undefined): c is number => c !== undefined && !Number.isNaN(c)

function maximum(x: Lanes, y: Lanes, vx: Value, vy: Value, type: Arithmetic): Value {
  if (vx.mask !== undefined && vy.mask !== undefined) return truth(type, vx.mask.or(vy.mask))
  const [a, c] = vy.constant === undefined ? [y, vx.constant] : [x, vy.constant]
  if (!plain(c)) return number(x.max(y))
  // Adding 0 makes 0 of -0, which is below it.
  return number(Object.is(c, 0) ? a.atLeast(0).add(0) : a.atLeast(c))
}

function minimum(x: Lanes, y: Lanes, vx: Value, vy: Value): Value {
  const [a, c] = vy.constant === undefined ? [y, vx.constant] : [x, vy.constant]
  return number(plain(c) && !Object.is(c, -0) ? a.atMost(c) : x.min(y))
}

const binaryRules: Partial<Record<Binary, BinaryRule>> = {
  add: (x, y) => number(x.add(y)),
  sub: (x, y) => number(x.sub(y)),
  mul: (x, y, vx, vy, type) => (vx.mask !== undefined && vy.mask !== undefined ? truth(type, vx.mask.and(vy.mask)) : number(x.mul(y))),
  div: (x, y) => number(x.div(y)),
  maximum,
  minimum,
  copysign: (x, y) => number(x.abs().or(y.and(-0).and(y.eq(y)))),
  gt: comparison('gt'),
  ge: comparison('ge'),
  lt: comparison('lt'),
  le: comparison('le'),
  eq: comparison('eq'),
  ne: (x, y, vx, vy, type) => {
    if (vy.constant === 0) return truth(type, maskOf(vx))
    return truth(type, vx.mask !== undefined && vy.mask !== undefined ? vx.mask.xor(vy.mask) : x.ne(y))
  },
}

/** In floats only: polynomials. */
const floatFunctions: Partial<Record<Unary, (x: Lanes) => Lanes>> = {
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  atanh,
  erf,
}

/** What is known of a result when all arguments are constants. */
function fold(op: Instruction, xs: readonly number[], type: Arithmetic): Value {
  const [x, y, z] = xs as [number, number, number]
  const exact = op === 'where' ? (y !== 0 ? x : z) : xs.length === 1 ? unary[op as Unary](x) : binary[op as Binary](x, y)
  return constant(type, exact)
}

/** A constant register, rounded as the reference stores it. */
export function constant(type: Arithmetic, x: number): Value {
  const value = type === 'f32x4' ? Math.fround(x) : x
  return { lanes: splat(type, value), constant: value }
}

function step(op: Instruction, args: readonly Value[], type: Arithmetic): Value | null {
  const known = args.flatMap((v) => v.constant ?? [])
  if (known.length === args.length) return fold(op, known, type)
  const [vx, vy, vz] = args as [Value, Value, Value]
  if (op === 'where') {
    if (vy.constant !== undefined) return vy.constant !== 0 ? vx : vz
    return number(maskOf(vy).choose(vx.lanes, vz.lanes))
  }
  if (op === 'pow') {
    if (type !== 'f32x4') return null
    return number(vy.constant === undefined ? pow(vx.lanes, vy.lanes) : powConstant(vx.lanes, vy.constant))
  }
  if (args.length === 2) return binaryRules[op as Binary]?.(vx.lanes, vy.lanes, vx, vy, type) ?? null
  const exact = unaryRules[op as Unary]?.(vx.lanes, vx, type)
  if (exact !== undefined) return exact
  const f = type === 'f32x4' ? floatFunctions[op as Unary] : undefined
  return f === undefined ? null : number(f(vx.lanes))
}

/** The result of a program over vectors; null where one of its instructions has no vector code. */
export function lower(program: Program, type: Arithmetic, inputs: readonly Value[]): Value | null {
  const registers: Value[] = [...inputs, ...program.constants.map((c) => constant(type, c))]
  for (const { op, args } of program.steps) {
    const value = step(
      op,
      args.map((r) => registers[r] as Value),
      type,
    )
    if (value === null) return null
    registers.push(value)
  }
  return registers[program.result] as Value
}
