import { type Tensor, tensor } from '@tapegrad/core'
import { describe, expect, it } from 'vitest'
import { Adam, AdamW, SGD } from '../src/index.ts'
import { floats, fromGolden, type GoldenTensor, readJson, readLines } from './golden.ts'

type Value = { v: number | boolean } | { list: Value[] }
type Optimizer = SGD | Adam

const plain = (value: Value): unknown => ('v' in value ? value.v : value.list.map(plain))
const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())

function make(name: string, params: Tensor[], options: Record<string, unknown>): Optimizer {
  const named = Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]))
  return new ({ SGD, Adam, AdamW }[name] as typeof SGD)(params, named)
}

/** Steps of least squares: the mean of (A w + b - y)². */
function* steps(A: Tensor, y: Tensor, w: Tensor, b: Tensor, optimizer: Optimizer, n: number): Generator<[number[], number[]]> {
  for (let i = 0; i < n; i++) {
    optimizer.zeroGrad()
    A.matmul(w).add(b).sub(y).pow(2).mean().backward()
    optimizer.step()
    yield [w.tolist() as number[], b.tolist() as number[]]
  }
}

function furthest(found: number[], wanted: ArrayLike<number>): number {
  return Math.max(...found.map((x, i) => Math.abs(x - (wanted[i] as number)) / Math.max(1, Math.abs(wanted[i] as number))))
}

interface Curve {
  optim: string
  options: Record<string, Value>
  A: GoldenTensor
  y: GoldenTensor
  w: GoldenTensor
  b: GoldenTensor
  w_steps: GoldenTensor[]
  b_steps: GoldenTensor[]
}

interface DoubleCurve {
  optim: string
  options: Record<string, unknown>
  A: number[][]
  y: number[]
  w: number[]
  w_steps: number[][]
  b_steps: number[][]
}

describe('steps are those of PyTorch', () => {
  const curves = readLines<Curve>('optim.jsonl.gz')

  it.each(curves.map((c) => [`${c.optim} ${JSON.stringify(c.options)}`, c] as const))('float32 %s', (_, c) => {
    const [w, b] = [fromGolden(c.w), fromGolden(c.b)]
    const options = Object.fromEntries(Object.entries(c.options).map(([key, value]) => [key, plain(value)]))
    const optimizer = make(c.optim, [w, b], options)
    let i = 0
    for (const [atW, atB] of steps(fromGolden(c.A), fromGolden(c.y), w, b, optimizer, c.w_steps.length)) {
      expect(furthest(atW, floats(c.w_steps[i] as GoldenTensor))).toBeLessThanOrEqual(1e-6)
      expect(furthest(atB, floats(c.b_steps[i] as GoldenTensor))).toBeLessThanOrEqual(1e-6)
      i++
    }
    expect(i).toBe(8)
  })

  const doubles = readJson<DoubleCurve[]>('optim-f64.json')

  it.each(doubles.map((c) => [`${c.optim} ${JSON.stringify(c.options)}`, c] as const))('float64 %s', (_, c) => {
    const dtype = 'float64'
    const w = tensor(c.w, { dtype, requiresGrad: true })
    const b = tensor([0], { dtype, requiresGrad: true })
    let i = 0
    for (const [atW, atB] of steps(tensor(c.A, { dtype }), tensor(c.y, { dtype }), w, b, make(c.optim, [w, b], c.options), 20)) {
      expect(furthest(atW, c.w_steps[i] as number[])).toBeLessThanOrEqual(1e-12)
      expect(furthest(atB, c.b_steps[i] as number[])).toBeLessThanOrEqual(1e-12)
      i++
    }
    expect(i).toBe(20)
  })
})
