/** Rectifiers with straight pieces: leaky, learnt, clipped, with a gap. */
import {
  type DType,
  empty,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  prelu,
  relu6,
  softshrink,
  type Tensor,
  threshold,
} from '@tapegrad/core'
import { activate, alsoInplace, InplaceActivation, type InplaceOptions, onlyInplace } from './inplace.ts'
import { Module } from './module.ts'
import { Parameter } from './parameter.ts'
import { float } from './python.ts'

/** Options of `LeakyReLU`. */
export interface LeakyReLUOptions extends InplaceOptions {
  /** The slope left of 0. Default: 0.01. */
  negativeSlope?: number
}

/**
 * The rectifier with a small slope left of 0: max(0, x) + slope · min(0, x), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
 */
export class LeakyReLU extends Module {
  readonly negativeSlope: number
  readonly inplace: boolean

  constructor({ negativeSlope = 0.01, inplace = false }: LeakyReLUOptions = {}) {
    super()
    this.negativeSlope = negativeSlope
    this.inplace = inplace
  }

  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, (input) => leakyRelu(input, { negativeSlope: this.negativeSlope }))
  }

  override extraRepr(): string {
    return `negative_slope=${float(this.negativeSlope)}${alsoInplace(this.inplace)}`
  }
}

/** Options of `PReLU`. */
export interface PReLUOptions {
  /** How many slopes there are: 1, or the number of channels. Default: 1. */
  numParameters?: number
  /** Where each slope starts. Default: 0.25. */
  init?: number
  /** The dtype of the slopes. Default: the default dtype. */
  dtype?: DType
}

/**
 * The leaky rectifier whose slope is learnt: max(0, x) + weight · min(0, x).
 *
 * Parameters: `weight` of shape `[numParameters]`, the slopes of all elements or of each channel (dimension 1).
 *
 * @throws RuntimeError if there are several slopes but not one per channel.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html
 */
export class PReLU extends Module {
  readonly numParameters: number
  readonly weight: Parameter

  constructor({ numParameters = 1, init = 0.25, dtype }: PReLUOptions = {}) {
    super()
    this.numParameters = numParameters
    this.weight = new Parameter(empty([numParameters], dtype === undefined ? {} : { dtype }).fill_(init))
  }

  forward(x: Tensor): Tensor {
    return prelu(x, this.weight)
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`
  }
}

/** Options of `Hardtanh`. */
export interface HardtanhOptions extends InplaceOptions {
  /** The least value. Default: -1. */
  minVal?: number
  /** The greatest value. Default: 1. */
  maxVal?: number
}

/**
 * The identity, cut off below and above: min(max(x, minVal), maxVal), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
 */
export class Hardtanh extends Module {
  readonly minVal: number
  readonly maxVal: number
  readonly inplace: boolean

  constructor({ minVal = -1, maxVal = 1, inplace = false }: HardtanhOptions = {}) {
    super()
    this.minVal = minVal
    this.maxVal = maxVal
    this.inplace = inplace
  }

  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, (input) => hardtanh(input, { minVal: this.minVal, maxVal: this.maxVal }))
  }

  override extraRepr(): string {
    return `min_val=${float(this.minVal)}, max_val=${float(this.maxVal)}${alsoInplace(this.inplace)}`
  }
}

/**
 * The rectifier, cut off above: min(max(0, x), 6), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReLU6.html
 */
export class ReLU6 extends InplaceActivation {
  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, relu6)
  }

  override extraRepr(): string {
    return onlyInplace(this.inplace)
  }
}

/**
 * A sigmoid of straight pieces: min(max(0, x + 3), 6) / 6, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html
 */
export class Hardsigmoid extends InplaceActivation {
  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, hardsigmoid)
  }
}

/**
 * The input times its hard sigmoid: x · min(max(0, x + 3), 6) / 6, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Hardswish.html
 */
export class Hardswish extends InplaceActivation {
  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, hardswish)
  }
}

/**
 * The input where it is above a threshold, elsewhere a constant.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Threshold.html
 */
export class Threshold extends Module {
  readonly threshold: number
  readonly value: number
  readonly inplace: boolean

  constructor(limit: number, value: number, { inplace = false }: InplaceOptions = {}) {
    super()
    this.threshold = limit
    this.value = value
    this.inplace = inplace
  }

  forward(x: Tensor): Tensor {
    return activate(x, this.inplace, (input) => threshold(input, this.threshold, this.value))
  }

  override extraRepr(): string {
    return `threshold=${float(this.threshold)}, value=${float(this.value)}${alsoInplace(this.inplace)}`
  }
}

/** Options of `Hardshrink` and `Softshrink`. */
export interface ShrinkOptions {
  /** What lies within this distance of 0 becomes 0. Default: 0.5. */
  lambd?: number
}

/**
 * The input, but 0 within `lambd` of 0, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html
 */
export class Hardshrink extends Module {
  readonly lambd: number

  constructor({ lambd = 0.5 }: ShrinkOptions = {}) {
    super()
    this.lambd = lambd
  }

  forward(x: Tensor): Tensor {
    return hardshrink(x, { lambd: this.lambd })
  }

  override extraRepr(): string {
    return float(this.lambd)
  }
}

/**
 * The input moved towards 0 by `lambd`, but not beyond, elementwise.
 *
 * @throws RuntimeError if `lambd` is negative.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
 */
export class Softshrink extends Module {
  readonly lambd: number

  constructor({ lambd = 0.5 }: ShrinkOptions = {}) {
    super()
    this.lambd = lambd
  }

  forward(x: Tensor): Tensor {
    return softshrink(x, { lambd: this.lambd })
  }

  override extraRepr(): string {
    return float(this.lambd)
  }
}
