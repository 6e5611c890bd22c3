/** The public surface of `@tapegrad/nn`. */
export { LogSigmoid, ReLU, Sigmoid, Softplus, Softsign, Tanh, Tanhshrink } from './activation.ts'
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
  type AdaptiveMaxPoolModuleOptions,
} from './adaptive-pooling.ts'
export { BatchNorm1d, BatchNorm2d, BatchNorm3d } from './batch-norm.ts'
export { Bilinear } from './bilinear.ts'
export { type Layer, ModuleDict, ModuleList, Sequential } from './container.ts'
export { Conv1d, Conv2d, Conv3d, type ConvModuleOptions } from './conv.ts'
export type { PaddingMode, SharedConvOptions } from './conv-base.ts'
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeModuleOptions,
  type OutputSizeOptions,
} from './conv-transpose.ts'
export { AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d, type DropoutModuleOptions } from './dropout.ts'
export { Embedding, type EmbeddingModuleOptions } from './embedding.ts'
export { AssertionError } from './errors.ts'
export { Flatten, type FlattenOptions, Unflatten } from './flatten.ts'
export { Fold, Unfold } from './fold.ts'
export * as functional from './functional.ts'
export type { ForwardHook, ForwardPreHook, RemovableHandle } from './hooks.ts'
export * as init from './init.ts'
export type { InplaceOptions } from './inplace.ts'
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d } from './instance-norm.ts'
export { Identity, Linear, type LinearOptions } from './linear.ts'
export {
  BCELoss,
  BCEWithLogitsLoss,
  type BCEWithLogitsLossOptions,
  L1Loss,
  MSELoss,
} from './loss.ts'
export type { WeightedLossOptions } from './loss-base.ts'
export { CrossEntropyLoss, type CrossEntropyLossOptions, NLLLoss, type NLLLossOptions } from './loss-classes.ts'
export { HuberLoss, type HuberLossOptions, SmoothL1Loss, type SmoothL1LossOptions } from './loss-distance.ts'
export {
  GaussianNLLLoss,
  type GaussianNLLLossOptions,
  KLDivLoss,
  type KLDivLossOptions,
  PoissonNLLLoss,
  type PoissonNLLLossOptions,
} from './loss-likelihood.ts'
export { LinearCrossEntropyLoss, type LinearCrossEntropyLossOptions } from './loss-linear.ts'
export {
  CosineEmbeddingLoss,
  type CosineEmbeddingLossOptions,
  HingeEmbeddingLoss,
  type HingeEmbeddingLossOptions,
  MarginRankingLoss,
  type MarginRankingLossOptions,
  SoftMarginLoss,
  TripletMarginLoss,
  type TripletMarginLossOptions,
  TripletMarginWithDistanceLoss,
  type TripletMarginWithDistanceLossOptions,
} from './loss-margin.ts'
export { MultiLabelMarginLoss, MultiLabelSoftMarginLoss, MultiMarginLoss, type MultiMarginLossOptions } from './loss-multi.ts'
export {
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  type MaxPoolModuleOptions,
  MaxUnpool1d,
  MaxUnpool2d,
  MaxUnpool3d,
  type MaxUnpoolModuleOptions,
  type MaybeIndexed,
  type UnpoolSizeOptions,
} from './max-pooling.ts'
export { Module, type WalkOptions } from './module.ts'
export {
  GroupNorm,
  type GroupNormOptions,
  LayerNorm,
  type LayerNormOptions,
  LocalResponseNorm,
  type LocalResponseNormOptions,
  RMSNorm,
  type RMSNormOptions,
} from './norm.ts'
export { ConstantPad1d, ConstantPad2d, ConstantPad3d, type Padding, ZeroPad1d, ZeroPad2d, ZeroPad3d } from './padding.ts'
export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
} from './padding-modes.ts'
export { Buffer, type BufferOptions, Parameter } from './parameter.ts'
export {
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  type AvgPoolModuleOptions,
  LPPool1d,
  LPPool2d,
  LPPool3d,
  type LPPoolOptions,
} from './pooling.ts'
export {
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  type HardtanhOptions,
  LeakyReLU,
  type LeakyReLUOptions,
  PReLU,
  type PReLUOptions,
  ReLU6,
  type ShrinkOptions,
  Softshrink,
  Threshold,
} from './rectifier.ts'
export type { NormOptions } from './running-stats.ts'
export { loadSafetensors, SafetensorError, type Safetensors, saveSafetensors } from './safetensors/index.ts'
export { ChannelShuffle, PixelShuffle, PixelUnshuffle } from './shuffle.ts'
export { CosineSimilarity, type CosineSimilarityOptions, PairwiseDistance, type PairwiseDistanceOptions } from './similarity.ts'
export { type AlphaOptions, CELU, ELU, GELU, type GELUOptions, GLU, type GLUOptions, Mish, SELU, SiLU } from './smooth.ts'
export { LogSoftmax, Softmax, Softmax2d, type SoftmaxModuleOptions, Softmin } from './softmax.ts'
export type { LoadResult, StateDict } from './state.ts'
export { Upsample, type UpsampleModuleOptions, UpsamplingBilinear2d, UpsamplingNearest2d } from './upsampling.ts'
export * as utils from './utils.ts'
