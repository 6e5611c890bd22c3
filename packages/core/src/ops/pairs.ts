/** Functions of two numbers and of number classes, elementwise, that have no in-place form. */
import { pointwise } from '../op.ts'
import type { BinaryOp, UnaryOp } from './types.ts'

/**
 * The greater of `x` and `y`, elementwise; NaN wins. A tie gives each side half the gradient.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.maximum.html
 */
export const maximum: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'maximum',
  gradFn: 'MaximumBackward0',
  forward: (x, y) => x.maximum(y),
  backward: (grad, _out, x, y) => [
    grad.where(x.ne(y), grad.mul(0.5)).where(x.lt(y).logicalNot(), 0),
    grad.where(x.ne(y), grad.mul(0.5)).where(x.gt(y).logicalNot(), 0),
  ],
})

/**
 * The lesser of `x` and `y`, elementwise; NaN wins. A tie gives each side half the gradient.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.minimum.html
 */
export const minimum: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'minimum',
  gradFn: 'MinimumBackward0',
  forward: (x, y) => x.minimum(y),
  backward: (grad, _out, x, y) => [
    grad.where(x.ne(y), grad.mul(0.5)).where(x.gt(y).logicalNot(), 0),
    grad.where(x.ne(y), grad.mul(0.5)).where(x.lt(y).logicalNot(), 0),
  ],
})

/**
 * The greater of `x` and `y`, elementwise; a number wins over NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.fmax.html
 */
export const fmax: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'fmax',
  gradFn: 'FmaxBackward0',
  forward: (x, y) => x.where(x.ge(y).maximum(y.isnan()), y),
  backward: (grad, _out, x, y) => [grad.where(x.ge(y).maximum(y.isnan()), 0), grad.where(x.ge(y).maximum(y.isnan()).logicalNot(), 0)],
})

/**
 * The lesser of `x` and `y`, elementwise; a number wins over NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.fmin.html
 */
export const fmin: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'fmin',
  gradFn: 'FminBackward0',
  forward: (x, y) => x.where(x.le(y).maximum(y.isnan()), y),
  backward: (grad, _out, x, y) => [grad.where(x.le(y).maximum(y.isnan()), 0), grad.where(x.le(y).maximum(y.isnan()).logicalNot(), 0)],
})

/**
 * Whether each element is NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isnan.html
 */
export const isnan: UnaryOp = /* @__PURE__ */ pointwise({ name: 'isnan', dtype: 'bool', forward: (x) => x.isnan() })

/**
 * Whether each element is infinite.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isinf.html
 */
export const isinf: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'isinf',
  dtype: 'bool',
  forward: (x) => x.abs().eq(Number.POSITIVE_INFINITY),
})

/**
 * Whether each element is neither infinite nor NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isfinite.html
 */
export const isfinite: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'isfinite',
  dtype: 'bool',
  forward: (x) => x.abs().lt(Number.POSITIVE_INFINITY),
})

/**
 * Whether each element is negative; true for -0.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.signbit.html
 */
export const signbit: UnaryOp = /* @__PURE__ */ pointwise({ name: 'signbit', dtype: 'bool', forward: (x) => x.signbit() })
