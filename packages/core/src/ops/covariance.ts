/** Covariances and correlations of variables, one a row, over observations, one a column. */
import { noGrad } from '../autograd/mode.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { RuntimeError, warnOnce } from '../errors.ts'
import type { Tensor } from '../tensor.ts'
import { clamp, div, mul, sqrt, sub } from './arithmetic.ts'
import { diag } from './diagonal.ts'
import { mm } from './linalg.ts'
import { sum } from './reduce.ts'
import { reshape, squeeze, t, unsqueeze } from './view.ts'

/** Options of `cov`. */
export interface CovOptions {
  /** What is taken off the number of observations before dividing by it (1). */
  readonly correction?: number | undefined
  /** How often each observation counts: integers. */
  readonly fweights?: Tensor | null | undefined
  /** How important each observation is. */
  readonly aweights?: Tensor | null | undefined
}

/** Refuses weights that do not fit. */
function checkWeights(name: 'fweights' | 'aweights', w: Tensor, observations: number): void {
  const kind = name === 'fweights' ? 'integral' : 'floating point'
  if (w.ndim > 1)
    throw new RuntimeError(`cov(): expected ${name} to have one or fewer dimensions but got ${name} with ${w.ndim} dimensions`)
  if (isFloat(w.dtype) !== (name === 'aweights'))
    throw new RuntimeError(`cov(): expected ${name} to have ${kind} dtype but got ${name} with ${scalarName(w.dtype)} dtype`)
  if (w.numel() !== observations)
    throw new RuntimeError(
      `cov(): expected ${name} to have the same numel as there are observations in the input but got ${w.numel()} != ${observations}`,
    )
  if (noGrad(() => w.lt(0).any().item<boolean>())) throw new RuntimeError(`cov(): ${name} cannot be negative`)
}

/**
 * The covariance matrix of variables: the mean product of their deviations from their means.
 *
 * Shape: `[variables, observations]` to `[variables, variables]`; a vector is one variable and gives a 0-dim tensor.
 *
 * @throws RuntimeError for more than two dimensions or weights that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.cov.html
 */
export function cov(x: Tensor, { correction = 1, fweights = null, aweights = null }: CovOptions = {}): Tensor {
  if (x.ndim > 2) throw new RuntimeError(`cov(): expected input to have two or fewer dimensions but got an input with ${x.ndim} dimensions`)
  if (x.dtype === 'bool') throw new RuntimeError('cov(): bool dtype is not supported for input')
  const rows = x.ndim < 2 ? reshape(x, [1, -1]) : x
  const n = rows.shape[1] as number
  if (fweights !== null) checkWeights('fweights', fweights, n)
  if (aweights !== null) checkWeights('aweights', aweights, n)
  const w = fweights !== null && aweights !== null ? mul(fweights, aweights) : (fweights ?? aweights)
  const total = w === null ? n : sum(w)
  if (typeof total !== 'number' && total.item() === 0) throw new RuntimeError("cov(): weights sum to zero, can't be normalized")
  const average = div(sum(w === null ? rows : mul(rows, w), 1), total)
  let divisor: Tensor | number
  if (w !== null && aweights !== null && correction !== 0) divisor = sub(total, mul(div(sum(mul(w, aweights)), total), correction))
  else divisor = typeof total === 'number' ? total - correction : sub(total, correction)
  if ((typeof divisor === 'number' ? divisor : divisor.item()) <= 0) {
    warnOnce('cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.')
    divisor = 0
  }
  const centred = sub(rows, unsqueeze(average, 1))
  return squeeze(div(mm(centred, t(w === null ? centred : mul(centred, w))), divisor))
}

/**
 * The correlation matrix of variables: covariances over the standard deviations of both.
 *
 * @throws RuntimeError for more than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.corrcoef.html
 */
export function corrcoef(x: Tensor): Tensor {
  if (x.ndim > 2)
    throw new RuntimeError(`corrcoef(): expected input to have two or fewer dimensions but got an input with ${x.ndim} dimensions`)
  const c = cov(x)
  if (c.ndim === 0) return div(c, c)
  const deviations = sqrt(diag(c))
  return clamp(div(div(c, reshape(deviations, [-1, 1])), reshape(deviations, [1, -1])), { min: -1, max: 1 })
}
