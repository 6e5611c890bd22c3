import { describe, expect, it } from 'vitest'
import { ModuleBuilder } from '../../src/backend/wasm/assembler.ts'
import { floatTypes } from '../../src/backend/wasm/float-type.ts'
import { emitBatchedGemm, emitGemm, type GemmOptions, gemmWorkspace } from '../../src/backend/wasm/gemm.ts'
import { Arena, hasRelaxed, randomBits, randomNumbers } from './arena.ts'

type DType = 'float32' | 'float64'
type Gemm = (...args: number[]) => void

const arena = new Arena(256)

function compile(options: GemmOptions): { gemm: Gemm; workspace: number } {
  const module = new ModuleBuilder()
  emitGemm(module, options)
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory: arena.memory } })
  return { gemm: instance.exports['gemm'] as Gemm, workspace: gemmWorkspace(options) }
}

/** How a matrix lies in memory: the strides of [rows, columns]. */
const layouts = {
  rows: (_m: number, n: number) => [n, 1],
  'padded rows': (_m: number, n: number) => [n + 3, 1],
  columns: (m: number, _n: number) => [1, m],
  'padded columns': (m: number, _n: number) => [1, m + 5],
  'every other': (_m: number, n: number) => [2 * n + 1, 2],
  'one row again and again': (_m: number, _n: number) => [0, 1],
} as const
type Layout = keyof typeof layouts

interface Case {
  dtype: DType
  m: number
  n: number
  k: number
  a?: Layout
  b?: Layout
  pad?: number
  accumulate?: boolean
  /** Puts special values into the operands. */
  spoil?: (a: Float32Array | Float64Array, b: Float32Array | Float64Array) => void
}

/** Runs one product and compares each number with one computed in doubles, within the error that k roundings may make. */
function check({ gemm, workspace }: ReturnType<typeof compile>, c: Case, seed = 1): void {
  const { dtype, m, n, k, a: aLayout = 'rows', b: bLayout = 'rows', pad = 0, accumulate = false } = c
  const where = `${dtype} ${m}x${k}x${n}, A ${aLayout}, B ${bLayout}, C rows + ${pad}${accumulate ? ', accumulated' : ''}`
  const random = randomNumbers(seed)
  arena.reset()
  const numbers = (rows: number, columns: number, [r, s]: readonly number[]) =>
    Array.from({ length: rows * columns === 0 ? 0 : (rows - 1) * r! + (columns - 1) * s! + 1 }, random)
  const as = layouts[aLayout](m, k)
  const bs = layouts[bLayout](k, n)
  const [aRow, aColumn] = as as [number, number]
  const [bRow, bColumn] = bs as [number, number]
  const flip = seed % 2 === 0
  // Each of the operands lies at the very end of the memory once, so that reading past it traps.
  const first = arena.float(dtype, flip ? numbers(m, k, as) : numbers(k, n, bs))
  const second = arena.float(dtype, flip ? numbers(k, n, bs) : numbers(m, k, as))
  const [a, b] = flip ? [first, second] : [second, first]
  const before = Float64Array.from({ length: m * (n + pad) }, random)
  const out = arena.float(dtype, before)
  c.spoil?.(a.data, b.data)
  const room = arena.room(workspace, 16)
  gemm(m, n, k, a.at, aRow, aColumn, b.at, bRow, bColumn, out.at, n + pad, accumulate ? 1 : 0, room)

  const [x, y] = [Float64Array.from(a.data), Float64Array.from(b.data)]
  const epsilon = dtype === 'float32' ? 2 ** -24 : 2 ** -52
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = accumulate ? before[i * (n + pad) + j]! : 0
      let size = Math.abs(sum)
      for (let p = 0; p < k; p++) {
        const term = x[i * aRow + p * aColumn]! * y[p * bRow + j * bColumn]!
        sum += term
        size += Math.abs(term)
      }
      const got = out.data[i * (n + pad) + j]!
      const good = Number.isFinite(sum) ? Math.abs(got - sum) <= (k + 2) * epsilon * size : Object.is(got, sum)
      if (!good) expect.fail(`${where}: [${i}, ${j}] is ${got}, not ${sum}`)
    }
    for (let j = n; j < n + pad; j++)
      if (out.data[i * (n + pad) + j] !== before[i * (n + pad) + j]) expect.fail(`${where}: wrote past row ${i} of C`)
  }
  if (arena.broken() !== null) expect.fail(`${where}: wrote outside`)
}

/** Small blocks, so that small matrices have several; packing early. */
const small = { depth: 8, rows: 12, columns: 16, packBRows: 7, packBSize: 40, packAColumns: 9, dotRows: 5 } satisfies GemmOptions
const kinds: Record<string, { dtype: DType; options: GemmOptions }> = {
  float32: { dtype: 'float32', options: {} },
  'float32, unrolled': { dtype: 'float32', options: { unroll: 4 } },
  'float32, wide tiles': { dtype: 'float32', options: { vectors: 4, unroll: 2 } },
  'float32, small blocks': { dtype: 'float32', options: small },
  'float32, wide tiles, small blocks': { dtype: 'float32', options: { ...small, vectors: 4, columns: 32 } },
  'float32, odd tiles': { dtype: 'float32', options: { ...small, heights: [7, 3] } },
  float64: { dtype: 'float64', options: { type: floatTypes.float64 } },
  'float64, small blocks': { dtype: 'float64', options: { ...small, type: floatTypes.float64 } },
}
if (hasRelaxed) {
  kinds['float32, fused'] = { dtype: 'float32', options: { fma: true, unroll: 4 } }
  kinds['float64, fused'] = { dtype: 'float64', options: { fma: true, type: floatTypes.float64 } }
}

