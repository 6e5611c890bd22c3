import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DataError, FeatureEncoder, openSource, readTable, streamRows } from '@tapegrad/data/csv'
import { describe, expect, it } from 'vitest'
import { chunks, file, pipe, problem, table } from './helpers.ts'

const repeat = (count: number, row: (i: number) => string): string => Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('')
const churn = `age,income,visits,churned\n${repeat(400, (i) => `${20 + (i % 50)},${1000 + i * 7},${i % 4},${i % 3 === 0 ? 'yes' : 'no'}`)}`

/** Code, message, and optionally place and way out. */
async function expectProblem(
  work: Promise<unknown>,
  code: string,
  message: string | RegExp,
  fix?: string | RegExp,
  where?: string,
): Promise<void> {
  const error = await problem(work)
  expect(error.code).toBe(code)
  if (typeof message === 'string') expect(error.message).toBe(message)
  else expect(error.message).toMatch(message)
  if (typeof fix === 'string') expect(error.fix).toContain(fix)
  else if (fix !== undefined) expect(error.fix).toMatch(fix)
  if (where !== undefined) expect(error.where).toBe(where)
}

describe('files that cannot be read', () => {
  it('1: no such file, with the nearest name', async () => {
    const path = file('churn.csv', churn)
    const wrong = path.replace('churn.csv', 'chrun.csv')
    const error = await problem(readTable(wrong))
    expect(error.code).toBe('E_NOT_FOUND')
    expect(error.kind).toBe('io')
    expect(error.message).toBe(`there is no file "chrun.csv" here (${dirname(path)}).`)
    expect(error.fix).toBe(`did you mean ${path}?`)
    await expectProblem(
      readTable(join(dirname(path), 'nothing-like-it')),
      'E_NOT_FOUND',
      /there is no file/,
      'tables in that folder: churn.csv',
    )
    await expectProblem(readTable('/no/such/folder/x.csv'), 'E_NOT_FOUND', /its folder \/no\/such\/folder does not exist/)
    await expectProblem(readTable('a\0b'), 'E_NOT_FOUND', /not a possible file name/)
  })

  it('2: a directory, with the tables inside', async () => {
    const folder = dirname(file('a.csv', churn))
    writeFileSync(join(folder, 'b.csv.gz'), '')
    writeFileSync(join(folder, 'notes.md'), '')
    await expectProblem(
      readTable(folder),
      'E_IS_DIRECTORY',
      `"${folder}" is a directory; it has 2 CSV files: a.csv, b.csv.gz.`,
      'Pass one of them.',
    )
    mkdirSync(join(folder, 'empty'))
    await expectProblem(readTable(join(folder, 'empty')), 'E_IS_DIRECTORY', /it has no CSV file/)
  })

  it('a file without permission', async () => {
    const path = file('secret.csv', churn)
    chmodSync(path, 0)
    const root = process.getuid?.() === 0
    // Nothing is forbidden to root, so root steps down for a moment.
    if (root) process.seteuid?.(65534)
    try {
      await expectProblem(readTable(path), 'E_PERMISSION', `"${path}" cannot be read: permission denied.`)
    } finally {
      if (root) process.seteuid?.(0)
    }
  })

  it('27: standard input that is a keyboard', async () => {
    const stdin = Object.assign(chunks(''), { isTTY: true })
    await expectProblem(
      openSource('-', { stdin }),
      'E_NO_STDIN',
      '--data - reads from a pipe, but nothing is piped in.',
      'cat churn.csv | train --data -',
    )
  })

  it('3: empty', async () => {
    const path = file('empty.csv', '')
    await expectProblem(readTable(path), 'E_EMPTY', `"${path}" is empty (0 bytes).`)
    await expectProblem(table(''), 'E_EMPTY', '"stdin" is empty (0 bytes).')
    await expectProblem(table('\ufeff'), 'E_EMPTY', '"stdin" is empty (only a byte order mark).')
    await expectProblem(table('\n\n  \n'), 'E_EMPTY', '"stdin" holds no data, only blank lines.')
  })
})

