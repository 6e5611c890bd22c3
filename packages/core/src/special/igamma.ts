/** The regularized incomplete gamma functions: each by a series, a continued fraction or a uniform expansion, whichever converges. */
import { erfcx } from './erf.ts'
import { gamma, lgamma1p, stirling } from './gamma.ts'
import { polynomial } from './polynomial.ts'
import { TEMME } from './temme.ts'

const EPSILON = 2 ** -53

/** a (mu - log(1 + mu)) with mu = (x - a) / a, which is x - a - a log(x / a) without the cancellation. */
function deviation(a: number, x: number): number {
  const d = x - a
  // log(1 + mu) = 2 atanh(y), and mu - 2 y = mu y
  const y = (0.5 * d) / (0.5 * x + 0.5 * a)
  if (Math.abs(y) > 0.5) return d - a * Math.log(x / a)
  const z = y * y
  let sum = 0
  let power = 1
  for (let k = 3; power > EPSILON; k += 2) {
    sum += power / k
    power *= z
  }
  return d * y - 2 * y * z * sum * a
}

/** gamma(a + 1), without rounding a + 1 where gamma is steep. */
const gamma1p = (a: number): number => (a < 1 ? Math.exp(lgamma1p(a)) : a * gamma(a))

/** x^a exp(-x) / gamma(a + 1). */
function prefactor(a: number, x: number): number {
  if (a >= 170) return Math.exp(-deviation(a, x) - stirling(a)) / Math.sqrt(2 * Math.PI * a)
  if (x > 4000) return 0
  // in halves, as the power and the exponential overflow before their product does
  const half = x ** (a / 2) * Math.exp(-x / 2)
  return (half / gamma1p(a)) * half
}

/** The lower function, `prefactor * sum of x^k / ((a + 1) ... (a + k))`. */
function lowerSeries(a: number, x: number): number {
  const factor = prefactor(a, x)
  if (factor === 0) return 0
  let term = 1
  let sum = 1
  for (let k = a + 1; term > EPSILON * sum; k++) {
    term *= x / k
    sum += term
  }
  // 1 may be rounded up
  return Math.min(factor * sum, 1)
}

/** The upper function for small a and x, `1 - x^a / gamma(a + 1) - x^a / gamma(a) * sum over k > 0 of (-x)^k / (k! (a + k))`. */
function upperSeries(a: number, x: number): number {
  let term = 1
  let sum = 0
  for (let k = 1; Math.abs(term) > EPSILON * Math.abs(sum); k++) {
    term *= -x / k
    sum += term / (a + k)
  }
  const log = a * Math.log(x) - lgamma1p(a)
  return -Math.expm1(log) - a * Math.exp(log) * sum
}

/** The upper function, `prefactor * a / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / ...))`, by Lentz's method. */
function upperFraction(a: number, x: number): number {
  const factor = prefactor(a, x)
  if (factor === 0) return 0
  let b = x + 1 - a
  let c = Infinity
  let d = 1 / b
  let fraction = d
  let delta = 0
  for (let k = 1; Math.abs(delta - 1) > 2 * EPSILON && k < 10000; k++) {
    const an = k * (a - k)
    b += 2
    d = 1 / (an * d + b)
    c = b + an / c
    delta = c * d
    fraction *= delta
  }
  return factor * a * fraction
}

/** The smaller of the two, which is the lower function if x < a, for a near x: Temme's uniform expansion. */
function uniform(a: number, x: number): number {
  const exponent = deviation(a, x)
  const root = Math.sqrt(exponent)
  const side = x < a ? -1 : 1
  const eta = side * root * Math.sqrt(2 / a)
  let s = 0
  for (let k = TEMME.length - 1; k >= 0; k--) s = s / a + polynomial(eta, TEMME[k]!)
  return Math.exp(-exponent) * (0.5 * erfcx(root) + (side * s) / Math.sqrt(2 * Math.PI * a))
}

/** The lower function on the boundary (the upper is 1 less it), undefined inside. NaN in one argument is ignored where PyTorch does so. */
function boundary(a: number, x: number): number | undefined {
  if (x < 0 || a < 0) return NaN
  if (a === 0) return x > 0 ? 1 : NaN
  if (x === 0) return 0
  if (a === Infinity) return x === Infinity ? NaN : 0
  if (x === Infinity) return 1
  return Number.isNaN(a) || Number.isNaN(x) ? NaN : undefined
}

const isNear = (a: number, x: number): boolean => a > 20 && Math.abs(x - a) < 0.3 * a

/**
 * The regularized lower incomplete gamma function, `1 / gamma(a) * integral of t^(a-1) exp(-t) from 0 to x`.
 *
 * Relative error below 6e-15, and in the far tails that of exp(-t) with the exponent rounded: some 1e-14 at 1e-30.
 * The methods are Cephes's, but with Temme's expansion for all a > 20 near x.
 * NaN for negative a or x, and where both are 0 or both infinite.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.gammainc
 */
export function igamma(a: number, x: number): number {
  const edge = boundary(a, x)
  if (edge !== undefined) return edge
  if (isNear(a, x)) return x < a ? uniform(a, x) : 1 - uniform(a, x)
  return x > 1 && x > a ? 1 - igammac(a, x) : lowerSeries(a, x)
}

/**
 * The regularized upper incomplete gamma function, `1 - igamma(a, x)` without the cancellation.
 *
 * Relative error below 6e-15, and in the far tails that of exp(-t) with the exponent rounded: some 1e-14 at 1e-30.
 * The methods are Cephes's, but with Temme's expansion for all a > 20 near x.
 * NaN for negative a or x, and where both are 0 or both infinite.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.gammaincc
 */
export function igammac(a: number, x: number): number {
  const edge = boundary(a, x)
  if (edge !== undefined) return 1 - edge
  if (isNear(a, x)) return x < a ? 1 - uniform(a, x) : uniform(a, x)
  if (x > 1.1) return x < a ? 1 - lowerSeries(a, x) : upperFraction(a, x)
  const small = x <= 0.5 ? -0.4 / Math.log(x) >= a : x * 1.1 >= a
  return small ? upperSeries(a, x) : 1 - lowerSeries(a, x)
}
