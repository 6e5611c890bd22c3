/** The backend in use against the reference over random views: values to the bit, and nothing written beside the output. */
import { afterEach, expect, it, vi } from 'vitest'
import type { Reduction, View } from '../../src/backend/backend.ts'
import { kernels } from '../../src/backend/index.ts'
import { reference } from '../../src/backend/reference/index.ts'
import { type DType, isFloat } from '../../src/dtype.ts'
import { compile } from '../../src/expr.ts'
import { randomBits } from './arena.ts'
import { anyValue, randomFormula } from './kernels.ts'
import { anyLength, anyShape, anyStrides, difference, layoutOf, type Pair, pair, pick } from './twin-views.ts'

afterEach(() => vi.restoreAllMocks())

/** Counts how often the reference has to do the kernels' work, so that a test knows that it tests kernels. */
function spy(kernel: 'map' | 'reduce' | 'matmul'): { declined: () => number; plain: (...args: never[]) => void } {
  const plain = reference[kernel] as (...args: never[]) => void
  const calls = vi.spyOn(reference, kernel).mock.calls
  return { declined: () => calls.length, plain }
}

const isSpecial = (bits: () => number): boolean => bits() % 8 === 0
const specials = [Number.NaN, Infinity, -Infinity, -0]
/** Whole numbers, whose sums and products are exact in any order; in some cases special ones among them. */
const wholeNumbers = (bits: () => number): (() => number) => {
  const spoiled = bits() % 3 === 0
  return () => (spoiled && isSpecial(bits) ? pick(bits, specials) : (bits() % 9) - 4)
}

it('pointwise programs, over views of any layout and dtype, in place too', () => {
  const { declined, plain } = spy('map')
  const bits = randomBits(53)
  const rounds = 1200
  for (let round = 0; round < rounds; round++) {
    const program = compile(randomFormula(bits, 1 + (bits() % 3)))
    const compute = pick<DType>(bits, ['float32', 'float32', 'float64', 'int32'])
    const output = pick<DType>(bits, [compute, compute, 'float32', 'float64', 'bool'])
    const shape = anyShape(bits)
    const out = pair(bits, output, shape, anyStrides(bits, shape), () => 5)
    const inputs = program.slots.map((): Pair | number => {
      if (bits() % 6 === 0) return anyValue(compute, bits)
      const dtype = pick<DType>(bits, [compute, compute, 'float32', 'float64', 'bool', 'int64', 'int32', 'int16', 'int8', 'uint8'])
      // Broadcast along some dimensions, without some of the first.
      const own = shape.map((n) => (bits() % 5 === 0 ? 1 : n)).slice(bits() % 4 === 0 ? bits() % (shape.length + 1) : 0)
      const stretched = bits() % 4 === 0 ? own.map(() => bits() % 3 === 0) : []
      const alike = bits() % 3 === 0 && own.length === shape.length && own.every((n, d) => n === shape[d])
      const strides = alike ? out.plain.strides : anyStrides(bits, own, (d) => stretched[d] === true)
      return pair(bits, dtype, own, strides, () => anyValue(dtype, bits))
    })
    if (bits() % 5 === 0) {
      // In place: the output is an operand.
      const i = bits() % inputs.length
      if (typeof inputs[i] !== 'number') {
        const { plain, fast } = pair(bits, output, shape, out.plain.strides, () => anyValue(output, bits))
        inputs[i] = Object.assign(out, { plain, fast })
      }
    }
    const arguments_ = (which: 'fast' | 'plain') => inputs.map((x) => (typeof x === 'number' ? x : x[which]))
    const where = `round ${round}: ${program.key} in ${compute} of ${inputs.map((x) => (typeof x === 'number' ? x : layoutOf(x))).join('; ')} into ${layoutOf(out)}`
    kernels.map(program, compute, out.fast, arguments_('fast'))
    ;(plain as typeof reference.map)(program, compute, out.plain, arguments_('plain'))
    for (const [i, x] of [out, ...inputs].entries()) if (typeof x !== 'number') expect(difference(x), `${where}: operand ${i}`).toBeNull()
  }
  expect(declined()).toBeLessThan(rounds / 3)
})

/** What reductions of a dtype give. */
const reduced = (kind: Reduction, dtype: DType): DType =>
  kind === 'any' || kind === 'all' ? 'bool' : kind === 'countNonzero' ? 'int64' : isFloat(dtype) || kind.startsWith('am') ? dtype : 'int64'

