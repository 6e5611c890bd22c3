import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultPrintOptions,
  formatTensor,
  type Printable,
  type PrintOptionsUpdate,
  pyValue,
  updatePrintOptions,
} from '../src/print/format.ts'
import { cxxFloat, formatExponent, formatFixed, pyFloat } from '../src/print/number.ts'
import { isRounded } from './rational.ts'

interface Numbers {
  values: (number | string | boolean)[]
  shape: number[]
  dtype: string
}
interface Case extends Numbers {
  id: string
  op: string
  requires_grad: boolean
  parameter: boolean
  grad_fn: string | null
  result?: Numbers
  printoptions?: { precision?: number; threshold?: number; edgeitems?: number; linewidth?: number; profile?: 'full'; sci_mode?: boolean }
  expected: string
}

const cases = JSON.parse(readFileSync(new URL('golden/printing.json', import.meta.url), 'utf8')) as Case[]

const specials: Record<string, number> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity, '-0': -0 }
const value = (v: number | string | boolean): number | bigint | boolean => (typeof v === 'string' ? (specials[v] ?? BigInt(v)) : v)

describe('what PyTorch 2.13 prints', () => {
  it('has all of its 200 cases here', () => {
    expect(cases).toHaveLength(200)
    expect(new Set(cases.map((c) => c.id)).size).toBe(200)
  })

  // the cases made by an operation carry its result: the operations are tested elsewhere
  it.each(cases.map((c) => [c.id, c] as const))('%s', (_, c) => {
    const { values, shape, dtype } = c.result ?? c
    const { sci_mode: sciMode, ...others } = c.printoptions ?? {}
    const update: PrintOptionsUpdate = sciMode === undefined ? others : { ...others, sciMode }
    const text = formatTensor(
      {
        shape,
        dtype,
        at: (i) => value(values[i] as number),
        gradFn: c.grad_fn,
        requiresGrad: c.requires_grad && c.op === 'none',
        parameter: c.parameter,
      },
      updatePrintOptions(defaultPrintOptions, update),
    )
    expect(text).toBe(c.expected)
  })
})

describe('formatTensor', () => {
  const count = (shape: number[], dtype = 'float32'): { t: Printable; reads: () => number } => {
    let reads = 0
    const at = (i: number): number => {
      reads++
      return i
    }
    return { t: { shape, dtype, at }, reads: () => reads }
  }

  it.each([
    [[10_000_000], 6],
    [[1000, 10_000], 36],
    [[10, 1000, 1000], 216],
    [[10_000_000, 1], 6],
    [[1, 10_000_000], 6],
  ] as [number[], number][])('reads only what it shows of %j', (shape, expected) => {
    const { t, reads } = count(shape)
    formatTensor(t)
    const start = performance.now()
    formatTensor(t)
    expect(performance.now() - start).toBeLessThan(10)
    expect(reads()).toBe(2 * expected)
  })

  it('shows only dots, and the size, with no elements at the ends', () => {
    const options = updatePrintOptions(defaultPrintOptions, { edgeitems: 0, threshold: 3 })
    expect(formatTensor(count([5]).t, options)).toBe('tensor([...], size=(5,))')
    expect(formatTensor(count([2, 3]).t, options)).toBe('tensor([...], size=(2, 3))')
    expect(formatTensor(count([2], 'int64').t, options)).toBe('tensor([0, 1], size=(2,))')
  })

  it('leaves the default dtype unsaid, whichever it is', () => {
    const at = (): number => 1
    expect(formatTensor({ shape: [1], dtype: 'float64', at, defaultDtype: 'float64' })).toBe('tensor([1.])')
    expect(formatTensor({ shape: [1], dtype: 'float32', at, defaultDtype: 'float64' })).toBe('tensor([1.], dtype=torch.float32)')
    expect(formatTensor({ shape: [0], dtype: 'int64', at, defaultDtype: 'float64' })).toBe('tensor([], dtype=torch.int64)')
  })

  it('does not count zeros in the width, signed as they may be', () => {
    const print = (...values: number[]): string =>
      formatTensor({ shape: [values.length], dtype: 'float32', at: (i) => values[i] as number })
    expect(print(-0, 1, 2)).toBe('tensor([-0., 1., 2.])')
    expect(print(-0, -Infinity, 1.5)).toBe('tensor([-0.0000,   -inf, 1.5000])')
    expect(print(0, -0, Number.NaN, -Infinity)).toBe('tensor([0., -0., nan, -inf])')
  })

  it('prints truth values whether stored as numbers or not', () => {
    expect(formatTensor({ shape: [2], dtype: 'bool', at: (i) => i })).toBe('tensor([False,  True])')
    expect(formatTensor({ shape: [2], dtype: 'bool', at: (i) => i === 1 })).toBe('tensor([False,  True])')
  })
})

