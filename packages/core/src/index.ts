/** The public surface of `@tapegrad/core`; nothing else happens here. */
import './methods.ts'

export type { NestedList } from './access.ts'
export { type BackwardAllOptions, type BackwardOptions, backwardAll, type GradOptions, grad } from './autograd/engine.ts'
export { Function, FunctionContext } from './autograd/function.ts'
export type { HookHandle } from './autograd/methods.ts'
export { enableGrad, inferenceMode, isGradEnabled, isInferenceModeEnabled, noGrad, setGradEnabled } from './autograd/mode.ts'
export type { Hook, Node } from './autograd/node.ts'
export { areDeterministicAlgorithmsEnabled, useDeterministicAlgorithms } from './backend/wasm/base.ts'
export { getNumThreads, setNumThreads } from './backend/wasm/threads/pool.ts'
export { type CompiledResult, compile } from './capture/compile.ts'
export { empty, full, type Nested, ones, scalarTensor, type TensorOptions, tensor, zeros } from './create.ts'
export { emptyLike, fullLike, onesLike, zerosLike } from './create-like.ts'
export {
  bool,
  type DType,
  float32,
  float64,
  getDefaultDtype,
  int8,
  int16,
  int32,
  int64,
  promoteTypes,
  setDefaultDtype,
  type TypedArray,
  typeName,
  uint8,
} from './dtype.ts'
export { elementwise, type Num, type NumberFormula } from './elementwise.ts'
export {
  IndexError,
  LinAlgError,
  NotImplementedError,
  RuntimeError,
  setWarningHandler,
  ValueError,
  type WarningHandler,
  warn,
  warnOnce,
} from './errors.ts'
export type { Shape } from './layout.ts'
export { type MemoryStats, memoryStats } from './memory.ts'
export {
  type AlphaActivationOptions,
  celu,
  elu,
  type GeluOptions,
  gelu,
  glu,
  logsigmoid,
  mish,
  type SoftplusOptions,
  selu,
  silu,
  softplus,
} from './ops/activation.ts'
export {
  type AdaptiveMaxPoolOptions,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type OutputSizes,
} from './ops/adaptive-pool.ts'
export { type AttentionOptions, scaledDotProductAttention } from './ops/attention.ts'
export { type AvgPoolOptions, avgPool1d, avgPool2d, avgPool3d } from './ops/avg-pool.ts'
export { type BatchNormOptions, batchNorm, type InstanceNormOptions, instanceNorm, nativeBatchNorm } from './ops/batch-norm.ts'
export { vander } from './ops/chains.ts'
export { _chunkCat } from './ops/chunk-cat.ts'
export { bilinear, type ContractedDims, tensordot } from './ops/contractions.ts'
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from './ops/conv.ts'
export type { PerDimension } from './ops/conv-checks.ts'
export * from './ops/copies.ts'
export { cumulativeTrapezoid, trapezoid, trapz } from './ops/differences.ts'
export {
  type CdistOptions,
  type CosineOptions,
  cdist,
  cosineSimilarity,
  type NormalizeOptions,
  normalize,
  type PairwiseOptions,
  pairwiseDistance,
  pdist,
} from './ops/distances.ts'
export { einsum } from './ops/einsum.ts'
export { type EmbeddingOptions, embedding, type OneHotOptions, oneHot } from './ops/embedding.ts'
export { type FoldOptions, fold, im2col } from './ops/fold.ts'
export { fractionalMaxPool2d, fractionalMaxPool3d } from './ops/fractional-pool.ts'
export { gradient } from './ops/gradient.ts'
export {
  type AffineGridOptions,
  affineGrid,
  type GridSampleOptions,
  gridSample,
  gridSampler2d,
  gridSampler3d,
} from './ops/grid-sample.ts'
export {
  broadcastShapes,
  broadcastTensors,
  type CombinationsOptions,
  cartesianProd,
  combinations,
  type MeshgridOptions,
  meshgrid,
} from './ops/grids.ts'
export * from './ops/index.ts'
export {
  type InterpolateOptions,
  type InterpolationMode,
  interpolate,
  type UpsampleOptions,
  upsample,
  upsampleBilinear,
  upsampleNearest,
} from './ops/interpolate.ts'
export * from './ops/join.ts'
export {
  type BinaryLossOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type LogitsLossOptions,
  type LossOptions,
  mseLoss,
  type Reduction,
} from './ops/loss.ts'
export {
  type CrossEntropyOptions,
  crossEntropy,
  type LinearCrossEntropyOptions,
  linearCrossEntropy,
  type NllOptions,
  nllLoss,
} from './ops/loss-classes.ts'
export { type HuberOptions, huberLoss, l1Loss, type SmoothL1Options, smoothL1Loss, type WeightedLossOptions } from './ops/loss-distance.ts'
export { type GaussianOptions, gaussianNllLoss, type KlOptions, klDiv, type PoissonOptions, poissonNllLoss } from './ops/loss-likelihood.ts'
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginOptions,
  marginRankingLoss,
  softMarginLoss,
  type TripletDistanceOptions,
  type TripletOptions,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from './ops/loss-margin.ts'
