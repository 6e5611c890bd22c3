/** Losses: a pointwise formula, then a mean or a sum, as one operation with one node. */

import type { Rule, Saved } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { RuntimeError, ValueError } from '../errors.ts'
import { broadcastShapes2, numelOf, type Shape, sameShape } from '../layout.ts'
import { edgesOf, expand, type Kernel, kernel, type PointwiseAttrs, pointwiseAttrs, pullback, record, savedOf } from '../op.ts'
import { replayable } from '../tape.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { div } from './arithmetic.ts'
import { mean, sum } from './reduce.ts'
import type { Operand } from './types.ts'

/** How the losses of the elements become one: their mean, their sum, or not at all. */
export type Reduction = 'mean' | 'sum' | 'none'

/** Options of losses. */
export interface LossOptions {
  /** Default: `mean`. */
  readonly reduction?: Reduction
}

interface LossAttrs {
  readonly formula: PointwiseAttrs
  readonly reduction: Reduction
  /** The shape of the losses before the reduction. */
  readonly each: Shape
  readonly count: number
}

/** The gradient of a reduced loss: spread over the elements, then through the formula. */
const lossRule: Rule<Saved, LossAttrs> = {
  name: 'LossBackward0',
  backward: (grad, node) => {
    const { formula, reduction, each, count } = node.attrs
    const g = expand(reduction === 'mean' ? div(grad, count) : grad, each)
    return pullback(g, node.saved(), formula, node)
  },
}

/** Refuses anything but the three reductions. */
export function checkReduction(reduction: Reduction): void {
  if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none')
    throw new ValueError(`${reduction as string} is not a valid value for reduction`)
}

/** Runs a loss whose formula does not read its own output. */
export function reduced(formula: Kernel, operands: readonly Operand[], reduction: Reduction): Tensor {
  checkReduction(reduction)
  if (reduction === 'none') return formula.run(operands)
  const total = formula.total(operands, reduction === 'mean')
  // Whole numbers have no gradients, and what is to be said of their mean is said there.
  if (total === null) return reduction === 'mean' ? mean(formula.run(operands)) : sum(formula.run(operands))
  const { out, shape, compute } = total
  const edges = edgesOf(operands)
  if (edges === null) return out
  const attrs: LossAttrs = {
    formula: pointwiseAttrs(formula, compute, operands, shape),
    reduction,
    each: shape,
    count: numelOf(shape),
  }
  return record(out, lossRule, operands, savedOf(formula.reads(edges), null, operands), attrs, formula.formula.gradFn as string)
}

const mse = /* @__PURE__ */ kernel({
  name: 'mse_loss',
  only: ['float', 'mse_cpu'],
  gradFn: 'MseLossBackward0',
  forward: (x, y) => x.sub(y).mul(x.sub(y)),
  backward: (grad, _out, x, y) => [grad.mul(x.sub(y).mul(2)), grad.mul(y.sub(x).mul(2))],
})

/**
 * The mean of the squared differences of `input` and `target`: `(x - y)^2`.
 *
 * Shape: broadcast of both, then a 0-dim tensor unless `reduction` is `none`. Dtypes: floating point.
 *
 * @throws RuntimeError if the shapes do not broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 */
export function mseLoss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  return reduced(mse, [input, target], reduction)
}

/** Options of the cross-entropies of two classes. */
export interface BinaryLossOptions extends LossOptions {
  /** A factor on each element's loss; broadcast to the input. */
  readonly weight?: Tensor | null
}

const bce = /* @__PURE__ */ kernel({
  name: 'binary_cross_entropy',
  only: ['float', 'binary_cross_entropy'],
  gradFn: 'BinaryCrossEntropyBackward0',
  forward: (x, y, weight) =>
    y
      .sub(1)
      .mul(x.neg().log1p().maximum(-100))
      .sub(y.mul(x.log().maximum(-100)))
      .mul(weight),
  backward: (grad, _out, x, y, weight) => [
    grad.mul(x.sub(y)).div(x.neg().add(1).mul(x).maximum(1e-12)).mul(weight),
    grad.mul(x.neg().log1p().maximum(-100).sub(x.log().maximum(-100))).mul(weight),
    null,
  ],
})

/** Weights stretch to the input and not the other way round. */
function checkWeight(input: Tensor, weight: Tensor | null): void {
  if (weight !== null && !sameShape(broadcastShapes2(input.shape, weight.shape), input.shape))
    throw new RuntimeError(
      `output with shape [${input.shape.join(', ')}] doesn't match the broadcast shape [${broadcastShapes2(input.shape, weight.shape).join(', ')}]`,
    )
}

