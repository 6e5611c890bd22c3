/** Activations: functions of each element, as modules. */
import { logsigmoid, relu, type SoftplusOptions, sigmoid, softplus, softsign, type Tensor, tanh, tanhshrink } from '@tapegrad/core'
import { type InplaceOptions, onlyInplace } from './inplace.ts'
import { Module } from './module.ts'
import { float } from './python.ts'

/**
 * The logistic function: 1 / (1 + e⁻ˣ), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html
 */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return sigmoid(x)
  }
}

/**
 * The hyperbolic tangent, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html
 */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return tanh(x)
  }
}

/**
 * The rectifier: max(0, x), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html
 */
export class ReLU extends Module {
  readonly inplace: boolean

  constructor({ inplace = false }: InplaceOptions = {}) {
    super()
    this.inplace = inplace
  }

  forward(x: Tensor): Tensor {
    return this.inplace ? x.relu_() : relu(x)
  }

  override extraRepr(): string {
    return onlyInplace(this.inplace)
  }
}

/**
 * A smooth rectifier: log(1 + e^(β x)) / β, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softplus.html
 */
export class Softplus extends Module {
  readonly beta: number
  readonly threshold: number

  constructor({ beta = 1, threshold = 20 }: SoftplusOptions = {}) {
    super()
    this.beta = beta
    this.threshold = threshold
  }

  forward(x: Tensor): Tensor {
    return softplus(x, { beta: this.beta, threshold: this.threshold })
  }

  override extraRepr(): string {
    return `beta=${float(this.beta)}, threshold=${float(this.threshold)}`
  }
}

/**
 * The logarithm of the logistic function: log(1 / (1 + e⁻ˣ)), elementwise and without overflow.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html
 */
export class LogSigmoid extends Module {
  forward(x: Tensor): Tensor {
    return logsigmoid(x)
  }
}

/**
 * A sigmoid made of a quotient: x / (1 + |x|), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softsign.html
 */
export class Softsign extends Module {
  forward(x: Tensor): Tensor {
    return softsign(x)
  }
}

/**
 * What the hyperbolic tangent takes away: x - tanh x, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html
 */
export class Tanhshrink extends Module {
  forward(x: Tensor): Tensor {
    return tanhshrink(x)
  }
}
