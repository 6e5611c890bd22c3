/**
 * PyTorch's CPU random fills over plain typed arrays: the same seed gives the same numbers, bit for bit in float32.
 *
 * Each takes the engine and the elements in memory order, and draws exactly the words that PyTorch draws. Arguments are the caller's to
 * check; `int64` values are plain numbers, exact within +-2^53.
 */

import type { TypedArray } from '../dtype.ts'
import { log } from './accurate.ts'
import { BLOCK, boxMuller32, boxMuller64, normal } from './box-muller.ts'
import { fma32, fma64 } from './fma.ts'
import type { Mt19937 } from './mt19937.ts'

/** The two floating-point buffers. */
export type FloatArray = Float32Array | Float64Array

const { fround } = Math

/**
 * Uniform numbers in [`from`, `to`): one word each in float32, two in float64.
 *
 * A number that rounds up to `to` becomes `from`.
 *
 * @example
 * fillUniform(new Mt19937(42n), new Float32Array(3)) // 0.8823, 0.9150, 0.3829
 * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.uniform_.html
 */
export function fillUniform(engine: Mt19937, out: FloatArray, from = 0, to = 1): void {
  const n = out.length
  if (out instanceof Float32Array) {
    if (from === 0 && to === 1) {
      for (let i = 0; i < n; i++) out[i] = engine.uniform24()
      return
    }
    const low = fround(from)
    const high = fround(to)
    const range = fround(high - low)
    for (let i = 0; i < n; i++) {
      const value = fma32(engine.uniform24(), range, low)
      out[i] = value === high ? low : value
    }
    return
  }
  const range = to - from
  for (let i = 0; i < n; i++) {
    const value = fma64(engine.uniform53(), range, from)
    out[i] = value === to ? from : value
  }
}

/**
 * Normal numbers of the given mean and standard deviation.
 *
 * PyTorch has two ways. Fewer than 16 elements, and tensors that are not contiguous, are drawn one by one in double precision, in pairs
 * whose second half the engine keeps. Otherwise uniform numbers fill the whole and are transformed in blocks of 16, the last block being
 * drawn anew when it is not full.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.normal_.html
 */
export function fillNormal(engine: Mt19937, out: FloatArray, mean = 0, std = 1, contiguous = true): void {
  const n = out.length
  if (n < BLOCK || !contiguous) {
    for (let i = 0; i < n; i++) out[i] = fma64(normal(engine), std, mean)
    return
  }
  fillUniform(engine, out)
  if (out instanceof Float32Array) {
    const m = fround(mean)
    const s = fround(std)
    for (let i = 0; i + BLOCK <= n; i += BLOCK) boxMuller32(out, i, m, s)
    if (n % BLOCK === 0) return
    fillUniform(engine, out.subarray(n - BLOCK))
    boxMuller32(out, n - BLOCK, m, s)
    return
  }
  for (let i = 0; i + BLOCK <= n; i += BLOCK) boxMuller64(out, i, mean, std)
  if (n % BLOCK === 0) return
  fillUniform(engine, out.subarray(n - BLOCK))
  boxMuller64(out, n - BLOCK, mean, std)
}

/** From this many values on, integers are drawn from two words, so that the remainder's bias stays small. */
const WIDE = 2 ** 28

/**
 * Integers in [`from`, `to`): the remainder of one word, or of two when there are 2^28 values or more.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.randint.html
 */
export function fillRandint(engine: Mt19937, out: TypedArray, from: number, to: number): void {
  const range = to - from
  if (range >= WIDE) for (let i = 0; i < out.length; i++) out[i] = engine.random64Modulo(range) + from
  else for (let i = 0; i < out.length; i++) out[i] = (engine.random() % range) + from
}

/** The values of `random_()` without bounds: 0 .. `largest` of an integer dtype narrower than int64, or 0 .. 2^24 in float32. */
export function fillRandom(engine: Mt19937, out: TypedArray, largest: number): void {
  const range = largest + 1
  for (let i = 0; i < out.length; i++) out[i] = engine.random() % range
}

/** The values of `random_()` in float64: 0 .. 2^53, from two words. */
export function fillRandom64(engine: Mt19937, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    // modulo 2^53 + 1, where 2^53 is -1: the low 53 bits less the high 11
    const word = engine.random()
    const high = word >>> 21
    const rest = (word & 0x1fffff) * 0x100000000 + engine.random() - high
    out[i] = rest < 0 ? rest + 0x20000000000000 + 1 : rest
  }
}

/**
 * A random 63-bit integer, as `torch.empty((), dtype=torch.int64).random_()` draws it: the seeds of data loaders.
 */
export function randomInt63(engine: Mt19937): bigint {
  return engine.random64() & 0x7fffffffffffffffn
}

/**
 * A random permutation of 0 .. n-1.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.randperm.html
 */
export function fillRandperm(engine: Mt19937, out: TypedArray): void {
  const n = out.length
  // beyond this PyTorch draws two words each
  const wide = n >= Math.floor(0xffffffff / 20)
  for (let i = 0; i < n; i++) out[i] = i
  for (let i = 0; i < n - 1; i++) {
    const j = i + (wide ? engine.random64Modulo(n - i) : engine.random() % (n - i))
    const value = out[i] as number
    out[i] = out[j] as number
    out[j] = value
  }
}

/**
 * Ones with probability `p`, else zeros: `bernoulli_(p)` and dropout. Two words each whatever the dtype.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.bernoulli_.html
 */
export function fillBernoulli(engine: Mt19937, out: TypedArray, p: number): void {
  for (let i = 0; i < out.length; i++) out[i] = engine.uniform53() < p ? 1 : 0
}

/**
 * Ones with the probability at the same place in `p`: one word each for float32 probabilities, two for float64.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.bernoulli.html
 */
export function fillBernoulliEach(engine: Mt19937, out: TypedArray, p: FloatArray): void {
  const narrow = p instanceof Float32Array
  for (let i = 0; i < out.length; i++) out[i] = (narrow ? engine.uniform24() : engine.uniform53()) < (p[i] as number) ? 1 : 0
}

/**
 * Exponential numbers of rate `lambda`: -log(1 - u) / lambda in double precision.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.exponential_.html
 */
export function fillExponential(engine: Mt19937, out: FloatArray, lambda = 1): void {
  for (let i = 0; i < out.length; i++) out[i] = (-1 / lambda) * log(1 - engine.uniform53())
}

/**
 * Cauchy numbers: median + sigma tan(pi (u - 1/2)) in double precision.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.cauchy_.html
 */
export function fillCauchy(engine: Mt19937, out: FloatArray, median = 0, sigma = 1): void {
  for (let i = 0; i < out.length; i++) out[i] = fma64(sigma, Math.tan(Math.PI * (engine.uniform53() - 0.5)), median)
}

/**
 * The number of trials until the first success of probability `p`: ceil(log u / log(1 - p)).
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.geometric_.html
 */
export function fillGeometric(engine: Mt19937, out: TypedArray, p: number): void {
  const scale = log(1 - p)
  for (let i = 0; i < out.length; i++) {
    const u = engine.uniform53()
    out[i] = Math.ceil((u === 0 ? -Infinity : log(u)) / scale)
  }
}

/**
 * The exponential of normal numbers, drawn one by one.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.log_normal_.html
 */
export function fillLogNormal(engine: Mt19937, out: FloatArray, mean = 1, std = 2): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(fma64(normal(engine), std, mean))
}
