/** What each scalar instruction computes, in doubles. */
import type { Binary, Unary } from '../../expr.ts'
import {
  digamma,
  erf,
  erfc,
  erfcx,
  erfinv,
  i0,
  i0e,
  i1,
  i1e,
  igamma,
  igammac,
  lgamma,
  logNdtr,
  ndtri,
  polygamma,
  zeta,
} from '../../special.ts'
import { exponent, nextafter, nextafter32 } from './ieee.ts'
import { bitwise, gcd, shiftLeft, shiftRight } from './integers.ts'

const bit = (condition: boolean): number => (condition ? 1 : 0)

/** Rounds half to even, as PyTorch and IEEE do. */
const roundEven = (x: number): number => {
  const floor = Math.floor(x)
  const rest = x - floor
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0)
  const r = up ? floor + 1 : floor
  return r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r
}

/** The remainder with the sign of the divisor, as Python's `%`. */
const floorMod = (x: number, y: number): number => {
  const r = x % y
  return r !== 0 && r < 0 !== y < 0 ? r + y : r
}

const copysign = (x: number, y: number): number => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x))

/** The quotient rounded towards minus infinity, computed from the remainder so that it is exact where a quotient would round up. */
const floorDiv = (x: number, y: number): number => {
  if (y === 0) return x / y
  const rest = x % y
  const q = (x - rest) / y - (rest !== 0 && y < 0 !== rest < 0 ? 1 : 0)
  if (q === 0) return copysign(0, x / y)
  const f = Math.floor(q)
  return q - f > 0.5 ? f + 1 : f
}

/** Functions of one number. */
export const unary: Readonly<Record<Unary, (x: number) => number>> = {
  neg: (x: number) => -x,
  reciprocal: (x: number) => 1 / x,
  rsqrt: (x: number) => 1 / Math.sqrt(x),
  abs: Math.abs,
  sign: (x: number) => (Number.isNaN(x) ? 0 : Math.sign(x) + 0),
  exp: Math.exp,
  exp2: (x: number) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  erf,
  erfc,
  erfinv,
  erfcx,
  ndtri,
  logNdtr,
  lgamma,
  digamma,
  i0,
  i0e,
  i1,
  i1e,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundEven,
  trunc: Math.trunc,
  exponent,
  isnan: (x: number) => bit(Number.isNaN(x)),
  signbit: (x: number) => bit(x < 0 || Object.is(x, -0)),
  logicalNot: (x: number) => bit(x === 0),
}

/** Functions of two numbers. */
export const binary: Readonly<Record<Binary, (x: number, y: number) => number>> = {
  add: (x: number, y: number) => x + y,
  sub: (x: number, y: number) => x - y,
  mul: (x: number, y: number) => x * y,
  div: (x: number, y: number) => x / y,
  pow: (x: number, y: number) => (x === 1 || (x === -1 && (y === Infinity || y === -Infinity)) ? 1 : x ** y),
  maximum: (x: number, y: number) => Math.max(x, y),
  minimum: (x: number, y: number) => Math.min(x, y),
  fmod: (x: number, y: number) => x % y,
  remainder: floorMod,
  floorDivide: floorDiv,
  atan2: Math.atan2,
  hypot: Math.hypot,
  copysign,
  nextafter,
  nextafter32,
  polygamma: (x: number, n: number) => polygamma(n, x),
  zeta,
  igamma,
  igammac,
  gcd,
  bitwiseAnd: bitwise((x, y) => x & y),
  bitwiseOr: bitwise((x, y) => x | y),
  bitwiseXor: bitwise((x, y) => x ^ y),
  bitwiseLeftShift: shiftLeft,
  bitwiseRightShift: shiftRight,
  gt: (x: number, y: number) => bit(x > y),
  ge: (x: number, y: number) => bit(x >= y),
  lt: (x: number, y: number) => bit(x < y),
  le: (x: number, y: number) => bit(x <= y),
  eq: (x: number, y: number) => bit(x === y),
  ne: (x: number, y: number) => bit(x !== y),
}
