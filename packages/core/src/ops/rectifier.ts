/** Activations made of straight pieces, and their kin. Functions only: `nn.functional` offers them under these names. */
import { isFloat, scalarName } from '../dtype.ts'
import { RuntimeError, ValueError } from '../errors.ts'
import { kernel } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { abs, add, div, sub } from './arithmetic.ts'
import { tanh } from './trigonometry.ts'
import { reshape } from './view.ts'

/** Options of `leakyRelu`. */
export interface LeakyReluOptions {
  /** The slope left of 0 (0.01). */
  readonly negativeSlope?: number
}

const leakyReluKernel = /* @__PURE__ */ kernel({
  name: 'leaky_relu',
  gradFn: 'LeakyReluBackward0',
  only: ['float', 'leaky_relu_cpu'],
  forward: (x, slope) => x.where(x.gt(0), x.mul(slope)),
  backward: (grad, _out, x, slope) => [grad.where(x.gt(0), grad.mul(slope)), null],
})

/**
 * `x` where it is positive, else `negativeSlope x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
 */
export function leakyRelu(x: Tensor, { negativeSlope = 0.01 }: LeakyReluOptions = {}): Tensor {
  return leakyReluKernel.run([x, negativeSlope])
}

const rreluKernel = /* @__PURE__ */ kernel({
  name: 'rrelu',
  gradFn: 'RreluWithNoiseBackward0',
  only: ['float', 'leaky_relu_cpu'],
  forward: (x, slope) => x.where(x.gt(0), x.mul(slope)),
  backward: (grad, _out, x, slope) => [grad.where(x.gt(0), grad.mul(slope)), null],
})

/** Options of `rrelu`. */
export interface RreluOptions {
  /** The least slope left of 0 (1/8). */
  readonly lower?: number
  /** The greatest slope left of 0 (1/3). */
  readonly upper?: number
}

/**
 * The randomized leaky rectifier as it is used after training: its slope left of 0 is the mean of `lower` and `upper`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html
 */
export function rrelu(x: Tensor, { lower = 1 / 8, upper = 1 / 3 }: RreluOptions = {}): Tensor {
  return rreluKernel.run([x, (lower + upper) / 2])
}

const preluKernel = /* @__PURE__ */ kernel({
  name: 'prelu',
  gradFn: 'PreluKernelBackward0',
  only: ['float', 'prelu_cpu'],
  forward: (x, weight) => x.where(x.gt(0), x.mul(weight)),
  backward: (grad, _out, x, weight) => [grad.where(x.gt(0), grad.mul(weight)), x.mul(grad).where(x.gt(0).logicalNot(), 0)],
})

/**
 * `x` where it is positive, else `weight x` with a slope that is learned: one for all, or one per channel.
 *
 * Shape: `weight` is a scalar or has the length of dimension 1.
 *
 * @throws RuntimeError if the number of slopes does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
 */
export function prelu(x: Tensor, weight: Tensor): Tensor {
  if (x.dtype !== weight.dtype)
    throw new RuntimeError(`prelu: Type promoting not supported. Got ${scalarName(x.dtype)} and ${scalarName(weight.dtype)}`)
  const n = weight.numel()
  if (n !== 1) {
    if (x.ndim === 0) throw new RuntimeError('Not allow zero-dim input tensor.')
    const channels = x.ndim > 1 ? x.shape[1] : 1
    if (weight.ndim <= 1 && channels !== n)
      throw new RuntimeError(
        `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${n} and channel size = ${channels}.`,
      )
  }
  if (weight.ndim > 1) throw new RuntimeError(`prelu: Expected \`weight\` to be a scalar or 1D tensor, but got: ndim = ${weight.ndim}`)
  const slopes =
    x.ndim === 0
      ? reshape(weight, [])
      : reshape(
          weight,
          x.shape.map((_, d) => (d === (x.ndim === 1 ? 0 : 1) ? n : 1)),
        )
  return preluKernel.run([x, slopes])
}

/** A number as the dtype of `x` holds it: integers cut off what follows the point. */
const fitting = (value: number, x: Tensor): number => (isFloat(x.dtype) ? value : Math.trunc(value))

const thresholdKernel = /* @__PURE__ */ kernel({
  name: 'threshold',
  only: ['number', 'threshold_cpu'],
  gradFn: 'ThresholdBackward0',
  forward: (x, threshold, value) => x.where(x.le(threshold).logicalNot(), value),
  backward: (grad, _out, x, threshold, _value) => [grad.where(x.le(threshold).logicalNot(), 0), null, null],
})

/**
 * `x` where it is above `threshold`, else `value`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
 */
export function threshold(x: Tensor, limit: number, value: number): Tensor {
  return thresholdKernel.run([x, fitting(limit, x), fitting(value, x)])
}

/** Options of `hardtanh`. */
export interface HardtanhOptions {
  /** The least value (-1). */
  readonly minVal?: number
  /** The greatest value (1). */
  readonly maxVal?: number
}

