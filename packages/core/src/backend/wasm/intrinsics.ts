/**
 * Functions of four floats, as straight-line vector code without fused multiply-add: the same bits on every machine.
 * Polynomials after Cephes (S. Moshier) unless said otherwise; the tests hold each to 2 units in the last place.
 */
import { type Lanes, splat } from './vector.ts'

/** Adding it rounds to an integer, which then stands in the lowest bits of the sum. */
const ROUND = 12582912 // 1.5 * 2^23
export const SIGN = -0x80000000

/** ln(2) in two parts: products of the first with whole numbers below 512 are exact. */
const LN2_HIGH = 0.693145751953125
const LN2_LOW = 1.42860682030941723212e-6

/** `(x >= 0 ? magnitude : -magnitude)` for a magnitude that has no sign yet. */
const withSignOf = (magnitude: Lanes, x: Lanes): Lanes => magnitude.or(x.as('i32x4').and(SIGN))

/** `2^n` where the lowest bits are `n + 127`; those above the exponent's eight are lost. */
const powerOfTwo = (bits: Lanes): Lanes => bits.shl(23).as('f32x4')

/** `y 2^n` where the lowest bits are `n + 254`: by two factors, so that overflow and subnormal results come right. */
export function scale(y: Lanes, bits: Lanes): Lanes {
  const half = bits.shr(1)
  return y.mul(powerOfTwo(half)).mul(powerOfTwo(bits.sub(half)))
}

/** x as `n ln(2) + r` with |r| <= ln(2) / 2; the lowest of `bits` are `n + bias`. */
function reduceExp(x: Lanes, bias: number): { bits: Lanes; r: Lanes } {
  const shifted = x.mul(Math.LOG2E).add(ROUND + bias)
  const n = shifted.sub(ROUND + bias)
  return { bits: shifted.as('i32x4'), r: x.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW)) }
}

/** `exp(r) - 1 - r` over `r^2`, fitted for the least relative error of `exp`. */
const EXP = [4.9999993432e-1, 1.6666520398e-1, 4.1668390792e-2, 8.3687452261e-3, 1.3814540242e-3]

const expOfReduced = (r: Lanes): Lanes => r.polynomial(EXP).mul(r.mul(r)).add(r).add(1)

export function exp(x: Lanes): Lanes {
  const { bits, r } = reduceExp(x.atMost(89).atLeast(-104), 254)
  return scale(expOfReduced(r), bits)
}

/** `2^r - 1` over `r`, for |r| <= 1/2. */
const EXP2 = [6.9314720286e-1, 2.4022647914e-1, 5.5503324707e-2, 9.6184373581e-3, 1.3398874606e-3, 1.5353362226e-4]

export const exp2OfReduced = (r: Lanes): Lanes => r.mul(r.polynomial(EXP2)).add(1)

export function exp2(x: Lanes): Lanes {
  const inside = x.atMost(129).atLeast(-151)
  const shifted = inside.add(ROUND + 254)
  return scale(exp2OfReduced(inside.sub(shifted.sub(ROUND + 254))), shifted.as('i32x4'))
}

/** `exp(r) - 1 - r` over `r^2`, fitted for the least relative error of `exp(r) - 1`. */
const EXPM1 = [5.0000000443e-1, 1.666666637e-1, 4.1666360427e-2, 8.3333894586e-3, 1.3940668621e-3, 1.9845881514e-4]

export function expm1(x: Lanes): Lanes {
  const { bits, r } = reduceExp(x.atMost(89).atLeast(-30), 254)
  const e = r.polynomial(EXPM1).mul(r.mul(r)).add(r)
  // 2^n (e + 1) - 1, with 2^n in two factors a and b: b (a e + (a - 1/b)).
  const half = bits.shr(1)
  const rest = bits.sub(half)
  const a = powerOfTwo(half)
  const inverse = powerOfTwo(splat('i32x4', 254).sub(rest))
  return x.eq(0).choose(x, a.mul(e).add(a.sub(inverse)).mul(powerOfTwo(rest)))
}

/** x as `m 2^k` with sqrt(1/2) <= m < sqrt(2); `n` is k as a float, and at the edges the logarithm: -inf at 0, inf and NaN at themselves. */
export function split(x: Lanes): { k: Lanes; n: Lanes; m: Lanes } {
  // Subnormal numbers are multiplied by 2^23 on the way.
  const lift = x
    .lt(2 ** -126)
    .as('i32x4')
    .and(23 << 23)
  const bits = x
    .mul(lift.add(127 << 23).as('f32x4'))
    .as('i32x4')
    .sub(lift.add(0x3f3504f3))
  const k = bits.shr(23)
  const edges = x.andNot(x.lt(Infinity)).add(splat('f32x4', -Infinity).and(x.eq(0)))
  return { k, n: k.to('f32x4', 'f32x4.convert_i32x4_s').add(edges), m: bits.and(0x7fffff).add(0x3f3504f3).as('f32x4') }
}