describe('updatePrintOptions', () => {
  const changed = updatePrintOptions(defaultPrintOptions, { precision: 2, sciMode: true })
  it('keeps what is not given, but for sciMode', () => {
    expect(updatePrintOptions(changed, { linewidth: 40 })).toEqual({ ...defaultPrintOptions, precision: 2, linewidth: 40 })
  })
  it('applies a profile before the other options', () => {
    expect(updatePrintOptions(changed, { profile: 'default' })).toEqual(defaultPrintOptions)
    expect(updatePrintOptions(changed, { profile: 'short', precision: 3 })).toEqual({ ...defaultPrintOptions, precision: 3, edgeitems: 2 })
    expect(updatePrintOptions(changed, { profile: 'full' }).threshold).toBe(Infinity)
  })
  it('ignores an unknown profile, as PyTorch does', () => {
    expect(updatePrintOptions(defaultPrintOptions, { profile: 'toString' as 'full' })).toEqual(defaultPrintOptions)
  })
})

// number, repr(x), '%.4f' % x, '%.4e' % x, '%.0f' % x, '%.0e' % x, '%g' % x: what Python prints
const printed: [number, string, string, string, string, string, string][] = [
  [0, '0.0', '0.0000', '0.0000e+00', '0', '0e+00', '0'],
  [-0, '-0.0', '-0.0000', '-0.0000e+00', '-0', '-0e+00', '-0'],
  [-4, '-4.0', '-4.0000', '-4.0000e+00', '-4', '-4e+00', '-4'],
  [0.1, '0.1', '0.1000', '1.0000e-01', '0', '1e-01', '0.1'],
  [0.5, '0.5', '0.5000', '5.0000e-01', '0', '5e-01', '0.5'],
  [2.5, '2.5', '2.5000', '2.5000e+00', '2', '2e+00', '2.5'],
  [-3.5, '-3.5', '-3.5000', '-3.5000e+00', '-4', '-4e+00', '-3.5'],
  [0.03125, '0.03125', '0.0312', '3.1250e-02', '0', '3e-02', '0.03125'],
  [0.09375, '0.09375', '0.0938', '9.3750e-02', '0', '9e-02', '0.09375'],
  [100005, '100005.0', '100005.0000', '1.0000e+05', '100005', '1e+05', '100005'],
  [100015, '100015.0', '100015.0000', '1.0002e+05', '100015', '1e+05', '100015'],
  [9999999999999998, '9999999999999998.0', '9999999999999998.0000', '1.0000e+16', '9999999999999998', '1e+16', '1e+16'],
  [1e16, '1e+16', '10000000000000000.0000', '1.0000e+16', '10000000000000000', '1e+16', '1e+16'],
  [1.5e16, '1.5e+16', '15000000000000000.0000', '1.5000e+16', '15000000000000000', '2e+16', '1.5e+16'],
  [1e22, '1e+22', '10000000000000000000000.0000', '1.0000e+22', '10000000000000000000000', '1e+22', '1e+22'],
  [1e23, '1e+23', '99999999999999991611392.0000', '1.0000e+23', '99999999999999991611392', '1e+23', '1e+23'],
  [0.0001, '0.0001', '0.0001', '1.0000e-04', '0', '1e-04', '0.0001'],
  [9.999e-5, '9.999e-05', '0.0001', '9.9990e-05', '0', '1e-04', '9.999e-05'],
  [5e-324, '5e-324', '0.0000', '4.9407e-324', '0', '5e-324', '4.94066e-324'],
  [6.691762447357178, '6.691762447357178', '6.6918', '6.6918e+00', '7', '7e+00', '6.69176'],
  [123456.789, '123456.789', '123456.7890', '1.2346e+05', '123457', '1e+05', '123457'],
  [Infinity, 'inf', 'inf', 'inf', 'inf', 'inf', 'inf'],
  [-Infinity, '-inf', '-inf', '-inf', '-inf', '-inf', '-inf'],
  [Number.NaN, 'nan', 'nan', 'nan', 'nan', 'nan', 'nan'],
]

