/** A linear layer and the cross-entropy of what it gives, in one. */
import { linearCrossEntropy, type Shape, type Tensor } from '@tapegrad/core'
import { Linear, type LinearOptions } from './linear.ts'
import { buffer, Loss } from './loss-base.ts'
import type { CrossEntropyLossOptions } from './loss-classes.ts'
import type { Buffer } from './parameter.ts'
import { bool, float, tuple } from './python.ts'

/** Options of `LinearCrossEntropyLoss`. */
export interface LinearCrossEntropyLossOptions extends CrossEntropyLossOptions, LinearOptions {
  /** The shape of the targets of each element: it has so many answers. Default: none, for one answer. */
  outFeatures?: Shape
}

/**
 * The cross-entropy of a linear layer's scores: `Linear` without a bias, then `CrossEntropyLoss`.
 *
 * Parameters: those of the child `linear`, from `inFeatures` to one score per class and answer.
 * Shape: `[n, inFeatures]` and class indices `[n, ...outFeatures]`; to a scalar, or to that of the target with reduction `none`.
 *
 * @throws RuntimeError for shapes that do not fit; IndexError for a target that is no class.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyLoss.html
 */
export class LinearCrossEntropyLoss extends Loss {
  readonly inFeatures: number
  readonly numClasses: number
  readonly outFeatures: Shape
  readonly ignoreIndex: number | null
  readonly labelSmoothing: number
  readonly weight: Buffer | null
  readonly linear: Linear

  constructor(inFeatures: number, numClasses: number, options: LinearCrossEntropyLossOptions = {}) {
    const { outFeatures = [], bias = false, weight, ignoreIndex, labelSmoothing = 0, dtype, ...rest } = options
    super(rest)
    this.inFeatures = inFeatures
    this.numClasses = numClasses
    this.outFeatures = [...outFeatures]
    this.ignoreIndex = ignoreIndex ?? null
    this.labelSmoothing = labelSmoothing
    this.weight = buffer(weight)
    const scores = outFeatures.reduce((n, k) => n * k, numClasses)
    this.linear = new Linear(inFeatures, scores, dtype === undefined ? { bias } : { bias, dtype })
  }

  forward(input: Tensor, target: Tensor): Tensor {
    const shape = [this.numClasses, ...this.outFeatures]
    return linearCrossEntropy(input, this.linear.weight.reshape([...shape, this.inFeatures]), target, {
      linearBias: this.linear.bias?.reshape(shape) ?? null,
      weight: this.weight,
      reduction: this.reduction,
      ignoreIndex: this.ignoreIndex ?? undefined,
      labelSmoothing: this.labelSmoothing,
    })
  }

  override extraRepr(): string {
    return [
      `in_features=${this.inFeatures}, num_classes=${this.numClasses}, out_features=${tuple(this.outFeatures)}, bias=${bool(this.linear.bias !== null)}`,
      `reduction=${this.reduction}, ignore_index=${this.ignoreIndex ?? 'None'}, label_smoothing=${float(this.labelSmoothing)}, options=None`,
    ].join(', ')
  }
}
