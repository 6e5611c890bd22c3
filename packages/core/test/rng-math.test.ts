import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { log, log1m, sinCos } from '../src/random/accurate.ts'
import { fma32, fma64 } from '../src/random/fma.ts'
import { multiplyAdd, round } from './rational.ts'

const { fround } = Math
const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: fround(-1e15), max: fround(1e15) })
const plain = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 })

/** Two factors and a term that nearly cancels their product, or falls far below it: where rounding twice errs. */
const nearby = (factor: fc.Arbitrary<number>, cast: (x: number) => number): fc.Arbitrary<[number, number, number]> =>
  fc
    .tuple(factor, factor, fc.integer({ min: -60, max: 60 }), fc.integer({ min: -3, max: 3 }))
    .map(([a, b, e, k]) => [a, b, cast(cast(a * b) * k * 2 ** e)])

describe('fused multiply-add', () => {
  it('rounds once to float32', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(float, float, float), nearby(float, fround)), ([a, b, c]) => {
        const exact = multiplyAdd(a, b, c)
        expect(fma32(a, b, c)).toBe(exact.m === 0n ? a * b + c : round(exact, 24, -149))
      }),
      { numRuns: 5000 },
    )
  })

  it('is not misled by a sum that rounds to the midpoint of two floats', () => {
    // the products are 2^-24 (1 + d) with d = +-2^-30, -2^-46: their sum with c is a midpoint in double precision, and is not exactly
    const step = 2 ** -23
    const above = [2 ** -24 * (1 + 2 ** -10), 1 - 2 ** -10 + 2 ** -20] as const
    const below = [2 ** -24 * (1 - 2 ** -10), 1 + 2 ** -10 + 2 ** -20] as const
    const barely = [2 ** -24 * (1 + step), 1 - step] as const
    for (const scale of [1, 2 ** 40, 2 ** -100])
      for (const sign of [1, -1])
        for (let k = 0; k < 4; k++) {
          const c = sign * scale * (1 + k * step)
          const next = sign * scale * (1 + (k + 1) * step)
          expect(fma32(sign * scale * above[0], above[1], c)).toBe(next)
          expect(fma32(sign * scale * below[0], below[1], c)).toBe(c)
          expect(fma32(sign * scale * barely[0], barely[1], c)).toBe(c)
          // a true midpoint goes to the even side
          expect(fma32(sign * scale * 2 ** -24, 1, c)).toBe(k % 2 === 0 ? c : next)
        }
  })

  it('rounds once to float64', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(plain, plain, plain), nearby(plain, Number)), ([a, b, c]) => {
        fc.pre(Math.abs(a * b) > 1e-250 && Number.isFinite(c))
        const exact = multiplyAdd(a, b, c)
        expect(fma64(a, b, c)).toBe(exact.m === 0n ? 0 : round(exact, 53, -1074))
      }),
      { numRuns: 5000 },
    )
  })

  it('is plain arithmetic at the ends of the range', () => {
    expect(fma64(0, 3, -0)).toBe(0)
    expect(fma64(1e300, 1e300, 1)).toBe(Infinity)
    expect(fma64(Number.NaN, 1, 1)).toBeNaN()
    expect(fma32(Infinity, 1, 1)).toBe(Infinity)
    expect(fma32(0, 1, -0)).toBe(0)
    expect(fma32(fround(3e38), 2, 0)).toBe(Infinity)
  })
})

describe('logarithm, sine and cosine', () => {
  // to sixty decimal digits, then rounded
  it.each([
    [1, 0],
    [0.3, -1.2039728043259361],
    [0.123456789, -2.091864070778393],
    [1 - 2 ** -53, -1.1102230246251565e-16],
    [2 ** -53, -36.7368005696771],
    [Math.SQRT1_2, -0.3465735902799726],
    [Math.SQRT1_2 - 2 ** -53, -0.34657359027997275],
    [3, 1.0986122886681098],
    // these need every digit of the constants
    [0.32199930325931214, -1.1332058972310257],
    [0.8147921653558338, -0.20482221009565368],
    [0.7546288640224251, -0.28152922142488773],
    [0.6034639137001007, -0.5050690352611755],
    [1e-300, -690.7755278982137],
  ])('log %d', (x, expected) => {
    expect(log(x)).toBe(expected)
  })

  it.each([
    [0.1, 0.09983341664682815, 0.9950041652780258],
    [0.7, 0.644217687237691, 0.7648421872844885],
    [1, 0.8414709848078965, 0.5403023058681398],
    [2.5, 0.5984721441039565, -0.8011436155469337],
    [3, 0.1411200080598672, -0.9899924966004454],
    [4.7, -0.9999232575641008, -0.01238866346289056],
    [6.28, -0.0031853017931379904, 0.9999949269133752],
    [5.445202988919602, -0.7432948775934815, 0.6689639190145396],
    [3.9749897425567413, -0.7402197217603516, -0.672365052272222],
    [5.4542140558825585, -0.7372367031844174, 0.6756345487597355],
    [0.6993469362907292, 0.6437180592204539, 0.7652627393473775],
    [5.835721197686756, -0.4326807027250037, 0.9015472308700178],
    [2.4732270706903283, 0.6197040666467128, -0.784835568626656],
    [0, 0, 1],
    [Math.PI / 2, 1, 6.123233995736766e-17],
    [Math.PI, 1.2246467991473532e-16, -1],
    [1.5 * Math.PI, -1, -1.8369701987210297e-16],
    [2 * Math.PI, -2.4492935982947064e-16, 1],
  ])('sine and cosine of %d', (x, sine, cosine) => {
    const out = new Float64Array(2)
    sinCos(x, out)
    expect([...out]).toEqual([sine, cosine])
  })

  it('stay within a unit in the last place of the engine', () => {
    const out = new Float64Array(2)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (k) => {
        const u = k * 2 ** -53
        const close = (x: number, y: number): void => expect(Math.abs(x - y)).toBeLessThanOrEqual(Math.abs(y) * 2 ** -52)
        close(log(1 - u), Math.log(1 - u))
        close(log1m(u), Math.log1p(-u))
        const angle = 2 * Math.PI * u
        sinCos(angle, out)
        close(out[0] as number, Math.sin(angle))
        close(out[1] as number, Math.cos(angle))
      }),
      { numRuns: 5000 },
    )
  })

  it('know the logarithm of a power of two, and of its neighbours', () => {
    for (let e = 1; e <= 53; e++) {
      const u = 1 - 2 ** -e
      expect(Math.abs(log1m(u) - Math.log(2 ** -e))).toBeLessThanOrEqual(2 ** -47)
      expect(Math.abs(log1m(u - 2 ** -53) - Math.log(2 ** -e + 2 ** -53))).toBeLessThanOrEqual(2 ** -47)
      expect(log(2 ** -e)).toBe(-e * Math.LN2)
    }
    expect(log1m(0)).toBe(-0)
  })
})