const hardtanhKernel = /* @__PURE__ */ kernel({
  name: 'hardtanh',
  gradFn: 'HardtanhBackward0',
  forward: (x, min, max) => x.maximum(min).minimum(max),
  backward: (grad, _out, x, min, max) => [grad.where(x.le(min).maximum(x.ge(max)).logicalNot(), 0), null, null],
})

/** Runs the kernel where the dtype can hold the limits. */
function limited(x: Tensor, min: number, max: number): Tensor {
  if (x.dtype === 'bool') throw new RuntimeError('Bool inputs not supported for hardtanh')
  if (x.dtype === 'uint8' && min < 0) throw new RuntimeError('cannot do hardtanh on an unsigned type with negative limits')
  return hardtanhKernel.run([x, fitting(min, x), fitting(max, x)])
}

/**
 * `x` limited to `[minVal, maxVal]`; no gradient flows where a limit is reached.
 *
 * @throws ValueError if the limits cross.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
 */
export function hardtanh(x: Tensor, { minVal = -1, maxVal = 1 }: HardtanhOptions = {}): Tensor {
  if (minVal > maxVal) throw new ValueError('min_val cannot be greater than max_val')
  return limited(x, minVal, maxVal)
}

/**
 * `x` limited to [0, 6].
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
 */
export function relu6(x: Tensor): Tensor {
  return limited(x, 0, 6)
}

const hardsigmoidKernel = /* @__PURE__ */ kernel({
  name: 'hardsigmoid',
  gradFn: 'HardsigmoidBackward0',
  only: ['float', 'hardsigmoid_cpu'],
  forward: (x) => x.add(3).maximum(0).minimum(6).div(6),
  backward: (grad, _out, x) => [grad.div(6).where(x.gt(-3).mul(x.lt(3)), 0)],
})

/**
 * `(x + 3) / 6` limited to [0, 1], a sigmoid of straight pieces.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html
 */
export function hardsigmoid(x: Tensor): Tensor {
  return hardsigmoidKernel.run([x])
}

const hardswishKernel = /* @__PURE__ */ kernel({
  name: 'hardswish',
  gradFn: 'HardswishBackward0',
  only: ['float', 'hardswish_cpu'],
  forward: (x) => x.mul(x.add(3).maximum(0).minimum(6)).div(6),
  backward: (grad, _out, x) => [grad.where(x.lt(3).logicalNot(), grad.mul(x.div(3).add(0.5))).where(x.le(-3).logicalNot(), 0)],
})

/**
 * `x hardsigmoid(x)`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html
 */
export function hardswish(x: Tensor): Tensor {
  return hardswishKernel.run([x])
}

/** Options of `hardshrink` and `softshrink`. */
export interface ShrinkOptions {
  /** What lies within this distance of 0 becomes 0 (0.5). */
  readonly lambd?: number
}

const hardshrinkKernel = /* @__PURE__ */ kernel({
  name: 'hardshrink',
  gradFn: 'HardshrinkBackward0',
  only: ['float', 'hardshrink_cpu'],
  forward: (x, lambd) => x.where(x.abs().le(lambd).logicalNot(), 0),
  backward: (grad, _out, x, lambd) => [grad.where(x.abs().le(lambd).logicalNot(), 0), null],
})

/**
 * `x` where it is farther from 0 than `lambd`, else 0.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html
 */
export function hardshrink(x: Tensor, { lambd = 0.5 }: ShrinkOptions = {}): Tensor {
  return hardshrinkKernel.run([x, lambd])
}

const softshrinkKernel = /* @__PURE__ */ kernel({
  name: 'softshrink',
  gradFn: 'SoftshrinkBackward0',
  only: ['float', 'softshrink_cpu'],
  forward: (x, lambd) => x.sub(lambd.copysign(x)).where(x.abs().le(lambd).logicalNot(), x.mul(0)),
  backward: (grad, _out, x, lambd) => [grad.where(x.abs().le(lambd).logicalNot(), 0), null],
})

/**
 * `x` moved towards 0 by `lambd`, and 0 where it would pass it.
 *
 * @throws RuntimeError if `lambd` is negative.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html
 */
export function softshrink(x: Tensor, { lambd = 0.5 }: ShrinkOptions = {}): Tensor {
  if (!(lambd >= 0)) {
    const most = x.dtype === 'float64' ? '1.79769e+308' : '3.40282e+38'
    throw new RuntimeError(`lambda must be in range [0, ${most}] for input dtype ${scalarName(x.dtype)}, but found ${lambd}`)
  }
  return softshrinkKernel.run([x, lambd])
}

/**
 * `x / (1 + |x|)`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html
 */
export function softsign(x: Tensor): Tensor {
  return div(x, add(abs(x), 1))
}

/**
 * `x - tanh(x)`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html
 */
export function tanhshrink(x: Tensor): Tensor {
  return sub(x, tanh(x))
}
