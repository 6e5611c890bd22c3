/**
 * Runs the PyTorch expressions of golden/rng.json over the plain fills. What initialisers, layers and loaders do with the generator is
 * spelled out here as the fills they make; that the real ones make them is tested where those live.
 */

import * as fill from '../src/random/fill.ts'
import type { Mt19937 } from '../src/random/mt19937.ts'
import { Mt19937 as Engine } from '../src/random/mt19937.ts'
import { fillMultinomial } from '../src/random/multinomial.ts'

/** A result: `int64` ones as bigints, as far as they go. */
export type Out = Float32Array | Float64Array | Int32Array | BigInt64Array

const { fround, sqrt } = Math
const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1)
const f32 = (values: readonly number[]): Float32Array => Float32Array.from(values)
const i64 = (values: ArrayLike<number>): BigInt64Array => BigInt64Array.from(Array.from(values, BigInt))

const uniform = (g: Mt19937, n: number, from: number, to: number): Float32Array => {
  const out = new Float32Array(n)
  fill.fillUniform(g, out, from, to)
  return out
}
const normal = (g: Mt19937, n: number, mean = 0, std = 1, contiguous = true): Float32Array => {
  const out = new Float32Array(n)
  fill.fillNormal(g, out, mean, std, contiguous)
  return out
}
const randperm = (g: Mt19937, n: number): Int32Array => {
  const out = new Int32Array(n)
  fill.fillRandperm(g, out)
  return out
}

/** A Python number such as `2**28-1`. */
function number(text: string): number {
  const parts = /^(-?[\d.]+)(?:\*\*(\d+))?([-+]\d+)?$/.exec(text.trim())
  if (parts === null) throw new Error(`not a number: ${text}`)
  return Number(parts[1]) ** Number(parts[2] ?? 1) + Number(parts[3] ?? 0)
}
const numbers = (text: string): number[] => text.split(',').filter(Boolean).map(number)

/** The bound of PyTorch's default initialisation, in the order of its own arithmetic. */
const kaimingBound = (fanIn: number, a: number): number => sqrt(3) * (sqrt(2 / (1 + a * a)) / sqrt(fanIn))

function linear(g: Mt19937, inputs: number, outputs: number): Float32Array[] {
  const bound = kaimingBound(inputs, sqrt(5))
  return [uniform(g, outputs * inputs, -bound, bound), uniform(g, outputs, -1 / sqrt(inputs), 1 / sqrt(inputs))]
}
function conv(g: Mt19937, inputs: number, outputs: number, kernel: number): Float32Array[] {
  const fanIn = inputs * kernel
  const bound = kaimingBound(fanIn, sqrt(5))
  return [uniform(g, outputs * fanIn, -bound, bound), uniform(g, outputs, -1 / sqrt(fanIn), 1 / sqrt(fanIn))]
}
function recurrent(g: Mt19937, gates: number): Float32Array[] {
  const bound = 1 / sqrt(4)
  return [gates * 12, gates * 16, gates * 4, gates * 4].map((n) => uniform(g, n, -bound, bound))
}
/** One epoch of a shuffling loader over `n` rows: a base seed, then the seed of the generator that permutes. */
function epoch(g: Mt19937, n: number): BigInt64Array {
  fill.randomInt63(g)
  return i64(randperm(new Engine(fill.randomInt63(g)), n))
}
/** The same with a generator of one's own: it permutes itself, and once more when the sampler runs dry. */
function ownEpoch(g: Mt19937, n: number): BigInt64Array {
  fill.randomInt63(g)
  const order = randperm(g, n)
  randperm(g, n)
  return i64(order)
}
function truncNormal(g: Mt19937, n: number): Float32Array {
  const out = normal(g, n)
  const outside = (x: number): boolean => x < -2 || x > 2
  // the whole is drawn again, and only what was out of bounds is replaced
  while (out.some(outside)) {
    const again = normal(g, n)
    out.forEach((x, i) => {
      if (outside(x)) out[i] = again[i] as number
    })
  }
  return out
}

type Recipe = (g: Mt19937, seed: bigint) => Out[]

