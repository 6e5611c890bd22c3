/** Exponentials, logarithms and their kin, elementwise. Every operation here has an in-place form. */
import { isFloat } from '../dtype.ts'
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

/** Options of `nanToNum`. */
export interface NanToNumOptions {
  /** What takes the place of NaN (0). */
  readonly nan?: number | null
  /** What takes the place of plus infinity (the greatest number of the dtype). */
  readonly posinf?: number | null
  /** What takes the place of minus infinity (the least number of the dtype). */
  readonly neginf?: number | null
}

const nanToNumKernel = /* @__PURE__ */ kernel({
  name: 'nan_to_num',
  gradFn: 'NanToNumBackward0',
  forward: (x, nan, posinf, neginf) =>
    nan.where(x.isnan(), posinf.where(x.eq(Number.POSITIVE_INFINITY), neginf.where(x.eq(Number.NEGATIVE_INFINITY), x))),
  backward: (grad, _out, x, _nan, _posinf, _neginf) => [grad.where(x.abs().lt(Number.POSITIVE_INFINITY), 0), null, null, null],
})

const copyKernel = /* @__PURE__ */ kernel({ name: 'nan_to_num', forward: (x) => x.trunc() })

/**
 * NaN and infinities replaced by numbers.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nan_to_num.html
 */
export const nanToNum: (x: Tensor, options?: NanToNumOptions) => Tensor = /* @__PURE__ */ overloads((x, options = {}) => {
  if (!isFloat(x.dtype)) return [copyKernel, [x]]
  const most = x.dtype === 'float32' ? 3.4028234663852886e38 : Number.MAX_VALUE
  return [nanToNumKernel, [x, options.nan ?? 0, options.posinf ?? most, options.neginf ?? -most]]
})

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
  backward: (grad, _out, x) => [grad.div(x.mul(x.neg().add(1))).where(x.ge(0).mul(x.le(1)), Number.NaN)],
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
  eps === null ? [logitPlain, [x]] : [logitClamped, [x, eps, 1 - eps]],
)

/**
 * `max(x, 0)`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
 */
export const relu: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'relu',
  only: ['number', 'relu'],
  gradFn: 'ReluBackward0',
  forward: (x) => x.maximum(0),
  backward: (grad, out, _x) => [grad.where(out.le(0).logicalNot(), 0)],
})

/**
 * The modified Bessel function of the first kind of order 0.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.i0
 */
export const i0: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'i0',
  gradFn: 'I0Backward0',
  dtype: 'float',
  forward: (x) => x.i0(),
  backward: (grad, _out, x) => [grad.mul(x.i1())],
})
