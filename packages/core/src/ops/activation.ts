/** Smooth activations that are functions only: `nn.functional` offers them under these names. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import { normalizeDim } from '../layout.ts'
import { kernel, record } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { mul, sub } from './arithmetic.ts'
import { cat } from './join.ts'
import { sigmoid } from './math.ts'
import { narrow } from './slice.ts'

/** Options of `softplus`. */
export interface SoftplusOptions {
  /** Sharpness of the bend (1). */
  readonly beta?: number
  /** Above this value of `beta * x` the function is taken to be `x` (20). */
  readonly threshold?: number
}

const softplusKernel = /* @__PURE__ */ kernel({
  name: 'softplus',
  gradFn: 'SoftplusBackward0',
  only: ['float', 'softplus_cpu'],
  forward: (x, beta, threshold) => x.where(x.mul(beta).gt(threshold), x.mul(beta).exp().log1p().div(beta)),
  backward: (grad, _out, x, beta, threshold) => [grad.where(x.mul(beta).gt(threshold), grad.mul(x.mul(beta).sigmoid())), null, null],
})

/**
 * `log(1 + exp(beta x)) / beta`, a smooth `relu`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
 */
export function softplus(x: Tensor, { beta = 1, threshold = 20 }: SoftplusOptions = {}): Tensor {
  return softplusKernel.run([x, beta, threshold])
}

const logsigmoidKernel = /* @__PURE__ */ kernel({
  name: 'logsigmoid',
  gradFn: 'LogSigmoidBackward0',
  only: ['float', 'log_sigmoid_cpu'],
  forward: (x) => x.minimum(0).sub(x.abs().neg().exp().log1p()),
  backward: (grad, _out, x) => [grad.mul(x.neg().sigmoid())],
})

/**
 * `log(sigmoid(x))`, stable for `x` of any size.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
 */
export function logsigmoid(x: Tensor): Tensor {
  return logsigmoidKernel.run([x])
}

/** Options of `elu` and `celu`. */
export interface AlphaActivationOptions {
  /** How far below 0 the function goes (1). */
  readonly alpha?: number
}

const eluKernel = /* @__PURE__ */ kernel({
  name: 'elu',
  gradFn: 'EluBackward0',
  only: ['float', 'elu_cpu'],
  forward: (x, alpha, scale) => x.mul(scale).where(x.le(0).logicalNot(), x.expm1().mul(alpha.mul(scale))),
  backward: (grad, _out, x, alpha, scale) => [
    grad.mul(scale).where(x.le(0).logicalNot(), grad.mul(alpha.mul(scale)).mul(x.minimum(0).exp())),
    null,
    null,
  ],
})

/**
 * `x` where it is positive, else `alpha (exp(x) - 1)`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
 */
export function elu(x: Tensor, { alpha = 1 }: AlphaActivationOptions = {}): Tensor {
  return eluKernel.run([x, alpha, 1])
}

/**
 * `elu` with the constants that keep the mean 0 and the variance 1 through many layers.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
 */
export function selu(x: Tensor): Tensor {
  return eluKernel.run([x, 1.6732632423543772848, 1.0507009873554804935])
}

const celuKernel = /* @__PURE__ */ kernel({
  name: 'celu',
  gradFn: 'CeluBackward0',
  only: ['float', 'elu_cpu'],
  forward: (x, alpha) => x.where(x.le(0).logicalNot(), x.div(alpha).expm1().mul(alpha)),
  backward: (grad, _out, x, alpha) => [grad.where(x.le(0).logicalNot(), grad.mul(x.minimum(0).div(alpha).exp())), null],
})

/**
 * `x` where it is positive, else `alpha (exp(x / alpha) - 1)`: `elu` without a bend at 0.
 *
 * @throws RuntimeError if `alpha` is 0.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
 */
export function celu(x: Tensor, { alpha = 1 }: AlphaActivationOptions = {}): Tensor {
  if (alpha === 0) throw new RuntimeError('ZeroDivisionError: alpha cannot be 0 for CELU')
  return celuKernel.run([x, alpha])
}

/** Options of `gelu`. */
export interface GeluOptions {
  /** `tanh` for the approximation by a hyperbolic tangent. */
  readonly approximate?: 'none' | 'tanh'
}

