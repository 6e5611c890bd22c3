/** Normalisation within each element of the batch. */
import {
  type DType,
  groupNorm,
  layerNorm,
  localResponseNorm,
  ones,
  rmsNorm,
  type Shape,
  type Tensor,
  ValueError,
  zeros,
} from '@tapegrad/core'
import { ones_, zeros_ } from './init.ts'
import { Module } from './module.ts'
import { Parameter } from './parameter.ts'
import { bool, float, tuple } from './python.ts'

/** Options of `RMSNorm`. */
export interface RMSNormOptions {
  /** Added to the mean square. Default: the dtype's epsilon. */
  eps?: number
  /** Whether to learn a factor for each element of the normalised shape. Default: true. */
  elementwiseAffine?: boolean
  /** The dtype of the parameters. Default: the default dtype. */
  dtype?: DType
}

/** Options of `LayerNorm`. */
export interface LayerNormOptions extends RMSNormOptions {
  /** Whether to learn a term for each element of the normalised shape too. Default: true. */
  bias?: boolean
}

const like = (dtype: DType | undefined): { dtype?: DType } => (dtype === undefined ? {} : { dtype })
const shapeOf = (size: number | Shape): Shape => (typeof size === 'number' ? [size] : [...size])

/**
 * Takes off the mean and divides by the standard deviation of the last dimensions, then applies a learnt factor and term.
 *
 * Parameters: `weight`, ones, and `bias`, zeros, of shape `normalizedShape`.
 * Shape: `[..., ...normalizedShape]`, kept.
 *
 * @example
 * new LayerNorm(16).forward(rand([4, 16]))
 * @throws RuntimeError if the input does not end in the normalised shape.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 */
export class LayerNorm extends Module {
  readonly normalizedShape: Shape
  readonly eps: number
  readonly elementwiseAffine: boolean
  readonly weight: Parameter | null
  readonly bias: Parameter | null

  constructor(normalizedShape: number | Shape, { eps = 1e-5, elementwiseAffine = true, bias = true, dtype }: LayerNormOptions = {}) {
    super()
    this.normalizedShape = shapeOf(normalizedShape)
    this.eps = eps
    this.elementwiseAffine = elementwiseAffine
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, like(dtype))) : null
    this.bias = elementwiseAffine && bias ? new Parameter(zeros(this.normalizedShape, like(dtype))) : null
  }

  /** Sets the factors to 1 and the terms to 0. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight)
    if (this.bias !== null) zeros_(this.bias)
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.normalizedShape, { weight: this.weight, bias: this.bias, eps: this.eps })
  }

  override extraRepr(): string {
    return `${tuple(this.normalizedShape)}, eps=${float(this.eps)}, elementwise_affine=${bool(this.elementwiseAffine)}, bias=${bool(this.bias !== null)}`
  }
}

/**
 * Divides by the root of the mean square of the last dimensions, then applies a learnt factor.
 *
 * Parameters: `weight`, ones, of shape `normalizedShape`.
 * Shape: `[..., ...normalizedShape]`, kept.
 *
 * @throws RuntimeError if the input does not end in the normalised shape.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
 */
export class RMSNorm extends Module {
  readonly normalizedShape: Shape
  readonly eps: number | null
  readonly elementwiseAffine: boolean
  readonly weight: Parameter | null

  constructor(normalizedShape: number | Shape, { eps, elementwiseAffine = true, dtype }: RMSNormOptions = {}) {
    super()
    this.normalizedShape = shapeOf(normalizedShape)
    this.eps = eps ?? null
    this.elementwiseAffine = elementwiseAffine
    this.weight = elementwiseAffine ? new Parameter(ones(this.normalizedShape, like(dtype))) : null
  }

  /** Sets the factors to 1. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight)
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.normalizedShape, { weight: this.weight, eps: this.eps })
  }

  override extraRepr(): string {
    const eps = this.eps === null ? 'None' : float(this.eps)
    return `${tuple(this.normalizedShape)}, eps=${eps}, elementwise_affine=${bool(this.elementwiseAffine)}`
  }
}

/** Options of `GroupNorm`. */
export interface GroupNormOptions {
  /** Added to the variance. Default: 1e-5. */
  eps?: number
  /** Whether to learn a factor and a term for each channel. Default: true. */
  affine?: boolean
  /** Whether to learn the terms too. Default: true. */
  bias?: boolean
  /** The dtype of the parameters. Default: the default dtype. */
  dtype?: DType
}

/**
 * Takes off the mean and divides by the standard deviation of each group of channels, then applies a learnt factor and term per channel.
 *
 * Parameters: `weight`, ones, and `bias`, zeros, of shape `[numChannels]`.
 * Shape: `[n, numChannels, ...]`, kept.
 *
 * @throws ValueError if the channels do not divide into the groups.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 */
export class GroupNorm extends Module {
  readonly numGroups: number
  readonly numChannels: number
  readonly eps: number
  readonly affine: boolean
  readonly weight: Parameter | null
  readonly bias: Parameter | null

  constructor(numGroups: number, numChannels: number, { eps = 1e-5, affine = true, bias = true, dtype }: GroupNormOptions = {}) {
    super()
    if (numChannels % numGroups !== 0) throw new ValueError(`num_channels (${numChannels}) must be divisible by num_groups (${numGroups})`)
    this.numGroups = numGroups
    this.numChannels = numChannels
    this.eps = eps
    this.affine = affine
    this.weight = affine ? new Parameter(ones([numChannels], like(dtype))) : null
    this.bias = affine && bias ? new Parameter(zeros([numChannels], like(dtype))) : null
  }

  /** Sets the factors to 1 and the terms to 0. */
  resetParameters(): void {
    if (this.weight !== null) ones_(this.weight)
    if (this.bias !== null) zeros_(this.bias)
  }

  forward(x: Tensor): Tensor {
    return groupNorm(x, this.numGroups, { weight: this.weight, bias: this.bias, eps: this.eps })
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${float(this.eps)}, affine=${bool(this.affine)}, bias=${bool(this.bias !== null)}`
  }
}

/** Options of `LocalResponseNorm`. */
export interface LocalResponseNormOptions {
  /** A factor on the mean square of the neighbours. Default: 1e-4. */
  alpha?: number
  /** The exponent. Default: 0.75. */
  beta?: number
  /** Added to the mean square. Default: 1. */
  k?: number
}

/**
 * Divides each channel by a power of the mean square of the `size` channels around it.
 *
 * Shape: `[n, channels, ...]`, kept.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
 */
export class LocalResponseNorm extends Module {
  readonly size: number
  readonly alpha: number
  readonly beta: number
  readonly k: number

  constructor(size: number, { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions = {}) {
    super()
    this.size = size
    this.alpha = alpha
    this.beta = beta
    this.k = k
  }

  forward(x: Tensor): Tensor {
    return localResponseNorm(x, this.size, { alpha: this.alpha, beta: this.beta, k: this.k })
  }

  override extraRepr(): string {
    return `${this.size}, alpha=${float(this.alpha)}, beta=${float(this.beta)}, k=${float(this.k)}`
  }
}
