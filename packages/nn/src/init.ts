/** Initialisers: each fills its tensor in place, without recording, with PyTorch's numbers for the same seed. */
import { type Generator, noGrad, type Tensor, ValueError, warn } from '@tapegrad/core'
import { typeName } from './python.ts'

export { eye_, type OrthogonalOptions, orthogonal_ } from './init-matrix.ts'

/** Options of the random initialisers. */
export interface RandomOptions {
  /** The source of random numbers. Default: the one that `manualSeed` seeds. */
  generator?: Generator
}

/** Options of the Xavier initialisers. */
export interface XavierOptions extends RandomOptions {
  /** A factor on the spread. Default: 1. */
  gain?: number
}

/** Options of the Kaiming initialisers. */
export interface KaimingOptions extends RandomOptions {
  /** The negative slope of the rectifier that follows; of interest for `leaky_relu` only. Default: 0. */
  a?: number
  /** Whether to preserve the variance forward (`fan_in`) or backward (`fan_out`). Default: `fan_in`. */
  mode?: 'fan_in' | 'fan_out'
  /** The non-linearity that follows, as `calculateGain` names it. Default: `leaky_relu`. */
  nonlinearity?: Nonlinearity
}

/** The non-linearities whose gain is known, under PyTorch's names. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu'

const linearGains: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'linear',
  'conv1d',
  'conv2d',
  'conv3d',
  'conv_transpose1d',
  'conv_transpose2d',
  'conv_transpose3d',
  'sigmoid',
])

/**
 * The factor that keeps the variance through a non-linearity: 1 for linear ones and sigmoid, 5/3 for tanh, √2 for ReLU,
 * √(2 / (1 + slope²)) for leaky ReLU, 3/4 for SELU.
 *
 * @example
 * calculateGain('leaky_relu', 0.2) // 1.3867504905630728
 * @throws ValueError for an unknown name or a slope that is no number.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain
 */
export function calculateGain(nonlinearity: Nonlinearity, param?: number): number {
  if (linearGains.has(nonlinearity)) return 1
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3
    case 'relu':
      return Math.sqrt(2)
    case 'selu':
      return 3 / 4
    case 'leaky_relu':
      if (param !== undefined && typeof param !== 'number') throw new ValueError(`negative_slope ${String(param)} not a valid number`)
      return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2))
    default:
      throw new ValueError(`Unsupported nonlinearity ${nonlinearity}`)
  }
}

/**
 * How many inputs feed one output element and how many outputs one input element feeds, of a weight `[out, in, ...kernel]`.
 *
 * @throws ValueError if the weight has fewer than two dimensions.
 */
export function calculateFanInAndFanOut(x: Tensor): [fanIn: number, fanOut: number] {
  const [out, into, ...kernel] = x.shape
  if (out === undefined || into === undefined)
    throw new ValueError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions')
  const receptive = kernel.reduce((n, k) => n * k, 1)
  return [into * receptive, out * receptive]
}

const random = ({ generator }: RandomOptions): RandomOptions => (generator === undefined ? {} : { generator })

/**
 * Fills with numbers drawn evenly from `[a, b)`.
 *
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.uniform_
 */
export function uniform_(x: Tensor, a = 0, b = 1, options: RandomOptions = {}): Tensor {
  return noGrad(() => x.uniform_(a, b, random(options)))
}

/**
 * Fills with numbers drawn from the normal distribution.
 *
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.normal_
 */
export function normal_(x: Tensor, mean = 0, std = 1, options: RandomOptions = {}): Tensor {
  return noGrad(() => x.normal_(mean, std, random(options)))
}

/**
 * Fills with one value.
 *
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.constant_
 */
export function constant_(x: Tensor, value: number): Tensor {
  return noGrad(() => x.fill_(value))
}

/**
 * Fills with ones.
 *
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.ones_
 */
export function ones_(x: Tensor): Tensor {
  return constant_(x, 1)
}

/**
 * Fills with zeros.
 *
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.zeros_
 */
export function zeros_(x: Tensor): Tensor {
  return constant_(x, 0)
}

/** The standard deviation after Glorot and Bengio: `gain * √(2 / (fan_in + fan_out))`. */
function xavierStd(x: Tensor, gain: number): number {
  const [fanIn, fanOut] = calculateFanInAndFanOut(x)
  return gain * Math.sqrt(2 / (fanIn + fanOut))
}

/**
 * Fills evenly from ±√3 · gain · √(2 / (fan_in + fan_out)), for layers before sigmoid or tanh.
 *
 * @example
 * init.xavierUniform_(layer.weight, { gain: init.calculateGain('tanh') })
 * @throws ValueError if `x` has fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_uniform_
 */
export function xavierUniform_(x: Tensor, options: XavierOptions = {}): Tensor {
  const bound = Math.sqrt(3) * xavierStd(x, options.gain ?? 1)
  return uniform_(x, -bound, bound, options)
}

/**
 * Fills from the normal distribution with standard deviation gain · √(2 / (fan_in + fan_out)).
 *
 * @throws ValueError if `x` has fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_normal_
 */
export function xavierNormal_(x: Tensor, options: XavierOptions = {}): Tensor {
  return normal_(x, 0, xavierStd(x, options.gain ?? 1), options)
}

/** The standard deviation after He et al., or null where there is nothing to fill. */
function kaimingStd(x: Tensor, { a = 0, mode = 'fan_in', nonlinearity = 'leaky_relu' }: KaimingOptions): number | null {
  if (x.shape.includes(0)) {
    warn('Initializing zero-element tensors is a no-op')
    return null
  }
  if (mode !== 'fan_in' && mode !== 'fan_out')
    throw new ValueError(`Mode ${typeof mode === 'string' ? mode : typeName(mode)} not supported, please use one of ['fan_in', 'fan_out']`)
  const [fanIn, fanOut] = calculateFanInAndFanOut(x)
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === 'fan_in' ? fanIn : fanOut)
}

/**
 * Fills evenly from ±√3 · gain / √fan, for layers before a rectifier.
 *
 * @example
 * init.kaimingUniform_(layer.weight, { nonlinearity: 'relu' })
 * @throws ValueError if `x` has fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_uniform_
 */
export function kaimingUniform_(x: Tensor, options: KaimingOptions = {}): Tensor {
  const std = kaimingStd(x, options)
  if (std === null) return x
  const bound = Math.sqrt(3) * std
  return uniform_(x, -bound, bound, options)
}

/**
 * Fills from the normal distribution with standard deviation gain / √fan, for layers before a rectifier.
 *
 * @throws ValueError if `x` has fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_normal_
 */
export function kaimingNormal_(x: Tensor, options: KaimingOptions = {}): Tensor {
  const std = kaimingStd(x, options)
  return std === null ? x : normal_(x, 0, std, options)
}