export { type MultiMarginOptions, multilabelMarginLoss, multilabelSoftMarginLoss, multiMarginLoss } from './ops/loss-multi.ts'
export { type LpPoolOptions, lpPool1d, lpPool2d, lpPool3d } from './ops/lp-pool.ts'
export { type MaxPoolOptions, maxPool1d, maxPool2d, maxPool2dWithIndicesBackward, maxPool3d, type WithIndices } from './ops/max-pool.ts'
export { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from './ops/max-unpool.ts'
export { type MomentOptions, stdMean, varMean } from './ops/moments.ts'
export * as linalg from './ops/namespaces/linalg.ts'
export * as special from './ops/namespaces/special.ts'
export {
  type AffineOptions,
  groupNorm,
  type LocalResponseOptions,
  layerNorm,
  localResponseNorm,
  nativeGroupNorm,
  nativeLayerNorm,
  type RmsNormOptions,
  rmsNorm,
} from './ops/norm-layers.ts'
export { type ConstantPadOptions, constantPadNd, type PadOptions, pad } from './ops/pad.ts'
export { maximum, minimum } from './ops/pairs.ts'
export { polygamma } from './ops/polygamma.ts'
export {
  type HardtanhOptions,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  type LeakyReluOptions,
  leakyRelu,
  prelu,
  type RreluOptions,
  relu6,
  rrelu,
  type ShrinkOptions,
  softshrink,
  softsign,
  tanhshrink,
  threshold,
} from './ops/rectifier.ts'
export type { PaddingMode, SampleMode } from './ops/sample-points.ts'
export {
  type BucketizeOptions,
  bucketize,
  type IsinOptions,
  isin,
  type SearchsortedOptions,
  searchsorted,
  unravelIndex,
} from './ops/search.ts'
export { channelShuffle, pixelShuffle, pixelUnshuffle } from './ops/shuffle.ts'
export { _softmaxBackwardData, type SoftmaxOptions, softmin } from './ops/softmax.ts'
export { atleast1d, atleast2d, atleast3d, blockDiag, columnStack, dstack, hstack, rowStack, vstack } from './ops/stacks.ts'
export type { Index, IndexList, IndexPutOptions, SliceIndex } from './ops/subscript.ts'
export { where } from './ops/where.ts'
export type { Sizes, WindowOptions } from './ops/windows.ts'
export type { PrintOptions, PrintOptionsUpdate } from './print/format.ts'
export { pyFloat, setPrintoptions } from './print.ts'
export { type Operand, resultType } from './promote.ts'
export {
  bernoulli,
  defaultGenerator,
  Generator,
  getRngState,
  initialSeed,
  manualSeed,
  type RandomOptions,
  rand,
  randint,
  randLike,
  randn,
  randnLike,
  randperm,
  seed,
  setRngState,
} from './random.ts'
export { arange, eye, type LogspaceOptions, linspace, logspace, type TriangleIndicesOptions, trilIndices, triuIndices } from './ranges.ts'
export { replayable } from './tape.ts'
export { Tensor } from './tensor.ts'
