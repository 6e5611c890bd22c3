/** Losses of classification: the target is a class per element, or a probability per class. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { IndexError, NotImplementedError, RuntimeError, ValueError } from '../errors.ts'
import { formatShape, numelOf, type Shape, sameShape } from '../layout.ts'
import { castTo, copyOf, expand, record, recording, valuesOf } from '../op.ts'
import { replayable } from '../tape.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, div, mul, neg } from './arithmetic.ts'
import { eq, ne } from './compare.ts'
import { indexSelect, scatterZeros } from './indexing.ts'
import { linear } from './linalg.ts'
import { checkReduction, type LossOptions, type Reduction } from './loss.ts'
import { sum } from './reduce.ts'
import { logSoftmax } from './softmax.ts'
import { reshape, unsqueeze } from './view.ts'
import { where } from './where.ts'

/** Options of `nllLoss`. */
export interface NllOptions extends LossOptions {
  /** A factor per class. */
  readonly weight?: Tensor | null | undefined
  /** Elements with this target count nothing (-100). */
  readonly ignoreIndex?: number | undefined
}

interface NllAttrs {
  readonly shape: Shape
  readonly dim: number
  readonly reduction: Reduction
  readonly ignoreIndex: number
}

/** Where the classes stand. */
const classDim = (x: Tensor): number => (x.ndim === 1 ? 0 : 1)

/** `[outer, classes, inner]`: the dimensions beside that of the classes as two. */
function parted(x: Tensor): Tensor {
  if (x.ndim === 1) return x.alias([1, x.shape[0] as number, 1], [0, x.strides[0] as number, 0])
  if (x.ndim === 2) return x.alias([...x.shape, 1], [...x.strides, 0])
  const plain = x.ndim === 3 || x.isContiguous() ? x : copyOf(x)
  const inner = plain.shape.slice(2).reduce((n, m) => n * m, 1)
  return plain.alias(
    [plain.shape[0] as number, plain.shape[1] as number, inner],
    [...plain.strides.slice(0, 2), plain.strides.at(-1) as number],
  )
}

/** A tensor of one element per target as `[outer, inner]`; a number is stretched. */
function placed(t: Tensor, outer: number, inner: number): Tensor {
  if (t.numel() === 1) return t.alias([outer, inner], [0, 0])
  const plain = t.ndim <= 2 || t.isContiguous() ? t : copyOf(t)
  return plain.alias([outer, inner], [plain.strides[0] as number, plain.ndim === 1 ? 0 : (plain.strides.at(-1) as number)])
}

const nllRule = /* @__PURE__ */ rule<readonly [target: Tensor, weights: Tensor, total: Tensor], NllAttrs>(
  'NllLossBackward0',
  (grad, node) => {
    const [target, weights, total] = node.saved()
    const { shape, dim, reduction, ignoreIndex } = node.attrs
    if (recording([grad])) {
      const classes = usable(target, ignoreIndex, weights.shape)
      const each = expand(reduction === 'mean' ? div(grad, total) : grad, weights.shape)
      return [scatterZeros(shape, dim, unsqueeze(classes, dim), unsqueeze(neg(mul(each, weights)), dim))]
    }
    const result = allocateTensor(shape, grad.dtype)
    const out = parted(result)
    const [outer, , inner] = out.shape as [number, number, number]
    const views = { grad: placed(grad, outer, inner), target: placed(target, outer, inner), ignoreIndex, weights, out }
    replayable(
      () => kernels.nllBackward({ ...views, divisor: reduction === 'mean' ? total.storage.get(total.offset) : 1 }),
      [views.grad, views.target, weights, total],
      [out],
    )
    return [result]
  },
)

