/** The functions behind the layers, for a `forward` that needs no module: `functional.relu(x)`. */
import { mseLoss as coreMseLoss, type LossOptions, type Tensor, warn } from '@tapegrad/core'
import { size } from './python.ts'

export {
  type AffineOptions,
  type AlphaActivationOptions,
  type BatchNormOptions,
  type BinaryLossOptions,
  batchNorm,
  bilinear,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type ConvOptions,
  type ConvTransposeOptions,
  type CosineOptions,
  type CrossEntropyOptions,
  celu,
  channelShuffle,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  cosineEmbeddingLoss,
  cosineSimilarity,
  crossEntropy,
  type EmbeddingOptions,
  elu,
  embedding,
  type GaussianOptions,
  type GeluOptions,
  gaussianNllLoss,
  gelu,
  glu,
  groupNorm,
  type HardtanhOptions,
  type HuberOptions,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  hingeEmbeddingLoss,
  huberLoss,
  type InstanceNormOptions,
  instanceNorm,
  type KlOptions,
  klDiv,
  type LeakyReluOptions,
  type LocalResponseOptions,
  type LogitsLossOptions,
  type LossOptions,
  l1Loss,
  layerNorm,
  leakyRelu,
  linear,
  linearCrossEntropy,
  localResponseNorm,
  logSoftmax,
  logsigmoid,
  type MarginOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  mish,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  type NllOptions,
  type NormalizeOptions,
  nllLoss,
  normalize,
  type OneHotOptions,
  oneHot,
  type PadOptions,
  type PairwiseOptions,
  type PoissonOptions,
  pad,
  pairwiseDistance,
  pdist,
  pixelShuffle,
  pixelUnshuffle,
  poissonNllLoss,
  prelu,
  type Reduction,
  type RmsNormOptions,
  relu,
  relu6,
  rmsNorm,
  rrelu,
  type ShrinkOptions,
  type SmoothL1Options,
  type SoftmaxOptions,
  type SoftplusOptions,
  scaledDotProductAttention,
  selu,
  sigmoid,
  silu,
  smoothL1Loss,
  softMarginLoss,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  type TripletDistanceOptions,
  type TripletOptions,
  tanh,
  tanhshrink,
  threshold,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from '@tapegrad/core'

export { alphaDropout, type DropoutOptions, dropout, dropout1d, dropout2d, dropout3d } from './dropout-functions.ts'
export type { InplaceOptions } from './inplace.ts'

/** Warns of a loss between tensors of two sizes: they broadcast, which is hardly ever meant. */
function warnOfBroadcast(input: Tensor, target: Tensor): void {
  if (input.ndim === target.ndim && input.shape.every((n, i) => n === target.shape[i])) return
  warn(
    `Using a target size (${size(target.shape)}) that is different to the input size (${size(input.shape)}). This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.`,
  )
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
