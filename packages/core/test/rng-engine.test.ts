import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RuntimeError, ValueError } from '../src/errors.ts'
import * as fill from '../src/random/fill.ts'
import { GeneratorBase } from '../src/random/generator.ts'
import { Mt19937 } from '../src/random/mt19937.ts'
import { fillMultinomial } from '../src/random/multinomial.ts'
import { type Out, run } from './rng-interpreter.ts'

interface Expected {
  dtype: string
  shape: number[]
  values?: (number | string)[]
  sha256_le: string
}
interface Golden {
  seeds: Record<string, Record<string, { py: string; out: Expected[] }>>
  seed_mapping: Record<string, number[]>
  raw_u32_mt19937: Record<string, number[]>
  rng_state_after_seed42: { nbytes: number; sha256: string; head16: number[]; tail64: number[] }
  rng_state_after_seed42_randn1: { nbytes: number; sha256: string; head24: number[]; tail64: number[] }
}

const golden = JSON.parse(readFileSync(new URL('golden/rng.json', import.meta.url), 'utf8')) as Golden
const sha256 = (bytes: ArrayBufferView): string =>
  createHash('sha256')
    .update(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    .digest('hex')
const dtypes: Record<string, unknown> = { float32: Float32Array, float64: Float64Array, int32: Int32Array, int64: BigInt64Array }

describe('the streams of PyTorch 2.13', () => {
  const cases = Object.entries(golden.seeds).flatMap(([seed, all]) =>
    Object.entries(all).map(([name, c]) => [`${name}, seed ${seed}`, BigInt(seed), c] as const),
  )

  it('are all here: 78 cases of two seeds', () => {
    expect(cases).toHaveLength(156)
  })

  // None is left out: float64 randn too is equal to the bit for these seeds.
  it.each(cases)('%s', (_, seed, { py, out }) => {
    const results = run(py, new Mt19937(seed), seed) as Out[]
    expect(results, `no way to run ${py}`).not.toBeNull()
    expect(results).toHaveLength(out.length)
    out.forEach((expected, i) => {
      const result = results[i] as Out
      expect(result).toBeInstanceOf(dtypes[expected.dtype])
      if (expected.values !== undefined) expect(Array.from(result, String)).toEqual(expected.values.map(String))
      expect(sha256(result)).toBe(expected.sha256_le)
    })
  })
})

describe('the engine', () => {
  it.each(Object.entries(golden.raw_u32_mt19937))('gives the words of seed %s', (seed, words) => {
    const engine = new Mt19937(BigInt(seed))
    expect(words.map(() => engine.random())).toEqual(words)
  })

  it('gives the ten-thousandth word that the C++ standard asks of mt19937', () => {
    const engine = new Mt19937(5489n)
    for (let i = 1; i < 10000; i++) engine.random()
    expect(engine.random()).toBe(4123659995)
  })

  it('finds the remainder of 64 bits without big integers', () => {
    const modulus = fc.oneof(
      fc.integer({ min: 1, max: 2 ** 32 }),
      fc.maxSafeInteger().map((n) => Math.abs(n) + 1),
      fc.integer({ min: 0, max: 53 }).map((e) => 2 ** e),
      fc.integer({ min: 1, max: 52 }).map((e) => 2 ** e + 1),
    )
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 32n), modulus, (seed, m) => {
        return new Mt19937(seed).random64Modulo(m) === Number(new Mt19937(seed).random64() % BigInt(m))
      }),
      { numRuns: 2000 },
    )
  })

  it('draws ten million uniform numbers in a moment', () => {
    const out = new Float32Array(10_000_000)
    const start = performance.now()
    fill.fillUniform(new Mt19937(1n), out)
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

describe('seeds', () => {
  it.each(Object.entries(golden.seed_mapping))('%s', (seed, values) => {
    const out = new Float32Array(2)
    fill.fillUniform(new GeneratorBase().manualSeed(BigInt(seed)).engine, out)
    expect([...out]).toEqual(values)
  })

  it('are told as unsigned 64-bit integers', () => {
    const g = new GeneratorBase()
    expect(g.initialSeed()).toBe(67280421310721n)
    expect(g.manualSeed(-1).initialSeed()).toBe(2n ** 64n - 1n)
    expect(g.manualSeed(-(2n ** 63n)).initialSeed()).toBe(2n ** 63n)
    expect(g.manualSeed(2 ** 60).initialSeed()).toBe(2n ** 60n)
    const seed = g.seed()
    expect(g.initialSeed()).toBe(seed)
    expect(seed < 2n ** 53n).toBe(true)
    expect(g.seed()).not.toBe(seed)
  })

  it.each([2n ** 64n, -(2n ** 63n) - 1n, 2 ** 64, -(2 ** 64)])('refuse %s', (seed) => {
    const g = new GeneratorBase().manualSeed(5)
    expect(() => g.manualSeed(seed)).toThrow(ValueError)
    expect(() => g.manualSeed(seed)).toThrow(/^Overflow when unpacking long long\n/)
    expect(g.initialSeed()).toBe(5n)
  })

  it.each([
    [1.5, 'float'],
    [Number.NaN, 'float'],
    ['7', 'str'],
    [null, 'NoneType'],
    [undefined, 'NoneType'],
    [true, 'bool'],
    [[1], 'Array'],
  ])('refuse %j, which is no integer', (seed, type) => {
    expect(() => new GeneratorBase().manualSeed(seed as number)).toThrow(new RuntimeError(`manual_seed expected a long, but got ${type}`))
  })
})

describe('states', () => {
  const randn = (g: GeneratorBase, n: number): number[] => {
    const out = new Float32Array(n)
    fill.fillNormal(g.engine, out)
    return [...out]
  }

  it("are PyTorch's bytes", () => {
    const g = new GeneratorBase().manualSeed(42)
    const fresh = golden.rng_state_after_seed42
    expect(sha256(g.getStateBytes())).toBe(fresh.sha256)
    randn(g, 1)
    const later = golden.rng_state_after_seed42_randn1
    const bytes = g.getStateBytes()
    expect(bytes).toHaveLength(later.nbytes)
    expect([...bytes.slice(0, 24)]).toEqual(later.head24)
    expect([...bytes.slice(-64)]).toEqual(later.tail64)
    expect(sha256(bytes)).toBe(later.sha256)
  })

  it('are the same after a million words, and go on in the same way', () => {
    const g = new GeneratorBase().manualSeed(7)
    randn(g, 3)
    fill.fillUniform(g.engine, new Float32Array(1_000_000))
    const bytes = g.getStateBytes()
    expect(sha256(bytes)).toBe('15f556df14acd76f5ad23e5d3fbc5b7fc441abda64c19e2d4e2fba601f0c5ba3')
    const other = new GeneratorBase().setStateBytes(bytes)
    expect(randn(other, 2)).toEqual([-1.1143440008163452, -0.3094243109226227])
    const out = new Float32Array(2)
    fill.fillUniform(other.engine, out)
    expect([...out]).toEqual([0.6081115007400513, 0.4816066026687622])
    expect(other.initialSeed()).toBe(7n)
  })

  it('continue any stream from anywhere', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 0, max: 2000 }), fc.boolean(), (seed, words, half) => {
        const g = new GeneratorBase().manualSeed(seed)
        for (let i = 0; i < words; i++) g.engine.random()
        if (half) randn(g, 1)
        // from the middle of a larger buffer, as a view of a tensor has it
        const larger = new Uint8Array(6000)
        larger.set(g.getStateBytes(), 13)
        const other = new GeneratorBase().setStateBytes(larger.subarray(13, 13 + 5056))
        expect(other.getStateBytes()).toEqual(g.getStateBytes())
        expect(randn(other, 3)).toEqual(randn(g, 3))
        expect(other.engine.random()).toBe(g.engine.random())
      }),
      { numRuns: 100 },
    )
  })

  it('bring their own cached normal, or none', () => {
    const g = new GeneratorBase().manualSeed(1)
    const without = g.getStateBytes()
    randn(g, 1)
    expect(g.engine.cachedNormal).not.toBeNull()
    expect(g.setStateBytes(without).engine.cachedNormal).toBeNull()
    randn(g, 1)
    expect(g.manualSeed(1).engine.cachedNormal).toBeNull()
  })

  it('of before PyTorch 1.6 keep an angle and a radius', () => {
    const g = new GeneratorBase().manualSeed(3)
    const bytes = g.getStateBytes().slice(0, 5048)
    const view = new DataView(bytes.buffer)
    view.setFloat64(5016, 0.2, true)
    view.setFloat64(5032, 1.5, true)
    view.setInt32(5040, 1, true)
    expect(randn(new GeneratorBase().setStateBytes(bytes), 1)[0]).toBeCloseTo(1.5 * Math.sin(0.4 * Math.PI), 6)
  })

  it('are checked', () => {
    const g = new GeneratorBase().manualSeed(9)
    const before = g.getStateBytes()
    expect(() => g.setStateBytes(new Uint8Array(5))).toThrow(
      new RuntimeError(
        'Expected either a CPUGeneratorImplStateLegacy of size 5048 or a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 5',
      ),
    )
    const broken = (at: number, value: number): Uint8Array => {
      const bytes = before.slice()
      new DataView(bytes.buffer).setInt32(at, value, true)
      return bytes
    }
    for (const bytes of [
      new Uint8Array(5056),
      broken(8, 0),
      broken(8, 625),
      broken(12, 0),
      broken(16, 625),
      broken(8, 600),
      broken(16, -1),
    ]) {
      if (new DataView(bytes.buffer).getInt32(8, true) === 600) new DataView(bytes.buffer).setInt32(16, 500, true)
      expect(() => g.setStateBytes(bytes)).toThrow(new RuntimeError('Invalid mt19937 state'))
    }
    expect(g.getStateBytes()).toEqual(before)
  })
})

