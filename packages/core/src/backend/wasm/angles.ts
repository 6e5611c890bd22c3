/** Trigonometric functions of four floats; the angle is reduced in doubles, and beyond 2^20 in whole numbers, so that every float comes right. */
import type { FunctionRef, Local, ModuleBuilder } from './assembler.ts'
import { type Lanes, lowWords, narrow, splat, widen } from './vector.ts'

const ROUND_DOUBLE = 6755399441055744 // 1.5 * 2^52, as in the functions of floats

/** pi / 2 in two parts; products of the first with integers up to 2^28 are exact. */
const HALF_PI = [1.5707963109016418, 1.5893254773528197e-8] as const

/** The binary digits of 2 / pi behind eight zeros. */
const TWO_OVER_PI = [0x00a2f9836e4e4415n, 0x29fc2757d1f534ddn, 0xc0db6295993c4390n, 0x41fe5163abdebbc5n] as const

const helpers = /* @__PURE__ */ new WeakMap<ModuleBuilder, FunctionRef>()

/**
 * An angle in [-pi, pi] that differs from `x`, a float beyond 2^20, by whole turns; after M. Payne and R. Hanek.
 * With `x = m 2^e` only a window of the digits of 2 / pi matters: those before it make whole turns, those after it are too small.
 */
function reduceHuge(module: ModuleBuilder): FunctionRef {
  const known = helpers.get(module)
  if (known !== undefined) return known
  const f = module.function(null, ['f64'], ['f64'])
  helpers.set(module, f)
  const [x] = f.params as [Local]
  const [bits, from] = [f.local('i32'), f.local('i32')]
  const [m, shift] = [f.local('i64'), f.local('i64')]
  const words = TWO_OVER_PI.slice(0, 3).map(() => f.local('i64')) as [Local, Local, Local]

  f.get(x).op('f32.demote_f64', 'i32.reinterpret_f32').set(bits)
  f.get(bits).i32(0x7f800000).op('i32.and').i32(0x7f800000).op('i32.eq')
  f.if(() => f.get(x).get(x).op('f64.sub', 'return'))
  f.get(bits).i32(0x7fffff).op('i32.and').i32(0x800000).op('i32.or', 'i64.extend_i32_u').set(m)
  // The window starts with the digit that x makes worth 2, in units of pi / 2: at e + 6.
  f.get(bits).i32(23).op('i32.shr_u').i32(255).op('i32.and').i32(144).op('i32.sub').tee(from)
  f.i32(63).op('i32.and', 'i64.extend_i32_u').set(shift)
  words.forEach((word, i) => {
    f.i64(TWO_OVER_PI[i + 1] as bigint).i64(TWO_OVER_PI[i] as bigint)
    f.get(from).i32(64).op('i32.ge_s', 'select').set(word)
  })
  const window = (first: Local, second: Local) => {
    f.get(first).get(shift).op('i64.shl')
    f.get(second).i64(1n).op('i64.shr_u').i64(63n).get(shift).op('i64.sub', 'i64.shr_u', 'i64.or')
  }
  f.get(m)
  window(words[0], words[1])
  f.op('i64.mul').get(m)
  window(words[1], words[2])
  f.i64(32n).op('i64.shr_u', 'i64.mul').i64(32n).op('i64.shr_u', 'i64.add')
  // Two digits before the point, 62 after; as a signed number, -2 to 2 quarters of a turn.
  f.op('f64.convert_i64_s')
    .f64((Math.PI / 2) * 2 ** -62)
    .get(x)
    .op('f64.copysign', 'f64.mul')
  return f
}

/** x as `q pi / 2 + r` with |r| <= pi / 4: r is right to the last place however close x comes to a multiple; `parts` are its doubles. */
function reduceAngle(x: Lanes): { q: Lanes; r: Lanes; parts: [Lanes, Lanes] } {
  const [a, b] = widen(x).map((exact) => {
    const d = exact.patch(exact.abs().ge(2 ** 20), reduceHuge)
    const shifted = d.mul(2 / Math.PI).add(ROUND_DOUBLE)
    const n = shifted.sub(ROUND_DOUBLE)
    return { q: shifted, r: d.sub(n.mul(HALF_PI[0])).sub(n.mul(HALF_PI[1])) }
  }) as [{ q: Lanes; r: Lanes }, { q: Lanes; r: Lanes }]
  return { q: lowWords(a.q, b.q), r: narrow(a.r, b.r), parts: [a.r, b.r] }
}

const sineOf = (r: Lanes, z: Lanes): Lanes => z.polynomial([-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4]).mul(z).mul(r).add(r)
const cosineOf = (z: Lanes): Lanes =>
  z.polynomial([4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5]).mul(z).mul(z).sub(z.mul(0.5)).add(1)

/** The sine of `r + q pi / 2`. */
function sineFrom(q: Lanes, r: Lanes): Lanes {
  const z = r.mul(r)
  const y = q.shl(31).shr(31).choose(cosineOf(z), sineOf(r, z))
  return y.xor(q.and(2).shl(30))
}

export function sin(x: Lanes): Lanes {
  const { q, r } = reduceAngle(x)
  return x.eq(0).choose(x, sineFrom(q, r))
}

export function cos(x: Lanes): Lanes {
  const { q, r } = reduceAngle(x)
  return sineFrom(q.add(1), r)
}

/** `tan(r) / r - 1` over `r^2`, for |r| <= pi / 4, fitted for the least relative error. */
const TAN = [
  3.333333184877e-1, 1.333341043171e-1, 5.39546567213e-2, 2.198446093518e-2, 8.332273052156e-3, 4.990754493824e-3, -5.93591708761e-4,
  2.040141941304e-3,
]

/** In doubles to the end: the reciprocal would double the error of floats. */
export function tan(x: Lanes): Lanes {
  const { q, parts } = reduceAngle(x)
  const t = parts.map((r) => {
    const z = r.mul(r)
    return z.polynomial(TAN).mul(z).mul(r).add(r)
  }) as [Lanes, Lanes]
  const cotangent = narrow(splat('f64x2', -1).div(t[0]), splat('f64x2', -1).div(t[1]))
  return x.eq(0).choose(
    x,
    q
      .shl(31)
      .shr(31)
      .choose(cotangent, narrow(...t)),
  )
}
