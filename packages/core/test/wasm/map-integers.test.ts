import { describe, expect, it } from 'vitest'
import { map as reference } from '../../src/backend/reference/pointwise.ts'
import { mapIntegers } from '../../src/backend/wasm/map-integers.ts'
import { type DType, dtypes, isFloat } from '../../src/dtype.ts'
import { compile, type Expr, input } from '../../src/expr.ts'
import { randomBits } from './arena.ts'
import { differs, randomView, twin } from './views.ts'

const [x, y] = [input(0), input(1)] as [Expr, Expr]
const programs = [compile(x.add(y)), compile(x.mul(y)), compile(x.sub(y).abs()), compile(x.maximum(y).neg()), compile(x.gt(y).where(y, x))]

describe('programs over integers', () => {
  it.each(dtypes.filter((d) => !isFloat(d) && d !== 'bool'))('of %s', (dtype: DType) => {
    const bits = randomBits(72)
    for (let t = 0; t < 100; t++) {
      const shape = [4 + (bits() % 5), 16 + (bits() % 9)]
      const value = () => (dtype === 'uint8' ? bits() % 256 : dtype === 'int8' ? (bits() % 256) - 128 : (bits() % 30_000) - 15_000)
      const inputs = [0, 1].map((i) => (t % 4 === 0 && i === 1 ? 300 : randomView(dtype, shape, bits, { source: true }, value)))
      const out = randomView(dtype, shape, bits)
      const want = twin(out)
      const program = programs[t % programs.length]!
      reference(program, dtype, want, inputs)
      expect(mapIntegers(program, dtype, out, inputs)).toBe(true)
      const wrong = differs(out, want)
      if (wrong !== null) expect.fail(`${program.key}: ${wrong}`)
    }
  })

  it('leaves alone what it cannot finish, though it be written in place', () => {
    const bits = randomBits(73)
    for (const dtype of ['int64', 'int32'] as const) {
      const big = dtype === 'int64' ? 2 ** 40 : 2 ** 30
      const v = randomView(dtype, [100], bits, { dense: true }, () => big + 1)
      v.data[v.offset + 3] = 1
      const before = twin(v)
      expect(mapIntegers(programs[1]!, dtype, v, [v, v])).toBe(false)
      expect(differs(v, before)).toBe(null)
    }
  })
})