const recipes: Record<string, Recipe> = {
  'l=nn.Linear(4,3); [l.weight,l.bias]': (g) => linear(g, 4, 3),
  'nn.Linear(4,3,bias=False).weight': (g) => linear(g, 4, 3).slice(0, 1),
  'l=nn.Linear(784,128); [l.weight,l.bias]': (g) => linear(g, 784, 128),
  'm=nn.Sequential(nn.Linear(4,8),nn.ReLU(),nn.Linear(8,3)); [w0,b0,w1,b1,torch.rand(1)]': (g) => [
    ...linear(g, 4, 8),
    ...linear(g, 8, 3),
    uniform(g, 1, 0, 1),
  ],
  'l=nn.Linear(4,3,dtype=torch.float64); [l.weight,l.bias]': (g) => {
    const weight = new Float64Array(12)
    const bias = new Float64Array(3)
    const bound = kaimingBound(4, sqrt(5))
    fill.fillUniform(g, weight, -bound, bound)
    fill.fillUniform(g, bias, -1 / sqrt(4), 1 / sqrt(4))
    return [weight, bias]
  },
  'l=nn.Conv2d(3,4,3); [l.weight,l.bias]': (g) => conv(g, 3, 4, 9),
  'l=nn.Conv1d(2,3,3); [l.weight,l.bias]': (g) => conv(g, 2, 3, 3),
  'nn.Embedding(10,4).weight': (g) => [normal(g, 40)],
  'list(nn.RNN(3,4).parameters())': (g) => recurrent(g, 1),
  'list(nn.LSTM(3,4).parameters())': (g) => recurrent(g, 4),
  'list(nn.GRU(3,4).parameters())': (g) => recurrent(g, 3),
  '[nn.LayerNorm(4).weight, torch.rand(1)]': (g) => [f32([1, 1, 1, 1]), uniform(g, 1, 0, 1)],
  'l=nn.Bilinear(2,3,4); [l.weight,l.bias]': (g) => [24, 4].map((n) => uniform(g, n, -1 / sqrt(2), 1 / sqrt(2))),
  'list(nn.MultiheadAttention(4,2).parameters())': (g) => {
    const [outProjection] = linear(g, 4, 4) as [Float32Array]
    const bound = sqrt(3) * sqrt(2 / (4 + 12))
    return [uniform(g, 48, -bound, bound), new Float32Array(12), outProjection, new Float32Array(4)]
  },
  'torch.nn.init.xavier_uniform_(torch.empty(3,4))': (g) => [uniform(g, 12, -sqrt(3) * sqrt(2 / 7), sqrt(3) * sqrt(2 / 7))],
  'torch.nn.init.xavier_normal_(torch.empty(5,4))': (g) => [normal(g, 20, 0, sqrt(2 / 9))],
  'torch.nn.init.kaiming_normal_(torch.empty(5,4))': (g) => [normal(g, 20, 0, sqrt(2) / sqrt(4))],
  'torch.nn.init.kaiming_uniform_(torch.empty(3,4))': (g) => [uniform(g, 12, -kaimingBound(4, 0), kaimingBound(4, 0))],
  'torch.nn.init.trunc_normal_(torch.empty(5,4))': (g) => [truncNormal(g, 20)],
  'DataLoader(TensorDataset(torch.arange(10)),batch_size=4,shuffle=True) 2 epochs; torch.rand(1)': (g) => [
    epoch(g, 10),
    epoch(g, 10),
    uniform(g, 1, 0, 1),
  ],
  'same with generator=g (g.manual_seed(seed))': (g, seed) => {
    const own = new Engine(seed)
    return [ownEpoch(own, 10), ownEpoch(own, 10), uniform(g, 1, 0, 1)]
  },
  'DataLoader(shuffle=False) one epoch; torch.rand(1)': (g) => {
    fill.randomInt63(g)
    return [i64(Array.from({ length: 10 }, (_, i) => i)), uniform(g, 1, 0, 1)]
  },
  'random_split(ds,[7,3]) indices': (g) => {
    const order = i64(randperm(g, 10))
    return [order.slice(0, 7), order.slice(7)]
  },
}

type Handler = (g: Mt19937, ...groups: string[]) => Out

const buffer = (dims: string, dtype: string | undefined): Float32Array | Float64Array =>
  dtype === 'float64' ? new Float64Array(product(numbers(dims))) : new Float32Array(product(numbers(dims)))
const DIMS = String.raw`([\d,]+?)`
const DTYPE = String.raw`(?:,dtype=torch\.(\w+))?`

