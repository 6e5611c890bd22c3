import { describe, expect, it } from 'vitest'
import { ModuleBuilder } from '../../src/backend/wasm/assembler.ts'
import { floatTypes } from '../../src/backend/wasm/float-type.ts'
import { emitRowReduction, type RowReduction } from '../../src/backend/wasm/reduce.ts'
import { type ColumnReduction, columnsWorkspace, emitColumnReduction } from '../../src/backend/wasm/reduce-columns.ts'
import { Arena, hasRelaxed, randomBits, randomNumbers } from './arena.ts'

type DType = 'float32' | 'float64'
type Kernels = Record<string, (...args: number[]) => void>

const arena = new Arena(1024)
const rowKinds: readonly RowReduction[] = ['sum', 'squares', 'deviations', 'dot', 'prod', 'max', 'min']
const columnKinds: readonly ColumnReduction[] = ['sum', 'squares', 'max', 'min']

function compile(dtype: DType, fma: boolean): Kernels {
  const module = new ModuleBuilder()
  const type = floatTypes[dtype]
  for (const kind of rowKinds) emitRowReduction(module, kind, { type, fma, name: kind })
  for (const kind of columnKinds) emitColumnReduction(module, kind, { type, fma, name: `${kind}Columns` })
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory: arena.memory } })
  return instance.exports as Kernels
}

/** A reduction in doubles: its result, and the size that its error is measured by. */
function reduce(kind: RowReduction, x: ArrayLike<number>, y: ArrayLike<number>): { result: number; size: number } {
  let result = kind === 'prod' ? 1 : kind === 'max' ? -Infinity : kind === 'min' ? Infinity : 0
  let size = 0
  // What rounding takes from the sum (Neumaier): the kernels lose less than a plain loop.
  let lost = 0
  for (let i = 0; i < x.length; i++) {
    const a = x[i]!
    if (kind === 'max') result = Math.max(result, a)
    else if (kind === 'min') result = Math.min(result, a)
    else if (kind === 'prod') result *= a
    else {
      const d = a - y[0]!
      const term = kind === 'sum' ? a : kind === 'squares' ? a * a : kind === 'dot' ? a * y[i]! : d * d
      const sum = result + term
      lost += Math.abs(result) > Math.abs(term) ? result - sum + term : term - sum + result
      result = sum
      size += Math.abs(term)
    }
  }
  if (Number.isFinite(lost)) result += lost
  return { result, size: kind === 'prod' ? Math.abs(result) : size }
}

const epsilons = { float32: 2 ** -24, float64: 2 ** -53 }

/** Whether `got` is `result` but for so many roundings. */
function near(got: number, { result, size }: { result: number; size: number }, dtype: DType, roundings: number): boolean {
  if (!Number.isFinite(result)) return Object.is(got, result)
  return Math.abs(got - result) <= roundings * epsilons[dtype] * size + (dtype === 'float32' ? 2 ** -149 : 0)
}

function checkRows(kernels: Kernels, dtype: DType, kind: RowReduction, rows: number, columns: number, pad: number, special?: number): void {
  const random = randomNumbers(rows * 31 + columns + 1)
  arena.reset()
  const stride = columns + pad
  // Factors near 1 keep products away from 0.
  const next = () => (kind === 'prod' ? 1 + random() / 8 : random())
  const last = rows === 0 ? 0 : (rows - 1) * stride + columns
  const x = arena.float(dtype, Float64Array.from({ length: last }, next))
  const y = arena.float(dtype, Float64Array.from({ length: kind === 'deviations' ? rows * (1 + pad) : last }, random))
  const yStride = kind === 'deviations' ? 1 + pad : stride
  const out = arena.float(dtype, new Float64Array(rows).fill(-7))
  if (special !== undefined) for (let i = 0; i < rows; i += 2) x.data[i * stride + ((i * 7) % columns)] = special
  kernels[kind]!(rows, columns, x.at, stride, ...(kind === 'dot' || kind === 'deviations' ? [y.at, yStride] : []), out.at)
  for (let i = 0; i < rows; i++) {
    const expected = reduce(kind, x.data.subarray(i * stride, i * stride + columns), y.data.subarray(i * yStride))
    if (!near(out.data[i]!, expected, dtype, kind === 'prod' && dtype === 'float64' ? columns + 2 : 42))
      expect.fail(`${kind} of row ${i} of ${rows} x ${columns} + ${pad}: ${out.data[i]}, not ${expected.result}`)
  }
  if (arena.broken() !== null) expect.fail(`${kind} of ${rows} x ${columns}: wrote outside`)
}

