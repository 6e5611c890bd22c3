/** Trigonometric and hyperbolic functions, elementwise. Every operation here has an in-place form. */
import { pointwise } from '../op.ts'
import type { UnaryOp } from './types.ts'

/**
 * The sine of each element, in radians.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.sin.html
 */
export const sin: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'sin',
  gradFn: 'SinBackward0',
  dtype: 'float',
  forward: (x) => x.sin(),
  backward: (grad, _out, x) => [grad.mul(x.cos())],
})

/**
 * The cosine of each element, in radians.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.cos.html
 */
export const cos: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'cos',
  gradFn: 'CosBackward0',
  dtype: 'float',
  forward: (x) => x.cos(),
  backward: (grad, _out, x) => [grad.mul(x.sin().neg())],
})

/**
 * The tangent of each element, in radians.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.tan.html
 */
export const tan: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'tan',
  gradFn: 'TanBackward0',
  dtype: 'float',
  forward: (x) => x.tan(),
  backward: (grad, out, _x) => [grad.mul(out.mul(out).add(1))],
})

/**
 * The angle in radians whose sine is each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.asin.html
 */
export const asin: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'asin',
  gradFn: 'AsinBackward0',
  dtype: 'float',
  forward: (x) => x.asin(),
  backward: (grad, _out, x) => [grad.mul(x.mul(x).neg().add(1).rsqrt())],
})

/**
 * The angle in radians whose cosine is each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.acos.html
 */
export const acos: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'acos',
  gradFn: 'AcosBackward0',
  dtype: 'float',
  forward: (x) => x.acos(),
  backward: (grad, _out, x) => [grad.mul(x.mul(x).neg().add(1).rsqrt().neg())],
})

/**
 * The angle in radians whose tangent is each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.atan.html
 */
export const atan: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'atan',
  gradFn: 'AtanBackward0',
  dtype: 'float',
  forward: (x) => x.atan(),
  backward: (grad, _out, x) => [grad.div(x.mul(x).add(1))],
})

/**
 * The hyperbolic sine of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.sinh.html
 */
export const sinh: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'sinh',
  gradFn: 'SinhBackward0',
  dtype: 'float',
  forward: (x) => x.sinh(),
  backward: (grad, _out, x) => [grad.mul(x.cosh())],
})

/**
 * The hyperbolic cosine of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.cosh.html
 */
export const cosh: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'cosh',
  gradFn: 'CoshBackward0',
  dtype: 'float',
  forward: (x) => x.cosh(),
  backward: (grad, _out, x) => [grad.mul(x.sinh())],
})

/**
 * The hyperbolic tangent of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.tanh.html
 */
export const tanh: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'tanh',
  gradFn: 'TanhBackward0',
  dtype: 'float',
  forward: (x) => x.tanh(),
  backward: (grad, out, _x) => [grad.mul(out.mul(out).neg().add(1))],
})

/**
 * The inverse hyperbolic sine of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.asinh.html
 */
export const asinh: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'asinh',
  gradFn: 'AsinhBackward0',
  dtype: 'float',
  forward: (x) => x.asinh(),
  backward: (grad, _out, x) => [grad.mul(x.mul(x).add(1).rsqrt())],
})

/**
 * The inverse hyperbolic cosine of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.acosh.html
 */
export const acosh: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'acosh',
  gradFn: 'AcoshBackward0',
  dtype: 'float',
  forward: (x) => x.acosh(),
  backward: (grad, _out, x) => [grad.mul(x.mul(x).sub(1).rsqrt())],
})

/**
 * The inverse hyperbolic tangent of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.atanh.html
 */
export const atanh: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'atanh',
  gradFn: 'AtanhBackward0',
  dtype: 'float',
  forward: (x) => x.atanh(),
  backward: (grad, _out, x) => [grad.div(x.mul(x).neg().add(1))],
})

/**
 * `sin(pi x) / (pi x)`, and 1 at 0.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.sinc.html
 */
export const sinc: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'sinc',
  gradFn: 'SincBackward0',
  dtype: 'float',
  forward: (x) => x.mul(Math.PI).sin().div(x.mul(Math.PI)).where(x.ne(0), 1),
  backward: (grad, _out, x) => [
    grad.mul(x.mul(Math.PI).mul(x.mul(Math.PI).cos()).sub(x.mul(Math.PI).sin()).div(x.mul(x).mul(Math.PI)).where(x.mul(x).ne(0), 0)),
  ],
})

/**
 * Degrees to radians.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.deg2rad.html
 */
export const deg2rad: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'deg2rad',
  gradFn: 'Deg2RadBackward0',
  dtype: 'float',
  forward: (x) => x.mul(Math.PI / 180),
  backward: (grad, _out, _x) => [grad.mul(Math.PI / 180)],
})

/**
 * Radians to degrees.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.rad2deg.html
 */
export const rad2deg: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'rad2deg',
  gradFn: 'Rad2DegBackward0',
  dtype: 'float',
  forward: (x) => x.mul(180 / Math.PI),
  backward: (grad, _out, _x) => [grad.mul(180 / Math.PI)],
})
