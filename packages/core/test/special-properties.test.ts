import { describe, expect, it } from 'vitest'
import {
  digamma,
  erf,
  erfc,
  erfcx,
  erfinv,
  i0,
  i0e,
  i1,
  i1e,
  igamma,
  igammac,
  lgamma,
  logNdtr,
  ndtri,
  polygamma,
  zeta,
} from '../src/special.ts'

const relativeError = (actual: number, expected: number): number =>
  Object.is(actual, expected) ? 0 : Math.abs(actual - expected) / Math.abs(expected)

/** `count` numbers spread over (low, high) without a pattern. */
const spread = (low: number, high: number, count = 500): number[] =>
  Array.from({ length: count }, (_, i) => low + (high - low) * (((i + 0.5) * 0.6180339887498949) % 1))

/** Expects f(x) and g(x) to agree at each x, relatively, or absolutely below 1. */
const expectEqual = (xs: number[], f: (x: number) => number, g: (x: number) => number, rtol: number): void => {
  const errors = xs.map((x) => ({ x, error: Math.abs(f(x) - g(x)) / Math.max(1, Math.abs(g(x))) }))
  expect(errors.filter(({ error }) => !(error <= rtol))).toEqual([])
}

describe('the error function', () => {
  it('is odd', () => {
    for (const x of spread(0, 7)) expect(erf(-x)).toBe(-erf(x))
  })

  it('and its complement have the sum 1', () => {
    expectEqual(
      spread(-7, 7),
      (x) => erf(x) + erfc(x),
      () => 1,
      3e-16,
    )
    expectEqual(
      spread(-7, 7),
      (x) => erfc(x) + erfc(-x),
      () => 2,
      3e-16,
    )
  })

  it('scaled is exp(x^2) erfc(x)', () => {
    for (const x of spread(-5, 5)) expect(relativeError(Math.exp(-x * x) * erfcx(x), erfc(x))).toBeLessThan(1e-14)
  })

  it('does not decrease where its approximations meet', () => {
    for (const x of [0.84375, 1.25, 1 / 0.35, 6]) {
      const around = [-3, -2, -1, 0, 1, 2, 3].map((k) => x * (1 + k * 2 ** -50))
      const values = around.map(erf)
      expect(values).toEqual([...values].sort((a, b) => a - b))
    }
  })

  it('has the inverse erfinv', () => {
    expectEqual(
      spread(-3, 3),
      (x) => erfinv(erf(x)),
      (x) => x,
      2e-12,
    )
    for (const y of spread(-1, 1)) expect(relativeError(erf(erfinv(y)), y)).toBeLessThan(2e-15)
    for (const y of spread(-323, -1)) expect(erfinv(10 ** y)).toBe(-erfinv(-(10 ** y)))
  })
})

describe('the normal distribution', () => {
  it('has the quantile ndtri', () => {
    for (const x of spread(-37, 5)) expect(ndtri(Math.exp(logNdtr(x)))).toBeCloseTo(x, 9)
  })

  it('has a symmetric quantile', () => {
    // p and 1 - p are both exact
    for (let k = 1; k < 512; k++) expect(ndtri(1 - k / 1024)).toBe(-ndtri(k / 1024) + 0)
  })

  it('has a logarithm where the distribution underflows', () => {
    expect(logNdtr(-1e10)).toBe(-5e19)
    expect(logNdtr(38)).toBeLessThan(0)
  })
})

describe('lgamma', () => {
  it('satisfies the recurrence', () => {
    expectEqual(
      spread(-30, 60),
      (x) => lgamma(x + 1),
      (x) => lgamma(x) + Math.log(Math.abs(x)),
      3e-13,
    )
  })

  it('satisfies the reflection formula', () => {
    expectEqual(
      spread(0, 0.5),
      (x) => lgamma(x) + lgamma(1 - x),
      (x) => Math.log(Math.PI / Math.sin(Math.PI * x)),
      2e-15,
    )
  })

  it('satisfies the duplication formula', () => {
    expectEqual(
      spread(0, 50),
      (x) => lgamma(x) + lgamma(x + 0.5),
      (x) => (1 - 2 * x) * Math.LN2 + 0.5 * Math.log(Math.PI) + lgamma(2 * x),
      2e-15,
    )
  })

  it('is the logarithm of the factorials', () => {
    let factorial = 1
    for (let n = 1; n <= 170; n++) {
      factorial *= n
      expect(relativeError(lgamma(n + 1), Math.log(factorial))).toBeLessThan(n < 2 ? Number.MIN_VALUE : 3e-15)
    }
  })

  it('is 0 at 1 and 2, and infinite at its poles only', () => {
    expect(lgamma(1)).toBe(0)
    expect(lgamma(2)).toBe(0)
    for (let n = 0; n > -30; n--) expect([lgamma(n), Number.isFinite(lgamma(n + 1e-14))]).toEqual([Infinity, true])
  })
})

