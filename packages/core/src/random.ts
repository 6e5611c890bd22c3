/** Random tensors: the same seed gives the numbers that PyTorch gives on a CPU, bit for bit in float32. */
import { checkInplace } from './autograd/inplace.ts'
import { noGrad } from './autograd/mode.ts'
import { kernels } from './backend/index.ts'
import { empty, type TensorOptions, tensor } from './create.ts'
import type { TypedArray } from './dtype.ts'
import { type DType, getDefaultDtype, isFloat, scalarName } from './dtype.ts'
import { NotImplementedError, RuntimeError } from './errors.ts'
import { isDense, type Shape } from './layout.ts'
import { valuesOf } from './op.ts'
import {
  type FloatArray,
  fillBernoulli,
  fillBernoulliEach,
  fillCauchy,
  fillExponential,
  fillGeometric,
  fillLogNormal,
  fillNormal,
  fillRandint,
  fillRandom,
  fillRandom64,
  fillRandperm,
  fillUniform,
} from './random/fill.ts'
import { GeneratorBase } from './random/generator.ts'
import { replayable } from './tape.ts'
import { allocateTensor, type Tensor } from './tensor.ts'

/**
 * A stream of random numbers with a seed and a state of its own.
 *
 * @example
 * const g = new Generator().manualSeed(42)
 * randperm(4, { generator: g })
 * @see https://pytorch.org/docs/stable/generated/torch.Generator.html
 */
export class Generator extends GeneratorBase {
  /** The state as the 5056 bytes that PyTorch's `get_state()` holds. */
  getState(): Tensor {
    return tensor(this.getStateBytes())
  }

  /**
   * Continues from a saved state, PyTorch's included.
   *
   * @throws RuntimeError for bytes that are no state.
   */
  setState(state: Tensor): this {
    return this.setStateBytes(valuesOf(state, 'uint8') as Uint8Array)
  }
}

/** The stream that is used where none is named. */
export const defaultGenerator: Generator = /* @__PURE__ */ new Generator()

/**
 * Starts the default stream anew with a seed and returns it.
 *
 * @example
 * manualSeed(42)
 * rand([2]) // tensor([0.8823, 0.9150])
 * @see https://pytorch.org/docs/stable/generated/torch.manual_seed.html
 */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.manualSeed(seed)
}

/** Starts the default stream with a seed that nobody can foretell, and returns the seed. */
export function seed(): bigint {
  return defaultGenerator.seed()
}

/** The seed that began the default stream. */
export function initialSeed(): bigint {
  return defaultGenerator.initialSeed()
}

/** The state of the default stream, 5056 bytes as in PyTorch. */
export function getRngState(): Tensor {
  return defaultGenerator.getState()
}

/** Continues the default stream from a saved state. */
export function setRngState(state: Tensor): void {
  defaultGenerator.setState(state)
}

/** Where random numbers come from. */
export interface RandomOptions {
  /** The stream to draw from; the default one unless given. */
  readonly generator?: Generator | null | undefined
}

const engineOf = ({ generator }: RandomOptions): Generator['engine'] => (generator ?? defaultGenerator).engine

/** Fills `x`, and again in each replay of a recording. */
function fill(x: Tensor, draw: (out: TypedArray, contiguous: boolean) => void): Tensor {
  checkInplace(x)
  replayable(() => fillNow(x, draw), [], [x])
  return x
}

/** Fills the memory of `x`: directly where its elements stand without gaps, else by way of a copy. */
function fillNow(x: Tensor, draw: (out: TypedArray, contiguous: boolean) => void): void {
  const n = x.numel()
  const contiguous = x.isContiguous()
  if (n > 0)
    if (contiguous || isDense(x.shape, x.strides)) draw(x.data.subarray(x.offset, x.offset + n) as TypedArray, contiguous)
    else {
      const aside = allocateTensor(x.shape, x.dtype)
      draw(aside.data, false)
      kernels.copy(aside, x)
    }
  x.storage.version++
}

function floatFill(name: string, x: Tensor, draw: (out: FloatArray, contiguous: boolean) => void): Tensor {
  if (!isFloat(x.dtype)) throw new NotImplementedError(`"${name}" not implemented for '${scalarName(x.dtype)}'`)
  return fill(x, (out, contiguous) => draw(out as FloatArray, contiguous))
}

/**
 * Fills `x` with uniform numbers of `[from, to)`.
 *
 * @throws RuntimeError if `from` is greater than `to`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html
 */
export function uniform_(x: Tensor, from = 0, to = 1, options: RandomOptions = {}): Tensor {
  if (from > to) throw new RuntimeError(`uniform_ expects to return a [from, to) range, but found from=${from} > to=${to}`)
  return floatFill('check_uniform_bounds', x, (out) => fillUniform(engineOf(options), out, from, to))
}

/**
 * Fills `x` with numbers of the normal distribution.
 *
 * @throws RuntimeError if `std` is negative.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.normal_.html
 */
export function normal_(x: Tensor, mean = 0, std = 1, options: RandomOptions = {}): Tensor {
  if (std < 0) throw new RuntimeError(`normal expects std >= 0.0, but found std ${std}`)
  return floatFill('normal_kernel_cpu', x, (out, contiguous) => fillNormal(engineOf(options), out, mean, std, contiguous))
}

/**
 * Fills `x` with 1 with probability `p` and with 0 otherwise; `p` may be a tensor of one probability per element.
 *
 * @throws RuntimeError unless `0 <= p <= 1`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.bernoulli_.html
 */
