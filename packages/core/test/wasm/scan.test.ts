import { describe, expect, it } from 'vitest'
import * as reference from '../../src/backend/reference/reduce.ts'
import { argReduce, argScan, scan } from '../../src/backend/wasm/scans.ts'
import { randomBits } from './arena.ts'
import { differs, randomShape, randomView, twin } from './views.ts'

const dtypes = ['float32', 'float64', 'int64'] as const

/** Numbers with many equals among them. */
const few = (bits: () => number) => (): number => (bits() % 5) - 2

describe.each(['max', 'min'] as const)('%s with its place', (kind) => {
  it.each(dtypes)('of %s along any dimension of any view', (dtype) => {
    const bits = randomBits(51)
    for (let t = 0; t < 100; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 2000)
      if (t % 10 === 0) shape[0] = 200
      const dim = bits() % shape.length
      const value = t % 3 === 0 ? few(bits) : dtype !== 'int64' && t % 3 === 1 ? undefined : () => Math.fround(bits() % 1e6)
      const x = randomView(dtype, shape, bits, { source: true, dense: t % 4 === 0 }, value)
      const one = shape.map((n, d) => (d === dim ? 1 : n))
      const indices = randomView('int64', one, bits)
      const values = t % 2 === 0 ? randomView(dtype, one, bits) : null
      const [wantIndices, wantValues] = [twin(indices), values && twin(values)]
      reference.argReduce(kind, x, dim, wantValues, wantIndices)
      expect(argReduce(kind, x, dim, values, indices)).toBe(true)
      const wrong = differs(indices, wantIndices) ?? (values && differs(values, wantValues!, (a, b) => Object.is(a, b) || a === b))
      if (wrong !== null) expect.fail(`of [${shape}] strides [${x.strides}] along ${dim}: ${wrong}`)
    }
  })

  it('of rows with NaN and infinities', () => {
    const bits = randomBits(52)
    for (const special of [Number.NaN, Infinity, -Infinity])
      for (const n of [1, 2, 15, 16, 17, 40])
        for (let at = 0; at < n; at++) {
          const x = randomView('float32', [n], bits, { dense: true }, few(bits))
          x.data[x.offset + at] = special
          x.data[x.offset + ((at * 3) % n)] = special
          const indices = randomView('int64', [1], bits)
          const want = twin(indices)
          reference.argReduce(kind, x, 0, null, want)
          expect(argReduce(kind, x, 0, null, indices)).toBe(true)
          expect(differs(indices, want)).toBe(null)
        }
  })

  it.each(dtypes)('running, of %s', (dtype) => {
    const bits = randomBits(53)
    for (let t = 0; t < 80; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 1000)
      const dim = bits() % shape.length
      const x = randomView(
        dtype,
        shape,
        bits,
        { source: true, dense: t % 4 === 0 },
        dtype === 'int64' || t % 2 === 0 ? few(bits) : undefined,
      )
      const [values, indices] = [randomView(dtype, shape, bits), randomView('int64', shape, bits)]
      const [wantValues, wantIndices] = [twin(values), twin(indices)]
      reference.argScan(kind, x, dim, wantValues, wantIndices)
      expect(argScan(kind, x, dim, values, indices)).toBe(true)
      expect(differs(indices, wantIndices) ?? differs(values, wantValues)).toBe(null)
    }
  })
})

describe.each(['cumsum', 'cumprod'] as const)('%s', (kind) => {
  it.each(dtypes)('of %s along any dimension of any view', (dtype) => {
    const bits = randomBits(54)
    for (let t = 0; t < 100; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 1000)
      const dim = bits() % shape.length
      const value = dtype === 'int64' || t % 2 === 0 ? few(bits) : undefined
      const x = randomView(dtype, shape, bits, { source: true, dense: t % 4 === 0 }, value)
      const out = randomView(dtype, shape, bits)
      const want = twin(out)
      reference.scan(kind, x, dim, want)
      expect(scan(kind, x, dim, out)).toBe(true)
      expect(differs(out, want, (a, b) => Object.is(a, b) || (dtype === 'int64' && a === b))).toBe(null)
    }
  })

  it('leaves integers beyond their range to the reference, which refuses them', () => {
    const bits = randomBits(55)
    const x = randomView('int64', [3], bits, { dense: true }, () => 2 ** 52 + 1)
    const out = randomView('int64', [3], bits)
    expect(scan(kind, x, 0, out)).toBe(false)
    expect(() => reference.scan(kind, x, 0, out)).toThrow('overflow')
  })
})
