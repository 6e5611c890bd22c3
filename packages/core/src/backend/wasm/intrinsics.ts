/**
 * Functions of four floats, as straight-line vector code without fused multiply-add: the same bits on every machine.
 * Polynomials after Cephes (S. Moshier) unless said otherwise; the tests hold each to 2 units in the last place.
 */
import { type Lanes, splat } from './vector.ts'

/** Adding and subtracting it rounds to an integer, whose bits then are the lowest of the sum. */
export const ROUND = 12582912 // 1.5 * 2^23
export const SIGN = -0x80000000
const MIN_NORMAL = 2 ** -126

const LN2_HIGH = 0.693359375
const LN2_LOW = -2.1219444e-4

/** `(x >= 0 ? magnitude : -magnitude)` for a magnitude that has no sign yet. */
const withSignOf = (magnitude: Lanes, x: Lanes): Lanes => magnitude.or(x.as('i32x4').and(SIGN))

/** `2^n` for -126 <= n <= 127. */
const powerOfTwo = (n: Lanes): Lanes => n.add(127).shl(23).as('f32x4')

/** `y 2^n` for n from -252 to 254, by two factors, so that overflow and subnormal results come right. */
export function scale(y: Lanes, n: Lanes): Lanes {
  const half = n.shr(1)
  return y.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)))
}

/** `exp(r) - 1 - r` over `r^2`, for |r| <= ln(2) / 2. */
const EXP = [5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3, 1.3981999507e-3, 1.98756915e-4]

/** x as `n ln(2) + r`: n as an integer and as a float. */
function reduceExp(x: Lanes): { n: Lanes; r: Lanes } {
  const shifted = x.mul(Math.LOG2E).add(ROUND)
  const n = shifted.sub(ROUND)
  return { n: shifted.as('i32x4').sub(0x4b400000), r: x.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW)) }
}

const expOfReduced = (r: Lanes): Lanes => r.polynomial(EXP).mul(r.mul(r)).add(r).add(1)

export function exp(x: Lanes): Lanes {
  const { n, r } = reduceExp(x.atMost(89).atLeast(-104))
  return scale(expOfReduced(r), n)
}

/** `2^r - 1` over `r`, for |r| <= 1/2. */
export const EXP2 = [
  6.931472028550421e-1, 2.402264791363012e-1, 5.550332471162809e-2, 9.61843735767464e-3, 1.339887440266574e-3, 1.5353361883195e-4,
]

export function exp2(x: Lanes): Lanes {
  const shifted = x.atMost(129).atLeast(-151).add(ROUND)
  const r = x.atMost(129).atLeast(-151).sub(shifted.sub(ROUND))
  return scale(r.mul(r.polynomial(EXP2)).add(1), shifted.as('i32x4').sub(0x4b400000))
}

export function expm1(x: Lanes): Lanes {
  const { n, r } = reduceExp(x.atMost(89).atLeast(-30))
  const e = r.polynomial(EXP).mul(r.mul(r)).add(r)
  // 2^n (e + 1) - 1, with 2^n in two factors a and b: b ((a e) + (a - 1/b)).
  const half = n.shr(1)
  const rest = n.sub(half)
  const a = powerOfTwo(half)
  const y = a
    .mul(e)
    .add(a.sub(powerOfTwo(rest.neg())))
    .mul(powerOfTwo(rest))
  return x.eq(0).choose(x, y)
}

/** A positive number as `m 2^k` with sqrt(1/2) <= m < sqrt(2). */
export function split(x: Lanes): { k: Lanes; m: Lanes } {
  const small = x.lt(MIN_NORMAL)
  const bits = small
    .choose(x.mul(2 ** 23), x)
    .as('i32x4')
    .sub(0x3f3504f3)
  const k = bits.shr(23)
  return { k: k.sub(small.as('i32x4').and(23)), m: bits.and(0x7fffff).add(0x3f3504f3).as('f32x4') }
}