const geluKernel = /* @__PURE__ */ kernel({
  name: 'gelu',
  gradFn: 'GeluBackward0',
  only: ['float', 'GeluKernelImpl'],
  forward: (x) => x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1)),
  backward: (grad, _out, x) => [
    grad.mul(
      x
        .mul(Math.SQRT1_2)
        .erf()
        .add(1)
        .mul(0.5)
        .add(
          x.mul(
            x
              .mul(x)
              .mul(-0.5)
              .exp()
              .mul(1 / Math.sqrt(2 * Math.PI)),
          ),
        ),
    ),
  ],
})

const BETA = 0.7978845608028654 // sqrt(2 / pi)
const KAPPA = 0.044715

const geluTanhKernel = /* @__PURE__ */ kernel({
  name: 'gelu',
  gradFn: 'GeluBackward0',
  only: ['float', 'GeluKernelImpl'],
  forward: (x) => x.mul(0.5).mul(x.mul(x).mul(x).mul(KAPPA).add(x).mul(BETA).tanh().add(1)),
  backward: (grad, _out, x) => {
    const t = x.mul(x).mul(x).mul(KAPPA).add(x).mul(BETA).tanh()
    const inner = x
      .mul(x)
      .mul(3 * KAPPA)
      .add(1)
      .mul(BETA)
    return [
      grad.mul(
        t
          .add(1)
          .mul(0.5)
          .add(x.mul(0.5).mul(t.mul(t).neg().add(1)).mul(inner)),
      ),
    ]
  },
})

/**
 * `x` times the area under the standard normal density left of `x`.
 *
 * @throws RuntimeError for an unknown approximation.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
 */
export function gelu(x: Tensor, { approximate = 'none' }: GeluOptions = {}): Tensor {
  if (approximate !== 'none' && approximate !== 'tanh') throw new RuntimeError('approximate argument must be either none or tanh.')
  return (approximate === 'tanh' ? geluTanhKernel : geluKernel).run([x])
}

const siluKernel = /* @__PURE__ */ kernel({
  name: 'silu',
  gradFn: 'SiluBackward0',
  only: ['float', 'silu_cpu'],
  forward: (x) => x.mul(x.sigmoid()),
  backward: (grad, _out, x) => [grad.mul(x.sigmoid().mul(x.mul(x.sigmoid().neg().add(1)).add(1)))],
})

/**
 * `x sigmoid(x)`, also called swish.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
 */
export function silu(x: Tensor): Tensor {
  return siluKernel.run([x])
}

const mishKernel = /* @__PURE__ */ kernel({
  name: 'mish',
  gradFn: 'MishBackward0',
  only: ['float', 'mish_cpu'],
  forward: (x) => x.mul(x.maximum(0).add(x.abs().neg().exp().log1p()).tanh()),
  backward: (grad, _out, x) => {
    const t = x.maximum(0).add(x.abs().neg().exp().log1p()).tanh()
    return [grad.mul(t.add(x.mul(x.sigmoid()).mul(t.mul(t).neg().add(1))))]
  },
})

/**
 * `x tanh(softplus(x))`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.mish.html
 */
export function mish(x: Tensor): Tensor {
  return mishKernel.run([x])
}

/** The two halves of `x` along `dim`. */
function halves(x: Tensor, dim: number): [Tensor, Tensor] {
  const n = (x.shape[dim] as number) / 2
  return [narrow(x, dim, 0, n), narrow(x, dim, n, n)]
}

const gluRule = /* @__PURE__ */ rule<readonly [Tensor], number>('GluBackward0', (grad, node) => {
  const [a, b] = halves(node.saved()[0], node.attrs)
  const gate = sigmoid(b)
  const through = mul(grad, gate)
  return [cat([through, mul(mul(through, a), sub(1, gate))], node.attrs)]
})

/**
 * The gated linear unit: the first half of `x` along `dim` times the sigmoid of the second.
 *
 * @throws RuntimeError if the length of `dim` is odd.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
 */
export function glu(x: Tensor, dim: number | { readonly dim?: number } = -1): Tensor {
  if (x.ndim === 0) throw new RuntimeError('glu does not support scalars because halving size must be even')
  const at = normalizeDim(typeof dim === 'number' ? dim : (dim.dim ?? -1), x.ndim)
  if ((x.shape[at] as number) % 2 !== 0)
    throw new RuntimeError(`Halving dimension must be even, but dimension ${at} is size ${x.shape[at]}`)
  if (!isFloat(x.dtype)) throw new NotImplementedError(`"glu_cpu" not implemented for '${scalarName(x.dtype)}'`)
  const out = noGrad(() => {
    const [a, b] = halves(x, at)
    return mul(a, sigmoid(b))
  })
  return record(out, gluRule, [x], [x], at)
}
