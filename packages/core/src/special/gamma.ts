/**
 * The gamma function and its logarithm.
 * The rational approximations of lgamma on the positive axis are those of FreeBSD's msun (e_lgamma_r.c).
 */
import { digamma } from './digamma.ts'
import { LGAMMA_ZEROS } from './lgammaZeros.ts'
import { polynomial } from './polynomial.ts'

/** The minimum of lgamma on the positive axis, and its value there as a sum of two doubles. */
const MINIMUM = 1.4616321449683622
const VALUE = -0.12148629053584961
const VALUE_TAIL = 3.638676997039505e-18

// lgamma(1 + y) = y (P(y) / Q(y) - 1/2) for -0.1 <= y < 0.23
const ONE_P = [-0.07721566490153287, 0.6328270640250934, 1.4549225013723477, 0.9777175279633727, 0.22896372806469245, 0.013381091853678766]
const ONE_Q = [1, 2.4559779371304113, 2.128489763798934, 0.7692851504566728, 0.10422264559336913, 0.003217092422824239]

// lgamma(MINIMUM + y) = VALUE + y^2 P(y) for -0.23 <= y < 0.27
const MINIMUM_P = [
  0.48383612272381005, -0.1475877229945939, 0.06462494023913339, -0.032788541075985965, 0.01797067508118204, -0.010314224129834144,
  0.006100538702462913, -0.0036845201678113826, 0.0022596478090061247, -0.0014034646998923284, 0.000881081882437654, -0.0005385953053567405,
  0.00031563207090362595, -0.00031275416837512086, 0.0003355291926355191,
]

// lgamma(2 - y) = y (P(y) - 1/2) for 0 <= y < 0.27
const BELOW_TWO_P = [
  0.07721566490153287, 0.3224670334241136, 0.06735230105312927, 0.020580808432516733, 0.007385550860814029, 0.0028905138367341563,
  0.0011927076318336207, 0.0005100697921535113, 0.00022086279071390839, 0.00010801156724758394, 0.000025214456545125733,
  0.000044864094961891516,
]

// lgamma(2 + y) = y (P(y) / Q(y) + 1/2) for 0 <= y < 1
const TWO_P = [
  -0.07721566490153287, 0.21498241596060885, 0.325778796408931, 0.14635047265246445, 0.02664227030336386, 0.0018402845140733772,
  0.00003194753265841009,
]
const TWO_Q = [
  1, 1.3920053346762105, 0.7219355475671381, 0.17193386563280308, 0.01864591917156529, 0.0007779424963818936, 0.000007326684307446256,
]

// lgamma(x) = (x - 1/2) (log(x) - 1) + (log(2 pi) - 1) / 2 + P(1 / x^2) / x for x >= 8
const HALF_LOG_TWO_PI_LESS_HALF = 0.4189385332046727
const STIRLING_P = [
  0.08333333333333297, -0.0027777777772877554, 0.0007936505586430196, -0.00059518755745034, 0.0008363399189962821, -0.0016309293409657527,
]

/** What Stirling's formula lacks: log(gamma(x)) - log(sqrt(2 pi / x) (x / e)^x), for x >= 8. */
export const stirling = (x: number): number => polynomial(1 / (x * x), STIRLING_P) / x

/** log(gamma(1 + y)) for y >= -0.1, with its relative accuracy also at the zeros 0 and 1. */
export function lgamma1p(y: number): number {
  if (y > 1) return positive(1 + y)
  if (y < 0.23164) return y * (polynomial(y, ONE_P) / polynomial(y, ONE_Q) - 0.5)
  if (y < 0.7316) {
    const d = y - (MINIMUM - 1)
    return VALUE + (d * d * polynomial(d, MINIMUM_P) + VALUE_TAIL)
  }
  return (1 - y) * (polynomial(1 - y, BELOW_TWO_P) - 0.5)
}

/** lgamma on the positive axis. */
function positive(x: number): number {
  if (x < 0.9) return lgamma1p(x) - Math.log(x)
  // + 0: lgamma(1) is 0, not -0
  if (x < 2) return lgamma1p(x - 1) + 0
  if (x < 8) {
    const y = x % 1
    let product = 1
    for (let k = 2; k < Math.floor(x); k++) product *= y + k
    return y * (polynomial(y, TWO_P) / polynomial(y, TWO_Q) + 0.5) + Math.log(product)
  }
  if (x < 2 ** 58) return (x - 0.5) * (Math.log(x) - 1) + (HALF_LOG_TWO_PI_LESS_HALF + stirling(x))
  return x * (Math.log(x) - 1)
}

// Gauss and Legendre's nodes and weights for a mean over [0, 1]
const NODES = [0.04691007703066802, 0.23076534494715845, 0.5, 0.7692346550528415, 0.953089922969332]
const WEIGHTS = [0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324, 0.11846344252809454]

/**
 * lgamma(x) for x < -2 where it is small, from the nearest zero z, as the reflection formula cancels there:
 * `lgamma(x) = log(sin(pi z) / sin(pi x)) + lgamma(1 - z) - lgamma(1 - x)`.
 * The last difference is the integral of digamma, which is smooth there.
 */
function nearZero(x: number): number {
  const n = Math.floor(-x)
  const left = -x - n > (n === 2 ? 0.61 : 0.6) ? 1 : 0
  const zero = LGAMMA_ZEROS[2 * (n - 2) + left]
  if (zero === undefined) return NaN
  const offset = zero[0] + zero[1]
  const t = x + (n + left)
  const d = t - zero[0] - zero[1]
  const sines = (2 * Math.cos((Math.PI * (t + offset)) / 2) * Math.sin((Math.PI * d) / 2)) / Math.sin(Math.PI * offset)
  let mean = 0
  for (let i = 0; i < NODES.length; i++) mean += WEIGHTS[i]! * digamma(1 - x + d * NODES[i]!)
  return d * mean - Math.log1p(sines)
}

/**
 * The logarithm of the absolute value of the gamma function, `log|integral of t^(x-1) exp(-t) from 0 to infinity|`.
 *
 * Relative error below 3e-15 (msun), also near its zeros: 1, 2 and two between the integers left of -2.
 * Infinity at the poles 0, -1, -2, ... and at +-infinity. The sign of gamma is not told, as in PyTorch.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.gammaln
 */
export function lgamma(x: number): number {
  if (x > 0) return positive(x)
  if (x === 0 || x === -Infinity) return Infinity
  if (x > -(2 ** -70)) return -Math.log(-x)
  // |sin(pi x)| from the distance to the nearest integer, which is exact
  const rest = -x % 1
  const s = Math.sin(Math.PI * Math.min(rest, 1 - rest))
  if (s === 0) return Infinity
  const y = Math.log(Math.PI / (-x * s)) - positive(-x)
  return x < -2 && x > -17.5 && Math.abs(y) < 1.5 ? nearZero(x) : y
}

/** The gamma function for x > 0; a relative error below 3e-15. */
export function gamma(x: number): number {
  if (x > 172) return Infinity
  if (x >= 12) {
    // the power is halved, as x^x alone overflows above 143
    const power = x ** (0.5 * x - 0.25)
    return power * Math.exp(-x) * Math.sqrt(2 * Math.PI) * Math.exp(stirling(x)) * power
  }
  const y = x % 1
  let product = x < 1 ? 1 / x : 1
  for (let k = 1; k < Math.floor(x); k++) product *= y + k
  return product * Math.exp(lgamma1p(y))
}
