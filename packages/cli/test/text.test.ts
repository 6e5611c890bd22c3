import { describe, expect, test } from 'vitest'
import { brief, clock, count, fit, fixed, left, list, plural, printable, printableLines, rate, right, textWidth } from '../src/text.ts'

describe('text for terminals', () => {
  test('control characters of names never reach the terminal', () => {
    expect(printable('\u001b[31mred\u001b[0m\u0007\u009b2J')).toBe('[31mred[0m2J')
    expect(printable('a\nb\tc')).toBe('a b c')
    expect(printable('\u202eevil')).toBe('evil')
    expect(printableLines('a\n\tb\u001b[2J')).toBe('a\n\tb[2J')
  })

  test('width counts columns', () => {
    expect(textWidth('age')).toBe(3)
    expect(textWidth('年齢')).toBe(4)
    expect(textWidth('e\u0301')).toBe(1)
    expect(left('年', 4)).toBe('年  ')
    expect(right('x', 3)).toBe('  x')
    expect(fit('mean_concave_points', 8)).toBe('mean_co…')
    expect(fit('年齢年齢', 5)).toBe('年齢…')
    expect(fit('abc', 3)).toBe('abc')
  })

  test('numbers for people', () => {
    expect(count(1234567)).toBe('1,234,567')
    expect(plural(1, 'row')).toBe('1 row')
    expect(plural(1000, 'row')).toBe('1,000 rows')
    expect(brief(0.1 + 0.2)).toBe('0.3')
    expect(brief(4.1234e12, 2)).toBe('4.1e12')
    expect(brief(0.00001)).toBe('1e-5')
    expect(brief(0)).toBe('0')
    expect(brief(Number.NaN)).toBe('NaN')
    expect(fixed(0.98765)).toBe('0.988')
    expect(fixed(null)).toBe('–')
    expect(rate(1850)).toBe('1.9k')
    expect(rate(999.6)).toBe('1.0k')
    expect(rate(35_200_000)).toBe('35M')
    expect(clock(7)).toBe('0:07')
    expect(clock(3725)).toBe('1:02:05')
    expect(list(['a', 'b', 'c'], 2)).toBe('a, b and 1 more')
  })
})
