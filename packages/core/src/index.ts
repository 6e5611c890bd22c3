/** The public surface of `@tapegrad/core`; nothing else happens here. */
import './methods.ts'

export type { NestedList } from './access.ts'
export { type BackwardAllOptions, type BackwardOptions, backwardAll, type GradOptions, grad } from './autograd/engine.ts'
export { Function, FunctionContext } from './autograd/function.ts'
export type { HookHandle } from './autograd/methods.ts'
export { enableGrad, inferenceMode, isGradEnabled, isInferenceModeEnabled, noGrad, setGradEnabled } from './autograd/mode.ts'
export type { Hook, Node } from './autograd/node.ts'
export {
  arange,
  empty,
  emptyLike,
  eye,
  full,
  fullLike,
  linspace,
  type Nested,
  ones,
  onesLike,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from './create.ts'
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
export {
  IndexError,
  NotImplementedError,
  RuntimeError,
  setWarningHandler,
  ValueError,
  type WarningHandler,
  warn,
  warnOnce,
} from './errors.ts'
export type { Shape } from './layout.ts'
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
export * from './ops/index.ts'
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
export * as special from './ops/namespaces/special.ts'
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
export { _softmaxBackwardData, type SoftmaxOptions, softmin } from './ops/softmax.ts'
export { where } from './ops/where.ts'
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
export { Tensor } from './tensor.ts'