/**
 * The cross-entropy of probabilities `input` against `target`: `-(y log x + (1 - y) log(1 - x))`, each logarithm at least -100.
 *
 * Shape: `input` and `target` of one shape; a 0-dim tensor unless `reduction` is `none`. Dtypes: floating point, equal.
 *
 * @throws ValueError if the shapes differ; RuntimeError if an input or target lies outside [0, 1] or the dtypes differ.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
 */
export function binaryCrossEntropy(input: Tensor, target: Tensor, { weight = null, reduction = 'mean' }: BinaryLossOptions = {}): Tensor {
  if (!sameShape(input.shape, target.shape))
    throw new ValueError(
      `Using a target size (torch.Size([${target.shape.join(', ')}])) that is different to the input size (torch.Size([${input.shape.join(', ')}])) is deprecated. Please ensure they have the same size.`,
    )
  if (target.dtype !== input.dtype)
    throw new RuntimeError(`Found dtype ${scalarName(target.dtype)} but expected ${scalarName(input.dtype)}`)
  checkWeight(input, weight)
  replayable(() => {
    if (!within01(input)) throw new RuntimeError('all elements of input should be between 0 and 1')
    if (!within01(target)) throw new RuntimeError('all elements of target should be between 0 and 1')
  }, [input, target])
  return reduced(bce, [input, target, weight ?? 1], reduction)
}

const outside = /* @__PURE__ */ kernel({ name: 'outside', forward: (x) => x.ge(0).mul(x.le(1)).logicalNot() })

/** Whether all elements are of [0, 1]; NaN is not. */
function within01(x: Tensor): boolean {
  const count = allocateTensor([], x.dtype, false)
  kernels.mapReduce(outside.program, x.dtype, x.shape, [x], 1, count)
  return count.storage.get(0) === 0
}

const bceLogits = /* @__PURE__ */ kernel({
  name: 'binary_cross_entropy_with_logits',
  gradFn: 'BinaryCrossEntropyWithLogitsBackward0',
  // (1 - y) x + log(1 + exp(-|x|)) + max(-x, 0), which overflows for no x.
  forward: (x, y, weight) =>
    y
      .neg()
      .add(1)
      .mul(x)
      .add(x.abs().neg().exp().log1p().sub(x.minimum(0)))
      .mul(weight),
  backward: (grad, _out, x, y, weight) => [grad.mul(x.sigmoid().sub(y)).mul(weight), grad.mul(x.neg()).mul(weight), null],
})

const bceLogitsPositive = /* @__PURE__ */ kernel({
  name: 'binary_cross_entropy_with_logits',
  gradFn: 'BinaryCrossEntropyWithLogitsBackward0',
  forward: (x, y, weight, positive) =>
    y
      .neg()
      .add(1)
      .mul(x)
      .add(
        positive
          .sub(1)
          .mul(y)
          .add(1)
          .mul(x.abs().neg().exp().log1p().sub(x.minimum(0))),
      )
      .mul(weight),
  backward: (grad, _out, x, y, weight, positive) => [
    grad.mul(positive.mul(y).add(1).sub(y).mul(x.sigmoid()).sub(positive.mul(y))).mul(weight),
    grad
      .mul(
        positive
          .sub(1)
          .mul(x.abs().neg().exp().log1p().sub(x.minimum(0)))
          .sub(x),
      )
      .mul(weight),
    null,
    null,
  ],
})

/** Options of `binaryCrossEntropyWithLogits`. */
export interface LogitsLossOptions extends BinaryLossOptions {
  /** A factor on the losses of positive targets; broadcast to the input. */
  readonly posWeight?: Tensor | null
}

/**
 * The cross-entropy of `sigmoid(input)` against `target`, computed without leaving the logits: stable for inputs of any size.
 *
 * Shape: `input` and `target` of one shape; a 0-dim tensor unless `reduction` is `none`. Dtypes: floating point.
 *
 * @throws ValueError if the shapes differ; RuntimeError for an integer target.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  { weight = null, posWeight = null, reduction = 'mean' }: LogitsLossOptions = {},
): Tensor {
  if (!sameShape(input.shape, target.shape))
    throw new ValueError(
      `Target size (torch.Size([${target.shape.join(', ')}])) must be the same as input size (torch.Size([${input.shape.join(', ')}]))`,
    )
  if (!isFloat(target.dtype))
    throw new RuntimeError(`result type ${scalarName(input.dtype)} can't be cast to the desired output type ${scalarName(target.dtype)}`)
  checkWeight(input, weight)
  const operands: Operand[] = [input, target, weight ?? 1]
  return posWeight === null ? reduced(bceLogits, operands, reduction) : reduced(bceLogitsPositive, [...operands, posWeight], reduction)
}
