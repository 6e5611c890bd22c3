import { describe, expect, it } from 'vitest'
import type { Combine } from '../../src/backend/backend.ts'
import * as reference from '../../src/backend/reference/indexing.ts'
import { gather, scatter } from '../../src/backend/wasm/gathers.ts'
import { dtypes } from '../../src/dtype.ts'
import { randomBits } from './arena.ts'
import { differs, randomShape, randomView, twin } from './views.ts'

describe('gather', () => {
  it.each(dtypes)('of %s along any dimension of any view', (dtype) => {
    const bits = randomBits(41)
    for (let t = 0; t < 80; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 1500)
      const dim = bits() % shape.length
      const length = 1 + (bits() % 9)
      const from = shape.map((n, d) => (d === dim ? length : n + (bits() % 2)))
      const x = randomView(dtype, from, bits, { source: true, dense: t % 3 === 0 })
      const kind = t % 4 === 0 ? 'int32' : 'int64'
      let index = randomView(kind, shape, bits, { source: true, dense: t % 3 === 0 }, () => bits() % length)
      // One index for whole rows, as `indexSelect` has it.
      if (t % 2 === 0) {
        const row = randomView(kind, [shape[dim] as number], bits, {}, () => bits() % length)
        index = row.alias(
          shape,
          shape.map((_, d) => (d === dim ? (row.strides[0] as number) : 0)),
        )
      }
      const out = randomView(dtype, shape, bits, { dense: t % 2 === 0 })
      const want = twin(out)
      reference.gather(x, dim, index, want)
      expect(gather(x, dim, index, out)).toBe(true)
      const wrong = differs(out, want)
      if (wrong !== null) expect.fail(`gather from [${from}] along ${dim}: ${wrong}`)
    }
  })

  it('leaves alone what has no element', () => {
    const bits = randomBits(42)
    const out = randomView('float32', [0, 3], bits)
    expect(gather(randomView('float32', [4, 3], bits), 0, randomView('int64', [0, 3], bits), out)).toBe(true)
  })
})

describe.each(['set', 'add', 'mul', 'amax', 'amin'] as readonly Combine[])('scatter, %s', (combine) => {
  it.each(combine === 'set' ? dtypes : (['float32', 'float64'] as const))('of %s along any dimension of any view', (dtype) => {
    const bits = randomBits(43)
    for (let t = 0; t < 80; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 1500)
      const dim = bits() % shape.length
      const length = 1 + (bits() % 9)
      const to = shape.map((n, d) => (d === dim ? length : n + (bits() % 2)))
      const kind = t % 4 === 0 ? 'int32' : 'int64'
      let index = randomView(kind, shape, bits, { source: true, dense: t % 3 === 0 }, () => bits() % length)
      if (t % 2 === 0) {
        const row = randomView(kind, [shape[dim] as number], bits, {}, () => bits() % length)
        index = row.alias(
          shape,
          shape.map((_, d) => (d === dim ? (row.strides[0] as number) : 0)),
        )
      }
      const source = randomView(dtype, shape, bits, { source: true, dense: t % 3 === 0 })
      const out = randomView(dtype, to, bits, { dense: t % 3 === 0 })
      const want = twin(out)
      reference.scatter(combine, want, dim, index, source)
      expect(scatter(combine, out, dim, index, source)).toBe(true)
      const wrong = differs(out, want)
      if (wrong !== null) expect.fail(`scatter into [${to}] along ${dim}: ${wrong}`)
    }
  })
})

it('leaves sums of integers, which may leave their range, to the reference', () => {
  const bits = randomBits(44)
  const out = randomView('int64', [3], bits)
  expect(
    scatter(
      'add',
      out,
      0,
      randomView('int64', [2], bits, {}, () => 1),
      randomView('int64', [2], bits),
    ),
  ).toBe(false)
})