/** What logarithms are outside of (0, inf): -inf at 0, inf at inf, NaN for negative numbers and NaN. */
function logarithmEdges(y: Lanes, x: Lanes): Lanes {
  const inside = x.eq(0).choose(splat('f32x4', -Infinity), x.eq(Infinity).choose(x, y))
  return inside.or(x.ge(0).not())
}

/** `log(1 + r) - r + r^2 / 2` over `r^3`, for sqrt(1/2) - 1 <= r < sqrt(2) - 1. */
const LOG = [
  3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1, 1.167699874e-1, -1.151461031e-1,
  7.0376836292e-2,
]

/** `log(1 + r) + k ln(2)`. */
function logOf(r: Lanes, k: Lanes): Lanes {
  const z = r.mul(r)
  const n = k.to('f32x4', 'f32x4.convert_i32x4_s')
  const y = r.polynomial(LOG).mul(r).mul(z).add(n.mul(LN2_LOW)).sub(z.mul(0.5))
  return n.mul(LN2_HIGH).add(r.add(y))
}

export function log(x: Lanes): Lanes {
  const { k, m } = split(x)
  return logarithmEdges(logOf(m.sub(1), k), x)
}

const LOG2E_REST = Math.LOG2E - 1

export function log2(x: Lanes): Lanes {
  const { k, m } = split(x)
  const r = m.sub(1)
  const z = r.mul(r)
  const y = r.polynomial(LOG).mul(r).mul(z).sub(z.mul(0.5))
  const n = k.to('f32x4', 'f32x4.convert_i32x4_s')
  return logarithmEdges(n.add(y.mul(LOG2E_REST).add(r.mul(LOG2E_REST)).add(y).add(r)), x)
}

export function log10(x: Lanes): Lanes {
  const { k, m } = split(x)
  const r = m.sub(1)
  const z = r.mul(r)
  const y = r.polynomial(LOG).mul(r).mul(z).sub(z.mul(0.5))
  const n = k.to('f32x4', 'f32x4.convert_i32x4_s')
  // log10(e) and log10(2), each in two parts of which the first is short.
  const fine = r.add(y).mul(7.00731903251827651129e-4).add(y.mul(0.43359375)).add(n.mul(2.48745663981195213739e-4))
  return logarithmEdges(fine.add(r.mul(0.43359375)).add(n.mul(0.30078125)), x)
}

export function log1p(x: Lanes): Lanes {
  const u = x.add(1)
  // 1 + x is u + lost exactly.
  const y = u.sub(x)
  const lost = x.sub(u.sub(y)).add(splat('f32x4', 1).sub(y))
  const { k, m } = split(u)
  const r = m.sub(1).add(lost.mul(powerOfTwo(k.neg().integerMax(-126))))
  return x.eq(0).choose(x, logarithmEdges(logOf(r, k), u))
}

export function tanh(x: Lanes): Lanes {
  const a = x.abs()
  const z = x.mul(x)
  const inner = z
    .polynomial([-3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3])
    .mul(z)
    .mul(x)
    .add(x)
  const { n, r } = reduceExp(a.add(a).atMost(20))
  const e = expOfReduced(r).mul(powerOfTwo(n))
  const outer = splat('f32x4', 1).sub(splat('f32x4', 2).div(e.add(1)))
  return a.lt(0.625).choose(inner, withSignOf(outer, x))
}

/** After N. Juffa: 1 - exp of a polynomial where |x| is large, an odd polynomial where it is small. */
export function erf(x: Lanes): Lanes {
  const a = x.abs()
  const z = x.mul(x)
  const inner = z.polynomial([1.28379166e-1, -3.76125336e-1, 1.12819925e-1, -2.67681349e-2, 4.99119423e-3, -5.96761703e-4]).mul(x).add(x)
  const t = a.atMost(4)
  const p = t.polynomial([-1.28717512e-1, -6.34846687e-1, -1.06777877e-1, 2.42546219e-2, -3.88396438e-3, 3.83197126e-4, -1.7285347e-5])
  const { n, r } = reduceExp(p.mul(t).sub(t))
  const outer = splat('f32x4', 1).sub(expOfReduced(r).mul(powerOfTwo(n)))
  return a.le(0.927734375).choose(inner, withSignOf(outer, x))
}

