/** The data and the initial weights that all contenders share, as functions of a seed and an index; `torch_contender.py` makes the same. */
import type { ConvTask, LogisticTask, MlpTask } from './task.ts'

/** 32 well-mixed bits that depend on the seed and the index alone. */
export function hash(seed: number, index: number): number {
  let h = (Math.imul(seed, 0x9e3779b1) + index) | 0
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d)
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b)
  return (h ^ (h >>> 16)) >>> 0
}

/** A number in [-1, 1) of 24 bits, so that float32 holds it exactly. */
export const uniformAt = (seed: number, index: number): number => (hash(seed, index) >>> 8) / 8388608 - 1

/** `n` numbers in [-scale, scale); a power of two keeps them exact. */
export function uniform(seed: number, n: number, scale = 1): Float32Array {
  const out = new Float32Array(n)
  for (let i = 0; i < n; i++) out[i] = uniformAt(seed, i) * scale
  return out
}

/** `n` numbers in (0, 1.001], for logarithms. */
export const positive = (seed: number, n: number): Float32Array => uniform(seed, n).map((v) => Math.abs(v) + 1 / 1024)

/** Rows whose label hangs on the first feature and some noise. */
export function logisticData({ rows, features }: LogisticTask): { x: Float32Array; y: Float32Array } {
  const x = uniform(1, rows * features)
  const y = new Float32Array(rows)
  for (let i = 0; i < rows; i++) y[i] = x[i * features]! + 0.5 * uniformAt(2, i) > 0 ? 1 : 0
  return { x, y }
}

/** Rows whose every `classes`-th feature, counted from the label, is positive. */
export function mlpData({ rows, features, classes }: MlpTask): { x: Float32Array; labels: Int32Array } {
  const x = uniform(3, rows * features)
  const labels = new Int32Array(rows)
  for (let i = 0; i < rows; i++) {
    const label = hash(4, i) % classes
    labels[i] = label
    for (let j = label; j < features; j += classes) x[i * features + j] = Math.abs(x[i * features + j]!)
  }
  return { x, labels }
}

/** Weights in PyTorch's layout, [out, in]; biases start at zero. */
export const mlpWeights = ({ features, hidden, classes }: MlpTask): { w1: Float32Array; w2: Float32Array } => ({
  w1: uniform(5, hidden * features, 1 / 32),
  w2: uniform(6, classes * hidden, 1 / 8),
})

/** Input [N, C, H, W], weight [O, C, 3, 3], bias [O], and the gradient of the output [N, O, H, W]. */
export const convData = ({ batch, inChannels, outChannels, size }: ConvTask): Record<'x' | 'w' | 'b' | 'grad', Float32Array> => ({
  x: uniform(7, batch * inChannels * size * size),
  w: uniform(8, outChannels * inChannels * 9, 1 / 8),
  b: uniform(9, outChannels),
  grad: uniform(10, batch * outChannels * size * size, 1 / 128),
})

/** The transpose of a matrix of `rows` rows. */
export function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!)
}

/** The dimensions of `values` in another order, as a copy. */
export function permuted(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1))
  const out = new Float32Array(values.length)
  const walk = (dim: number, from: number, to: number): number => {
    if (dim === order.length) {
      out[to] = values[from]!
      return to + 1
    }
    const d = order[dim]!
    for (let i = 0; i < shape[d]!; i++) to = walk(dim + 1, from + i * strides[d]!, to)
    return to
  }
  walk(0, 0, 0)
  return out
}

/** A few of the values, spread over all, and their mean; divided by `scale`, so that about 1e-5 is what float32 can promise. */
export function sampled(values: ArrayLike<number>, scale = 1): number[] {
  const n = values.length
  const picked = Array.from({ length: 7 }, (_, i) => values[Math.floor((i * (n - 1)) / 6)]! / scale)
  let sum = 0
  for (let i = 0; i < n; i++) sum += values[i]!
  return [...picked, sum / n / scale]
}

/** The samples of a convolution's output and gradients, in the layouts of `convData`. */
export const sampledConv = (
  { batch, inChannels, outChannels, size }: ConvTask,
  out: ArrayLike<number>,
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  b: ArrayLike<number>,
): number[] => {
  const perWeight = Math.sqrt(batch * size * size)
  return [
    ...sampled(out, Math.sqrt(9 * inChannels)),
    ...sampled(x, Math.sqrt(9 * outChannels)),
    ...sampled(w, perWeight),
    ...sampled(b, perWeight),
  ]
}
