/** The higher derivatives of the logarithm of the gamma function. */
import { digamma } from './digamma.ts'
import { gamma } from './gamma.ts'
import { zeta } from './zeta.ts'

/**
 * The nth derivative of digamma, `(-1)^(n+1) n! zeta(n + 1, x)` for n >= 1, and digamma itself for n = 0.
 *
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.polygamma
 */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x)
  if (n === 1 && Math.abs(x) === Infinity) return x > 0 ? 0 : NaN
  return (n % 2 === 1 ? 1 : -1) * gamma(n + 1) * zeta(n + 1, x)
}
