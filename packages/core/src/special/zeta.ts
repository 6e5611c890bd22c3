/** The Hurwitz zeta function. */

// B(2k) / (2k)! for k = 1, 2, ... with the Bernoulli numbers
const EULER_MACLAURIN = [
  0.08333333333333333, -0.001388888888888889, 0.00003306878306878307, -8.267195767195768e-7, 2.08767569878681e-8, -5.284190138687493e-10,
  1.3382536530684679e-11, -3.3896802963225827e-13, 8.586062056277845e-15, -2.174868698558062e-16, 5.5090028283602295e-18,
  -1.3954464685812522e-19,
]

/** zeta for q > 0: some terms one by one, at least until q + k > 9, and the rest by Euler and Maclaurin's formula. */
function positive(x: number, q: number): number {
  let sum = 0
  let w = q
  // a large q needs no terms before, and could not be counted up from
  for (let k = 0; w <= 9 || (k < 9 && w < 1e6); k++, w++) {
    const term = w ** -x
    sum += term
    // what is left is less than this term and the integral
    if (term + (term * w) / (x - 1) <= 1e-17 * sum) return sum
  }
  const term = w ** -x
  let rest = 0
  let factor = (x / w) * term
  for (let k = 0; k < EULER_MACLAURIN.length && factor !== 0; k++) {
    const t = factor * EULER_MACLAURIN[k]!
    rest += t
    if (Math.abs(t) < 1e-17 * sum) break
    factor *= ((x + 2 * k + 1) / w) * ((x + 2 * k + 2) / w)
  }
  return sum + (w ** (1 - x) / (x - 1) + (0.5 * term + rest))
}

/**
 * The Hurwitz zeta function, `sum over k >= 0 of (k + q)^-x`.
 *
 * Relative error below 2e-15 for q > 0; for q < 0 that error is of the largest term (Euler and Maclaurin, as in Cephes).
 * Infinity at x = 1 and at q = 0, -1, -2, ...; NaN for x < 1, at q = infinity, and for q < 0 if x is no integer.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.zeta
 */
export function zeta(x: number, q: number): number {
  if (x === 1) return Infinity
  if (x < 1) return NaN
  if (q <= 0 && Math.floor(q) === q) return Infinity
  if (!(q < Infinity) || !(x <= Infinity) || (q < 0 && Math.floor(x) !== x)) return NaN
  if (x === Infinity) return q < 1 ? Infinity : q === 1 ? 1 : NaN
  if (q > 0) return positive(x, q)
  // The terms left of 0 are those of -p, -p - 1, ... to q, where 0 < p < 1
  const p = -q % 1
  const left = positive(x, p) - positive(x, 1 - q)
  return positive(x, 1 - p) + (x % 2 === 0 ? left : -left)
}
