/** Special functions, elementwise, under the names of `torch.special`. */
import { kernel, overloads, pointwise } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { erf } from './math.ts'
import type { BinaryOp, Operand, UnaryOp } from './types.ts'
import { undifferentiable } from './undifferentiable.ts'

const isScalar = (x: Operand): x is number => typeof x === 'number'

/**
 * `exp(-|x|) i0(x)`, which does not overflow.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.i0e
 */
export const i0e: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'special_i0e',
  gradFn: 'SpecialI0EBackward0',
  dtype: 'float',
  forward: (x) => x.i0e(),
  backward: (grad, out, x) => [grad.mul(x.i1e().sub(x.sign().mul(out)))],
})

/** Below this the derivatives of `i1` and `i1e` are their limit at 0. */
const TINY = 1e-16

/**
 * The modified Bessel function of the first kind of order 1.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.i1
 */
export const i1: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'special_i1',
  gradFn: 'SpecialI1Backward0',
  dtype: 'float',
  forward: (x) => x.i1(),
  backward: (grad, out, x) => [
    grad.mul(
      x
        .i0()
        .sub(out.div(x.where(x.abs().gt(TINY), TINY)))
        .where(x.abs().gt(TINY), 0.5),
    ),
  ],
})

/**
 * `exp(-|x|) i1(x)`, which does not overflow.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.i1e
 */
export const i1e: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'special_i1e',
  gradFn: 'SpecialI1EBackward0',
  dtype: 'float',
  forward: (x) => x.i1e(),
  backward: (grad, out, x) => [
    grad.mul(
      x
        .i0e()
        .sub(out.mul(x.sign().add(x.where(x.abs().gt(TINY), TINY).reciprocal())))
        .where(x.abs().gt(TINY), 0.5),
    ),
  ],
})

/**
 * `exp(x^2) erfc(x)`, which does not underflow.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.erfcx
 */
export const erfcx: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'special_erfcx',
  gradFn: 'SpecialErfcxBackward0',
  dtype: 'float',
  forward: (x) => x.erfcx(),
  backward: (grad, out, x) => [
    grad.mul(
      x
        .mul(2)
        .mul(out)
        .sub(2 / Math.sqrt(Math.PI)),
    ),
  ],
})

/**
 * The area under the standard normal density left of `x`: `(1 + erf(x / sqrt(2))) / 2`.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.ndtr
 */
export function ndtr(x: Tensor): Tensor {
  return mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5)
}

/**
 * The inverse of `ndtr`: where the area under the standard normal density reaches `p`.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.ndtri
 */
export const ndtri: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'special_ndtri',
  gradFn: 'SpecialNdtriBackward0',
  dtype: 'float',
  forward: (p) => p.ndtri(),
  backward: (grad, out, _p) => [grad.mul(Math.sqrt(2 * Math.PI)).mul(out.mul(out).mul(0.5).exp())],
})

/**
 * The logarithm of `ndtr`, exact where the area is small.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.log_ndtr
 */
export const logNdtr: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'special_log_ndtr',
  gradFn: 'SpecialLogNdtrBackward0',
  dtype: 'float',
  forward: (x) => x.logNdtr(),
  backward: (grad, _out, x) => [grad.div(x.mul(-Math.SQRT1_2).erfcx()).mul(Math.sqrt(2 / Math.PI))],
})

/**
 * The terms of an entropy: `-x log(x)`, 0 at 0, minus infinity left of it.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.entr
 */
export const entr: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'special_entr',
  gradFn: 'SpecialEntrBackward0',
  dtype: 'float',
  forward: (x) =>
    x
      .neg()
      .mul(x.log())
      .where(x.gt(0), x.where(x.eq(0).maximum(x.isnan()), Number.NEGATIVE_INFINITY)),
  backward: (grad, _out, x) => [grad.mul(x.log().add(1).neg())],
})

const zetaKernel = /* @__PURE__ */ kernel({
  name: 'special_zeta',
  gradFn: (x, q) =>
    isScalar(x as Operand) ? 'SpecialZetaBackward1' : isScalar(q as Operand) ? 'SpecialZetaBackward2' : 'SpecialZetaBackward0',
  dtype: 'float',
  forward: (x, q) => x.zeta(q),
  backward: (grad, _out, x, q) => [grad, grad.mul(x.neg().mul(x.add(1).zeta(q)))],
})

/**
 * The Hurwitz zeta function: the sum over `k >= 0` of `(k + q)^-x`. Differentiable in `q` only.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.zeta
 */
export const zeta: BinaryOp = /* @__PURE__ */ overloads((x, q) => [zetaKernel, [isScalar(x) ? x : undifferentiable(x, 'zeta: self'), q]])

/**
 * `x log1p(y)`, which is 0 where `x` is 0, unless `y` is NaN.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.xlog1py
 */
export const xlog1py: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'special_xlog1py',
  gradFn: (x, y) =>
    isScalar(x as Operand) ? 'SpecialXlog1PyBackward1' : isScalar(y as Operand) ? 'SpecialXlog1PyBackward2' : 'SpecialXlog1PyBackward0',
  dtype: 'float',
  forward: (x, y) => x.mul(y.log1p()).where(x.ne(0).maximum(y.isnan()), 0),
  backward: (grad, _out, x, y) => [grad.mul(y.log1p().where(x.eq(0).mul(y.le(-1)).logicalNot(), 0)), grad.mul(x).div(y.add(1))],
})
