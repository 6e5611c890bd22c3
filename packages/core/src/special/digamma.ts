/** The logarithmic derivative of the gamma function. */
import { polynomial } from './polynomial.ts'

// The positive root of digamma as a sum of three doubles
const ROOT = 1569415565 / 2 ** 30
const ROOT_MIDDLE = 381566830 / 2 ** 60
const ROOT_TAIL = 9.016312093258695e-20

// digamma(1 + y) = (1 + y - root) (Y + P(y) / Q(y)) for 0 <= y <= 1: Boost's approximation, of error 1.5e-18
const Y = 0.9955816268920898
const P = [0.25479851061131553, -0.3255503118680449, -0.6503185377089651, -0.28919126444774784, -0.04525132144873906, -0.002071332116774595]
const Q = [
  1, 2.076711702373047, 1.4606242909763516, 0.43593529692665967, 0.054151797245674226, 0.0021284987017821146, -5.578984121367551e-7,
]

// log(x) - 1 / (2 x) - digamma(x) = P(1 / x^2) / x^2 for x >= 10: the Bernoulli numbers B(2k) / (2k)
const ASYMPTOTIC = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12]

/** digamma on the positive axis. */
function positive(x: number): number {
  if (x >= 10) {
    const z = 1 / (x * x)
    return Math.log(x) - 0.5 / x - z * polynomial(z, ASYMPTOTIC)
  }
  let shift = 0
  for (; x > 2; shift += 1 / x) x -= 1
  if (x < 1) {
    shift = -1 / x
    x += 1
  }
  const g = x - ROOT - ROOT_MIDDLE - ROOT_TAIL
  return g * Y + (g * polynomial(x - 1, P)) / polynomial(x - 1, Q) + shift
}

/**
 * The logarithmic derivative of the gamma function, `d/dx log gamma(x)`.
 *
 * Relative error below 1e-15 for x > 0, also near the root 1.4616 (Boost); for x < 0 that error is absolute near the roots.
 * -infinity at 0, infinity at -0, NaN at the negative integers and -infinity.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.digamma
 */
export function digamma(x: number): number {
  if (x > 0) return positive(x)
  if (x === 0) return -1 / x
  const r = x % 1
  if (r === 0) return NaN
  // the distance from the nearest integer, as the period of the tangent is 1
  const t = r < -0.5 ? r + 1 : r
  return positive(1 - x) - Math.PI / Math.tan(Math.PI * t)
}