/** Refuses inputs, targets and weights that do not fit together. */
function checkClasses(input: Tensor, target: Tensor, weight: Tensor | null): void {
  if (input.ndim < 1) throw new ValueError(`Expected 1 or more dimensions (got ${input.ndim})`)
  if (input.ndim > 1 && target.ndim > 0 && input.shape[0] !== target.shape[0])
    throw new ValueError(`Expected input batch_size (${input.shape[0]}) to match target batch_size (${target.shape[0]}).`)
  if (input.ndim <= 2 && target.ndim > 1) throw new RuntimeError('0D or 1D target tensor expected, multi-target not supported')
  const expected = input.shape.filter((_, d) => d !== classDim(input))
  const loose = input.ndim === 1 && target.ndim === 1 && target.numel() === 1
  if (!loose && !sameShape(expected, target.shape)) {
    if (input.ndim <= 2)
      throw new RuntimeError(`size mismatch (got input: ${formatShape(input.shape)}, target: ${formatShape(target.shape)})`)
    throw new RuntimeError(`Expected target size ${formatShape(expected)}, got ${formatShape(target.shape)}`)
  }
  if (target.dtype !== 'int64' && target.dtype !== 'uint8')
    throw new RuntimeError(`expected target dtype to be Long or Byte, but got ${scalarName(target.dtype)}`)
  const classes = input.shape[classDim(input)] as number
  if (weight !== null && (weight.ndim !== 1 || weight.numel() !== classes))
    throw new RuntimeError(
      `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${formatShape(weight.shape)}`,
    )
}

/** The targets, which are known to be classes, with 0 in place of those ignored. */
const usable = (target: Tensor, ignoreIndex: number, shape: Shape): Tensor =>
  noGrad(() => reshape(where(eq(target, ignoreIndex), 0, target), shape))

/**
 * The negative log-likelihood of classes: `-weight[target] input[target]`, where `input` holds log-probabilities.
 *
 * Shape: `[classes]` and `[]`, or `[n, classes, ...]` and `[n, ...]`. A mean is over the sum of the weights.
 *
 * @throws IndexError for a target that is no class; RuntimeError and ValueError for shapes and dtypes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 */
