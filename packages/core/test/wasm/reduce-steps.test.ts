import { describe, expect, it } from 'vitest'
import type { Reduction } from '../../src/backend/backend.ts'
import { reduce as reference } from '../../src/backend/reference/reduce.ts'
import { reduceInSteps } from '../../src/backend/wasm/reduce-steps.ts'
import { type DType, dtypes, isFloat } from '../../src/dtype.ts'
import type { Tensor } from '../../src/tensor.ts'
import { randomBits } from './arena.ts'
import { differs, randomShape, randomView, twin } from './views.ts'

/** A place for the result of reducing some dimensions, seen in the shape of the source. */
function resultFor(dtype: DType, shape: readonly number[], reduced: readonly boolean[], bits: () => number): Tensor {
  const kept = shape.map((n, d) => (reduced[d] ? 1 : n))
  const out = randomView(dtype, kept, bits)
  return out.alias(
    shape,
    out.strides.map((s, d) => (reduced[d] ? 0 : s)),
  )
}

const near = (size: number, dtype: DType) => (a: number, b: number) =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= (dtype === 'float32' ? 2 ** -20 : 2 ** -45) * size

describe.each(['sum', 'prod', 'amax', 'amin'] as readonly Reduction[])('%s', (kind) => {
  it.each(['float32', 'float64'] as const)('of %s over any dimensions of any view', (dtype) => {
    const bits = randomBits(61)
    for (let t = 0; t < 120; t++) {
      const shape = randomShape(bits, 1 + (bits() % 5), t % 20 === 0 ? 20_000 : 1000)
      const reduced = shape.map(() => bits() % 2 === 0)
      const value = kind === 'prod' ? () => 1 + (bits() / 2 ** 32 - 0.5) / 64 : () => Math.fround(bits() / 2 ** 31 - 1)
      const x = randomView(dtype, shape, bits, { source: true, dense: t % 3 === 0 }, value)
      if (t % 5 === 0) x.data[x.offset] = t % 10 === 0 ? Number.NaN : Infinity
      const out = resultFor(dtype, shape, reduced, bits)
      const want = twin(out)
      reference(kind, x, want)
      expect(reduceInSteps(kind, x, out)).toBe(true)
      const wrong = differs(out, want, near(kind === 'prod' ? 30_000 : 4000, dtype))
      if (wrong !== null) expect.fail(`${kind} of [${shape}] strides [${x.strides}] over [${reduced}]: ${wrong}`)
    }
  })
})

describe.each(['sum', 'prod', 'amax', 'amin', 'any', 'all', 'countNonzero'] as readonly Reduction[])('%s', (kind) => {
  const integers = kind === 'any' || kind === 'all' || kind === 'countNonzero' ? dtypes : dtypes.filter((d) => !isFloat(d))
  it.each(integers)('of %s over any dimensions of any view', (dtype) => {
    const bits = randomBits(62)
    let done = 0
    for (let t = 0; t < 40; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 1000)
      const reduced = shape.map(() => bits() % 2 === 0)
      const rare = 2 ** (1 + (bits() % 8))
      const value = (): number => (kind === 'prod' ? 1 : bits() % rare === 0 ? 0 : dtype === 'bool' ? 1 : (bits() % 100) + 1)
      const x = randomView(dtype, shape, bits, { source: true, dense: t % 3 === 0 }, value)
      const to = kind === 'any' || kind === 'all' ? (dtype === 'uint8' ? 'uint8' : 'bool') : kind.startsWith('am') ? dtype : 'int64'
      const out = resultFor(to, shape, reduced, bits)
      const want = twin(out)
      reference(kind, x, want)
      if (!reduceInSteps(kind, x, out)) continue
      done++
      const wrong = differs(out, want)
      if (wrong !== null) expect.fail(`${kind} of [${shape}] strides [${x.strides}] over [${reduced}]: ${wrong}`)
    }
    expect(done).toBeGreaterThan(12)
  })
})

it('counts NaN as not zero, and -0 as zero', () => {
  const bits = randomBits(63)
  const x = randomView('float32', [300], bits, { dense: true }, () => -0)
  x.data[x.offset + 7] = Number.NaN
  const out = resultFor('int64', [300], [true], bits)
  expect(reduceInSteps('countNonzero', x, out)).toBe(true)
  expect(out.data[out.offset]).toBe(1)
})

it('leaves sums beyond the range of integers to the reference, which refuses them', () => {
  const bits = randomBits(64)
  const x = randomView('int64', [100], bits, { dense: true }, () => 2 ** 50)
  const out = resultFor('int64', [100], [true], bits)
  expect(reduceInSteps('sum', x, out)).toBe(false)
  expect(() => reference('sum', x, out)).toThrow('overflow')
})