describe('other distributions, as PyTorch 1.13 draws them from seed 42', () => {
  const drawn = <T extends Out | Int16Array | Uint8Array>(out: T, f: (g: Mt19937, out: T) => void): number[] => {
    f(new Mt19937(42n), out)
    return Array.from(out as ArrayLike<number>)
  }

  it('cauchy_(0.5, 2)', () => {
    const expected = [-10.32497501373291, -9.487401962280273, -4.389748573303223, -11.497279167175293]
    expect(drawn(new Float32Array(4), (g, o) => fill.fillCauchy(g, o, 0.5, 2))).toEqual(expected)
  })
  it('geometric_', () => {
    expect(drawn(new Float32Array(6), (g, o) => fill.fillGeometric(g, o, 0.3))).toEqual([8, 8, 6, 9, 2, 3])
    expect(drawn(new Float64Array(3), (g, o) => fill.fillGeometric(g, o, 0.05))).toEqual([56, 54, 41])
  })
  it('log_normal_', () => {
    const expected = [5.330157279968262, 3.5170366764068604, 4.3445611000061035, 4.308828353881836]
    expect(drawn(new Float32Array(4), (g, o) => fill.fillLogNormal(g, o))).toEqual(expected)
    const narrow = [1.087816596031189, 1.0327264070510864, 1.0603675842285156, 1.0592734813690186]
    expect(drawn(new Float32Array(4), (g, o) => fill.fillLogNormal(g, o, 0, 0.25))).toEqual(narrow)
  })
  it('random_', () => {
    expect(drawn(new Uint8Array(4), (g, o) => fill.fillRandom(g, o, 255))).toEqual([102, 179, 92, 14])
    expect(drawn(new Int16Array(4), (g, o) => fill.fillRandom(g, o, 32767))).toEqual([23654, 15795, 860, 5390])
    expect(drawn(new Uint8Array(6), (g, o) => fill.fillRandom(g, o, 1))).toEqual([0, 1, 0, 0, 0, 1])
    expect(drawn(new Float64Array(4), fill.fillRandom64)).toEqual([523809042610868, 566644413140339, 1113164382588524, 473600017246026])
  })
  it('multinomial', () => {
    const weights = Float64Array.of(1, 2, 3, 0.5)
    expect(drawn(new Int32Array(6), (g, o) => fillMultinomial(g, o, weights, true))).toEqual([0, 0, 0, 0, 2, 2])
    expect(drawn(new Int32Array(4), (g, o) => fillMultinomial(g, o, weights, false))).toEqual([1, 2, 0, 3])
    // PyTorch 1.13 differs here: newer ones make a single draw as if without replacement
    expect(drawn(new Int32Array(1), (g, o) => fillMultinomial(g, o, weights, true))).toEqual([1])
  })
  it('normal_ in float64 with a mean and a deviation', () => {
    const expected = [
      1.5748890719375659, 1.876143068919699, 1.8178977416942772, 1.6546674984714043, 1.4906992481823689, 1.758811824312823,
      1.4974786195744156, 1.5223700401164009, 1.5096088095658386, 1.5975008709008927, 1.3550396361314472, 1.7189734711620055,
      1.5980962109331713, 1.7771152953628582, 1.716293366177977, 1.7138039903680717, 1.5623529699228942,
    ]
    expect(drawn(new Float64Array(17), (g, o) => fill.fillNormal(g, o, 1.5, 0.25))).toEqual(expected)
  })
})

