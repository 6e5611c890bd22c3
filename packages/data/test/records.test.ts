import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Options, problem, records } from './helpers.ts'

interface Case {
  readonly id: string
  readonly base64: string
}

const cases = JSON.parse(readFileSync(new URL('./golden/csv.json', import.meta.url), 'utf8')) as Case[]

/** What each nasty input must give: all records, or the code of the problem and the line it names. */
const outcomes: Record<string, { rows?: string[][]; code?: string; line?: number; options?: Options }> = {
  plain: {
    rows: [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ],
  },
  no_final_newline: {
    rows: [
      ['a', 'b'],
      ['1', '2'],
    ],
  },
  cr_only: {
    rows: [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ],
  },
  mixed_eol: {
    rows: [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ],
  },
  bom_quoted: {
    rows: [
      ['a', 'b'],
      ['1', '2'],
    ],
  },
  utf16le_bom: { code: 'E_ENCODING' },
  invalid_utf8: { code: 'E_ENCODING', line: 2 },
  nul_byte: { code: 'E_NUL', line: 2 },
  only_newline: { code: 'E_EMPTY' },
  only_bom: { code: 'E_EMPTY' },
  header_only_no_nl: { rows: [['a', 'b']] },
  blank_lines: {
    rows: [
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ],
  },
  quoted: {
    rows: [
      ['a', 'b'],
      ['1,5', 'x"y'],
    ],
  },
  quoted_newline: {
    rows: [
      ['a', 'b'],
      ['1\n2', '3'],
    ],
  },
  quote_mid_field: { code: 'E_QUOTE', line: 2 },
  text_after_quote: { code: 'E_QUOTE', line: 2 },
  too_few: { code: 'E_RAGGED', line: 2 },
  too_many: { code: 'E_RAGGED', line: 2 },
  trailing_comma_all: { code: 'E_EMPTY_COLUMN_NAME', line: 1 },
  empty_fields: {
    rows: [
      ['a', 'b'],
      ['', '2'],
      ['1', ''],
    ],
  },
  tab: { code: 'E_DELIMITER', line: 1 },
  dup_headers: { code: 'E_DUPLICATE_COLUMN', line: 1 },
  header_spaces: {
    rows: [
      ['a', 'b'],
      ['1', '2'],
    ],
  },
  numeric_header: {
    rows: [
      ['1', '2'],
      ['3', '4'],
    ],
  },
  proto_dup: { code: 'E_DUPLICATE_COLUMN', line: 1 },
  constructor_header: {
    rows: [
      ['constructor', 'toString', 'b'],
      ['1', '2', '3'],
    ],
  },
  comment: {
    rows: [
      ['a', 'b'],
      ['1', '2'],
    ],
    options: { comment: '#' },
  },
  formula: {
    rows: [
      ['a', 'b'],
      ['=1+1', '@x'],
    ],
  },
}

describe('nasty inputs', () => {
  it.each(cases)('$id', async ({ id, base64 }) => {
    const { rows, code, line, options = {} } = outcomes[id]!
    const bytes = Buffer.from(base64, 'base64')
    for (const fast of [true, false]) {
      for (const size of [1, 2, 3, 65536]) {
        if (rows !== undefined) expect(await records(bytes, { ...options, fast }, size)).toEqual(rows)
        else {
          const error = await problem(records(bytes, { ...options, fast }, size))
          expect(error.code).toBe(code)
          if (line !== undefined) expect(error.where).toContain(`stdin:${line}`)
        }
      }
    }
  })
})

/** RFC 4180, with quotes wherever they could matter. */
function serialize(rows: readonly (readonly string[])[], eol: string): string {
  const field = (text: string): string =>
    /[",\r\n]/.test(text) || text !== text.trim() || text === '' ? `"${text.replaceAll('"', '""')}"` : text
  return rows.map((row) => row.map(field).join(',') + eol).join('')
}

const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', ' ', 'a', '1', 'é', '\ufeff', '😀', ';', "'"), maxLength: 8 }),
  )
  .map((value) => value.replaceAll('\0', ''))

const grid = fc.integer({ min: 2, max: 4 }).chain((width) =>
  fc.tuple(
    fc.uniqueArray(
      text.map((name) => `c${name}`.trim()),
      { minLength: width, maxLength: width },
    ),
    fc.array(fc.array(text, { minLength: width, maxLength: width }), { maxLength: 6 }),
    fc.constantFrom('\n', '\r\n', '\r'),
  ),
)