function checkColumns(
  kernels: Kernels,
  dtype: DType,
  kind: ColumnReduction,
  rows: number,
  columns: number,
  pad: number,
  special?: number,
): void {
  const random = randomNumbers(rows * 31 + columns + 1)
  arena.reset()
  const stride = columns + pad
  const x = arena.float(dtype, Float64Array.from({ length: rows === 0 ? 0 : (rows - 1) * stride + columns }, random))
  const out = arena.float(dtype, new Float64Array(columns).fill(-7))
  const workspace = arena.room(columnsWorkspace, 16)
  if (special !== undefined) for (let j = 0; j < columns; j += 2) x.data[((j * 5) % rows) * stride + j] = special
  kernels[`${kind}Columns`]!(rows, columns, x.at, stride, out.at, workspace)
  for (let j = 0; j < columns; j++) {
    const expected = reduce(
      kind,
      Array.from({ length: rows }, (_, i) => x.data[i * stride + j]!),
      [],
    )
    if (!near(out.data[j]!, expected, dtype, 70 + rows / 64))
      expect.fail(`${kind} of column ${j} of ${rows} x ${columns} + ${pad}: ${out.data[j]}, not ${expected.result}`)
  }
  if (arena.broken() !== null) expect.fail(`${kind} of columns of ${rows} x ${columns}: wrote outside`)
}

const variants: [string, DType, boolean][] = [
  ['float32', 'float32', false],
  ['float64', 'float64', false],
]
if (hasRelaxed) variants.push(['float32, fused', 'float32', true], ['float64, fused', 'float64', true])

describe.each(variants)('reductions of %s', (_, dtype, fma) => {
  const kernels = compile(dtype, fma)

  it.each(rowKinds)('%s of rows of every small length', (kind) => {
    for (const rows of [0, 1, 2, 5])
      for (let columns = 0; columns < 80; columns++) checkRows(kernels, dtype, kind, rows, columns, (rows + columns) % 3)
  })

  it.each(rowKinds)('%s of rows longer than a part', (kind) => {
    const bits = randomBits(3)
    for (const columns of [1023, 1024, 1025, 2048, 4100]) checkRows(kernels, dtype, kind, 3, columns, 1)
    for (let t = 0; t < 40; t++) checkRows(kernels, dtype, kind, 1 + (bits() % 4), 1 + (bits() % 5000), bits() % 3)
  })

  it.each(rowKinds)('%s of rows with NaN and infinities', (kind) => {
    for (const special of [Number.NaN, Infinity, -Infinity])
      for (const columns of [1, 2, 3, 4, 7, 33, 70, 1100]) checkRows(kernels, dtype, kind, 9, columns, 1, special)
  })

  it.each(columnKinds)('%s of columns of every small size', (kind) => {
    for (const rows of [0, 1, 2, 5, 64, 65, 130])
      for (let columns = 0; columns < 80; columns++) checkColumns(kernels, dtype, kind, rows, columns, (rows + columns) % 3)
  })

  it.each(columnKinds)('%s of wide and of long columns', (kind) => {
    for (const [rows, columns] of [
      [3, 511],
      [70, 512],
      [70, 1023],
      [100, 1027],
      [200, 1537],
      [3000, 3],
      [3000, 30],
    ] as const)
      checkColumns(kernels, dtype, kind, rows, columns, 1)
  })

  it.each(columnKinds)('%s of columns with NaN and infinities', (kind) => {
    for (const special of [Number.NaN, Infinity, -Infinity])
      for (const rows of [1, 2, 64, 200])
        for (const columns of [1, 3, 4, 7, 33, 70]) checkColumns(kernels, dtype, kind, rows, columns, 0, special)
  })

  it('sums ten million numbers without losing any', () => {
    const n = dtype === 'float32' ? 1e7 : 5e6
    arena.reset()
    const at = arena.room(n * floatTypes[dtype].size, 8)
    const out = arena.float(dtype, new Float64Array(2))
    const workspace = arena.room(columnsWorkspace, 16)
    const data = dtype === 'float32' ? new Float32Array(arena.memory.buffer, at, n) : new Float64Array(arena.memory.buffer, at, n)
    data.fill(0.1)
    const tolerance = dtype === 'float32' ? 1e-6 : 1e-15
    kernels['sum']!(1, n, at, n, out.at)
    expect(Math.abs(out.data[0]! / (data[0]! * n) - 1)).toBeLessThan(tolerance)
    kernels['sumColumns']!(n / 2, 2, at, 2, out.at, workspace)
    expect(Math.abs(out.data[1]! / (data[0]! * (n / 2)) - 1)).toBeLessThan(dtype === 'float32' ? tolerance : 1e-11)
    const wide = arena.float(dtype, new Float64Array(5))
    kernels['sumColumns']!(n / 5, 5, at, 5, wide.at, workspace)
    expect(Math.abs(wide.data[4]! / (data[0]! * (n / 5)) - 1)).toBeLessThan(dtype === 'float32' ? tolerance : 1e-11)
  })

  it('keeps what cancels', () => {
    arena.reset()
    const big = dtype === 'float32' ? 2 ** 30 : 2 ** 60
    const x = arena.float(dtype, [...new Array(1024).fill(big), ...new Array(1024).fill(1), ...new Array(1024).fill(-big), 0.5])
    const out = arena.float(dtype, [0])
    kernels['sum']!(1, x.data.length, x.at, 0, out.at)
    expect(out.data[0]).toBe(1024.5)
  })
})
