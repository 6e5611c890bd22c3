/** Activations that are functions only: `nn.functional` offers them under these names. */
import { kernel } from '../op.ts'
import type { Tensor } from '../tensor.ts'

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
  dtype: 'float',
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
  dtype: 'float',
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
