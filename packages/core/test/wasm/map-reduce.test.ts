import { describe, expect, it } from 'vitest'
import { mapReduce as reference } from '../../src/backend/reference/pointwise.ts'
import { mapReduce } from '../../src/backend/wasm/map-reductions.ts'
import { type DType, dtypes } from '../../src/dtype.ts'
import { compile, type Expr, input } from '../../src/expr.ts'
import { randomBits } from './arena.ts'
import { differs, randomShape, randomView, twin } from './views.ts'

const [x, y, w] = [input(0), input(1), input(2)] as [Expr, Expr, Expr]
const programs = {
  itself: compile(x),
  squares: compile(x.sub(y).mul(x.sub(y))),
  absolute: compile(x.sub(y).abs()),
  truths: compile(x.gt(y)),
  logistic: compile(x.neg().maximum(0).add(x.abs().neg().exp().log1p()).sub(y.mul(x)).mul(w)),
  weighted: compile(x.sub(y).abs().lt(1).mul(w)),
}

/** Sums of so many terms differ by roundings only. */
const near = (size: number, dtype: DType) => (a: number, b: number) =>
  Object.is(a, b) || Math.abs(a - b) <= (dtype === 'float32' ? 2 ** -20 : 2 ** -45) * size

const numbers = (dtype: DType, bits: () => number) => (): number =>
  dtype === 'bool' ? bits() % 2 : dtype.startsWith('float') ? Math.fround(bits() / 2 ** 30 - 2) : bits() % 9

describe.each(['float32', 'float64'] as const)('sums of programs in %s', (dtype) => {
  it.each(Object.keys(programs) as (keyof typeof programs)[])('%s, of any length', (name) => {
    const program = programs[name]
    const bits = randomBits(31)
    for (const n of [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 18, 19, 31, 33, 100, 1001])
      for (const kinds of ['vvv', 'vsn', 'snv', 'nvs']) {
        const inputs = program.slots.map((slot) =>
          kinds[slot] === 'n' ? 0.75 : randomView(dtype, kinds[slot] === 's' ? [] : [n], bits, { dense: true }, numbers(dtype, bits)),
        )
        const out = randomView(dtype, [], bits)
        const want = twin(out)
        reference(program, dtype, [n], inputs, 3, want)
        if (mapReduce(program, dtype, [n], inputs, 3, out)) expect(differs(out, want, near(8 * n, dtype))).toBe(null)
        else expect(dtype === 'float64' && name === 'logistic').toBe(true)
      }
  })

  it.each([4 * 2 ** 15, 4 * 2 ** 15 + 1, 150_003])('in blocks, of %i terms', (n) => {
    const bits = randomBits(33)
    const inputs = [
      randomView(dtype, [n], bits, { dense: true }, numbers(dtype, bits)),
      randomView('int64', [n], bits, { dense: true }, () => 1),
    ]
    const out = randomView(dtype, [], bits)
    const want = twin(out)
    reference(programs.squares, dtype, [n], inputs, n, want)
    expect(mapReduce(programs.squares, dtype, [n], inputs, n, out)).toBe(true)
    expect(differs(out, want, near(8, dtype))).toBe(null)
  })

  it('of any layout and dtype', () => {
    const bits = randomBits(32)
    for (let t = 0; t < 150; t++) {
      const shape = randomShape(bits, bits() % 4, 2000)
      const views = programs.weighted.slots.map((_, i) => {
        const from = i === 0 ? dtype : (dtypes[bits() % dtypes.length] as DType)
        const own = t % 2 === 0 ? shape : shape.map((n) => (bits() % 3 === 0 ? 1 : n))
        return randomView(from, i === 0 ? shape : own, bits, { source: true, dense: t % 3 === 0 }, numbers(from, bits))
      })
      const out = randomView(dtype, [], bits)
      const want = twin(out)
      reference(programs.weighted, dtype, shape, views, 1, want)
      expect(mapReduce(programs.weighted, dtype, shape, views, 1, out)).toBe(true)
      expect(differs(out, want, near(9000, dtype))).toBe(null)
    }
  })

  it('of special values', () => {
    const bits = randomBits(33)
    for (const special of [Number.NaN, Infinity, -Infinity, -0])
      for (let at = 0; at < 23; at++) {
        const v = randomView(dtype, [23], bits, { dense: true }, () => -0)
        v.data[v.offset + at] = special
        const out = randomView(dtype, [], bits)
        const want = twin(out)
        reference(programs.itself, dtype, [23], [v], 1, want)
        expect(mapReduce(programs.itself, dtype, [23], [v], 1, out)).toBe(true)
        expect(differs(out, want, (a, b) => Object.is(a, b) || a === b)).toBe(null)
      }
  })
})

it('counts every one of many terms', () => {
  const bits = randomBits(34)
  const n = 3_000_001
  const v = randomView('float32', [n], bits, { dense: true }, () => Math.fround(0.1))
  const out = randomView('float32', [], bits)
  expect(mapReduce(programs.itself, 'float32', [n], [v], 1, out)).toBe(true)
  expect(Math.abs((out.data[out.offset] as number) / (Math.fround(0.1) * n) - 1)).toBeLessThan(1e-6)
})