it('reductions, along any dimensions of views of any layout', () => {
  const { declined, plain } = spy('reduce')
  const bits = randomBits(59)
  const rounds = 2500
  let floats = 0
  for (let round = 0; round < rounds; round++) {
    const kind = pick<Reduction>(bits, ['sum', 'sum', 'prod', 'prod', 'amax', 'amin', 'nansum', 'any', 'all', 'countNonzero'])
    const dtype = pick<DType>(bits, ['float32', 'float32', 'float64', 'float64', 'int64', 'int16', 'bool'])
    // What kernels are for comes up often: the rows or columns of a matrix, or all of it.
    const matrix = bits() % 2 === 0
    const shape = matrix ? [anyLength(bits), anyLength(bits, 3000)].slice(bits() % 2) : anyShape(bits)
    // Nothing has no greatest element: operations refuse that before.
    if (kind.startsWith('am')) shape.forEach((n, d) => (shape[d] = Math.max(n, 1)))
    const whole = bits() % 3 === 0
    const first = bits() % 2
    const along = shape.map((_, d) => (matrix ? whole || d === first : bits() % 2 === 0))
    const numbers = kind === 'prod' ? () => pick(bits, [1, 1, 2, -1, 0.5, 1, -1, 1]) : wholeNumbers(bits)
    const value = isFloat(dtype) ? numbers : () => (bits() % 5) - 2
    const expanded = !matrix && bits() % 6 === 0 ? bits() % Math.max(shape.length, 1) : -1
    const columns = shape.at(-1) ?? 1
    const strides = matrix ? [columns + (bits() % 3), 1].slice(-shape.length) : anyStrides(bits, shape, (d) => d === expanded)
    const x = pair(bits, dtype, shape, strides, value)
    const kept = matrix ? shape.map((_, d) => (along[d] ? 0 : 1)) : anyStrides(bits, shape, (d) => along[d] === true)
    const out = pair(bits, reduced(kind, dtype), shape, kept, () => 5)
    const where = `round ${round}: ${kind} along ${along} of ${layoutOf(x)} into ${layoutOf(out)}`
    const before = declined()
    kernels.reduce(kind, x.fast, out.fast)
    if (isFloat(dtype) && kind in { sum: 0, prod: 0, amax: 0, amin: 0 } && declined() === before) floats++
    ;(plain as typeof reference.reduce)(kind, x.plain, out.plain)
    // Which of 0 and -0 is the greater is nobody's business.
    expect(
      difference(out, (got, want) => got === want),
      where,
    ).toBeNull()
    expect(difference(x), where).toBeNull()
  }
  expect(floats).toBeGreaterThan(rounds / 10)
})

/** `[rows, columns]` matrices in a batch: rows, columns, parts of wider ones, one for all. */
function matrices(bits: () => number, dtype: DType, shape: readonly [number, number, number], value: () => number, overlap = true): Pair {
  const stretched = overlap && bits() % 4 === 0 ? bits() % 3 : -1
  return pair(
    bits,
    dtype,
    shape,
    anyStrides(bits, shape, (d) => d === stretched),
    value,
  )
}

it('matrix products, of any sizes, transposed, stretched and with gaps', () => {
  const { declined, plain } = spy('matmul')
  const bits = randomBits(61)
  const rounds = 1500
  for (let round = 0; round < rounds; round++) {
    const dtype = pick<DType>(bits, ['float32', 'float32', 'float32', 'float64', 'float64', 'int32'])
    const most = bits() % 10 === 0 ? 150 : 40
    const [m, n, k] = [anyLength(bits, most), anyLength(bits, most), anyLength(bits, 2 * most)]
    const batches = pick(bits, [1, 1, 1, 2, 3, 0])
    const value = isFloat(dtype) ? wholeNumbers(bits) : () => (bits() % 9) - 4
    const x = matrices(bits, dtype, [batches, m, k], value)
    const y = matrices(bits, dtype, [batches, k, n], value)
    const out = matrices(bits, dtype, [batches, m, n], () => 5, false)
    const where = `round ${round}: ${layoutOf(x)} times ${layoutOf(y)} into ${layoutOf(out)}`
    kernels.matmul(x.fast, y.fast, out.fast)
    ;(plain as (x: View, y: View, out: View) => void)(x.plain, y.plain, out.plain)
    // Which zero a sum of zeros gives depends on where it begins.
    expect(
      difference(out, (got, want) => got === want),
      where,
    ).toBeNull()
    for (const operand of [x, y]) expect(difference(operand), where).toBeNull()
  }
  expect(declined()).toBeLessThan(rounds / 1.5)
})