/** `atan(t) / t - 1` over `t^2`, for t <= 1, fitted for the least relative error. */
const ATAN = [
  -3.333329909e-1, 1.999854829e-1, -1.426424171e-1, 1.095218595e-1, -8.403450801e-2, 5.795760116e-2, -3.117785294e-2, 1.091460931e-2,
  -1.793622453e-3,
]

/** What pi / 2 is more than the float nearest to it. */
const HALF_PI_REST = -4.371139e-8

export function atan(x: Lanes): Lanes {
  const a = x.abs()
  const far = a.gt(1)
  const t = far.choose(splat('f32x4', 1).div(a), a)
  const z = t.mul(t)
  const y = z.polynomial(ATAN).mul(z).mul(t).add(t)
  return withSignOf(
    far.choose(
      splat('f32x4', Math.PI / 2)
        .sub(y)
        .add(HALF_PI_REST),
      y,
    ),
    x,
  )
}

/** `asin(t) - t` over `t^3` with `z = t^2 <= 1/4`. */
const ASIN = [1.6666752422e-1, 7.4953002686e-2, 4.5470025998e-2, 2.4181311049e-2, 4.2163199048e-2]

export function asin(x: Lanes): Lanes {
  const a = x.abs()
  const far = a.gt(0.5)
  const z = far.choose(splat('f32x4', 1).sub(a).mul(0.5), a.mul(a))
  const t = far.choose(z.sqrt(), a)
  const y = z.polynomial(ASIN).mul(z).mul(t).add(t)
  return withSignOf(
    far.choose(
      splat('f32x4', Math.PI / 2)
        .sub(y.add(y))
        .add(HALF_PI_REST),
      y,
    ),
    x,
  )
}

export function acos(x: Lanes): Lanes {
  const a = x.abs()
  const far = a.gt(0.5)
  const z = far.choose(splat('f32x4', 1).sub(a).mul(0.5), a.mul(a))
  const t = far.choose(z.sqrt(), a)
  const y = z.polynomial(ASIN).mul(z).mul(t).add(t)
  const negative = x.lt(0)
  const outer = negative.choose(splat('f32x4', Math.PI).sub(y.add(y)), y.add(y))
  return far.choose(outer, splat('f32x4', Math.PI / 2).sub(withSignOf(y, x)))
}

/** `exp(a) / 2`, which does not overflow before `sinh` and `cosh` do. */
function halfExp(a: Lanes): Lanes {
  const { n, r } = reduceExp(a.atMost(90))
  return scale(expOfReduced(r), n.sub(1))
}

export function sinh(x: Lanes): Lanes {
  const a = x.abs()
  const z = x.mul(x)
  const inner = z.polynomial([1.66667160211e-1, 8.33028376239e-3, 2.03721912945e-4]).mul(z).mul(x).add(x)
  const h = halfExp(a)
  return a.lt(1).choose(inner, withSignOf(h.sub(splat('f32x4', 0.25).div(h)), x))
}

export function cosh(x: Lanes): Lanes {
  const h = halfExp(x.abs())
  return h.add(splat('f32x4', 0.25).div(h))
}

export function atanh(x: Lanes): Lanes {
  const a = x.abs()
  const z = x.mul(x)
  const inner = z.polynomial([3.33337300303e-1, 1.997821645e-1, 1.4669143173e-1, 8.24370301058e-2, 1.81740078349e-1]).mul(z).mul(x).add(x)
  const outer = log1p(a.add(a).div(splat('f32x4', 1).sub(a))).mul(0.5)
  return a.lt(0.5).choose(inner, withSignOf(outer, x))
}
