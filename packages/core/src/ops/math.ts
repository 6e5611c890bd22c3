/** Functions of one number, elementwise. Every operation here has an in-place form. */
import { kernel, overloads, pointwise } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { UnaryOp } from './types.ts'

/**
 * `e` to the power of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.exp.html
 */
export const exp: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'exp',
  gradFn: 'ExpBackward0',
  dtype: 'float',
  forward: (x) => x.exp(),
  backward: (grad, out, _x) => [grad.mul(out)],
})

/**
 * 2 to the power of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.exp2.html
 */
export const exp2: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'exp2',
  gradFn: 'Exp2Backward0',
  dtype: 'float',
  forward: (x) => x.exp2(),
  backward: (grad, out, _x) => [grad.mul(out).mul(Math.LN2)],
})

/**
 * `e^x - 1`, exact for small `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.expm1.html
 */
export const expm1: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'expm1',
  gradFn: 'Expm1Backward0',
  dtype: 'float',
  forward: (x) => x.expm1(),
  backward: (grad, out, _x) => [grad.mul(out.add(1))],
})

/**
 * The natural logarithm of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.log.html
 */
export const log: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'log',
  gradFn: 'LogBackward0',
  dtype: 'float',
  forward: (x) => x.log(),
  backward: (grad, _out, x) => [grad.div(x)],
})

/**
 * The logarithm to base 2 of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.log2.html
 */
export const log2: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'log2',
  gradFn: 'Log2Backward0',
  dtype: 'float',
  forward: (x) => x.log2(),
  backward: (grad, _out, x) => [grad.div(x.mul(Math.LN2))],
})

/**
 * The logarithm to base 10 of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.log10.html
 */
export const log10: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'log10',
  gradFn: 'Log10Backward0',
  dtype: 'float',
  forward: (x) => x.log10(),
  backward: (grad, _out, x) => [grad.div(x.mul(Math.LN10))],
})

/**
 * `log(1 + x)`, exact for small `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.log1p.html
 */
export const log1p: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'log1p',
  gradFn: 'Log1PBackward0',
  dtype: 'float',
  forward: (x) => x.log1p(),
  backward: (grad, _out, x) => [grad.div(x.add(1))],
})

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
 * The error function: `2 / sqrt(pi)` times the integral of `exp(-t^2)` from 0 to `x`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.erf.html
 */
export const erf: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'erf',
  gradFn: 'ErfBackward0',
  dtype: 'float',
  forward: (x) => x.erf(),
  backward: (grad, _out, x) => [
    grad.mul(
      x
        .mul(x)
        .neg()
        .exp()
        .mul(2 / Math.sqrt(Math.PI)),
    ),
  ],
})

/**
 * `1 - erf(x)`, exact where that is small.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.erfc.html
 */
export const erfc: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'erfc',
  gradFn: 'ErfcBackward0',
  dtype: 'float',
  forward: (x) => x.erfc(),
  backward: (grad, _out, x) => [
    grad.mul(
      x
        .mul(x)
        .neg()
        .exp()
        .mul(-2 / Math.sqrt(Math.PI)),
    ),
  ],
})

/**
 * The inverse of the error function.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.erfinv.html
 */
export const erfinv: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'erfinv',
  gradFn: 'ErfinvBackward0',
  dtype: 'float',
  forward: (x) => x.erfinv(),
  backward: (grad, out, _x) => [
    grad.mul(
      out
        .mul(out)
        .exp()
        .mul(Math.sqrt(Math.PI) / 2),
    ),
  ],
})

/**
 * `1 / (1 + exp(-x))`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.sigmoid.html
 */
export const sigmoid: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'sigmoid',
  gradFn: 'SigmoidBackward0',
  dtype: 'float',
  forward: (x) => x.sigmoid(),
  backward: (grad, out, _x) => [grad.mul(out.neg().add(1)).mul(out)],
})

/**
 * The logarithm of the absolute value of the gamma function.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.lgamma.html
 */
export const lgamma: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'lgamma',
  gradFn: 'LgammaBackward0',
  dtype: 'float',
  forward: (x) => x.lgamma(),
  backward: (grad, _out, x) => [grad.mul(x.digamma())],
})

