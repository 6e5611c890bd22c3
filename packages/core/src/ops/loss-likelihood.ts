/** Negative log-likelihoods of distributions, and the divergence between two. */
import { noGrad } from '../autograd/mode.ts'
import { isFloat } from '../dtype.ts'
import { RuntimeError, ValueError, warnOnce } from '../errors.ts'
import { sameShape } from '../layout.ts'
import { replayable } from '../tape.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, pow, sub } from './arithmetic.ts'
import { xlogy } from './binary.ts'
import { le } from './compare.ts'
import type { LossOptions } from './loss.ts'
import { reduceLosses } from './loss-distance.ts'
import { exp, log } from './math.ts'
import { any, sum } from './reduce.ts'
import { clone, unsqueeze } from './view.ts'
import { where } from './where.ts'

/** Options of `klDiv`. */
export interface KlOptions {
  /** `batchmean` divides the sum by the length of the first dimension: the divergence as it is defined. */
  readonly reduction?: 'mean' | 'sum' | 'none' | 'batchmean'
  /** Whether `target` holds logarithms of probabilities, as `input` does. */
  readonly logTarget?: boolean
}

/**
 * The Kullback-Leibler divergence of `target` from the distribution whose log-probabilities are `input`: `target (log target - input)`.
 *
 * @throws ValueError for an unknown reduction. Warns of `mean`, which divides by more than the number of distributions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html
 */
export function klDiv(input: Tensor, target: Tensor, { reduction = 'mean', logTarget = false }: KlOptions = {}): Tensor {
  if (reduction === 'mean')
    warnOnce(
      "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the same as 'batchmean' in the next major release.",
    )
  if (!isFloat(input.dtype) || !isFloat(target.dtype)) throw new RuntimeError('kl_div: Integral inputs not supported.')
  const losses = logTarget ? mul(exp(target), sub(target, input)) : sub(xlogy(target, target), mul(target, input))
  if (reduction !== 'batchmean') return reduceLosses(losses, reduction)
  const total = sum(losses)
  return input.ndim === 0 ? total : div(total, input.shape[0] as number)
}

/** Options of `poissonNllLoss`. */
export interface PoissonOptions extends LossOptions {
  /** Whether `input` is the logarithm of the mean (true). */
  readonly logInput?: boolean
  /** Add Stirling's approximation of `log(target!)`. */
  readonly full?: boolean
  /** Added to the mean before its logarithm is taken (1e-8). */
  readonly eps?: number
}

/**
 * The negative log-likelihood of counts `target` under Poisson distributions of mean `exp(input)`: `exp(input) - target input`.
 *
 * @throws ValueError for an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html
 */
export function poissonNllLoss(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean', logInput = true, full = false, eps = 1e-8 }: PoissonOptions = {},
): Tensor {
  let losses = logInput ? sub(exp(input), mul(target, input)) : sub(input, mul(target, log(add(input, eps))))
  if (full) {
    const stirling = add(sub(mul(target, log(target)), target), mul(log(mul(target, 2 * Math.PI)), 0.5))
    losses = add(losses, where(le(target, 1), 0, stirling))
  }
  return reduceLosses(losses, reduction)
}

/** Options of `gaussianNllLoss`. */
export interface GaussianOptions extends LossOptions {
  /** Add the constant `log(2 pi) / 2`. */
  readonly full?: boolean
  /** The least variance (1e-6). */
  readonly eps?: number
}

/**
 * The negative log-likelihood of `target` under normal distributions of mean `input` and variance `variance`:
 * `(log(variance) + (input - target)^2 / variance) / 2`.
 *
 * Shape: `variance` has the shape of `input`, or of it without or with 1 in the last dimension.
 *
 * @throws ValueError for a negative or misshapen variance or an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.gaussian_nll_loss.html
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Tensor | number,
  { reduction = 'mean', full = false, eps = 1e-6 }: GaussianOptions = {},
): Tensor {
  let spread = typeof variance === 'number' ? noGrad(() => clone(input).fill_(variance)) : variance
  const checked = spread
  const check = (): void => {
    if (noGrad(() => any(checked.lt(0)).item<boolean>())) throw new ValueError('var has negative entry/entries')
  }
  replayable(check, [checked])
  const lead = input.shape.slice(0, -1)
  if (!sameShape(spread.shape, input.shape))
    if (sameShape(spread.shape, lead)) spread = unsqueeze(spread, -1)
    else if (!sameShape(spread.shape, [...lead, 1])) throw new ValueError('var is of incorrect size')
  if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none') throw new ValueError(`${reduction as string} is not valid`)
  // The bound is no part of the function to be differentiated.
  const bounded = clone(spread)
  noGrad(() => bounded.clampMin_(eps))
  const losses = mul(add(log(bounded), div(pow(sub(input, target), 2), bounded)), 0.5)
  return reduceLosses(full ? add(losses, 0.5 * Math.log(2 * Math.PI)) : losses, reduction)
}