describe('parsing', () => {
  it('gives back every table of texts, however its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(grid, fc.integer({ min: 1, max: 40 }), async ([header, rows, eol], size) => {
        const csv = serialize([header, ...rows], eol)
        for (const fast of [true, false]) expect(await records(csv, { fast }, size)).toEqual([header, ...rows])
      }),
      { numRuns: 300 },
    )
  })

  const mixed = 'a,bé,c\r\n1,2,3\n\n4,ü,6\r\r\n7,"x ""y""\r\nz",9\n  \n" q ",😀, r \n10,11,12'

  it('does not depend on where a chunk ends', async () => {
    const bytes = Buffer.from(mixed)
    const whole = await records(mixed)
    expect(whole).toEqual([
      ['a', 'bé', 'c'],
      ['1', '2', '3'],
      ['4', 'ü', '6'],
      ['7', 'x "y"\r\nz', '9'],
      [' q ', '😀', 'r'],
      ['10', '11', '12'],
    ])
    expect(await records(mixed, { fast: false })).toEqual(whole)
    for (const fast of [true, false]) {
      for (let size = 1; size <= 8; size++) expect(await records(mixed, { fast }, size)).toEqual(whole)
      for (let i = 1; i < bytes.length; i++)
        for (const j of [i + 1, i + 2, bytes.length - 1])
          if (j > i && j < bytes.length) expect(await records(mixed, { fast }, [i, j])).toEqual(whole)
    }
  })

  it('names the line of every record, over blank lines, CR LF and values with line breaks', async () => {
    const { openSource, streamRows } = await import('@tapegrad/data/csv')
    const { chunks } = await import('./helpers.ts')
    for (const fast of [true, false]) {
      for (const size of [1, 5, 1000]) {
        const stream = await streamRows(await openSource('-', { stdin: chunks(mixed, size) }), { fast } as Options)
        const lines: number[] = []
        for await (const batch of stream) lines.push(...batch.lines)
        expect(lines).toEqual([2, 4, 6, 9, 10])
      }
    }
  })

  it('hands out batches as they come, and stops at a limit', async () => {
    const csv = `a,b\n${'1,2\n'.repeat(1000)}`
    expect(await records(csv, { limit: 3 }, 100)).toHaveLength(4)
    expect(await records(csv, { limit: 3, fast: false }, 100)).toHaveLength(4)
    expect(await records(csv, {}, 100)).toHaveLength(1001)
  })

  it('reads other delimiters, other quotes and none', async () => {
    expect(await records('a;b\n1;2\n', { delimiter: ';' })).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
    expect(await records('a\tb\n\t2\n', { delimiter: '\\t' })).toEqual([
      ['a', 'b'],
      ['', '2'],
    ])
    expect(await records("a,b\n'1,5',2\n", { quote: "'" })).toEqual([
      ['a', 'b'],
      ['1,5', '2'],
    ])
    expect(await records('a,b\n5",2\n', { quote: null })).toEqual([
      ['a', 'b'],
      ['5"', '2'],
    ])
    expect(await records('52,41\n1,2\n', { header: false })).toEqual([
      ['column 1', 'column 2'],
      ['52', '41'],
      ['1', '2'],
    ])
  })

  it.each([
    [',', 'a,b;c\n1,2;3\n'],
    [';', 'a;b\n1,5;2,5\n'],
    ['\t', 'a\tb c,d\n1\t2\n'],
    ['|', '"x,y"|b\n1|2\n'],
    [',', 'a\n1\n'],
  ])('finds the delimiter %j', async (delimiter, csv) => {
    const { streamRows } = await import('@tapegrad/data/csv')
    const { pipe } = await import('./helpers.ts')
    expect((await streamRows(await pipe(csv), { delimiter: 'auto' })).delimiter).toBe(delimiter)
  })

  it('leaves out ragged rows where asked to, and counts them', async () => {
    const { streamRows } = await import('@tapegrad/data/csv')
    const { pipe } = await import('./helpers.ts')
    const stream = await streamRows(await pipe('a,b\n1,2\n3\n4,5,6\n7,8\n'), { badRows: 'skip' })
    const rows: string[][] = []
    for await (const batch of stream) rows.push(...batch.rows)
    expect(rows).toEqual([
      ['1', '2'],
      ['7', '8'],
    ])
    expect(stream.skipped).toBe(2)
  })

  it('keeps names of prototypes as ordinary names', async () => {
    const header = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'length', 'valueOf']
    expect(await records(`${header.join(',')}\n1,2,3,4,5,6\n`)).toEqual([header, ['1', '2', '3', '4', '5', '6']])
    expect('polluted' in {}).toBe(false)
  })
})