describe('content that is no CSV', () => {
  it.each([
    [
      'an Excel workbook',
      Buffer.from('PK\x03\x04\x14\x00\x06\x00[Content_Types].xml xl/'),
      /is an Excel workbook \(.xlsx content\), not CSV/,
      'Save As › CSV UTF-8',
    ],
    ['an old Excel workbook', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), /old Excel workbook/, 'CSV UTF-8'],
    ['a zip', Buffer.from('PK\x03\x04\x14\x00\x06\x00data.csv'), /is a zip archive/, 'Unpack it'],
    ['Parquet', Buffer.from('PAR1\x15\x04\x15'), /is a Parquet file/, 'CSV'],
    ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]), /compressed with zstd/, 'zstd -d'],
    ['a page', Buffer.from('\n<!DOCTYPE html>\n<html>'), /is an HTML page/, 'log-in page'],
    ['JSON', Buffer.from('[{"a": 1}]'), /looks like JSON/, 'CSV'],
  ])('28: %s', async (_, bytes, message, fix) => {
    await expectProblem(table(bytes), 'E_NOT_CSV', message, fix)
  })

  it('28: UTF-16, with and without its mark', async () => {
    const little = Buffer.from('\ufeffage,label\n1,x\n', 'utf16le')
    await expectProblem(
      table(little),
      'E_ENCODING',
      '"stdin" looks like UTF-16 (little-endian, with a byte order mark), not UTF-8.',
      'Re-save it as UTF-8',
    )
    await expectProblem(table(little.subarray(2)), 'E_ENCODING', /looks like UTF-16 \(little-endian\)/)
    await expectProblem(table(Buffer.from(little).swap16()), 'E_ENCODING', /big-endian, with/)
    await expectProblem(table(Buffer.from(little).swap16().subarray(2)), 'E_ENCODING', /\(big-endian\)/)
  })

  it('invalid UTF-8, with its line, wherever it stands and however it is cut', async () => {
    const bad = [[0xff], [0xe9], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0xf0, 0x9f, 0x98]]
    for (const bytes of bad) {
      for (const fast of [true, false]) {
        for (const size of [1, 2, 3, 7, 1000]) {
          const csv = Buffer.concat([Buffer.from('a,b\né,1\n"x\ny",2\n'), Buffer.from(bytes), Buffer.from(',3\n4,5\n')])
          const error = await problem(table(csv, { fast }, size))
          expect([error.code, error.where]).toEqual(['E_ENCODING', 'stdin:5'])
        }
      }
    }
    await expectProblem(
      table(Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0x31, 0x2c, 0xc3])),
      'E_ENCODING',
      /ends in the middle of a UTF-8 character/,
    )
  })

  it('a NUL, with its line', async () => {
    for (const size of [1, 5, 1000]) await expectProblem(table('a,b\n1,2\n3,\0\n', {}, size), 'E_NUL', /^stdin:3 holds a NUL byte/)
    // Enough of them look like UTF-16, a few do not.
    await expectProblem(table('\0\0\0\0,b\n'), 'E_NUL', /^stdin:1 holds a NUL/)
  })
})

