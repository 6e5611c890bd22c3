/**
 * The error function, its complement, and the complement scaled.
 * The intervals and rational approximations are those of FreeBSD's msun (s_erf.c), which are within one unit in the last place.
 */
import { polynomial } from './polynomial.ts'

/** erf(1) rounded to 24 bits, so that erf(1 + s) - ERF_ONE keeps its relative accuracy. */
const ERF_ONE = 0.8450629115104675

// erf(x) = x + x P(x^2) / Q(x^2) for |x| < 0.84375
const CENTER_P = [0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442, -0.000023763016656650163]
const CENTER_Q = [1, 0.39791722395915535, 0.0650222499887673, 0.005081306281875766, 0.00013249473800432164, -0.000003960228278775368]

// erf(1 + s) = ERF_ONE + P(s) / Q(s) for 0.84375 <= 1 + s < 1.25
const ONE_P = [
  -0.0023621185607526594, 0.41485611868374833, -0.3722078760357013, 0.31834661990116175, -0.11089469428239668, 0.035478304325618236,
  -0.002166375594868791,
]
const ONE_Q = [
  1, 0.10642088040084423, 0.540397917702171, 0.07182865441419627, 0.12617121980876164, 0.01363708391202905, 0.011984499846799107,
]

// log(x exp(x^2) erfc(x)) + 0.5625 = P(1/x^2) / Q(1/x^2) for 1.25 <= x < 1 / 0.35
const NEAR_P = [
  -0.009864944034847148, -0.6938585727071818, -10.558626225323291, -62.375332450326006, -162.39666946257347, -184.60509290671104,
  -81.2874355063066, -9.814329344169145,
]
const NEAR_Q = [
  1, 19.651271667439257, 137.65775414351904, 434.56587747522923, 645.3872717332679, 429.00814002756783, 108.63500554177944,
  6.570249770319282, -0.0604244152148581,
]

// the same for 1 / 0.35 <= x < 28
const FAR_P = [
  -0.0098649429247001, -0.799283237680523, -17.757954917754752, -160.63638485582192, -637.5664433683896, -1025.0951316110772,
  -483.5191916086514,
]
const FAR_Q = [
  1, 30.33806074348246, 325.7925129965739, 1536.729586084437, 3199.8582195085955, 2553.0504064331644, 474.52854120695537,
  -22.44095244658582,
]

// sqrt(pi) x exp(x^2) erfc(x) = P(-1 / (2 x^2)) for x >= 28: the double factorials of the odd numbers
const ASYMPTOTIC = [1, 1, 3, 15, 105, 945, 10395]

/** erf(x) / x - 1 for |x| < 0.84375. */
const center = (x: number): number => polynomial(x * x, CENTER_P) / polynomial(x * x, CENTER_Q)

/** erf(x) - ERF_ONE for 0.84375 <= x < 1.25. */
const nearOne = (x: number): number => polynomial(x - 1, ONE_P) / polynomial(x - 1, ONE_Q)

/** log(x exp(x^2) erfc(x)) + 0.5625 for 1.25 <= x < 28. */
function tail(x: number): number {
  const s = 1 / (x * x)
  return x < 1 / 0.35 ? polynomial(s, NEAR_P) / polynomial(s, NEAR_Q) : polynomial(s, FAR_P) / polynomial(s, FAR_Q)
}

/** erfc(x) for 1.25 <= x < 28. The square is split, as its rounding would be a relative error of x^2 units in exp(-x^2). */
function tailErfc(x: number): number {
  const z = Math.fround(x)
  return (Math.exp(-z * z - 0.5625) * Math.exp((z - x) * (z + x) + tail(x))) / x
}

/**
 * The error function, `2 / sqrt(pi) * integral of exp(-t^2) from 0 to x`.
 *
 * Relative error below 1.5e-16 (msun). Odd, also in the sign of zero; +-1 at +-infinity.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.erf
 */
export function erf(x: number): number {
  const a = Math.abs(x)
  if (a < 0.84375) return x + x * center(x)
  if (a >= 6) return Math.sign(x)
  const y = a < 1.25 ? ERF_ONE + nearOne(a) : 1 - tailErfc(a)
  return x < 0 ? -y : y
}

/**
 * The complementary error function, `1 - erf(x)`, without the cancellation.
 *
 * Relative error below 4e-16 (msun). 0 at infinity, 2 at -infinity.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.erfc
 */
export function erfc(x: number): number {
  const a = Math.abs(x)
  if (a < 0.84375) return x < 0.25 ? 1 - (x + x * center(x)) : 0.5 - (x * center(x) + (x - 0.5))
  if (a < 1.25) return x < 0 ? 1 + (ERF_ONE + nearOne(a)) : 1 - ERF_ONE - nearOne(a)
  if (a < 28) return x < 0 ? 2 - tailErfc(a) : tailErfc(a)
  return 1 - Math.sign(x)
}

/**
 * The complementary error function scaled, `exp(x^2) erfc(x)`.
 *
 * Relative error below 6e-16 (msun, and the asymptotic series from 28 on). 0 at infinity, infinity left of -26.63.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.erfcx
 */
export function erfcx(x: number): number {
  if (x < -27) return Infinity
  if (x < 0) {
    const z = Math.fround(x)
    return 2 * Math.exp(z * z) * Math.exp((x - z) * (x + z)) - erfcx(-x)
  }
  if (x < 1.25) return Math.exp(x * x) * erfc(x)
  if (x < 28) return Math.exp(tail(x) - 0.5625) / x
  // the asymptotic series, sum of (2k - 1)!! (-s)^k; x^2 would overflow
  const s = 0.5 / x / x
  return polynomial(-s, ASYMPTOTIC) / Math.sqrt(Math.PI) / x
}