const calls: [RegExp, Handler][] = [
  [
    new RegExp(String.raw`^torch\.rand\(${DIMS}${DTYPE}\)$`),
    (g, dims, dtype) => {
      const out = buffer(dims as string, dtype)
      fill.fillUniform(g, out)
      return out
    },
  ],
  [
    new RegExp(String.raw`^torch\.randn(?:_like\(torch\.empty)?\(${DIMS}${DTYPE}\)+$`),
    (g, dims, dtype) => {
      const out = buffer(dims as string, dtype)
      fill.fillNormal(g, out)
      return out
    },
  ],
  [/^torch\.randperm\((\d+)\)$/, (g, n) => i64(randperm(g, number(n as string)))],
  [
    /^torch\.randint\((.+?),(.+?),\((\d+),\)\)$/,
    (g, from, to, n) => {
      const out = new Float64Array(number(n as string))
      fill.fillRandint(g, out, number(from as string), number(to as string))
      return i64(out)
    },
  ],
  [
    new RegExp(String.raw`^torch\.empty\(${DIMS}${DTYPE}\)\.uniform_\((.+),(.+)\)$`),
    (g, dims, dtype, from, to) => {
      const out = buffer(dims as string, dtype)
      fill.fillUniform(g, out, number(from as string), number(to as string))
      return out
    },
  ],
  [
    new RegExp(String.raw`^torch\.empty\(${DIMS}\)\.normal_\((.+),(.+)\)$`),
    (g, dims, mean, std) => normal(g, product(numbers(dims as string)), number(mean as string), number(std as string)),
  ],
  [
    /^torch\.empty\((\d+),(\d+)\)\.t\(\)\.normal_\(\)$/,
    (g, rows, columns) => {
      const [m, n] = [number(rows as string), number(columns as string)]
      const memory = normal(g, m * n, 0, 1, false)
      return memory.map((_, i) => memory[(i % m) * n + Math.floor(i / m)] as number)
    },
  ],
  [
    /^torch\.empty\((\d+),dtype=torch\.int64\)\.random_\(\)$/,
    (g, n) => BigInt64Array.from({ length: number(n as string) }, () => fill.randomInt63(g)),
  ],
  [
    /^torch\.empty\((\d+)(,dtype=torch\.int32)?\)\.random_\(\)$/,
    (g, n, dtype) => {
      const out = dtype === undefined ? new Float32Array(number(n as string)) : new Int32Array(number(n as string))
      fill.fillRandom(g, out, dtype === undefined ? 2 ** 24 : 2 ** 31 - 1)
      return out
    },
  ],
  [
    /^torch\.empty\((\d+)\)\.exponential_\((.+)\)$/,
    (g, n, rate) => {
      const out = new Float32Array(number(n as string))
      fill.fillExponential(g, out, number(rate as string))
      return out
    },
  ],
  [
    /^torch\.empty\((\d+)\)\.bernoulli_\((.+)\)$/,
    (g, n, p) => {
      const out = new Float32Array(number(n as string))
      fill.fillBernoulli(g, out, number(p as string))
      return out
    },
  ],
  [
    new RegExp(String.raw`^torch\.bernoulli\(torch\.full\(\((\d+),\),([\d.]+)${DTYPE}\)\)$`),
    (g, n, p, dtype) => {
      const out = buffer(n as string, dtype)
      fill.fillBernoulliEach(g, out, out.slice().fill(number(p as string)))
      return out
    },
  ],
  [
    /^torch\.nn\.functional\.dropout\(torch\.ones\((\d+)\),([\d.]+),True\)$/,
    (g, n, p) => {
      const keep = 1 - number(p as string)
      const out = new Float32Array(number(n as string))
      fill.fillBernoulli(g, out, keep)
      return out.map((x) => x / fround(keep))
    },
  ],
  [
    /^torch\.normal\(torch\.tensor\(\[(.+)\]\), torch\.tensor\(\[(.+)\]\)\)$/,
    (g, means, stds) => {
      const [m, s] = [numbers(means as string), numbers(stds as string)]
      return normal(g, m.length).map((x, i) => fround(x * (s[i] as number)) + (m[i] as number))
    },
  ],
  [
    /^torch\.multinomial\(torch\.tensor\(\[(.+)\]\),(\d+)(,replacement=True)?\)$/,
    (g, weights, n, replacement) => {
      const out = new Int32Array(number(n as string))
      fillMultinomial(g, out, f32(numbers(weights as string)), replacement !== undefined)
      return i64(out)
    },
  ],
]

/** The results of a Python expression, or `null` for one that is not known here. */
export function run(py: string, g: Mt19937, seed: bigint): Out[] | null {
  const recipe = recipes[py]
  if (recipe !== undefined) return recipe(g, seed)
  // a list is evaluated from left to right
  const parts = py.startsWith('[') ? py.slice(1, -1).split(/, (?=torch\.)/) : [py]
  const outs: Out[] = []
  for (const part of parts) {
    const found = calls.find(([pattern]) => pattern.test(part))
    if (found === undefined) return null
    const [, ...groups] = found[0].exec(part) as unknown as string[]
    outs.push(found[1](g, ...groups))
  }
  return outs
}