describe('numbers', () => {
  it.each(printed)('%d', (x, repr, f4, e4, f0, e0, g) => {
    expect([pyFloat(x), formatFixed(x, 4), formatExponent(x, 4), formatFixed(x, 0), formatExponent(x, 0), cxxFloat(x)]).toEqual([
      repr,
      f4,
      e4,
      f0,
      e0,
      g,
    ])
  })

  it('has more digits than toFixed', () => {
    expect(formatFixed(2 ** -110, 110)).toBe(
      `0.${'0'.repeat(33)}77037197775489434122239117703397092741524065928615527809597551822662353515625`,
    )
    expect(formatExponent(2 ** -3, 103)).toBe(`1.25${'0'.repeat(101)}e-01`)
  })

  it('finds the exponent where the shortest digits round it up', () => {
    expect(formatExponent(1e23, 20)).toBe('9.99999999999999916114e+22')
    expect(formatExponent(1e23, 16)).toBe('9.9999999999999992e+22')
  })

  // doubles of every size, and those that are or stand beside a tie
  const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true })
  const tie = fc
    .tuple(fc.integer({ min: -2_000_000, max: 2_000_000 }), fc.integer({ min: -14, max: 9 }))
    .map(([k, e]) => (2 * k + 1) * 2 ** e)
  const decimalTie = fc
    .tuple(fc.integer({ min: 0, max: 99_999_999 }), fc.integer({ min: -12, max: 20 }))
    .map(([k, e]) => Number(`${k}5e${e}`))
  const x = fc.oneof(anyDouble, tie, decimalTie, fc.float({ noNaN: true, noDefaultInfinity: true }))
  const precision = fc.integer({ min: 0, max: 20 })

  it('round exactly, ties to even: fixed', () => {
    fc.assert(
      fc.property(x, precision, (v, p) => {
        const text = formatFixed(v, p)
        return text.startsWith('-') === (v < 0 || Object.is(v, -0)) && isRounded(v, text, -p)
      }),
      { numRuns: 5000 },
    )
  })

  it('round exactly, ties to even: with an exponent', () => {
    fc.assert(
      fc.property(x, precision, (v, p) => {
        const text = formatExponent(v, p)
        const parts = /^-?(\d)(?:\.(\d+))?e([+-]\d{2,3})$/.exec(text)
        if (parts === null || (parts[2] ?? '').length !== p) return false
        return (
          (v === 0) === /^[0.]+$/.test(`${parts[1]}${parts[2] ?? ''}`) &&
          (v === 0 || parts[1] !== '0') &&
          isRounded(v, text, Number(parts[3]) - p)
        )
      }),
      { numRuns: 5000 },
    )
  })

  it('come back from their repr', () => {
    fc.assert(
      fc.property(fc.double(), (v) => {
        const text = pyFloat(v)
        if (!Number.isFinite(v)) return ['nan', 'inf', '-inf'].includes(text)
        return Object.is(Number(text), v) && /^-?\d+(\.\d+)?(e[+-]\d\d+)?$/.test(text) && /[.e]/.test(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('look as in an f-string', () => {
    expect([
      pyValue(4, 'float32'),
      pyValue(0, 'float64'),
      pyValue(3, 'int64'),
      pyValue(7n, 'int64'),
      pyValue(0, 'bool'),
      pyValue(true, 'bool'),
    ]).toEqual(['4.0', '0.0', '3', '7', 'False', 'True'])
  })
})
