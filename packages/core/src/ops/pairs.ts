/** Functions of two numbers, elementwise, that have no in-place form. */
import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { kernel, overloads, pointwise } from '../op.ts'
import { pyType, resultType } from '../promote.ts'
import { Tensor } from '../tensor.ts'
import type { AlphaOptions } from './arithmetic.ts'
import type { Operand, TensorFirstOp, TensorsOp } from './types.ts'

/** Refuses plain numbers, in the words of PyTorch's parser of arguments. */
function requireTensors(name: string, x: Tensor, y: Tensor): void {
  for (const [i, t] of [x, y].entries())
    if (!(t instanceof Tensor))
      throw new TypeError(`${name}(): argument '${i === 0 ? 'input' : 'other'}' (position ${i + 1}) must be Tensor, not ${pyType(t)}`)
}

const maximumKernel = /* @__PURE__ */ kernel({
  name: 'maximum',
  gradFn: 'MaximumBackward0',
  forward: (x, y) => x.maximum(y),
  backward: (grad, _out, x, y) => [
    grad.where(x.ne(y), grad.mul(0.5)).where(x.lt(y).logicalNot(), 0),
    grad.where(x.ne(y), grad.mul(0.5)).where(x.gt(y).logicalNot(), 0),
  ],
})

/**
 * The greater of `x` and `y`, elementwise; NaN wins. A tie gives each side half the gradient.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.maximum.html
 */
export const maximum: TensorsOp = /* @__PURE__ */ overloads((x, y) => {
  requireTensors('maximum', x, y)
  return [maximumKernel, [x, y]]
})

/** The method form, which formulas use with numbers as well: `x.maximum(y)`. */
export const maximumMethod: TensorFirstOp = /* @__PURE__ */ overloads((x, y) => [maximumKernel, [x, y]])

const minimumKernel = /* @__PURE__ */ kernel({
  name: 'minimum',
  gradFn: 'MinimumBackward0',
  forward: (x, y) => x.minimum(y),
  backward: (grad, _out, x, y) => [
    grad.where(x.ne(y), grad.mul(0.5)).where(x.gt(y).logicalNot(), 0),
    grad.where(x.ne(y), grad.mul(0.5)).where(x.lt(y).logicalNot(), 0),
  ],
})

/**
 * The lesser of `x` and `y`, elementwise; NaN wins. A tie gives each side half the gradient.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.minimum.html
 */
export const minimum: TensorsOp = /* @__PURE__ */ overloads((x, y) => {
  requireTensors('minimum', x, y)
  return [minimumKernel, [x, y]]
})

/** The method form, which formulas use with numbers as well: `x.minimum(y)`. */
export const minimumMethod: TensorFirstOp = /* @__PURE__ */ overloads((x, y) => [minimumKernel, [x, y]])

/**
 * The greater of `x` and `y`, elementwise; a number wins over NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.fmax.html
 */
export const fmax: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'fmax',
  tensors: ['input', 'other'],
  gradFn: 'FmaxBackward0',
  forward: (x, y) => x.where(x.ge(y).maximum(y.isnan()), y),
  backward: (grad, _out, x, y) => [grad.where(x.ge(y).maximum(y.isnan()), 0), grad.where(x.ge(y).maximum(y.isnan()).logicalNot(), 0)],
})

/**
 * The lesser of `x` and `y`, elementwise; a number wins over NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.fmin.html
 */
export const fmin: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'fmin',
  tensors: ['input', 'other'],
  gradFn: 'FminBackward0',
  forward: (x, y) => x.where(x.le(y).maximum(y.isnan()), y),
  backward: (grad, _out, x, y) => [grad.where(x.le(y).maximum(y.isnan()), 0), grad.where(x.le(y).maximum(y.isnan()).logicalNot(), 0)],
})

/**
 * `log(exp(x) + exp(y))`, without overflow on the way.
 *
 * @throws NotImplementedError for integers.
 * @see https://pytorch.org/docs/stable/generated/torch.logaddexp.html
 */
export const logaddexp: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'logaddexp',
  gradFn: 'LogaddexpBackward0',
  only: ['float', 'logaddexp_cpu'],
  tensors: ['input', 'other'],
  // Two equal infinities have no difference.
  forward: (x, y) =>
    x
      .maximum(y)
      .add(x.sub(y).abs().neg().exp().log1p())
      .where(x.eq(y).mul(x.abs().eq(Number.POSITIVE_INFINITY)).logicalNot(), x),
  backward: (grad, _out, x, y) => [grad.div(y.sub(x).exp().add(1)), grad.div(x.sub(y).exp().add(1))],
})

/**
 * `log2(2^x + 2^y)`, without overflow on the way.
 *
 * @throws NotImplementedError for integers.
 * @see https://pytorch.org/docs/stable/generated/torch.logaddexp2.html
 */
export const logaddexp2: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'logaddexp2',
  gradFn: 'Logaddexp2Backward0',
  only: ['float', 'logaddexp2_cpu'],
  tensors: ['input', 'other'],
  forward: (x, y) =>
    x
      .maximum(y)
      .add(x.sub(y).abs().neg().exp2().log1p().mul(Math.LOG2E))
      .where(x.eq(y).mul(x.abs().eq(Number.POSITIVE_INFINITY)).logicalNot(), x),
  backward: (grad, _out, x, y) => [grad.div(y.sub(x).exp2().add(1)), grad.div(x.sub(y).exp2().add(1))],
})

const rsubPlain = /* @__PURE__ */ kernel({
  name: 'rsub',
  tensorFirst: true,
  gradFn: (_x, y) => (typeof y === 'number' ? 'RsubBackward1' : 'RsubBackward0'),
  forward: (x, y) => y.sub(x),
  backward: (grad, _out, _x, _y) => [grad.neg(), grad],
})

const rsubScaled = /* @__PURE__ */ kernel({
  name: 'rsub',
  tensorFirst: true,
  gradFn: (_x, y) => (typeof y === 'number' ? 'RsubBackward1' : 'RsubBackward0'),
  forward: (x, y, alpha) => y.sub(x.mul(alpha)),
  backward: (grad, _out, _x, _y, alpha) => [grad.mul(alpha.neg()), grad, null],
})

/**
 * `other - alpha x`: subtraction the other way round.
 *
 * @throws RuntimeError for bool tensors.
 * @see https://pytorch.org/docs/stable/generated/torch.rsub.html
 */
export const rsub: (x: Tensor, other: Operand, options?: AlphaOptions) => Tensor = /* @__PURE__ */ overloads(
  (x, other, { alpha = 1 } = {}) => {
    const d = resultType(x, other)
    if (x.dtype === 'bool' || (typeof other !== 'number' && other.dtype === 'bool'))
      throw new RuntimeError(
        'Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.',
      )
    if (!isFloat(d) && !Number.isInteger(alpha))
      throw new RuntimeError('For integral input tensors, argument alpha must not be a floating point number.')
    return alpha === 1 ? [rsubPlain, [x, other]] : [rsubScaled, [x, other, alpha]]
  },
)
