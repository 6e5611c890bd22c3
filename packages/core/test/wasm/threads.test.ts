import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  arange,
  cat,
  full,
  getNumThreads,
  manualSeed,
  memoryStats,
  mseLoss,
  rand,
  randn,
  setNumThreads,
  type Tensor,
  tensor,
} from '@tapegrad/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pieces } from '../../src/backend/wasm/threads/pieces.ts'
import { callsElsewhere, threadsReady } from '../../src/backend/wasm/threads/pool.ts'

/** The bits of what `compute` gives on one thread, on two and on four. */
function expectSame(compute: () => Tensor, what: string): void {
  setNumThreads(1)
  const one = compute()
  for (const n of [2, 4]) {
    setNumThreads(n)
    expect(Buffer.compare(bits(compute()), bits(one)), `${what} on ${n} threads`).toBe(0)
  }
}

/** The same row for the same length. */
const randnRow = (n: number): Tensor => arange(n).sin()

const bits = (x: Tensor): Buffer => {
  const { buffer, byteOffset, byteLength } = x.toArray()
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

beforeAll(() => void manualSeed(7))
afterAll(() => setNumThreads(1))

describe('the number of threads', () => {
  it('is one at first, and what was set', async () => {
    expect(getNumThreads()).toBe(1)
    setNumThreads(3)
    expect(getNumThreads()).toBe(3)
    await threadsReady()
    setNumThreads(1)
    expect(getNumThreads()).toBe(1)
  })

  it('is a positive integer', () => {
    expect(() => setNumThreads(0)).toThrow('set_num_threads expects a positive integer')
    expect(() => setNumThreads(-2)).toThrow('set_num_threads expects a positive integer')
    expect(() => setNumThreads(1.5)).toThrow('set_num_threads expects an int, but got float')
  })
})

describe('threads', () => {
  it('do part of the work', async () => {
    setNumThreads(2)
    await threadsReady()
    const [a, b] = [rand([300, 300]), rand([300, 300])]
    const before = callsElsewhere()
    for (let i = 0; i < 200 && callsElsewhere() === before; i++) a.mm(b)
    expect(callsElsewhere()).toBeGreaterThan(before)
  })

  it('give the same bits in products of any shape', async () => {
    setNumThreads(4)
    await threadsReady()
    const length = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 400 }))
    const shape = fc.record({ b: fc.integer({ min: 1, max: 4 }), m: length, n: length, k: fc.integer({ min: 40, max: 600 }) })
    fc.assert(
      fc.property(shape, fc.boolean(), fc.boolean(), fc.constantFrom('float32', 'float64'), ({ b, m, n, k }, s, t, dtype) => {
        const x = s ? randn([b, k, m], { dtype }).transpose(1, 2) : randn([b, m, k], { dtype })
        const y = t ? randn([b, n, k], { dtype }).transpose(1, 2) : randn([b, k, n], { dtype })
        expectSame(() => x.bmm(y), `${dtype} ${b} x ${m}x${k}x${n}${s ? ', x transposed' : ''}${t ? ', y transposed' : ''}`)
      }),
      { numRuns: 30, seed: 1 },
    )
  })

  it('give the same bits in a vector times a matrix', () => {
    for (const [m, n, k] of [
      [1, 2000, 300],
      [2000, 1, 300],
      [7, 1000, 130],
      [33, 65, 600],
    ] as const) {
      const [x, y] = [randn([m, k]), randn([k, n])]
      expectSame(() => x.mm(y), `${m}x${k}x${n}`)
      expectSame(() => x.mm(y.t().contiguous().t()), `${m}x${k}x${n}, y transposed`)
    }
  })

  it('give the same bits in pointwise operations', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 300_000 }), fc.constantFrom('float32', 'float64'), (n, dtype) => {
        const [x, y] = [randn([n], { dtype }), randn([n], { dtype })]
        expectSame(() => x.exp().mul(y).add(2), `${dtype} ${n}`)
        expectSame(() => x.gt(y), `${dtype} ${n}, compared`)
        expectSame(() => mseLoss(x, y), `${dtype} ${n}, the mean of a loss`)
        expectSame(() => x.clone().mul_(y).sigmoid_(), `${dtype} ${n}, in place`)
      }),
      { numRuns: 6, seed: 2 },
    )
  })

  it('give the same bits in pointwise operations on rows, columns and turned views', () => {
    const length = fc.integer({ min: 2, max: 60 })
    fc.assert(
      fc.property(length, length, fc.integer({ min: 50, max: 300 }), (a, b, c) => {
        const [x, y] = [randn([a, b, c]), randn([c, b, a])]
        expectSame(() => x.add(randnRow(c)).mul(x.select(1, 0).unsqueeze(1)), `${a}x${b}x${c}, rows and columns`)
        expectSame(() => x.permute(2, 1, 0).mul(y).sub(2), `${a}x${b}x${c}, turned`)
        expectSame(() => x.slice(2, 0, c, 2).exp(), `${a}x${b}x${c}, every other`)
      }),
      { numRuns: 12, seed: 4 },
    )
  })

  it('give the same bits in reductions', () => {
    const shapes = fc.oneof(
      fc.record({ r: fc.integer({ min: 1, max: 3 }), c: fc.integer({ min: 40_000, max: 400_000 }) }),
      fc.record({ r: fc.integer({ min: 100, max: 900 }), c: fc.integer({ min: 100, max: 900 }) }),
      fc.record({ r: fc.integer({ min: 10_000, max: 60_000 }), c: fc.integer({ min: 1, max: 12 }) }),
    )
    fc.assert(
      fc.property(shapes, fc.constantFrom('float32', 'float64'), ({ r, c }, dtype) => {
        const x = randn([r, c], { dtype })
        expectSame(
          () => cat([x.sum().view([1]), x.amax().view([1]), x.sum(0), x.sum(1), x.amin(0), x.amax(1), x.prod(1)]),
          `${dtype} ${r}x${c}`,
        )
      }),
      { numRuns: 15, seed: 3 },
    )
  })

  it('see what lies in memory that has grown since they began', () => {
    setNumThreads(2)
    const held = [full([300_000_000], 1)]
    const grown = memoryStats().reserved
    expect(grown).toBeGreaterThan(2 ** 30)
    const x = full([1_000_000], 3)
    const before = callsElsewhere()
    // A kernel that no thread has met yet, so that its bytes lie in what is new as well.
    for (let i = 0; i < 200 && callsElsewhere() === before; i++) expect(x.sub(1).square().log2().sum().item()).toBe(2_000_000)
    expect(held.length).toBe(1)
  })
})

