import { describe, expect, it } from 'vitest'
import { ModuleBuilder } from '../../src/backend/wasm/assembler.ts'
import { emitSoftmax } from '../../src/backend/wasm/softmax.ts'
import { Arena, randomNumbers } from './arena.ts'

const arena = new Arena(16)
const kernels = (() => {
  const module = new ModuleBuilder()
  emitSoftmax(module, false, 'softmax')
  emitSoftmax(module, true, 'logSoftmax')
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory: arena.memory } })
  return instance.exports as Record<string, (...args: number[]) => void>
})()

function check(
  name: 'softmax' | 'logSoftmax',
  rows: number,
  columns: number,
  pad: number,
  size: number,
  spoil: (i: number) => number | null,
) {
  const random = randomNumbers(rows * 41 + columns + 1)
  arena.reset()
  const stride = columns + pad
  const x = arena.float32(Float32Array.from({ length: rows === 0 ? 0 : (rows - 1) * stride + columns }, () => size * random()))
  for (let i = 0; i < rows && columns > 0; i++) x.data[i * stride + ((i * 3) % columns)] = spoil(i) ?? x.data[i * stride]!
  const out = arena.float32(new Float32Array(rows * (columns + 1)).fill(-7))
  kernels[name]!(rows, columns, x.at, stride, out.at, columns + 1)
  for (let i = 0; i < rows; i++) {
    const row = x.data.subarray(i * stride, i * stride + columns)
    const high = row.reduce((m, v) => Math.max(m, v), -Infinity)
    const sum = row.reduce((s, v) => s + Math.exp(v - high), 0)
    row.forEach((v, j) => {
      const expected = name === 'softmax' ? Math.exp(v - high) / sum : v - high - Math.log(sum)
      const got = out.data[i * (columns + 1) + j]!
      // The difference is rounded first: in softmax that error grows with it.
      const size = Number.isFinite(v) ? Math.abs(v - high) : 0
      const tolerance = 2 ** -24 * (name === 'softmax' ? (4 + size) * expected : 4 * (1 + size + Math.log(sum))) + 2 ** -149
      const near = Math.abs(got - expected) <= tolerance
      if (!(Number.isFinite(expected) ? near : Object.is(got, expected)))
        expect.fail(`${name} of ${rows} x ${columns}: [${i}, ${j}] is ${got}, not ${expected}`)
    })
    if (out.data[i * (columns + 1) + columns] !== -7) expect.fail(`${name} of ${rows} x ${columns}: wrote past row ${i}`)
  }
  if (arena.broken() !== null) expect.fail(`${name} of ${rows} x ${columns}: wrote outside`)
}

describe.each(['softmax', 'logSoftmax'] as const)('%s', (name) => {
  it('of rows of every length', () => {
    for (const rows of [0, 1, 2, 7]) for (let columns = 0; columns < 40; columns++) check(name, rows, columns, rows % 3, 4, () => null)
    for (const columns of [1000, 1001, 4099]) check(name, 2, columns, 1, 4, () => null)
  })

  it('of numbers far apart', () => {
    for (const size of [30, 1000, 1e38]) for (const columns of [1, 2, 3, 4, 10, 33]) check(name, 3, columns, 0, size, () => null)
  })

  it('of special values', () => {
    for (const special of [Number.NaN, Infinity, -Infinity])
      for (const columns of [1, 2, 3, 4, 5, 8, 10, 33]) check(name, 4, columns, 1, 2, (i) => (i % 2 === 0 ? special : null))
  })
})
