/** The functions behind the layers, for a `forward` that needs no module: `functional.relu(x)`. */
import { mseLoss as coreMseLoss, type LossOptions, type Reduction, type Tensor, ValueError, warn } from '@tapegrad/core'
import { size } from './python.ts'

export {
  type BinaryLossOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type LogitsLossOptions,
  type LossOptions,
  linear,
  logsigmoid,
  type Reduction,
  relu,
  type SoftplusOptions,
  sigmoid,
  softplus,
  tanh,
} from '@tapegrad/core'

/** Warns of a loss between tensors of two sizes: they broadcast, which is hardly ever meant. */
function warnOfBroadcast(input: Tensor, target: Tensor): void {
  if (input.ndim === target.ndim && input.shape.every((n, i) => n === target.shape[i])) return
  warn(
    `Using a target size (${size(target.shape)}) that is different to the input size (${size(input.shape)}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.`,
  )
}

function reduce(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === 'mean') return losses.mean()
  if (reduction === 'sum') return losses.sum()
  if (reduction === 'none') return losses
  throw new ValueError(`${String(reduction)} is not a valid value for reduction`)
}

/**
 * The squared error: (x - y)², with a warning if the sizes differ.
 *
 * @throws RuntimeError if the sizes do not broadcast.
 * @throws ValueError for an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  warnOfBroadcast(input, target)
  return coreMseLoss(input, target, options)
}

/**
 * The absolute error: |x - y|, with a warning if the sizes differ.
 *
 * @throws RuntimeError if the sizes do not broadcast.
 * @throws ValueError for an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
 */
export function l1Loss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  warnOfBroadcast(input, target)
  return reduce(input.sub(target).abs(), reduction)
}

/**
 * A sigmoid made of a quotient: x / (1 + |x|), elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html
 */
export function softsign(x: Tensor): Tensor {
  return x.div(x.abs().add(1))
}

/**
 * What the hyperbolic tangent takes away: x - tanh x, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html
 */
export function tanhshrink(x: Tensor): Tensor {
  return x.sub(x.tanh())
}