describe('headers', () => {
  it('4: nothing below', async () => {
    await expectProblem(table('age,income,churned\n'), 'E_NO_ROWS', '"stdin" has a header (age, income, churned) but no data rows.')
  })

  it('9: another delimiter', async () => {
    await expectProblem(
      table('age;income;visits\n1;2;3\n'),
      'E_DELIMITER',
      '"stdin" parsed as one column named "age;income;visits".',
      'It looks semicolon-separated: add --delimiter ";" (decimal commas: --decimal ,)',
    )
    await expectProblem(table('a\tb\n1\t2\n'), 'E_DELIMITER', /one column/, 'tab-separated: add --delimiter "\\t"')
    await expectProblem(table('a,b\n1,2\n', { delimiter: ';' }), 'E_DELIMITER', /one column/, 'comma-separated: add --delimiter ","')
  })

  it('10: data instead of names', async () => {
    await expectProblem(
      table('52,41000,3,1\n50,3,1,0\n'),
      'E_NO_HEADER',
      'the first line of "stdin" looks like data (52, 41000, 3, 1), so its values would become column names.',
      '--no-header',
    )
    await expectProblem(table('5.1,3.5,1.4,setosa\n4,3,1,virginica\n'), 'E_NO_HEADER', /looks like data/)
    for (const header of ['0,1,2', '1,2', '2019,2020,2021,y', '400.5,401,401.5,label', 'a,1,b']) {
      const width = header.split(',').length
      const read = await table(`${header}\n${'1,'.repeat(width - 1)}no\n${'2,'.repeat(width - 1)}yes\n`)
      expect(read.header).toEqual(header.split(','))
    }
  })

  it('11: two alike, or none', async () => {
    await expectProblem(
      table('id,age,b,age\n1,2,3,4\n'),
      'E_DUPLICATE_COLUMN',
      'two columns are called "age" (2 and 4); nothing was read.',
      'Rename one.',
    )
    await expectProblem(table('age, age\n1,2\n'), 'E_DUPLICATE_COLUMN', /two columns are called "age"/)
    await expectProblem(table(',b,c\n1,2,3\n'), 'E_EMPTY_COLUMN_NAME', 'column 1 of "stdin" has no name; nothing was read.', 'index=False')
    await expectProblem(
      table('a,,c,""\n1,2,3,4\n'),
      'E_EMPTY_COLUMN_NAME',
      'column 2 of "stdin" has no name (2 columns like this); nothing was read.',
    )
  })

  it('5: unknown columns', async () => {
    await expectProblem(
      table(churn, { target: 'Churn' }),
      'E_UNKNOWN_COLUMN',
      'no column "Churn" in "stdin".',
      'did you mean "churned"? columns: age, income, visits, churned',
    )
    await expectProblem(table(churn, { target: '#9' }), 'E_UNKNOWN_COLUMN', 'no column #9 in "stdin", which has 4.')
    await expectProblem(table(churn, { target: '#0' }), 'E_UNKNOWN_COLUMN', /no column #0/)
    await expectProblem(
      table(churn, { exclude: ['v*', 'z*'] }),
      'E_UNKNOWN_COLUMN',
      'no column of "stdin" matches "z*".',
      undefined,
      'stdin, --exclude',
    )
    await expectProblem(
      table(churn, { features: ['agee'] }),
      'E_UNKNOWN_COLUMN',
      /no column "agee"/,
      'did you mean "age"?',
      'stdin, --features',
    )
    expect((await problem(table(churn, { target: 'x' }))).kind).toBe('usage')
  })

  it('columns that leave nothing to learn from', async () => {
    await expectProblem(table(churn, { exclude: ['age', 'income', 'visits'] }), 'E_NO_FEATURES', /leaves no column to learn "churned" from/)
    await expectProblem(table('a\n1\n2\n'), 'E_NO_FEATURES', /It has 1 column \(a\).*--delimiter/)
    await expectProblem(table(churn, { target: 'age', exclude: ['age'] }), 'E_USAGE', '"age" is the target, so it cannot be left out.')
    await expectProblem(
      table(churn, { target: 'age', features: ['age', 'visits'] }),
      'E_USAGE',
      '"age" is the target, so it cannot be a feature too.',
    )
  })

  it('strips what would steer a terminal', async () => {
    const error = await problem(table('a\u001b[31m,\u009b2Ja,a\u001b[31m\n1,2,3\n'))
    expect(error.message).toBe('two columns are called "a[31m" (1 and 3); nothing was read.')
    const text = await problem(table('a,b\n\u001b]0;x\u0007y,1\n\u202e2,0\n'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(`${text.message}${text.where}${text.fix}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })
})

describe('rows', () => {
  it('7: ragged', async () => {
    await expectProblem(
      table('a,b,c,d\n1,2,3,x\n1,2,3,4,5\n1,2,3,y\n1,2\n1,2,3,4,5\n'),
      'E_RAGGED',
      'stdin:3 has 5 fields, the header has 4 (3 rows like this: lines 3, 5, 6).',
      'A separator inside a value needs quotes. To skip them: --on-bad-row skip',
      'stdin:3',
    )
    await expectProblem(table('a,b\n1\n2,x\n'), 'E_RAGGED', 'stdin:2 has 1 field, the header has 2.', 'To skip it: --on-bad-row skip')
    const read = await table('a,b\n1\n2,x\n3,y\n1,2,3\n', { badRows: 'skip' })
    expect(read.length).toBe(2)
    expect(read.warnings).toEqual([{ code: 'W_SKIPPED_ROWS', message: 'left out 2 rows with too many or too few fields (lines 2, 5)' }])
  })

  it('8: a quote that never closes', async () => {
    await expectProblem(
      table('a,note,b\n1,x,2\n\n2,"never closes,3\n4,y,4\n'),
      'E_UNCLOSED_QUOTE',
      'stdin:4 opens a quote (") in column "note" that never closes.',
      'Check that line, or pass --quote none.',
      'stdin:4, column "note"',
    )
    await expectProblem(table('a,"b\n1,2\n'), 'E_UNCLOSED_QUOTE', 'stdin:1 opens a quote (") in field 2 that never closes.')
    await expectProblem(table('a,b\r\n"1\r\n2","3\r\n'), 'E_UNCLOSED_QUOTE', /^stdin:3 opens/)
  })

  it('8: fails at once where 64 MB follow', async () => {
    let pulled = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a,b\n"1,2\n')
      const part = Buffer.from('3,4\n'.repeat(1 << 16))
      for (; pulled < 64 << 20; pulled += part.length) yield part
    }
    await expectProblem(
      openSource('-', { stdin: endless() }).then((source) => readTable(source)),
      'E_UNCLOSED_QUOTE',
      'stdin:2 opens a quote (") in column "a" that never closes within 4 MB.',
    )
    expect(pulled).toBeLessThan(6 << 20)
  })

  it('a line that never ends', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a,b\n1,2\n')
      for (let i = 0; i < 100; i++) yield Buffer.alloc(1 << 20, '3')
    }
    const read = openSource('-', { stdin: endless() }).then((source) => readTable(source))
    await expectProblem(read, 'E_TOO_LARGE', 'stdin:3 is longer than 4 MB.')
  })

  it('quotes in the wrong place', async () => {
    await expectProblem(
      table('a,b\n1"2,3\n'),
      'E_QUOTE',
      'stdin:2 has a quote (") in the middle of a value in column "a" after "1".',
      '--quote none',
      'stdin:2, column "a"',
    )
    await expectProblem(table('a,b\n"1"x,3\n'), 'E_QUOTE', /^stdin:2 closes in the middle of a value in column "a"/)
    await expectProblem(
      table('a,b\n1,2\n3,"4\n5,"6"\n'),
      'E_QUOTE',
      /^stdin:3 opens a quote that closes in the middle of a value on line 4 in column "b"/,
    )
  })

  it('12: text among numbers', async () => {
    await expectProblem(
      table(`age,income,y\n${repeat(12, (i) => `1,${i},${i % 2}`)}1,"1,200",0\n1,n/a,1\n1,$950,1\n`),
      'E_NOT_NUMERIC',
      'income: 12 numbers and 3 texts ("1,200", "n/a", "$950"; first at line 14). Only numbers can be learned from so far.',
      'remove thousands separators from the file (1,200 -> 1200) · missing markers: --na "n/a" · leave it out: --exclude income',
      'stdin:14, column "income"',
    )
    await expectProblem(
      table(`id,sex,"bill len",y\n${repeat(30, (i) => `c${i},${i % 2 ? 'm' : 'f'},${i % 3 ? i : 'x y'},${i % 2}`)}`),
      'E_NOT_NUMERIC',
      '3 columns hold text, and only numbers can be learned from so far:\n' +
        '  id: 0 numbers and 30 texts ("c0", "c1", "c2" and 27 more; first at line 2; it looks like an identifier)\n' +
        '  sex: 0 numbers and 30 texts ("f", "m"; first at line 2)\n' +
        '  bill len: 20 numbers and 10 texts ("x y"; first at line 2)',
      'leave them out: --exclude id,sex,"bill len"',
    )
    await expectProblem(
      table('a;b;y\n1,5;2;0\n2,5;2;1\n', { delimiter: ';' }),
      'E_NOT_NUMERIC',
      /2 texts \("1,5", "2,5"/,
      'decimal commas: --decimal ,',
    )
  })

  it('numbers that float32 cannot hold', async () => {
    for (const text of ['1e39', '-1e39', 'inf', '-Infinity', '3.4028235677973366e38', '1e400']) {
      for (const fast of [true, false]) {
        const error = await problem(table(`a,b\n1,x\n${text},y\n`, { fast }))
        expect(error.message).toBe(`stdin:3: "${text}" in column "a" is not a finite number of float32 (up to 3.4e38).`)
        expect(error.where).toBe('stdin:3, column "a"')
      }
    }
    expect([...(await table('a,b\n3.4028235e38,x\n-3.40282356e+38,y\n')).gather()]).toEqual([3.4028234663852886e38, -3.4028234663852886e38])
    expect((await table('a,b\n1,x\ninf,y\n', { naValues: ['inf'] })).features[0]!.missing).toBe(1)
  })

  it('13: rows without a target', async () => {
    await expectProblem(
      table('a,y\n1,\n2,x\n3,NA\n4,z\n'),
      'E_MISSING_TARGET',
      '2 rows have no value for the target "y" (first at line 2).',
      'Drop them with --missing drop, or fill them in.',
      'stdin:2, column "y"',
    )
    const read = await table('a,y\n1,\n2,x\n,x\n4,z\n', { missing: 'drop' })
    expect([read.length, read.origin.skipped, [...read.gather()]]).toEqual([2, { ragged: 0, incomplete: 2 }, [2, 4]])
    await expectProblem(
      table('a,y\n,x\n,z\n', { missing: 'drop' }),
      'E_NO_ROWS',
      /every row of "stdin" has a missing value.* a has no value at all/,
    )
  })

  it('14: gaps where they are refused', async () => {
    await expectProblem(table('a,b,y\n1,,x\n,,x\n3,4,z\n', { missing: 'error' }), 'E_MISSING_VALUE', '3 empty cells in a, b (lines 2, 3).')
  })
})

describe('targets', () => {
  it('6: a single class', async () => {
    await expectProblem(
      table(`a,churned\n${'1,no\n'.repeat(400)}`),
      'E_ONE_CLASS',
      'the target "churned" has a single value ("no", 400 rows); there is nothing to learn.',
      'Check --target',
    )
    await expectProblem(
      table('a,y\n1,1\n2,1.0\n'),
      'E_ONE_CLASS',
      'the target "y" has a single value ("1", 2 rows); there is nothing to learn.',
    )
  })

  it('17: a quantity', async () => {
    await expectProblem(
      table(`a,price\n${repeat(50, (i) => `1,${i}.5`)}`),
      'E_CONTINUOUS_TARGET',
      'price has 50 distinct numbers, so it cannot be split into two classes as it is.',
    )
    await expectProblem(
      table(`a,price\n${repeat(3000, (i) => `1,${i}.5`)}`),
      'E_CONTINUOUS_TARGET',
      /^price has more than 1000 distinct numbers/,
    )
  })

  it('18: a third class that may be no class', async () => {
    const error = await problem(table('a,sex\n1,F\n2,M\n3,.\n4,F\n5,M\n'))
    expect(error.fix).toMatch(/^"\." may mean "no value": --na \. · Use --positive [FM] to learn/)
  })

  it('18: three classes', async () => {
    const csv = 'a,plan\n1,basic\n2,plus\n3,pro\n4,basic\n5,basic\n6,plus\n'
    await expectProblem(
      table(csv),
      'E_TOO_MANY_CLASSES',
      'plan has 3 classes (basic 3, plus 2, pro 1); only two can be told apart so far.',
      '--positive pro to learn "pro" vs. rest',
    )
    await expectProblem(
      table(csv, { positive: 'prp' }),
      'E_UNKNOWN_LABEL',
      'the target "plan" has no value "prp".',
      'did you mean "pro"? values: basic, plus, pro',
    )
    await expectProblem(
      table(`a,id\n${repeat(40, (i) => `1,c${i}`)}`),
      'E_TOO_MANY_CLASSES',
      /^id has 40 classes/,
      'looks like an identifier',
    )
  })
})

describe('a file for a model that exists', () => {
  const like = { features: ['visits', 'age'], target: 'churned', classes: ['no', 'yes'] as [string, string], numeric: false, rest: false }

  it('23: a column is gone', async () => {
    await expectProblem(
      table('age,n_visits,churned\n1,2,no\n', { like }),
      'E_COLUMN_GONE',
      '"stdin" lacks 1 column the model was trained on: visits. It has a similar one: "n_visits".',
      'Map it: --rename n_visits=visits',
    )
    const stream = await streamRows(await pipe('a,b\n1,2\n'))
    const make = (): FeatureEncoder => new FeatureEncoder({ features: like.features, header: stream.header, name: stream.name })
    await expectProblem(
      Promise.resolve().then(make),
      'E_COLUMN_GONE',
      '"stdin" lacks 2 columns the model was trained on: visits, age.',
      'columns: a, b',
    )
  })

  it('a class the model never saw', async () => {
    await expectProblem(
      table('age,visits,churned\n1,2,no\n1,2,maybe\n', { like }),
      'E_UNKNOWN_CLASS',
      '1 row of "churned" has a value the model does not know: maybe.',
      'The model knows: no, yes.',
      'stdin:3, column "churned"',
    )
  })

  it('texts where numbers were learned', async () => {
    const encoder = new FeatureEncoder({ features: ['b', 'a'], header: ['a', 'x', 'b'], name: 'new.csv' })
    expect([
      ...encoder.encode(
        [
          ['1', '?', ' 2.5 '],
          ['', '?', 'NA'],
        ],
        [2, 3],
      ),
    ]).toEqual([2.5, 1, Number.NaN, Number.NaN])
    expect([...encoder.missing]).toEqual([1, 1])
    const bad = (): Float32Array => encoder.encode([['1', '', 'two']], [7])
    const error = await problem(bad)
    expect(error.message).toBe('new.csv:7: "two" in column "b" is not a number, and the model learned numbers there.')
    expect(error).toBeInstanceOf(DataError)
    expect((await problem(() => encoder.encode([['1e99', '', '2']], [8]))).code).toBe('E_NUMBER_RANGE')
  })

  it('renames columns where told to', () => {
    const encoder = new FeatureEncoder({ features: ['visits'], header: ['n_visits'], name: 'x', rename: new Map([['n_visits', 'visits']]) })
    expect([...encoder.encode([['3']], [2])]).toEqual([3])
  })
})