export function bernoulli_(x: Tensor, p: number | Tensor = 0.5, options: RandomOptions = {}): Tensor {
  if (typeof p !== 'number') {
    checkInplace(x)
    const run = (): void => {
      const each = valuesOf(p) as FloatArray
      fillNow(x, (out) => fillBernoulliEach(engineOf(options), out, each))
    }
    replayable(run, [p], [x])
    return x
  }
  if (!(p >= 0 && p <= 1)) throw new RuntimeError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`)
  return fill(x, (out) => fillBernoulli(engineOf(options), out, p))
}

/** Fills `x` with numbers of the exponential distribution of rate `lambd`. */
export function exponential_(x: Tensor, lambd = 1, options: RandomOptions = {}): Tensor {
  if (lambd <= 0) throw new RuntimeError(`exponential_ expects lambda > 0.0, but found lambda=${lambd}`)
  return floatFill('exponential_cpu', x, (out) => fillExponential(engineOf(options), out, lambd))
}

/** Fills `x` with numbers of the Cauchy distribution. */
export function cauchy_(x: Tensor, median = 0, sigma = 1, options: RandomOptions = {}): Tensor {
  if (sigma <= 0) throw new RuntimeError(`cauchy_ expects sigma > 0.0, but found sigma=${sigma}`)
  return floatFill('cauchy_cpu', x, (out) => fillCauchy(engineOf(options), out, median, sigma))
}

/** Fills `x` with numbers whose logarithms are normal. */
export function logNormal_(x: Tensor, mean = 1, std = 2, options: RandomOptions = {}): Tensor {
  if (std <= 0) throw new RuntimeError(`log_normal_ expects std > 0.0, but found std=${std}`)
  return floatFill('log_normal_cpu', x, (out) => fillLogNormal(engineOf(options), out, mean, std))
}

/** Fills `x` with the numbers of tries until the first success of probability `p`. */
export function geometric_(x: Tensor, p: number, options: RandomOptions = {}): Tensor {
  if (!(p > 0 && p < 1)) throw new RuntimeError(`geometric_ expects p to be in (0, 1), but got p=${p}`)
  return fill(x, (out) => fillGeometric(engineOf(options), out, p))
}

const digits: Readonly<Record<DType, number>> = {
  bool: 1,
  uint8: 255,
  int8: 127,
  int16: 32767,
  int32: 2147483647,
  int64: 2 ** 63,
  float32: 2 ** 24,
  float64: 2 ** 53,
}

/**
 * Fills `x` with whole numbers of `[from, to)`, or of all that its dtype can hold.
 *
 * @throws RuntimeError if the range is empty.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.random_.html
 */
export function random_(x: Tensor, from?: number, to?: number | null, options: RandomOptions = {}): Tensor {
  if (from === undefined)
    return fill(x, (out) =>
      x.dtype === 'int64' ? fillRandom64(engineOf(options), out as Float64Array) : fillRandom(engineOf(options), out, digits[x.dtype]),
    )
  const [low, high] = to === undefined || to === null ? [0, from] : [from, to]
  if (low >= high) throw new RuntimeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`)
  return fill(x, (out) => fillRandint(engineOf(options), out, low, high))
}

/** Options of the functions that make random tensors. */
export interface RandomTensorOptions extends TensorOptions, RandomOptions {}

function made(shape: Shape, { dtype, requiresGrad }: RandomTensorOptions, into: (x: Tensor) => void): Tensor {
  const out = empty(shape, { dtype: dtype ?? getDefaultDtype() })
  noGrad(() => into(out))
  if (requiresGrad === true) out.requiresGrad = true
  return out
}

/**
 * Uniform numbers of `[0, 1)`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.rand.html
 */
export function rand(shape: Shape, options: RandomTensorOptions = {}): Tensor {
  return made(shape, options, (x) => uniform_(x, 0, 1, options))
}

/**
 * Numbers of the standard normal distribution.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.randn.html
 */
export function randn(shape: Shape, options: RandomTensorOptions = {}): Tensor {
  return made(shape, options, (x) => normal_(x, 0, 1, options))
}

/**
 * Whole numbers of `[low, high)`.
 *
 * Dtypes: `int64` by default.
 *
 * @throws RuntimeError if the range is empty.
 * @see https://pytorch.org/docs/stable/generated/torch.randint.html
 */
export function randint(low: number, high: number, shape: Shape, options: RandomTensorOptions = {}): Tensor {
  return made(shape, { dtype: 'int64', ...options }, (x) => random_(x, low, high, options))
}

/**
 * The numbers from 0 to `n - 1` in random order.
 *
 * Dtypes: `int64` by default.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.randperm.html
 */
export function randperm(n: number, options: RandomTensorOptions = {}): Tensor {
  return made([n], { dtype: 'int64', ...options }, (x) => replayable(() => fillRandperm(engineOf(options), x.data), [], [x]))
}

/**
 * 1 with the probability that each element of `p` gives, else 0.
 *
 * @throws RuntimeError for an integer tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.bernoulli.html
 */
export function bernoulli(p: Tensor, options: RandomOptions = {}): Tensor {
  if (!isFloat(p.dtype)) throw new RuntimeError(`"bernoulli_tensor_cpu_p_" not implemented for '${scalarName(p.dtype)}'`)
  return bernoulli_(allocateTensor(p.shape, p.dtype), p, options)
}

/** Uniform numbers of `[0, 1)` in the shape and dtype of `x`. */
export function randLike(x: Tensor, options: RandomTensorOptions = {}): Tensor {
  return rand(x.shape, { dtype: x.dtype, ...options })
}

/** Numbers of the standard normal distribution in the shape and dtype of `x`. */
export function randnLike(x: Tensor, options: RandomTensorOptions = {}): Tensor {
  return randn(x.shape, { dtype: x.dtype, ...options })
}
