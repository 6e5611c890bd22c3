/** Smooth activations: exponential and Gaussian units, and those that gate their input. */
import { celu, elu, gelu, glu, mish, selu, silu, type Tensor } from '@tapegrad/core'
import { activate, alsoInplace, InplaceActivation, type InplaceOptions, onlyInplace } from './inplace.ts'
import { Module } from './module.ts'
import { float } from './python.ts'

/** Options of `ELU` and `CELU`. */
export interface AlphaOptions extends InplaceOptions {
  /** How far below 0 the function goes. Default: 1. */
  alpha?: number
}

/** What the exponential units share. */
abstract class ExponentialUnit extends Module {
  readonly alpha: number
  readonly inplace: boolean

  constructor({ alpha = 1, inplace = false }: AlphaOptions = {}) {
    super()
    this.alpha = alpha
    this.inplace = inplace
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha)}${alsoInplace(this.inplace)}`
  }
}

/**
 * The exponential linear unit: x where it is positive, elsewhere α (eˣ - 1).
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ELU.html
 */
export class ELU extends ExponentialUnit {
  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, (input) => elu(input, { alpha: this.alpha }))
  }
}

/**
 * The exponential linear unit without a kink for any α: max(0, x) + min(0, α (e^(x/α) - 1)).
 *
 * @throws RuntimeError if `alpha` is 0.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CELU.html
 */
export class CELU extends ExponentialUnit {
  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, (input) => celu(input, { alpha: this.alpha }))
  }
}

/** These show their only option. */
abstract class Inplace extends InplaceActivation {
  override extraRepr(): string {
    return onlyInplace(this.inplace)
  }
}

/**
 * The scaled exponential linear unit, which keeps mean 0 and variance 1 from layer to layer.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.SELU.html
 */
export class SELU extends Inplace {
  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, selu)
  }
}

/**
 * The sigmoid linear unit, also called swish: x σ(x), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.SiLU.html
 */
export class SiLU extends Inplace {
  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, silu)
  }
}

/**
 * A smooth function that dips below 0: x tanh(log(1 + eˣ)), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Mish.html
 */
export class Mish extends Inplace {
  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, mish)
  }
}

/** Options of `GELU`. */
export interface GELUOptions {
  /** `tanh` for the approximation by a hyperbolic tangent. Default: `none`. */
  approximate?: 'none' | 'tanh'
}

/**
 * The Gaussian error linear unit: x Φ(x), where Φ is the distribution function of the standard normal distribution.
 *
 * @throws RuntimeError for an unknown approximation.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GELU.html
 */
export class GELU extends Module {
  readonly approximate: 'none' | 'tanh'

  constructor({ approximate = 'none' }: GELUOptions = {}) {
    super()
    this.approximate = approximate
  }

  forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate })
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`
  }
}

/** Options of `GLU`. */
export interface GLUOptions {
  /** The dimension to halve. Default: -1. */
  dim?: number
}

/**
 * The gated linear unit: one half of the input times the sigmoid of the other.
 *
 * Shape: `[..., 2n, ...]` to `[..., n, ...]`.
 *
 * @throws RuntimeError if the dimension is of odd length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GLU.html
 */
export class GLU extends Module {
  readonly dim: number

  constructor({ dim = -1 }: GLUOptions = {}) {
    super()
    this.dim = dim
  }

  forward(x: Tensor): Tensor {
    return glu(x, this.dim)
  }

  override extraRepr(): string {
    return `dim=${this.dim}`
  }
}
