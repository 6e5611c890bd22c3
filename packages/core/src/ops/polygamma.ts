/** The function form of `polygamma`, which takes the order first. */
import type { Tensor } from '../tensor.ts'
import { polygamma as method } from './gamma.ts'

/**
 * The `n`-th derivative of `digamma` at `x`.
 *
 * @throws RuntimeError for a negative `n`.
 * @see https://pytorch.org/docs/stable/special.html#torch.special.polygamma
 */
export function polygamma(n: number, x: Tensor): Tensor {
  return method(x, n)
}
