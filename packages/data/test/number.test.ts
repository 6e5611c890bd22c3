import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FLOAT32_LIMIT, scanNumber } from '../src/number.ts'

describe('scanNumber', () => {
  it.each([
    ['0', 0],
    ['-0', -0],
    ['12', 12],
    ['+5', 5],
    ['-5', -5],
    ['.5', 0.5],
    ['5.', 5],
    ['-.5', -0.5],
    ['1.25', 1.25],
    ['007', 7],
    ['1e3', 1000],
    ['1E3', 1000],
    ['1e+3', 1000],
    ['1e-3', 0.001],
    ['1.e2', 100],
    ['.1e2', 10],
    ['  7  ', 7],
    ['\t7', 7],
    ['\u00a07\u00a0', 7],
    ['9007199254740993', 9007199254740992],
    ['0.1234567890123456789', 0.12345678901234568],
    ['1e400', Number.POSITIVE_INFINITY],
    ['-1e400', Number.NEGATIVE_INFINITY],
    ['1e-400', 0],
    ['inf', Number.POSITIVE_INFINITY],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['-INFINITY', Number.NEGATIVE_INFINITY],
  ])('%j is %d', (text, value) => {
    expect(scanNumber(text)).toBe(value)
  })

  it.each([
    '',
    ' ',
    '.',
    '+',
    '-',
    '+.',
    'e5',
    '1e',
    '1e+',
    '1e5.5',
    '--1',
    '+-1',
    '1 2',
    '1_000',
    '1,5',
    '1,000.5',
    "1'000",
    '0x10',
    '0b1',
    '0o7',
    '1n',
    '1d',
    '1f',
    '1..2',
    '1.2.3',
    'NaN',
    'nan',
    'NA',
    'null',
    'None',
    '?',
    'infinit',
    'info',
    '−5',
    '１２',
    '٣',
    '½',
    '5%',
    '$5',
    '5€',
    '#5',
    '(5)',
    '1/2',
    '1:2',
    'true',
    'x',
    '5x',
    '1\n2',
    '1\u20282',
    '\u200b5',
    '5\0',
  ])('%j is no number', (text) => {
    expect(scanNumber(text)).toBeNaN()
  })

  it('reads a decimal comma only where asked to', () => {
    expect(scanNumber('1,5', ',')).toBe(1.5)
    expect(scanNumber('-,5e1', ',')).toBe(-5)
    expect(scanNumber('1.5', ',')).toBeNaN()
    expect(scanNumber('1,000,5', ',')).toBeNaN()
  })

  it('reads back every finite number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // String(-0) is '0'.
        expect(scanNumber(String(value))).toBe(value + 0)
        expect(scanNumber(value.toExponential())).toBe(value + 0)
      }),
    )
  })

  it('never takes a text that Number does not, nor the other way round but for its extras', () => {
    const character = fc.constantFrom(...'0123456789.+-eE xXnN,_')
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 8 }), (text) => {
        const ours = scanNumber(text)
        const trimmed = text.trim()
        if (trimmed === '' || /[xX]/.test(text)) expect(ours).toBeNaN()
        else expect(ours).toBe(Number(trimmed))
      }),
      { numRuns: 2000 },
    )
  })

  it('takes time linear in the length of a hostile cell', () => {
    const size = 1_000_000
    const started = performance.now()
    for (const cell of [`${'1'.repeat(size)}x`, `${' '.repeat(size)}x`, `1e${'1'.repeat(size)}x`, '.'.repeat(size)]) {
      expect(scanNumber(cell)).toBeNaN()
    }
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('knows where float32 ends', () => {
    expect(Math.fround(FLOAT32_LIMIT)).toBe(Number.POSITIVE_INFINITY)
    expect(Math.fround(FLOAT32_LIMIT * (1 - 2 ** -52))).toBeLessThan(Number.POSITIVE_INFINITY)
  })
})