export function nllLoss(input: Tensor, target: Tensor, { reduction = 'mean', weight = null, ignoreIndex = -100 }: NllOptions = {}): Tensor {
  checkReduction(reduction)
  checkClasses(input, target, weight)
  if (!isFloat(input.dtype))
    throw new NotImplementedError(
      `"nll_loss${input.ndim > 2 ? '2d_forward' : ''}_out_frame" not implemented for '${scalarName(input.dtype)}'`,
    )
  const dim = classDim(input)
  const { dtype } = input
  const shape = input.shape.filter((_, d) => d !== dim)
  const [losses, weights] = [allocateTensor(shape, dtype, false), allocateTensor(shape, dtype, false)]
  const [out, total] = [allocateTensor([], dtype, false), allocateTensor([], dtype, false)]
  const x = parted(input)
  const [outer, , inner] = x.shape as [number, number, number]
  const targets = castTo(target, 'int64')
  const views = {
    x,
    target: placed(targets, outer, inner),
    weight: weight === null ? null : noGrad(() => castTo(weight, dtype)),
    ignoreIndex,
  }
  const run = (): void => {
    const wrong = kernels.nll({ ...views, losses, weights, sum: out, total })
    if (wrong >= 0) throw new IndexError(`Target ${valuesOf(targets)[wrong]} is out of bounds.`)
    if (reduction === 'mean') out.storage.set(0, out.storage.get(0) / total.storage.get(0))
  }
  replayable(run, [x, views.target, targets, views.weight], [losses, weights, out, total])
  const name = input.ndim > 2 ? 'NllLoss2DBackward0' : 'NllLossBackward0'
  const attrs = { shape: input.shape, dim, reduction, ignoreIndex }
  return record(reduction === 'none' ? losses : out, nllRule, [input], [targets, weights, total], attrs, name)
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends NllOptions {
  /** How much of each target is spread evenly over all classes (0). */
  readonly labelSmoothing?: number | undefined
}

/** A factor per class, shaped to broadcast against `x`. */
const perClass = (weight: Tensor, x: Tensor): Tensor =>
  reshape(
    weight,
    x.shape.map((n, d) => (d === classDim(x) ? n : 1)),
  )

/** The cross-entropy against probabilities of the classes. */
function againstProbabilities(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean', weight = null, labelSmoothing = 0 }: CrossEntropyOptions,
): Tensor {
  if (!isFloat(target.dtype))
    throw new RuntimeError(`Expected floating point type for target with class probabilities, got ${scalarName(target.dtype)}`)
  const dim = classDim(input)
  const classes = input.shape[dim] as number
  if (weight !== null && (weight.ndim !== 1 || weight.numel() !== classes))
    throw new RuntimeError(
      `cross_entropy: weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${formatShape(weight.shape)}`,
    )
  const goal = labelSmoothing > 0 ? add(mul(target, 1 - labelSmoothing), labelSmoothing / classes) : target
  const terms = mul(logSoftmax(input, dim), goal)
  const weighted = weight === null ? terms : mul(terms, perClass(weight, input))
  if (reduction === 'none') return neg(sum(weighted, dim))
  const total = neg(sum(weighted))
  return reduction === 'sum' ? total : div(total, input.numel() / classes)
}

/**
 * The cross-entropy of the softmax of logits `input` against `target`: classes, or a probability for each class.
 *
 * Shape: `[classes]` and `[]`, or `[n, classes, ...]` and `[n, ...]`; or both of one shape for probabilities.
 *
 * @example
 * crossEntropy(tensor([[0, 0]]), tensor([1n])) // tensor(0.6931)
 * @throws IndexError for a target that is no class; RuntimeError and ValueError for shapes and dtypes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const { reduction = 'mean', weight = null, ignoreIndex = -100, labelSmoothing = 0 } = options
  checkReduction(reduction)
  if (labelSmoothing < 0 || labelSmoothing > 1)
    throw new RuntimeError(`label_smoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`)
  if (sameShape(input.shape, target.shape)) {
    if (ignoreIndex >= 0) throw new RuntimeError('ignore_index is not supported for floating point target')
    return againstProbabilities(input, target, options)
  }
  const dim = classDim(input)
  const logits = logSoftmax(input, dim)
  const plain = nllLoss(logits, target, { reduction, weight, ignoreIndex })
  if (labelSmoothing === 0) return plain
  const weighted = weight === null ? logits : mul(logits, perClass(weight, input))
  const ignored = noGrad(() => eq(target, ignoreIndex))
  const spread = where(ignored, 0, neg(sum(weighted, dim)))
  let smooth = spread
  if (reduction !== 'none') {
    smooth = sum(spread)
    if (reduction === 'mean') {
      const kept = noGrad(() => castTo(ne(target, ignoreIndex), input.dtype))
      const own =
        weight === null
          ? kept
          : noGrad(() => mul(kept, reshape(indexSelect(weight, 0, reshape(copyOf(where(ignored, 0, target), 'int64'), [-1])), kept.shape)))
      smooth = div(smooth, sum(own))
    }
  }
  return add(mul(plain, 1 - labelSmoothing), mul(smooth, labelSmoothing / (input.shape[dim] as number)))
}

/** Options of `linearCrossEntropy`. */
export interface LinearCrossEntropyOptions extends CrossEntropyOptions {
  /** Added to the logits. */
  readonly linearBias?: Tensor | null | undefined
  /** Accepted for compatibility: how PyTorch is to divide the work. */
  readonly options?: unknown
}

/**
 * The cross-entropy of a linear layer's output: `crossEntropy(linear(input, linearWeight, linearBias), target)`.
 *
 * Shape: `[in]` or `[n, in]`, and `[classes, ..., in]`.
 *
 * @throws RuntimeError for shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html
 */
export function linearCrossEntropy(
  input: Tensor,
  linearWeight: Tensor,
  target: Tensor,
  { linearBias = null, ...options }: LinearCrossEntropyOptions = {},
): Tensor {
  if (input.ndim !== 1 && input.ndim !== 2) throw new RuntimeError(`expected input with dimensionality 1 or 2, got ${input.ndim}`)
  const [own, wanted] = [input.shape[input.ndim - 1], linearWeight.shape[linearWeight.ndim - 1]]
  if (own !== wanted)
    throw new RuntimeError(`expected equal input and linear_weight last dimensions (in_features), got ${own} and ${wanted}, respectively`)
  if (input.ndim === 1 && linearWeight.ndim > 2)
    throw new RuntimeError(
      `K-dimensional loss defined by linear_weight shape (${linearWeight.shape.join(', ')}) requires batched input, (N, ${own}), got unbatched input with shape (${own},)`,
    )
  const shape = linearWeight.shape.slice(0, -1)
  const flat = reshape(linearWeight, [numelOf(shape), own as number])
  const logits = linear(input, flat, linearBias === null ? null : reshape(linearBias, [-1]))
  return crossEntropy(reshape(logits, [...input.shape.slice(0, -1), ...shape]), target, options)
}