/** NaN where `x` is negative: all bits set. */
const unlessNegative = (y: Lanes, x: Lanes): Lanes => y.or(x.lt(0))

/** `log(1 + r) - r + r^2 / 2` over `r^3`, for sqrt(1/2) - 1 <= r < sqrt(2) - 1, fitted for the least relative error of the logarithm. */
const LOG = [
  3.3333331707e-1, -2.5000821039e-1, 2.0001226907e-1, -1.6623357169e-1, 1.4201757113e-1, -1.3160183329e-1, 1.2761584184e-1,
  -7.6345030657e-2,
]

/** `log(1 + r) - r`. */
function logRest(r: Lanes): Lanes {
  const z = r.mul(r)
  return r.polynomial(LOG).mul(r.mul(z)).sub(z.mul(0.5))
}

/** `log(1 + r) + n ln(2)`. */
const logOf = (r: Lanes, n: Lanes): Lanes => n.mul(LN2_HIGH).add(r.add(logRest(r).add(n.mul(LN2_LOW))))

export function log(x: Lanes): Lanes {
  const { n, m } = split(x)
  return unlessNegative(logOf(m.sub(1), n), x)
}

const LOG2E_REST = Math.LOG2E - 1

export function log2(x: Lanes): Lanes {
  const { n, m } = split(x)
  const r = m.sub(1)
  const y = logRest(r)
  return unlessNegative(n.add(y.mul(LOG2E_REST).add(r.mul(LOG2E_REST)).add(y).add(r)), x)
}

/** log10(e) and log10(2), each in two parts of which the first is short. */
const LOG10E = [0.43359375, 7.00731903251827651129e-4] as const
const LOG10_2 = [0.30078125, 2.48745663981195213739e-4] as const

export function log10(x: Lanes): Lanes {
  const { n, m } = split(x)
  const r = m.sub(1)
  const y = logRest(r)
  const fine = r.add(y).mul(LOG10E[1]).add(y.mul(LOG10E[0])).add(n.mul(LOG10_2[1]))
  return unlessNegative(fine.add(r.mul(LOG10E[0])).add(n.mul(LOG10_2[0])), x)
}

export function log1p(x: Lanes): Lanes {
  const u = x.add(1)
  // 1 + x is u + lost exactly; where u is infinite, so is the logarithm whatever was lost.
  const y = u.sub(x)
  const lost = x.sub(u.sub(y)).add(splat('f32x4', 1).sub(y)).and(u.lt(Infinity))
  const { k, n, m } = split(u)
  const r = m.sub(1).add(lost.mul(powerOfTwo(splat('i32x4', 127).sub(k).integerMax(1))))
  return x.eq(0).choose(x, unlessNegative(logOf(r, n), u))
}

export function tanh(x: Lanes): Lanes {
  const a = x.abs()
  const z = a.mul(a)
  const inner = z
    .polynomial([-3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2, -5.70498872745e-3])
    .mul(z)
    .mul(a)
    .add(a)
  const { bits, r } = reduceExp(a.add(a).atMost(20), 127)
  const e = expOfReduced(r).mul(powerOfTwo(bits))
  const outer = splat('f32x4', 1).sub(splat('f32x4', 2).div(e.add(1)))
  return withSignOf(a.lt(0.625).choose(inner, outer), x)
}

/** After N. Juffa: 1 - exp of a polynomial where |x| is large, an odd polynomial where it is small. */
export function erf(x: Lanes): Lanes {
  const a = x.abs()
  const z = x.mul(x)
  const inner = z.polynomial([1.28379166e-1, -3.76125336e-1, 1.12819925e-1, -2.67681349e-2, 4.99119423e-3, -5.96761703e-4]).mul(x).add(x)
  const t = a.atMost(4)
  const p = t.polynomial([-1.28717512e-1, -6.34846687e-1, -1.06777877e-1, 2.42546219e-2, -3.88396438e-3, 3.83197126e-4, -1.7285347e-5])
  const { bits, r } = reduceExp(p.mul(t).sub(t), 127)
  const outer = splat('f32x4', 1).sub(expOfReduced(r).mul(powerOfTwo(bits)))
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
  const { bits, r } = reduceExp(a.atMost(90), 253)
  return scale(expOfReduced(r), bits)
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