describe('reductions in blocks', () => {
  it('keep what NaN and infinities give, and lose little', () => {
    const x = rand([1_000_001], { dtype: 'float64' })
    const exact = (x.toArray() as Float64Array).reduce((a, b) => a + b, 0)
    expect(x.sum().item<number>()).toBeCloseTo(exact, 6)
    expect(Math.abs(x.float().sum().item<number>() / exact - 1)).toBeLessThan(1.3e-6)
    const y = cat([x, tensor([Number.NaN], { dtype: 'float64' })])
    expect(y.amax().item()).toBeNaN()
    expect(y.sum().item()).toBeNaN()
    expect(
      cat([x, tensor([-Infinity], { dtype: 'float64' })])
        .amin()
        .item(),
    ).toBe(-Infinity)
    const z = rand([50_000, 3])
    const total = z.sum(0).tolist() as number[]
    expect(total.reduce((a, b) => a + b, 0) / z.sum().item<number>()).toBeCloseTo(1, 6)
  })
})

describe('a process with threads', () => {
  it('ends by itself', () => {
    const core = fileURLToPath(new URL('../../src/index.ts', import.meta.url))
    const program = `import { ones, setNumThreads } from ${JSON.stringify(core)}
      setNumThreads(3)
      const x = ones([400, 400])
      for (let i = 0; i < 5; i++) x.mm(x)
      await new Promise((resolve) => setTimeout(resolve, 100))
      console.log(x.mm(x).sum().item())`
    const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      encoding: 'utf8',
      timeout: 50_000,
    })
    expect(out.trim()).toBe('64000000')
  })
})

it('never cuts more pieces than were asked for', () => {
  for (let length = 1; length < 60; length++)
    for (let count = 1; count < 20; count++)
      for (const unit of [1, 4]) {
        const cut = pieces(length, count, unit)
        expect(cut.length).toBeLessThanOrEqual(count)
        expect(cut.reduce((sum, piece) => sum + piece.length, 0)).toBe(length)
      }
})
