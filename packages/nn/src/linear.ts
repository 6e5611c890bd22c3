/** The fully connected layer, and the layer that does nothing. */
import { type DType, empty, linear, type Tensor } from '@tapegrad/core'
import { calculateFanInAndFanOut, kaimingUniform_, uniform_ } from './init.ts'
import { Module } from './module.ts'
import { Parameter } from './parameter.ts'
import { bool } from './python.ts'

/** Options of `Linear`. */
export interface LinearOptions {
  /** Whether to add a learnt bias. Default: true. */
  bias?: boolean
  /** The dtype of the parameters. Default: the default dtype. */
  dtype?: DType
}

/**
 * An affine map: `y = x Wᵀ + b`.
 *
 * Parameters: `weight` of shape `[outFeatures, inFeatures]` and `bias` of shape `[outFeatures]`, both drawn evenly from ±1 / √inFeatures,
 * bit-equal to PyTorch's from the same seed.
 * Shape: `[..., inFeatures]` to `[..., outFeatures]`.
 *
 * @example
 * manualSeed(42)
 * const layer = new Linear(4, 3)
 * layer.forward(rand([2, 4])).shape // [2, 3]
 * @throws RuntimeError if the last dimension of the input is not `inFeatures` long.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 */
export class Linear extends Module {
  readonly inFeatures: number
  readonly outFeatures: number
  readonly weight: Parameter
  readonly bias: Parameter | null

  constructor(inFeatures: number, outFeatures: number, { bias = true, dtype }: LinearOptions = {}) {
    super()
    const options = dtype === undefined ? {} : { dtype }
    this.inFeatures = inFeatures
    this.outFeatures = outFeatures
    this.weight = new Parameter(empty([outFeatures, inFeatures], options))
    this.bias = bias ? new Parameter(empty([outFeatures], options)) : null
    this.resetParameters()
  }

  /** Draws the parameters anew. */
  resetParameters(): void {
    // With a slope of √5 this is ±1 / √inFeatures; by this road, because the last bit counts.
    kaimingUniform_(this.weight, { a: Math.sqrt(5) })
    if (this.bias === null) return
    const [fanIn] = calculateFanInAndFanOut(this.weight)
    const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0
    uniform_(this.bias, -bound, bound)
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias)
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${bool(this.bias !== null)}`
  }
}

/**
 * Returns its input.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Identity.html
 */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x
  }
}
