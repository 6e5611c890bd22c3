/** Powers of four floats: products in doubles for small whole exponents, else through a logarithm in doubles. */
import { exp2OfReduced, SIGN, scale, split } from './intrinsics.ts'
import { type Lanes, lowWords, narrow, splat, widen } from './vector.ts'

const ROUND_DOUBLE = 6755399441055744 // 1.5 * 2^52

/** `log2(m)` over `s`, for `s = (m - 1) / (m + 1)`: the series of the inverse hyperbolic tangent in `s^2`, times 2 / ln(2). */
const LOG2 = Array.from({ length: 8 }, (_, i) => (2 * Math.LOG2E) / (2 * i + 1))

/** `|x|^y`: 2 to the power of `y log2 |x|`, whose product keeps 30 bits behind the point. */
function magnitude(a: Lanes, y: Lanes): Lanes {
  const { n, m } = split(a)
  const [ms, ns, ys] = [widen(m), widen(n), widen(y)]
  const halves = ms.map((m, i) => {
    const s = m.sub(1).div(m.add(1))
    const p = s
      .mul(s)
      .polynomial(LOG2)
      .mul(s)
      .add(ns[i] as Lanes)
      .mul(ys[i] as Lanes)
      .atMost(129)
      .atLeast(-151)
    const shifted = p.add(ROUND_DOUBLE + 254)
    return { shifted, r: p.sub(shifted.sub(ROUND_DOUBLE + 254)) }
  }) as [{ shifted: Lanes; r: Lanes }, { shifted: Lanes; r: Lanes }]
  return scale(exp2OfReduced(narrow(halves[0].r, halves[1].r)), lowWords(halves[0].shifted, halves[1].shifted))
}

/** `x^y` for any two floats. */
export function pow(x: Lanes, y: Lanes): Lanes {
  const a = x.abs()
  const half = y.mul(0.5)
  const whole = y.trunc().eq(y)
  const odd = half.trunc().ne(half).and(whole)
  const signed = magnitude(a, y).xor(x.as('i32x4').and(SIGN).as('f32x4').and(odd))
  // No real number: a negative number to a power that is not whole. All bits set are NaN.
  const result = signed.or(x.lt(0).and(x.gt(-Infinity)).andNot(whole))
  const one = x
    .eq(1)
    .or(y.eq(0))
    .or(a.eq(1).and(y.abs().eq(Infinity)))
  return one.choose(splat('f32x4', 1), result)
}

/** In doubles, where products of floats neither overflow nor lose digits. */
const inDoubles = (x: Lanes, f: (x: Lanes) => Lanes): Lanes => {
  const [a, b] = widen(x)
  return narrow(f(a), f(b))
}

/** `x^y` for an exponent known beforehand. */
export function powConstant(x: Lanes, y: number): Lanes {
  switch (y) {
    case 0:
      return splat('f32x4', 1)
    case 1:
      return x
    case 2:
      return x.mul(x)
    case 3:
      return inDoubles(x, (x) => x.mul(x).mul(x))
    case 4:
      return inDoubles(x, (x) => x.mul(x).mul(x.mul(x)))
    case -1:
      return splat('f32x4', 1).div(x)
    case -2:
      return inDoubles(x, (x) => splat('f64x2', 1).div(x.mul(x)))
    case 0.5:
      // Unlike square roots: inf for -inf, and no -0.
      return x.eq(-Infinity).choose(splat('f32x4', Infinity), x.sqrt().add(0))
    default:
      return pow(x, splat('f32x4', y))
  }
}