describe('fills', () => {
  it('replace a number that rounds up to the end of its range', () => {
    const out = new Float32Array(1000)
    const to = 1 + 2 ** -23 // one step above 1
    fill.fillUniform(new Mt19937(0n), out, 1, to)
    expect(new Set(out)).toEqual(new Set([1]))
    const double = new Float64Array(1000)
    fill.fillUniform(new Mt19937(0n), double, 1, 1 + Number.EPSILON)
    expect(new Set(double)).toEqual(new Set([1]))
    fill.fillUniform(new Mt19937(0n), out, 2, 2)
    expect(new Set(out)).toEqual(new Set([2]))
  })

  it('keep within their ranges', () => {
    const bound = fc.float({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 32n), bound, bound, fc.boolean(), (seed, a, b, double) => {
        const [from, to] = a < b ? [a, b] : [b, a]
        fc.pre(from < to)
        const out = double ? new Float64Array(50) : new Float32Array(50)
        fill.fillUniform(new Mt19937(seed), out, from, to)
        return out.every((x) => x >= from && x < to)
      }),
    )
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 32n), fc.maxSafeInteger(), fc.maxSafeInteger(), (seed, a, b) => {
        const [from, to] = a < b ? [a, b] : [b, a]
        fc.pre(from < to && Number.isSafeInteger(to - from))
        const out = new Float64Array(20)
        fill.fillRandint(new Mt19937(seed), out, from, to)
        return out.every((x) => Number.isInteger(x) && x >= from && x < to)
      }),
    )
  })

  it('permute', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 32n), fc.integer({ min: 0, max: 300 }), (seed, n) => {
        const out = new Int32Array(n)
        fill.fillRandperm(new Mt19937(seed), out)
        return new Set(out).size === n && out.every((x) => x >= 0 && x < n)
      }),
    )
  })

  it('have the right means', () => {
    const n = 200_000
    const mean = (f: (g: Mt19937, out: Float64Array) => void): number => {
      const out = new Float64Array(n)
      f(new Mt19937(123n), out)
      return out.reduce((a, b) => a + b) / n
    }
    expect(mean((g, o) => fill.fillNormal(g, o, 3, 2))).toBeCloseTo(3, 1)
    expect(mean((g, o) => fill.fillNormal(g, o, 3, 2, false))).toBeCloseTo(3, 1)
    expect(mean((g, o) => fill.fillExponential(g, o, 4))).toBeCloseTo(0.25, 2)
    expect(mean((g, o) => fill.fillGeometric(g, o, 0.25))).toBeCloseTo(4, 1)
    expect(mean((g, o) => fill.fillBernoulli(g, o, 0.7))).toBeCloseTo(0.7, 2)
    expect(mean((g, o) => fill.fillRandint(g, o, 0, 2 ** 40)) / 2 ** 40).toBeCloseTo(0.5, 2)
  })
})
