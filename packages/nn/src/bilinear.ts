/** The layer that multiplies two inputs with each other. */
import { bilinear, empty, type Tensor, ValueError } from '@tapegrad/core'
import { uniform_ } from './init.ts'
import type { LinearOptions } from './linear.ts'
import { Module } from './module.ts'
import { Parameter } from './parameter.ts'
import { bool } from './python.ts'

/**
 * A bilinear map: `y = x₁ᵀ W x₂ + b`, with one matrix W per output.
 *
 * Parameters: `weight` of shape `[outFeatures, in1Features, in2Features]` and `bias` of shape `[outFeatures]`, drawn evenly from
 * ±1 / √in1Features.
 * Shape: `[..., in1Features]` and `[..., in2Features]` to `[..., outFeatures]`.
 *
 * @throws ValueError if `in1Features` is not positive; RuntimeError for inputs that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
 */
export class Bilinear extends Module {
  readonly in1Features: number
  readonly in2Features: number
  readonly outFeatures: number
  readonly weight: Parameter
  readonly bias: Parameter | null

  constructor(in1Features: number, in2Features: number, outFeatures: number, { bias = true, dtype }: LinearOptions = {}) {
    super()
    if (in1Features <= 0) throw new ValueError(`in1_features must be > 0, but got ${in1Features}`)
    const options = dtype === undefined ? {} : { dtype }
    this.in1Features = in1Features
    this.in2Features = in2Features
    this.outFeatures = outFeatures
    this.weight = new Parameter(empty([outFeatures, in1Features, in2Features], options))
    this.bias = bias ? new Parameter(empty([outFeatures], options)) : null
    this.resetParameters()
  }

  /** Draws the parameters anew. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features)
    uniform_(this.weight, -bound, bound)
    if (this.bias !== null) uniform_(this.bias, -bound, bound)
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return bilinear(x1, x2, this.weight, this.bias)
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this
    return `in1_features=${in1Features}, in2_features=${in2Features}, out_features=${outFeatures}, bias=${bool(bias !== null)}`
  }
}
