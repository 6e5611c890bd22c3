import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, type Conditions, call, churnCsv, newFolder, train } from './world.ts'

const good = churnCsv(60)
const withLine = (number: number, line: string): string =>
  good
    .split('\n')
    .map((old, i) => (i + 1 === number ? line : old))
    .join('\n')

/** The folder's path is left out, as if it were the working directory of the process. */
async function failure(files: Record<string, string | Uint8Array>, argv: readonly string[], conditions?: Conditions): Promise<Answer> {
  const cwd = newFolder(files)
  const { code, out, err } = await train(cwd, argv, conditions)
  const shown = err.replaceAll(`${cwd}/`, '').replaceAll(cwd, '<cwd>')
  expect(shown).not.toMatch(/^\s+at /m)
  expect(readdirSync(cwd).sort(), 'nothing may be left behind').toEqual(Object.keys(files).sort())
  return { code, out, err: shown }
}

interface Case {
  name: string
  files: Record<string, string | Uint8Array>
  argv?: string[]
  conditions?: Conditions
  code: number
  /** Parts of stderr, in order; the first one is how it begins. */
  says: string[]
}

const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le')

const cases: Case[] = [
  {
    name: '1 no file',
    files: { 'churn.csv': good },
    argv: ['--data', 'chrun.csv'],
    code: 5,
    says: ['error[E_NOT_FOUND]: there is no file "chrun.csv" here (<cwd>).', 'did you mean churn.csv?'],
  },
  { name: '3 empty', files: { 'churn.csv': '' }, code: 3, says: ['error[E_EMPTY]: "churn.csv" is empty (0 bytes).'] },
  {
    name: '4 header only',
    files: { 'churn.csv': 'age,income,visits,churned\n' },
    code: 3,
    says: ['error[E_NO_ROWS]: "churn.csv" has a header (age, income, visits, churned) but no data rows.'],
  },
  {
    name: '5 unknown target',
    files: { 'churn.csv': good },
    argv: ['-d', 'churn.csv', '-t', 'Churn'],
    code: 2,
    says: ['error[E_UNKNOWN_COLUMN]: no column "Churn" in "churn.csv".', 'did you mean "churned"?', 'columns: age, visits, churned'],
  },
  {
    name: '6 one class',
    files: { 'churn.csv': good.replaceAll('yes', 'no') },
    code: 3,
    says: ['error[E_ONE_CLASS]: the target "churned" has a single value ("no", 60 rows); there is nothing to learn.', 'Check --target'],
  },
  {
    name: '7 ragged row',
    files: { 'churn.csv': withLine(18, '1,2,3,4') },
    code: 3,
    says: ['error[E_RAGGED]: churn.csv:18 has 4 fields, the header has 3.', 'inside a value needs quotes.', '--on-bad-row skip'],
  },
  {
    name: '8 unclosed quote',
    files: { 'churn.csv': withLine(18, '"1,2,no') },
    code: 3,
    says: ['error[E_UNCLOSED_QUOTE]: churn.csv:18 opens a quote (") in column "age" that never closes.', '--quote none'],
  },
  {
    name: '9 wrong delimiter',
    files: { 'churn.csv': good.replaceAll(',', ';') },
    code: 3,
    says: ['error[E_DELIMITER]: ', 'parsed as one column named "age;visits;churned"', 'semicolon', '--delimiter ";"'],
  },
  {
    name: '10 no header',
    files: { 'churn.csv': '52,41000,3,1\n31,20000,1,0\n' },
    code: 3,
    says: [
      'error[E_NO_HEADER]: the first line of "churn.csv" looks like data (52, 41000, 3, 1), so its values would become column names.',
      '--no-header',
    ],
  },
  {
    name: '11 duplicate header',
    files: { 'churn.csv': 'age,b,age,y\n1,2,3,4\n' },
    code: 3,
    says: ['error[E_DUPLICATE_COLUMN]: two columns are called "age" (1 and 3); nothing was read.', 'Rename one.'],
  },
  {
    name: '12 text in a numeric column',
    files: { 'churn.csv': withLine(14, '"1,200",2,no') },
    code: 3,
    says: ['error[E_NOT_NUMERIC]: age: 59 numbers and 1 text ("1,200"; first at line 14)', 'thousands', '--exclude age'],
  },
  {
    name: '13 missing target',
    files: { 'churn.csv': withLine(33, '30,2,') },
    code: 3,
    says: ['error[E_MISSING_TARGET]: 1 row has no value for the target "churned" (line 33).', '--missing drop'],
  },
  {
    name: '14 empty cells with --missing error',
    files: { 'churn.csv': withLine(9, ',2,no') },
    argv: ['-d', 'churn.csv', '--missing', 'error'],
    code: 3,
    says: ['error[E_MISSING_VALUE]: 1 empty cell in age (line 9).', '--missing error'],
  },
  {
    name: '16 class too small',
    files: { 'churn.csv': `${good.replaceAll('yes', 'no')}30,2,refund\n` },
    code: 3,
    says: ['error[E_CLASS_TOO_SMALL]: class "refund" has 1 row', '--no-stratify'],
  },
  {
    name: '18 three classes',
    files: { 'churn.csv': `${good}30,2,maybe\n31,2,maybe\n` },
    code: 2,
    says: ['error[E_TOO_MANY_CLASSES]: churned has 3 classes', '--positive maybe'],
  },
  {
    name: '20 bad number',
    files: { 'churn.csv': good },
    argv: ['-d', 'churn.csv', '--lr', 'abc'],
    code: 2,
    says: ['error[E_BAD_VALUE]: --lr needs a number above 0, got "abc".\n'],
  },
  {
    name: '21 unknown flag',
    files: { 'churn.csv': good },
    argv: ['-d', 'churn.csv', '--epoch', '3'],
    code: 2,
    says: ['error[E_UNKNOWN_OPTION]: unknown option --epoch.\n  fix: did you mean --epochs?\n'],
  },
  {
    name: '27 stdin is a keyboard',
    files: {},
    argv: ['--data', '-'],
    conditions: { stdin: 'keyboard' },
    code: 2,
    says: ['error[E_NO_STDIN]: --data - reads from a pipe, but nothing is piped in.', 'cat churn.csv | train --data -'],
  },
  {
    name: '28 Excel',
    files: { 'churn.csv': Buffer.from('PK\u0003\u0004....xl/workbook.xml[Content_Types].xml', 'latin1') },
    code: 3,
    says: ['error[E_NOT_CSV]: "churn.csv" is an Excel workbook (.xlsx content), not CSV.', 'File › Save As › CSV UTF-8'],
  },
  {
    name: '28 UTF-16',
    files: { 'churn.csv': utf16(good) },
    code: 3,
    says: ['error[E_ENCODING]: "churn.csv" looks like UTF-16', 're-save it as UTF-8'],
  },
  { name: '28 binary', files: { 'churn.csv': Uint8Array.from({ length: 256 }, (_, i) => i) }, code: 3, says: ['error[E_'] },
  {
    name: '29 not enough rows',
    files: { 'churn.csv': churnCsv(7) },
    code: 3,
    says: ['error[E_TOO_FEW_ROWS]: ', 'too few for', '--val-split'],
  },
]

