/** The gamma function's logarithm, its derivatives and its incomplete forms, elementwise. Every operation here has an in-place form. */
import { RuntimeError } from '../errors.ts'
import { kernel, overloads, pointwise } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { TensorsOp, UnaryOp } from './types.ts'
import { undifferentiable } from './undifferentiable.ts'

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
 * The derivative of `lgamma`.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.digamma
 */
export const digamma: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'digamma',
  gradFn: 'DigammaBackward0',
  dtype: 'float',
  forward: (x) => x.digamma(),
  backward: (grad, _out, x) => [grad.mul(x.polygamma(1))],
})

const polygammaKernel = /* @__PURE__ */ kernel({
  name: 'polygamma',
  gradFn: 'PolygammaBackward0',
  dtype: 'float',
  forward: (x, n) => x.polygamma(n),
  backward: (grad, _out, x, n) => [grad.mul(x.polygamma(n.add(1))), null],
})

/**
 * The `n`-th derivative of `digamma`, as a method: `x.polygamma(n)`.
 *
 * @throws RuntimeError for a negative `n`.
 * @see https://pytorch.org/docs/stable/special.html#torch.special.polygamma
 */
export const polygamma: (x: Tensor, n: number) => Tensor = /* @__PURE__ */ overloads((x, n) => {
  if (typeof n === 'number' && n < 0) throw new RuntimeError('polygamma(n, x) does not support negative n.')
  return [polygammaKernel, [x, n]]
})

/**
 * The logarithm of the multivariate gamma function of dimension `p`: `p (p - 1) / 4 log(pi) + sum over j < p of lgamma(x - j / 2)`.
 *
 * @throws RuntimeError unless `p` is at least 1.
 * @see https://pytorch.org/docs/stable/special.html#torch.special.multigammaln
 */
export const mvlgamma: (x: Tensor, p: number) => Tensor = /* @__PURE__ */ overloads((x, p) => {
  if (x.dtype === 'bool') throw new RuntimeError('The input tensor may not be a boolean tensor.')
  if (!(p >= 1)) throw new RuntimeError('p has to be greater than or equal to 1')
  return [mvlgammaKernel(p), [x]]
})

const mvlgammaKernel = (p: number): ReturnType<typeof kernel> =>
  kernel({
    name: 'mvlgamma',
    gradFn: 'MvlgammaBackward0',
    dtype: 'float',
    forward: (x) => {
      let sum = x.lgamma().add((p * (p - 1) * Math.log(Math.PI)) / 4)
      for (let j = 1; j < p; j++) sum = sum.add(x.sub(j / 2).lgamma())
      return sum
    },
    backward: (grad, _out, x) => {
      let sum = x.digamma()
      for (let j = 1; j < p; j++) sum = sum.add(x.sub(j / 2).digamma())
      return [grad.mul(sum)]
    },
  })

const igammaKernel = /* @__PURE__ */ kernel({
  name: 'igamma',
  gradFn: 'IgammaBackward0',
  only: ['float', 'igamma_cpu'],
  tensors: ['input', 'other'],
  forward: (a, x) => a.igamma(x),
  backward: (grad, _out, a, x) => [grad, grad.mul(a.sub(1).mul(x.log()).sub(x).sub(a.lgamma()).exp())],
})

/**
 * The lower incomplete gamma function, regularized: `1 / gamma(a)` times the integral of `t^(a-1) exp(-t)` from 0 to `x`.
 *
 * Differentiable in `x` only.
 *
 * @throws NotImplementedError for integers.
 * @see https://pytorch.org/docs/stable/special.html#torch.special.gammainc
 */
export const igamma: TensorsOp = /* @__PURE__ */ overloads((a, x) => [igammaKernel, [undifferentiable(a, 'igamma: input'), x]])

const igammacKernel = /* @__PURE__ */ kernel({
  name: 'igammac',
  gradFn: 'IgammacBackward0',
  only: ['float', 'igammac_cpu'],
  tensors: ['input', 'other'],
  forward: (a, x) => a.igammac(x),
  backward: (grad, _out, a, x) => [grad, grad.mul(a.sub(1).mul(x.log()).sub(x).sub(a.lgamma()).exp().neg())],
})

/**
 * The upper incomplete gamma function, regularized: `1 - igamma(a, x)`, exact where that is small.
 *
 * Differentiable in `x` only.
 *
 * @throws NotImplementedError for integers.
 * @see https://pytorch.org/docs/stable/special.html#torch.special.gammaincc
 */
export const igammac: TensorsOp = /* @__PURE__ */ overloads((a, x) => [igammacKernel, [undifferentiable(a, 'igammac: input'), x]])
