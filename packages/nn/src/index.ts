/** The public surface of `@tapegrad/nn`. */
export { LogSigmoid, ReLU, Sigmoid, Softplus, Softsign, Tanh, Tanhshrink } from './activation.ts'
export { type Layer, ModuleDict, ModuleList, Sequential } from './container.ts'
export { Flatten, type FlattenOptions } from './flatten.ts'
export * as functional from './functional.ts'
export type { ForwardHook, ForwardPreHook, RemovableHandle } from './hooks.ts'
export * as init from './init.ts'
export type { InplaceOptions } from './inplace.ts'
export { Identity, Linear, type LinearOptions } from './linear.ts'
export {
  BCELoss,
  BCEWithLogitsLoss,
  type BCEWithLogitsLossOptions,
  L1Loss,
  MSELoss,
  type WeightedLossOptions,
} from './loss.ts'
export { Module, type WalkOptions } from './module.ts'
export { Buffer, type BufferOptions, Parameter } from './parameter.ts'
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
export { loadSafetensors, SafetensorError, type Safetensors, saveSafetensors } from './safetensors/index.ts'
export { type AlphaOptions, CELU, ELU, GELU, type GELUOptions, GLU, type GLUOptions, Mish, SELU, SiLU } from './smooth.ts'
export { LogSoftmax, Softmax, Softmax2d, type SoftmaxModuleOptions, Softmin } from './softmax.ts'
export type { LoadResult, StateDict } from './state.ts'
