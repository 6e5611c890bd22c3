import { DataError, type Table } from '@tapegrad/data/csv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainNumber } from '../src/csv/plain-number.ts'
import { scanNumber } from '../src/number.ts'
import { type Options, table } from './helpers.ts'

/** Everything there is to see of a table, bits included; or its problem. */
async function outcome(csv: string, options: Options, size?: number | readonly number[]): Promise<unknown> {
  let read: Table
  try {
    read = await table(csv, options, size)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return { code: error.code, message: error.message, where: error.where, fix: error.fix }
  }
  const { features, target, labels, warnings, origin, length } = read
  return {
    features,
    target,
    labels: [...labels],
    warnings,
    skipped: origin.skipped,
    length,
    bits: [...new Uint32Array(read.gather().buffer)],
  }
}

/** The same through csv-parse alone, in one piece. */
const reference = (csv: string, options: Options = {}): Promise<unknown> => outcome(csv, { ...options, fast: false })

const digits = (most: number): fc.Arbitrary<string> => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: most })

const number = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom('', '-', '+'), digits(6), digits(8)).map(([sign, a, b]) => `${sign}${a}.${b}`) },
  fc.tuple(fc.constantFrom('', '-'), digits(22)).map((parts) => parts.join('')),
  fc.tuple(digits(4), digits(20)).map((parts) => parts.join('.')),
  fc.tuple(digits(3), digits(17), fc.integer({ min: -50, max: 30 })).map(([a, b, e]) => `${a}.${b}e${e}`),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e37, max: 1e37 }).map(String),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('', 'NA', 'nan', '.5', '5.', '-.5e-3', '1E5', ' 7 ', '1e-400', '0e0', '\u00a05'),
)
const cell = fc.oneof(
  { weight: 60, arbitrary: number },
  fc.constantFrom('x', '1e39', '1,5', 'é', '"1.5"', '"a,b"', '"x\ny"', '.', '-', '--1', '1e', 'inf'),
)
const rows = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string[][]> =>
  fc.array(
    fc.tuple(arbitrary, arbitrary, fc.constantFrom('yes', 'no', ' yes', 'ja é'), arbitrary).map((row) => [...row]),
    { minLength: 1, maxLength: 12 },
  )

const join = (body: readonly (readonly string[])[], eol: string, end: string): string =>
  `a,b,y,c${eol}${body.map((row) => row.join(',')).join(eol)}${end}`

describe('plainNumber', () => {
  it('gives the float32 that Number gives, or declines', () => {
    const out = new Float32Array(1)
    fc.assert(
      fc.property(number, (text) => {
        const bytes = Buffer.from(`${text},`)
        out[0] = 42
        const end = plainNumber(bytes, 0, 44, 46, out, 0)
        if (end < 0) return
        expect(end).toBe(bytes.length - 1)
        expect(out[0]).toBe(text === '' ? Number.NaN : Math.fround(scanNumber(text)))
      }),
      { numRuns: 10_000 },
    )
  })

  it('declines rather than round twice: halves between two float32, to 20 digits', () => {
    const out = new Float32Array(1)
    for (let i = 0; i < 20_000; i++) {
      const low = Math.fround(Math.abs(Math.sin(i)) * 2 ** (i % 20))
      const bits = new Uint32Array(Float32Array.of(low).buffer)[0]! + 1
      const high = new Float32Array(Uint32Array.of(bits).buffer)[0]!
      for (const digits of [17, 18, 19, 20]) {
        const text = ((low + high) / 2).toPrecision(digits)
        if (plainNumber(Buffer.from(`${text}\n`), 0, 44, 46, out, 0) >= 0) expect(out[0]).toBe(Math.fround(Number(text)))
      }
    }
  })
})

describe('the fast path', () => {
  it('reads numbers as csv-parse and Number do, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows(number),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom('', '\n', '\r\n\r\n', '\n  \n'),
        fc.integer({ min: 1, max: 60 }),
        async (body, eol, end, size) => {
          const csv = join(body, eol, end)
          expect(await outcome(csv, {}, size)).toEqual(await reference(csv))
        },
      ),
      { numRuns: 400 },
    )
  })

  it('finds the same problems: texts, quotes, ragged rows, lines', async () => {
    const options = fc.record(
      {
        badRows: fc.constantFrom('error', 'skip'),
        missing: fc.constantFrom('impute', 'drop', 'error'),
        exclude: fc.constantFrom(['a'], ['c'], ['b', 'c']),
        limit: fc.integer({ min: 1, max: 8 }),
        positive: fc.constant('yes'),
      },
      { requiredKeys: ['positive'] },
    ) as fc.Arbitrary<Options>
    const extra = fc.array(fc.constantFrom('1,2', '1,2,yes,3,4', 'x,y', '', '   ', ',', '"', '1,"2",no,3', '1,2,yes,"4"'), { maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(rows(cell), extra, options, fc.integer({ min: 1, max: 60 }), fc.nat(), async (body, lines, chosen, size, at) => {
        const all = body.map((row) => row.join(','))
        for (const line of lines) all.splice(at % (all.length + 1), 0, line)
        const csv = `a,b,y,c\n${all.join('\n')}\n`
        expect(await outcome(csv, { target: 'y', ...chosen }, size)).toEqual(await reference(csv, { target: 'y', ...chosen }))
      }),
      { numRuns: 500 },
    )
  })

  it('does not depend on any chunk boundary', async () => {
    const csv =
      'a,b,y,c\r\n1.25,-3e2,yes,\n,NA,no,4.5\r\n\r\n 7 ,0.1234567890123456789,yes,1\r2,3,no,4\n5,6,"no",8\r\n9,10,"y""es",12\n1,2,no,3'
    const expected = await reference(csv, { positive: 'no' })
    const bytes = Buffer.from(csv)
    expect(expected).toMatchObject({ length: 7 })
    expect(await outcome(csv, { positive: 'no' }, 1)).toEqual(expected)
    for (let i = 1; i < bytes.length; i++) {
      expect(await outcome(csv, { positive: 'no' }, [i])).toEqual(expected)
      for (const gap of [1, 2, 7])
        if (i + gap < bytes.length) expect(await outcome(csv, { positive: 'no' }, [i, i + gap])).toEqual(expected)
    }
  })

  it('reads other delimiters and decimal commas alike', async () => {
    const csv = 'a;b;y\n1,5;-2,25e1;yes\n;3;no\n1.5;3;no\n'
    for (const size of [1, 4, 100]) {
      expect(await outcome(csv, { delimiter: ';', decimal: ',' }, size)).toEqual(await reference(csv, { delimiter: ';', decimal: ',' }))
    }
    const tabs = 'a\tb\ty\n1.5\t\tyes\n\t \tno\n'
    expect(await outcome(tabs, { delimiter: '\t' }, 3)).toEqual(await reference(tabs, { delimiter: '\t' }))
  })

  it('keeps tables that fill several chunks of memory', async () => {
    const count = 250_000
    const body = Array.from({ length: count }, (_, i) => `${i},${i % 7},-${i / 4},${i % 3},${i % 2}`)
    const read = await table(`a,b,c,d,y\n${body.join('\n')}\n`)
    expect(read.length).toBe(count)
    const picked = [0, 1, 209_714, 209_715, 209_716, count - 1]
    expect([...read.gather(picked)]).toEqual(picked.flatMap((i) => [i, i % 7, Math.fround(-i / 4), i % 3]))
    expect(read.target.counts).toEqual([count / 2, count / 2])
    expect(read.warnings.map(({ code }) => code)).toEqual(['W_ROW_NUMBER'])
  })
})
