/** Losses that measure how far the input is from the target, element by element. */
import { RuntimeError, ValueError } from '../errors.ts'
import { sameShape } from '../layout.ts'
import { kernel } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { abs, div, mul, sub } from './arithmetic.ts'
import { checkReduction, type LossOptions, type Reduction, reduced } from './loss.ts'
import { warnBroadcast } from './loss-warning.ts'
import { mean, sum } from './reduce.ts'

/** Options of losses that may weigh elements. */
export interface WeightedLossOptions extends LossOptions {
  /** A factor on each element's loss; a mean is then over the sum of the weights. */
  readonly weight?: Tensor | null | undefined
}

/** Makes one loss of those of the elements. */
export function reduceLosses(losses: Tensor, reduction: Reduction): Tensor {
  checkReduction(reduction)
  return reduction === 'mean' ? mean(losses) : reduction === 'sum' ? sum(losses) : losses
}

/** Makes one loss of weighted ones: their mean is over the sum of the weights. */
function reduceWeighted(losses: Tensor, weight: Tensor, reduction: Reduction): Tensor {
  checkReduction(reduction)
  if (!sameShape(weight.shape, losses.shape)) throw new ValueError('Weights and input must have the same size.')
  const weighted = mul(losses, weight)
  return reduction === 'mean' ? div(sum(weighted), sum(weight)) : reduceLosses(weighted, reduction)
}

/**
 * The mean of the absolute differences of `input` and `target`.
 *
 * Shape: broadcast of both, then a 0-dim tensor unless `reduction` is `none`.
 *
 * @throws RuntimeError if the shapes do not broadcast. Warns if they differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
 */
export function l1Loss(input: Tensor, target: Tensor, { reduction = 'mean', weight = null }: WeightedLossOptions = {}): Tensor {
  warnBroadcast(input, target)
  const losses = abs(sub(input, target))
  return weight === null ? reduceLosses(losses, reduction) : reduceWeighted(losses, weight, reduction)
}

const smoothL1 = /* @__PURE__ */ kernel({
  name: 'smooth_l1_loss',
  gradFn: 'SmoothL1LossBackward0',
  only: ['float', 'smooth_l1_cpu'],
  forward: (x, y, beta) => {
    const d = x.sub(y).abs()
    return d
      .mul(d)
      .mul(0.5)
      .div(beta)
      .where(d.lt(beta), d.sub(beta.mul(0.5)))
  },
  backward: (grad, _out, x, y, beta) => {
    const d = x.sub(y)
    const slope = d.div(beta).where(d.abs().lt(beta), d.sign())
    return [grad.mul(slope), grad.mul(slope.neg()), null]
  },
})

/** Options of `smoothL1Loss`. */
export interface SmoothL1Options extends LossOptions {
  /** Below this difference the loss is a parabola (1). */
  readonly beta?: number
}

/**
 * The mean of `|d|` less `beta / 2`, rounded off to `d^2 / (2 beta)` where the difference `d` is less than `beta`.
 *
 * @throws RuntimeError for a negative `beta`, or if the shapes do not broadcast. Warns if they differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
 */
export function smoothL1Loss(input: Tensor, target: Tensor, { reduction = 'mean', beta = 1 }: SmoothL1Options = {}): Tensor {
  warnBroadcast(input, target)
  if (beta < 0) throw new RuntimeError('smooth_l1_loss does not support negative values for beta.')
  if (beta === 0) return reduceLosses(abs(sub(input, target)), reduction)
  return reduced(smoothL1, [input, target, beta], reduction)
}

const huber = /* @__PURE__ */ kernel({
  name: 'huber_loss',
  gradFn: 'HuberLossBackward0',
  only: ['float', 'huber_cpu'],
  forward: (x, y, delta) => {
    const d = x.sub(y).abs()
    return d
      .mul(d)
      .mul(0.5)
      .where(d.le(delta), d.sub(delta.mul(0.5)).mul(delta))
  },
  backward: (grad, _out, x, y, delta) => {
    const slope = x.sub(y).maximum(delta.neg()).minimum(delta)
    return [grad.mul(slope), grad.mul(slope.neg()), null]
  },
})

/** Options of `huberLoss`. */
export interface HuberOptions extends WeightedLossOptions {
  /** Up to this difference the loss is a parabola (1). */
  readonly delta?: number
}

/**
 * The mean of `d^2 / 2` where the difference `d` is at most `delta`, and of `delta (|d| - delta / 2)` beyond.
 *
 * @throws RuntimeError unless `delta` is positive, or if the shapes do not broadcast. Warns if they differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
 */
export function huberLoss(input: Tensor, target: Tensor, { reduction = 'mean', delta = 1, weight = null }: HuberOptions = {}): Tensor {
  warnBroadcast(input, target)
  checkReduction(reduction)
  if (!(delta > 0)) throw new RuntimeError('huber_loss does not support non-positive values for delta.')
  if (weight === null) return reduced(huber, [input, target, delta], reduction)
  return reduceWeighted(huber.run([input, target, delta]), weight, reduction)
}
