/** Losses that ask for a margin between what belongs together and what does not. */
import { isFloat, scalarName } from '../dtype.ts'
import { RuntimeError, ValueError } from '../errors.ts'
import { kernel } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { add, clampMin, div, mul, neg, sqrt, sub } from './arithmetic.ts'
import { eq, ne } from './compare.ts'
import { pairwiseDistance } from './distances.ts'
import { type LossOptions, reduced } from './loss.ts'
import { reduceLosses } from './loss-distance.ts'
import { minimum } from './pairs.ts'
import { sum } from './reduce.ts'
import { where } from './where.ts'

/** Options of losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** The margin asked for. */
  readonly margin?: number
}

/**
 * The mean of `x` where the target is 1, and of `max(0, margin - x)` where it is -1.
 *
 * @throws ValueError for an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html
 */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, { reduction = 'mean', margin = 1 }: MarginOptions = {}): Tensor {
  const apart = where(ne(target, 1), clampMin(sub(margin, input), 0), 0)
  return reduceLosses(add(apart, where(ne(target, -1), input, 0)), reduction)
}

const sizes = (x: Tensor): string => `torch.Size([${x.shape.join(', ')}])`

/**
 * The mean of `max(0, -target (input1 - input2) + margin)`: a target of 1 asks for `input1` to be the greater, -1 for `input2`.
 *
 * @throws RuntimeError if the numbers of dimensions differ; ValueError for an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html
 */
export function marginRankingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  { reduction = 'mean', margin = 0 }: MarginOptions = {},
): Tensor {
  if (input1.ndim !== input2.ndim || input1.ndim !== target.ndim)
    throw new RuntimeError(
      `margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: ${sizes(input1)}, input2: ${sizes(input2)}, target: ${sizes(target)} `,
    )
  return reduceLosses(clampMin(add(mul(neg(target), sub(input1, input2)), margin), 0), reduction)
}

const softMargin = /* @__PURE__ */ kernel({
  name: 'soft_margin_loss',
  gradFn: 'SoftMarginLossBackward0',
  dtype: 'float',
  // log(1 + exp(z)) with z = -x y, without overflow.
  forward: (x, y) => x.mul(y).neg().maximum(0).add(x.mul(y).abs().neg().exp().log1p()),
  backward: (grad, _out, x, y) => [grad.mul(y.neg()).mul(x.mul(y).neg().sigmoid()), null],
})

/**
 * The mean of `log(1 + exp(-target input))`, with targets of 1 and -1.
 *
 * @throws RuntimeError if the target requires a gradient; ValueError for an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html
 */
export function softMarginLoss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  if (target.requiresGrad)
    throw new RuntimeError(
      "The function 'soft_margin_loss' is not differentiable with respect to argument 'target'. This input cannot have requires_grad True.",
    )
  if (!isFloat(input.dtype)) throw new RuntimeError(`result type Float can't be cast to the desired output type ${scalarName(input.dtype)}`)
  return reduced(softMargin, [input, target], reduction)
}

const EPSILON = 1e-12

/**
 * The mean of `1 - cos` where the target is 1, and of `max(0, cos - margin)` where it is -1; `cos` is that of the angle between the vectors.
 *
 * Shape: `[n, k]`, `[n, k]` and `[n]`, or all without `n`.
 *
 * @throws RuntimeError for shapes that do not fit; ValueError for an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html
 */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  { reduction = 'mean', margin = 0 }: MarginOptions = {},
): Tensor {
  if (target.ndim > 1) throw new RuntimeError('0D or 1D target tensor expected, multi-target not supported')
  const wanted = target.ndim + 1
  if (input1.ndim !== wanted || input2.ndim !== wanted)
    throw new RuntimeError(
      `${target.ndim}D target tensor expects ${wanted}D input tensors, but found inputs with sizes [${input1.shape.join(', ')}] and [${input2.shape.join(', ')}].`,
    )
  const along = target.ndim
  const square = (x: Tensor): Tensor => add(sum(mul(x, x), along), EPSILON)
  const cos = div(sum(mul(input1, input2), along), sqrt(mul(square(input1), square(input2))))
  const together = where(eq(target, 1), sub(1, cos), 0)
  return reduceLosses(add(together, where(eq(target, -1), clampMin(sub(cos, margin), 0), 0)), reduction)
}

/** Options of `tripletMarginLoss`. */
export interface TripletOptions extends MarginOptions {
  /** The order of the norm (2). */
  readonly p?: number
  /** Added to each difference (1e-6). */
  readonly eps?: number
  /** Take the distance of `positive` and `negative` where it is the lesser one. */
  readonly swap?: boolean
}

/** Options of `tripletMarginWithDistanceLoss`. */
export interface TripletDistanceOptions extends MarginOptions {
  /** How far two tensors are apart (`pairwiseDistance`). */
  readonly distanceFunction?: ((x: Tensor, y: Tensor) => Tensor) | null
  /** Take the distance of `positive` and `negative` where it is the lesser one. */
  readonly swap?: boolean
}

/**
 * The mean of `max(0, d(anchor, positive) - d(anchor, negative) + margin)` for a distance `d` of your own.
 *
 * @throws RuntimeError if the numbers of dimensions differ; ValueError for a margin that is not positive or an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_with_distance_loss.html
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { reduction = 'mean', margin = 1, distanceFunction = null, swap = false }: TripletDistanceOptions = {},
): Tensor {
  const distance = distanceFunction ?? pairwiseDistance
  if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none')
    throw new ValueError(`${reduction as string} is not a valid value for reduction`)
  if (!(margin > 0)) throw new ValueError(`margin must be greater than 0, got ${margin}`)
  if (anchor.ndim !== positive.ndim || anchor.ndim !== negative.ndim)
    throw new RuntimeError(
      `The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor ${anchor.ndim}D, positive ${positive.ndim}D, and negative ${negative.ndim}D inputs`,
    )
  const near = distance(anchor, positive)
  let far = distance(anchor, negative)
  if (swap) far = minimum(far, distance(positive, negative))
  return reduceLosses(clampMin(sub(add(near, margin), far), 0), reduction)
}

/**
 * The mean of `max(0, d(anchor, positive) - d(anchor, negative) + margin)`, where `d` is the `p`-norm of the difference.
 *
 * @throws RuntimeError if the numbers of dimensions differ; ValueError for a margin that is not positive or an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_loss.html
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { p = 2, eps = 1e-6, ...options }: TripletOptions = {},
): Tensor {
  return tripletMarginWithDistanceLoss(anchor, positive, negative, {
    ...options,
    distanceFunction: (x, y) => pairwiseDistance(x, y, { p, eps }),
  })
}