describe.each([
  ['no terminal', {}],
  ['terminal', { tty: true, columns: 80 }],
])('bad inputs, %s', (_name, world) => {
  test.each(cases)('$name', async ({ files, argv = ['--data', 'churn.csv'], conditions, code, says }) => {
    const answer = await failure(files, argv, { ...world, ...conditions })
    expect(answer.code, answer.err).toBe(code)
    expect(answer.out).toBe('')
    const red = 'tty' in world
    const plain = answer.err.replace('\u001b[31m', '').replace('\u001b[39m', '')
    if (red) expect(answer.err.startsWith('\u001b[31merror[')).toBe(true)
    else expect(answer.err).not.toContain('\u001b')
    expect(plain.startsWith(says[0]!), plain).toBe(true)
    let at = 0
    for (const part of says) {
      at = plain.toLowerCase().indexOf(part.toLowerCase(), at)
      expect(at, `"${part}" in ${plain}`).toBeGreaterThanOrEqual(0)
    }
    expect(plain.split('\n').length, 'one screen').toBeLessThan(20)
  })
})

describe('more bad inputs', () => {
  test('2 directory', async () => {
    const cwd = newFolder()
    mkdirSync(join(cwd, 'data'))
    for (const name of ['a.csv', 'b.csv', 'c.csv']) writeFileSync(join(cwd, 'data', name), good)
    const { code, err } = await train(cwd, ['-d', 'data'])
    expect(code).toBe(5)
    expect(err).toContain('is a directory; it has 3 CSV files: a.csv, b.csv, c.csv.')
  })

  test('19 diverged: says where, what to try, and what was kept', async () => {
    const cwd = newFolder({ 'churn.csv': good })
    const first = await train(cwd, ['-d', 'churn.csv', '--lr', '1e38', '--optimizer', 'sgd', '--scale', 'none', '-o', 'r'])
    expect(first.code).toBe(4)
    expect(first.err).toMatch(/error\[E_DIVERGED\]: (loss|a weight|val_loss) became (NaN|infinity) at epoch 1, step \d+/)
    expect(first.err).toContain('most likely the learning rate: --lr 1e38 is very high; try --lr 0.01.')
    expect(first.err).toContain('Scaling is off (--scale none); turning it on usually cures this.')
    expect(readdirSync(cwd)).toEqual(['churn.csv'])
    const later = await train(cwd, ['-d', 'churn.csv', '--lr', '1e17', '--optimizer', 'sgd', '--weight-decay', '1', '-o', 'r'])
    expect(later.code, later.err).toBe(4)
    expect(later.err).toMatch(/The last good weights \(epoch \d+\) are in r\/checkpoints\/last\.safetensors\./)
    expect((await call(cwd, ['predict', '-m', 'r/checkpoints/last.safetensors', '-d', 'churn.csv'])).code).toBe(0)
  })

  test('22 flags that do not go together', async () => {
    const sum = await failure({ 'churn.csv': good }, ['-d', 'churn.csv', '--val-split', '0.6', '--test-split', '0.6'])
    expect([sum.code, sum.err.split('\n')[0]]).toEqual([
      2,
      'error[E_CONFLICT]: --val-split and --test-split add up to 1.2; nothing would be left to train on.',
    ])
    const cwd = newFolder({ 'churn.csv': good })
    const { code, err } = await train(cwd, ['-d', 'churn.csv', '--momentum', '0.9'])
    expect(code).toBe(0)
    expect(err).toContain('warning[W_IGNORED]: --momentum is ignored by adam')
  })

  test('30 a folder that cannot be: before any training', async () => {
    const { code, err } = await failure({ 'churn.csv': good, taken: '' }, ['-d', 'churn.csv', '-o', 'taken/run'])
    expect(code).toBe(5)
    expect(err).toContain(
      'error[E_NOT_A_FOLDER]: cannot write taken/run: a file is in the way of the folder.\n  fix: choose another place with --out.\n',
    )
    expect(err).not.toMatch(/^epoch/m)
  })

  test('unknown columns in --features and --exclude, an unknown --positive', async () => {
    const files = { 'churn.csv': good }
    expect((await failure(files, ['-d', 'churn.csv', '--features', 'agee'])).err).toContain('did you mean "age"?')
    expect((await failure(files, ['-d', 'churn.csv', '--exclude', 'age,visits'])).code).toBe(2)
    const positive = await failure(files, ['-d', 'churn.csv', '--positive', 'Yes'])
    expect([positive.code, positive.err.includes('values: ')]).toEqual([2, true])
  })

  test('names that would steer the terminal are defused', async () => {
    const { err, code } = await failure({ 'x.csv': 'a\u001b[2J\u0007,y\n1,\u001b]0;owned\u0007\n2,b\n3,c\n' }, ['-d', 'x.csv'])
    expect(code).not.toBe(0)
    expect(err).not.toContain('\u0007')
    expect(err).not.toContain('\u001b')
  })

  test('with --json the error is a document as well', async () => {
    const { code, out, err } = await failure({}, ['-d', 'gone.csv', '--json'])
    expect(code).toBe(5)
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, command: 'train', ok: false, exitCode: 5, error: { code: 'E_NOT_FOUND' } })
    expect(err).toContain('error[E_NOT_FOUND]')
  })
})

describe('31 a bug of ours', () => {
  const folder = newFolder()
  beforeAll(() => vi.stubEnv('TMPDIR', folder))
  afterAll(() => vi.unstubAllEnvs())

  test('is one screen and a file', async () => {
    const cwd = newFolder({ 'churn.csv': good })
    const { code, err } = await train(cwd, ['-d', 'churn.csv'], {
      onIo: (io) => {
        io.now = () => {
          throw new TypeError('clock\nbroken')
        }
      },
    })
    expect(code).toBe(1)
    expect(err).toMatch(/^error\[E_BUG\]: something broke inside tapegrad \(this is our fault\)\.\n {2}where: details: /)
    expect(err.split('\n').length).toBe(4)
  })
})
