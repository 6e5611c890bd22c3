/** The higher derivatives of the logarithm of the gamma function. */
import { digamma } from './digamma.ts'
import { gamma } from './gamma.ts'
import { zeta } from './zeta.ts'

/**
 * The nth derivative of digamma, `(-1)^(n+1) n! zeta(n + 1, x)` for n >= 1, and digamma itself for n = 0.
 *
 * Relative error below 6e-15, but absolute near the roots left of 0 (from zeta).
 * NaN at infinity for n > 1 and at -infinity for n = 1, as in PyTorch.
 * +infinity at 0, -1, -2, ... for odd n, -infinity for even n (where PyTorch has about 1e32 for n = 1, its sine missing the pole).
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.polygamma
 */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x)
  if (n === 1 && Math.abs(x) === Infinity) return x > 0 ? 0 : NaN
  return (n % 2 === 1 ? 1 : -1) * gamma(n + 1) * zeta(n + 1, x)
}
