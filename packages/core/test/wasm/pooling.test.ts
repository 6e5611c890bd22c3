import { describe, expect, it } from 'vitest'
import type { LinePairs, Spans, Spans3 } from '../../src/backend/backend.ts'
import { reference } from '../../src/backend/reference/index.ts'
import * as wasm from '../../src/backend/wasm/pooling.ts'
import { manualSeed, rand, type Tensor, zeros } from '../../src/index.ts'
import { adaptiveWindows, slidingWindows } from '../../src/ops/windows.ts'
import { assertClose } from '../../src/testing.ts'

/** Small whole numbers that hang together with the seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Windows along a dimension of length `n`, of whatever size, step, padding and distance fits. */
function someWindows(n: number, next: (below: number) => number): Spans {
  if (next(5) === 0) return adaptiveWindows(n, 1 + next(n + 3))
  const kernel = 1 + next(Math.min(n, 4))
  const dilation = 1 + next(kernel > 1 ? Math.max(Math.floor((n - 1) / (kernel - 1)), 1) : 2)
  const [stride, padding] = [1 + next(4), next(Math.floor(kernel / 2) + 1)]
  const count = Math.max(Math.floor((n + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1, 1)
  return slidingWindows(n, { kernel: [kernel], stride: [stride], padding: [padding], dilation: [dilation], counts: [count] }, 0)
}

/** Values with equals, NaN and infinities among them, which do not begin where their memory does. */
function someValues(shape: readonly number[], dtype: 'float32' | 'float64', wild: boolean): Tensor {
  const n = shape.reduce((a, b) => a * b, 1)
  const values = rand([n + 3], { dtype: 'float64' })
    .mul(8)
    .sub(4)
    .to({ dtype })
  if (wild)
    for (let i = 0; i < values.numel(); i++) {
      if (i % 3 === 0) values.data[i] = Math.round(values.data[i] as number)
      if (i % 11 === 5) values.data[i] = -Infinity
      if (i % 29 === 7) values.data[i] = Number.NaN
    }
  return values.narrow(0, 3, n).view([...shape])
}

const dtypes = ['float32', 'float64'] as const
const seeds = Array.from({ length: 60 }, (_, i) => i)

describe.each(dtypes)('kernels of windows in %s', (dtype) => {
  const poolings = (seed: number): { shape: number[]; windows: Spans3; out: number[] } => {
    const next = numbers(seed)
    const shape = [1 + next(3), 1 + next(3), 1 + next(6), 1 + next(30)]
    const windows = shape.slice(1).map((n) => someWindows(n, next)) as unknown as Spans3
    return { shape, windows, out: [shape[0] as number, ...windows.map((w) => w.start.length)] }
  }

  it.each(seeds)('find the greatest as the reference does (%i)', (seed) => {
    manualSeed(seed)
    const { shape, windows, out } = poolings(seed)
    const x = someValues(shape, dtype, seed % 2 === 0)
    const make = (): Tensor[] => [zeros(out, { dtype }), zeros(out, { dtype: 'int64' })]
    const [expected, got] = [make(), make()]
    reference.maxPool(x, windows, expected[0] as Tensor, expected[1] as Tensor)
    expect(wasm.maxPool(x, windows, got[0] as Tensor, got[1] as Tensor)).toBe(true)
    expect(got.map((t) => t.tolist())).toEqual(expected.map((t) => t.tolist()))
  })

  it.each(seeds)('sum as the reference does (%i)', (seed) => {
    manualSeed(seed)
    const { shape, windows, out } = poolings(seed)
    const x = someValues(shape, dtype, false)
    const [expected, got] = [zeros(out, { dtype }), zeros(out, { dtype })]
    reference.sumPool(x, windows, 3, expected)
    expect(wasm.sumPool(x, windows, 3, got)).toBe(true)
    assertClose(got, expected)
  })

  it.each(seeds)('map lines as the reference does (%i)', (seed) => {
    manualSeed(seed)
    const next = numbers(seed)
    const [outer, n, inner, length] = [1 + next(4), 1 + next(9), next(3) === 0 ? 1 : 1 + next(11), 1 + next(9)] as const
    const pairs: LinePairs = {
      from: Int32Array.from({ length: next(20) }, () => next(n)),
      to: Int32Array.from({ length: 20 }, () => next(length)),
      weight: next(2) === 0 ? null : Float64Array.from({ length: 20 }, () => next(100) / 50 - 1),
    }
    const count = pairs.from.length
    const cut = { from: pairs.from, to: pairs.to.slice(0, count), weight: pairs.weight?.slice(0, count) ?? null }
    const x = someValues([outer, n, inner], dtype, false)
    const [expected, got] = [zeros([outer, length, inner], { dtype }), zeros([outer, length, inner], { dtype })]
    reference.mapLines(x, cut, expected)
    expect(wasm.mapLines(x, cut, got)).toBe(true)
    assertClose(got, expected)
  })
})

describe('what the kernels leave to the reference', () => {
  it('is whole numbers', () => {
    const whole = zeros([1, 1, 1, 2], { dtype: 'int64' })
    const window: Spans = { start: Int32Array.of(0), end: Int32Array.of(1), step: 1 }
    expect(wasm.maxPool(whole, [window, window, window], whole, whole)).toBe(false)
    expect(wasm.sumPool(whole, [window, window, window], 1, whole)).toBe(false)
  })
})