const names = Object.keys(layouts) as Layout[]
const someNames: readonly Layout[] = ['rows', 'columns', 'every other']

describe.each(Object.entries(kinds))('matrix product, %s', (_, { dtype, options }) => {
  const kernel = compile(options)

  it('of every small size', () => {
    const sizes = [0, 1, 2, 3, 4, 5, 7, 9, 12, 17]
    let seed = 1
    for (const m of sizes)
      for (const n of sizes)
        for (const k of sizes)
          for (const accumulate of [false, true]) {
            const [a, b] = [names[seed % 6]!, names[(seed * 7 + m) % 6]!]
            check(kernel, { dtype, m, n, k, a, b, accumulate, pad: seed % 3 }, ++seed)
          }
  })

  it('of vectors, in every layout', () => {
    for (const [m, n] of [
      [1, 1],
      [1, 2],
      [1, 4],
      [1, 33],
      [1, 34],
      [1, 37],
      [1, 100],
      [7, 1],
      [64, 1],
      [33, 1],
    ] as const)
      for (const k of [1, 3, 4, 5, 6, 7, 8, 30, 513])
        for (const a of m === 1 ? someNames : names)
          for (const b of n === 1 ? someNames : names)
            check(kernel, { dtype, m, n, k, a, b, accumulate: (a.length + b.length) % 2 === 0, pad: k % 2 }, m + k)
  })

  it('of any sizes and layouts', () => {
    const bits = randomBits(7)
    for (let t = 0; t < 300; t++) {
      const size = () => 1 + (bits() % (bits() % 3 === 0 ? 130 : 30))
      const [m, n, k] = [size(), size(), size()]
      const [a, b] = [names[bits() % 6]!, names[bits() % 6]!]
      check(kernel, { dtype, m, n, k, a, b, pad: bits() % 4, accumulate: bits() % 2 === 0 }, t + 1)
    }
  })

  it('of sizes past every block', () => {
    for (const [m, n, k] of [
      [70, 530, 270],
      [130, 21, 530],
      [19, 540, 257],
      [70, 37, 4200],
      [1, 40, 4200],
      [40, 1, 9000],
    ] as const)
      for (const [a, b] of [
        ['rows', 'rows'],
        ['rows', 'columns'],
        ['columns', 'rows'],
        ['columns', 'columns'],
      ] as const)
        check(kernel, { dtype, m, n, k, a, b, accumulate: k === 530 }, 3)
  })

  it('of very long sums', () => {
    check(kernel, { dtype, m: 1, n: 4, k: 300_000, b: 'columns' })
    check(kernel, { dtype, m: 1, n: 4, k: 300_000 })
  })

  it('lets NaN and infinities through where they belong, and only there', () => {
    for (const [m, n, k] of [
      [1, 9, 9],
      [9, 1, 9],
      [4, 4, 3],
      [13, 11, 7],
      [33, 30, 29],
    ] as const)
      for (const a of names)
        for (const b of names)
          for (const [i, special] of [Number.NaN, Infinity, -Infinity].entries())
            check(
              kernel,
              {
                dtype,
                m,
                n,
                k,
                a,
                b,
                spoil: (x, y) => {
                  x[(x.length * (i + 1)) >> 2] = special
                  y[y.length - 1 - i] = i === 0 ? 0 : -special
                  y[0] = 0
                },
              },
              i + 1,
            )
  })
})

it('needs the same workspace with fused multiply-add and without', () => {
  expect(gemmWorkspace({ fma: true })).toBe(gemmWorkspace())
})

describe('batched product', () => {
  it('runs one product after another', () => {
    const module = new ModuleBuilder()
    emitBatchedGemm(module, emitGemm(module), 'batched')
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory: arena.memory } })
    const random = randomNumbers(5)
    const [batches, m, n, k] = [3, 5, 6, 7]
    arena.reset()
    const a = arena.float32(Float32Array.from({ length: batches * m * k }, random))
    const b = arena.float32(Float32Array.from({ length: k * n }, random))
    const out = arena.float32(new Float32Array(batches * m * n))
    const workspace = arena.room(gemmWorkspace(), 16)
    const batched = instance.exports['batched'] as Gemm
    batched(0, m * k, 0, m * n, m, n, k, a.at, k, 1, b.at, n, 1, out.at, n, 0, workspace)
    expect(out.data.every((x) => x === 0)).toBe(true)
    batched(batches, m * k, 0, m * n, m, n, k, a.at, k, 1, b.at, n, 1, out.at, n, 0, workspace)
    out.data.forEach((got, at) => {
      const [row, j] = [Math.floor(at / n), at % n]
      let sum = 0
      for (let p = 0; p < k; p++) sum += a.data[row * k + p]! * b.data[p * n + j]!
      expect(got).toBeCloseTo(sum, 5)
    })
    expect(arena.broken()).toBeNull()
  })
})