/**
 * Each element rounded down.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.floor.html
 */
export const floor: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'floor',
  gradFn: 'FloorBackward0',
  forward: (x) => x.floor(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

/**
 * Each element rounded up.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.ceil.html
 */
export const ceil: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'ceil',
  gradFn: 'CeilBackward0',
  forward: (x) => x.ceil(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

/**
 * Each element rounded towards zero.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.trunc.html
 */
export const trunc: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'trunc',
  gradFn: 'TruncBackward0',
  forward: (x) => x.trunc(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

/**
 * The fractional part, with the sign of the element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.frac.html
 */
export const frac: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'frac',
  gradFn: 'FracBackward0',
  forward: (x) => x.sub(x.trunc()),
  backward: (grad, _out, _x) => [grad],
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
    grad.mul(x.mul(Math.PI).mul(x.mul(Math.PI).cos()).sub(x.mul(Math.PI).sin()).div(x.mul(x).mul(Math.PI)).where(x.ne(0), 0)),
  ],
})

/**
 * The derivative of `lgamma`. Once differentiable.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.digamma
 */
export const digamma: UnaryOp = /* @__PURE__ */ pointwise({ name: 'digamma', dtype: 'float', forward: (x) => x.digamma() })

/** Options of `round`. */
export interface RoundOptions {
  /** Decimal places to keep; negative ones round left of the point. */
  readonly decimals?: number
}

const roundPlain = /* @__PURE__ */ kernel({
  name: 'round',
  gradFn: 'RoundBackward0',
  forward: (x) => x.round(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

const roundUp = /* @__PURE__ */ kernel({
  name: 'round',
  gradFn: 'RoundBackward1',
  forward: (x, scale) => x.mul(scale).round().div(scale),
  backward: (grad, _out, _x, _scale) => [grad.mul(0), null],
})

const roundDown = /* @__PURE__ */ kernel({
  name: 'round',
  gradFn: 'RoundBackward1',
  forward: (x, scale) => x.div(scale).round().mul(scale),
  backward: (grad, _out, _x, _scale) => [grad.mul(0), null],
})

/**
 * Each element rounded to the nearest whole number, halves to even.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.round.html
 */
export const round: (x: Tensor, options?: RoundOptions) => Tensor = /* @__PURE__ */ overloads((x, { decimals = 0 } = {}) =>
  decimals === 0 ? [roundPlain, x] : decimals > 0 ? [roundUp, x, 10 ** decimals] : [roundDown, x, 10 ** -decimals],
)

/** Options of `logit`. */
export interface LogitOptions {
  /** Inputs are first limited to `[eps, 1 - eps]`. */
  readonly eps?: number | null
}

const logitPlain = /* @__PURE__ */ kernel({
  name: 'logit',
  gradFn: 'LogitBackward0',
  dtype: 'float',
  forward: (x) => x.div(x.neg().add(1)).log(),
  backward: (grad, _out, x) => [grad.div(x.mul(x.neg().add(1)))],
})

const logitClamped = /* @__PURE__ */ kernel({
  name: 'logit',
  gradFn: 'LogitBackward0',
  dtype: 'float',
  forward: (x, lo, hi) => x.maximum(lo).minimum(hi).div(x.maximum(lo).minimum(hi).neg().add(1)).log(),
  backward: (grad, _out, x, lo, hi) => [grad.div(x.mul(x.neg().add(1))).where(x.ge(lo).mul(x.le(hi)), 0), null, null],
})

/**
 * `log(x / (1 - x))`, the inverse of `sigmoid`.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.logit
 */
export const logit: (x: Tensor, options?: LogitOptions) => Tensor = /* @__PURE__ */ overloads((x, { eps = null } = {}) =>
  eps === null ? [logitPlain, x] : [logitClamped, x, eps, 1 - eps],
)

/**
 * `max(x, 0)`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
 */
export const relu: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'relu',
  gradFn: 'ReluBackward0',
  forward: (x) => x.maximum(0),
  backward: (grad, out, _x) => [grad.where(out.le(0).logicalNot(), 0)],
})
