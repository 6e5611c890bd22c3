/**
 * The normal distribution's quantile and the logarithm of its distribution function, and the inverse of erf.
 * The quantile is Wichura's algorithm AS 241 (1988), whose three rational approximations have a relative error below 1e-16.
 */
import { erfcx } from './erf.ts'
import { polynomial } from './polynomial.ts'

// quantile(1/2 + q) = q P(r) / Q(r), r = 0.425^2 - q^2, for |q| <= 0.425
const CENTER_P = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087, 33430.57558358813,
  2509.0809287301227,
]
const CENTER_Q = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854,
]

// -quantile(p) = P(r - 1.6) / Q(r - 1.6), r = sqrt(-log(p)), for r <= 5
const NEAR_P = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684, 0.2417807251774506,
  0.022723844989269184, 0.0007745450142783414,
]
const NEAR_Q = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457, 0.0005475938084995345,
  1.0507500716444169e-9,
]

// -quantile(p) = P(r - 5) / Q(r - 5) for r > 5
const FAR_P = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
  0.000027115555687434876, 2.0103343992922881e-7,
]
const FAR_Q = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 0.000018463183175100548, 1.421511758316446e-7,
  2.0442631033899397e-15,
]

/** quantile(1/2 + q) / q for |q| <= 0.425. */
function center(q: number): number {
  const r = 0.180625 - q * q
  return polynomial(r, CENTER_P) / polynomial(r, CENTER_Q)
}

/** -quantile(p) for 0 < p <= 0.075. */
function tail(p: number): number {
  const r = Math.sqrt(-Math.log(p))
  return r <= 5 ? polynomial(r - 1.6, NEAR_P) / polynomial(r - 1.6, NEAR_Q) : polynomial(r - 5, FAR_P) / polynomial(r - 5, FAR_Q)
}

/**
 * The quantile of the standard normal distribution: the x with `(1 + erf(x / sqrt(2))) / 2 = p`.
 *
 * Relative error below 1e-15 (AS 241). -infinity at 0, infinity at 1, NaN outside of [0, 1].
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.ndtri
 */
export function ndtri(p: number): number {
  if (!(p > 0 && p < 1)) return p === 0 ? -Infinity : p === 1 ? Infinity : NaN
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) return q * center(q)
  return q < 0 ? -tail(p) : tail(1 - p)
}

/**
 * The inverse of the error function: the y with `erf(y) = x`, which is `ndtri((1 + x) / 2) / sqrt(2)`.
 *
 * Relative error below 1e-15 (AS 241). +-infinity at +-1, NaN outside of [-1, 1]; odd, also in the sign of zero.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.erfinv
 */
export function erfinv(x: number): number {
  const a = Math.abs(x)
  if (a <= 0.85) return x * (0.5 * Math.SQRT1_2 * center(0.5 * x))
  if (!(a < 1)) return a === 1 ? x * Infinity : NaN
  const y = Math.SQRT1_2 * tail((1 - a) / 2)
  return x < 0 ? -y : y
}

/**
 * The logarithm of the standard normal distribution function, `log((1 + erf(x / sqrt(2))) / 2)`.
 *
 * Relative error below 1e-15 (from erfcx). -infinity at -infinity, -0 at infinity.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.log_ndtr
 */
export function logNdtr(x: number): number {
  const scaled = 0.5 * erfcx(Math.abs(x) * Math.SQRT1_2)
  if (x < 0) return Math.log(scaled) - 0.5 * x * x
  if (x > 39) return -0
  // split as in erfc
  const z = Math.fround(x)
  return Math.log1p(-scaled * Math.exp(-0.5 * z * z) * Math.exp(0.5 * (z - x) * (z + x)))
}