describe('digamma and its derivatives', () => {
  it('satisfy the recurrence', () => {
    expectEqual(
      spread(0.01, 30),
      (x) => digamma(x + 1),
      (x) => digamma(x) + 1 / x,
      1e-13,
    )
    for (const n of [1, 2, 3, 6]) {
      let factorial = n % 2 === 0 ? 1 : -1
      for (let k = 2; k <= n; k++) factorial *= k
      expectEqual(
        spread(0.5, 30),
        (x) => polygamma(n, x + 1),
        (x) => polygamma(n, x) + factorial / x ** (n + 1),
        1e-12,
      )
    }
  })

  it('are the differences of the functions before', () => {
    const h = 2 ** -12
    const difference = (f: (x: number) => number) => (x: number) => (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)
    expectEqual(spread(0.5, 20), digamma, difference(lgamma), 1e-10)
    expectEqual(spread(-7.9, -7.1), digamma, difference(lgamma), 1e-7)
    for (const n of [1, 2, 3])
      expectEqual(
        spread(1, 20),
        (x) => polygamma(n, x),
        difference((x) => polygamma(n - 1, x)),
        1e-9,
      )
  })

  it('keep the relative accuracy at the root', () => {
    // the root is 1.4616321449683623412...
    expect(relativeError(digamma(1.4616321449683622), -9.241265521729427e-17)).toBeLessThan(1e-13)
  })

  it('have poles of the right sign', () => {
    for (let x = 0; x > -5; x--) expect([1, 2, 3, 4].map((n) => polygamma(n, x))).toEqual([Infinity, -Infinity, Infinity, -Infinity])
  })
})

describe('zeta', () => {
  it('is the known multiple of a power of pi', () => {
    expect(relativeError(zeta(2, 1), Math.PI ** 2 / 6)).toBeLessThan(5e-16)
    expect(relativeError(zeta(4, 1), Math.PI ** 4 / 90)).toBeLessThan(5e-16)
    expect(relativeError(zeta(2, 0.5), Math.PI ** 2 / 2)).toBeLessThan(5e-16)
  })

  it('satisfies the recurrence', () => {
    for (const x of [1.5, 2, 3, 7.25])
      expectEqual(
        spread(0.1, 40),
        (q) => zeta(x, q),
        (q) => zeta(x, q + 1) + q ** -x,
        1e-15,
      )
    for (const x of [2, 3, 8])
      expectEqual(
        spread(-20, 0),
        (q) => zeta(x, q),
        (q) => zeta(x, q + 1) + q ** -x,
        1e-12,
      )
  })

  it('takes as long for a far negative q as for a near one', () => {
    expect(relativeError(zeta(2, -1e9 - 0.5), Math.PI ** 2)).toBeLessThan(2e-9)
  })
})

describe('the incomplete gamma functions', () => {
  const pairs = spread(-3, 4, 60).flatMap((e) => spread(0, 3, 20).map((r) => [10 ** e, 10 ** e * r] as const))

  it('have the sum 1, and lie between 0 and 1', () => {
    for (const [a, x] of pairs) {
      const [p, q] = [igamma(a, x), igammac(a, x)]
      expect(Math.abs(p + q - 1)).toBeLessThan(2e-15)
      expect(Math.min(p, q)).toBeGreaterThanOrEqual(0)
      expect(Math.max(p, q)).toBeLessThanOrEqual(1)
    }
  })

  it('are known for a = 1/2, 1 and 2', () => {
    expectEqual(
      spread(0, 20),
      (x) => igammac(1, x),
      (x) => Math.exp(-x),
      1e-15,
    )
    expectEqual(
      spread(0, 20),
      (x) => igammac(2, x),
      (x) => (1 + x) * Math.exp(-x),
      1e-15,
    )
    expectEqual(
      spread(0, 20),
      (x) => igamma(0.5, x),
      (x) => erf(Math.sqrt(x)),
      1e-15,
    )
  })

  it('do not jump where one approximation takes over from another', () => {
    for (const [a, x] of [
      [20, 15],
      [30, 21],
      [30, 39],
      [170, 100],
      [170, 300],
      [0.3, 0.5],
      [0.9, 1.1],
      [5, 5],
    ] as const) {
      for (const f of [igamma, igammac]) {
        const values = [-2, -1, 1, 2].map((k) => f(a * (1 + k * 1e-13), x))
        expect(relativeError(values[0]!, values[3]!)).toBeLessThan(1e-10)
        const along = [-2, -1, 1, 2].map((k) => f(a, x * (1 + k * 1e-13)))
        expect(relativeError(along[0]!, along[3]!)).toBeLessThan(1e-10)
      }
    }
  })

  it('end for huge a and x', () => {
    expect([igamma(1e12, 2e12), igamma(2e12, 1e12), igamma(1e308, 1e308), igamma(100, 1e308)]).toEqual([1, 0, 0.5, 1])
    expect(igamma(5e-324, 1)).toBe(1)
  })
})

describe('the modified Bessel functions', () => {
  it('are even and odd', () => {
    for (const x of spread(0.01, 40)) {
      expect([i0(-x), i0e(-x), i1(-x), i1e(-x)]).toEqual([i0(x), i0e(x), -i1(x), -i1e(x)])
    }
  })

  it('are each the derivative of the other', () => {
    const h = 2 ** -10
    const difference = (f: (x: number) => number) => (x: number) => (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)
    expectEqual(spread(-20, 20), i1, difference(i0), 1e-10)
    expectEqual(spread(0.1, 20), (x) => i0(x) - i1(x) / x, difference(i1), 1e-10)
  })

  it('meet where their expansions do', () => {
    for (const f of [i0, i0e, i1, i1e]) expect(relativeError(f(8 + 2 ** -49), f(8))).toBeLessThan(8e-15)
  })

  it('are finite where exp overflows', () => {
    expect(relativeError(i0(712), i0e(712) * Math.exp(702) * Math.exp(10))).toBeLessThan(1e-15)
    expect(i0(714)).toBe(Infinity)
  })
})
