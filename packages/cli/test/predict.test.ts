import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tensor } from '@tapegrad/core'
import { loadSafetensors, saveSafetensors } from '@tapegrad/nn'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type Conditions, call, churnCsv, newFolder, train } from './world.ts'

let cwd: string
const predict = (argv: readonly string[], conditions?: Conditions): Promise<Answer> => call(cwd, ['predict', ...argv], conditions)
const read = (name: string): string => readFileSync(join(cwd, name), 'utf8')
const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(cwd, name), text)

beforeAll(async () => {
  cwd = newFolder({ 'churn.csv': churnCsv(300) })
  expect((await train(cwd, ['-d', 'churn.csv', '-o', 'run', '-q'])).code).toBe(0)
})

describe('predict', () => {
  test('keeps every column and adds two, the same as the formula gives', async () => {
    write('new.csv', 'id,visits,age\n"a, ""b""",3,31.5\nc,,60\n')
    const { code, out, err } = await predict(['-m', 'run', '-d', 'new.csv'])
    expect(code, err).toBe(0)
    const lines = out.split('\n')
    expect(lines[0]).toBe('id,visits,age,prediction,probability')
    expect(lines[1]).toMatch(/^"a, ""b""",3,31\.5,(yes|no),[\d.e-]+$/)
    expect(lines[3]).toBe('')
    const card = JSON.parse(read('run/model.json'))
    const { tensors } = loadSafetensors(new Uint8Array(readFileSync(join(cwd, 'run/model.safetensors'))))
    const [w, b] = [tensors.get('0.weight')!.toArray(), tensors.get('0.bias')!.toArray()] as [Float32Array, Float32Array]
    const { fill, center, scale } = card.preprocessing
    const probability = (row: (number | null)[]): number =>
      1 / (1 + Math.exp(-row.reduce<number>((sum, x, j) => sum + (w[j]! * ((x ?? fill[j]) - center[j])) / scale[j], b[0]!)))
    expect(Number(lines[1]!.split(',').at(-1))).toBeCloseTo(probability([31.5, 3]), 5)
    expect(Number(lines[2]!.split(',').at(-1))).toBeCloseTo(probability([60, null]), 5)
    expect(err).toContain('warning[W_IMPUTED]: missing values were filled with the training medians: 1 in visits (of 2 rows).')
  })

  test('agrees with what training measured', async () => {
    const { metrics } = JSON.parse(read('run/metrics.json'))
    const { out } = await predict(['-m', 'run/model.safetensors', '-d', 'churn.csv'])
    const rows = out
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
    const right = rows.filter(([, , actual, prediction]) => actual === prediction).length
    const all = ['train', 'validation', 'test'].reduce((sum, part) => sum + metrics[part].accuracy * metrics[part].rows, 0)
    expect(right).toBe(Math.round(all))
  })

  test('reads a pipe and writes a file atomically', async () => {
    const piped = await predict(['-m', 'run', '-d', '-'], { stdin: read('churn.csv') })
    expect(piped.code).toBe(0)
    const filed = await predict(['-m', 'run', '-d', 'churn.csv', '-o', 'scored.csv'])
    expect(filed).toMatchObject({ code: 0, out: '', err: '300 rows scored: scored.csv\n' })
    expect(read('scored.csv')).toBe(piped.out)
    const refused = await predict(['-m', 'run', '-d', 'churn.csv', '-o', 'scored.csv'])
    expect(refused).toMatchObject({
      code: 5,
      err: 'error[E_OUT_EXISTS]: scored.csv is there already.\n  fix: choose another --out, or --force to replace it.\n',
    })
    expect((await predict(['-m', 'run', '-d', 'churn.csv', '-o', 'scored.csv', '-fq'])).err).toBe('')
  })

  test('waits for no keyboard', async () => {
    expect(await predict(['-m', 'run', '-d', '-'], { stdin: 'keyboard' })).toEqual({
      code: 2,
      out: '',
      err: 'error[E_NO_STDIN]: --data - reads from a pipe, but nothing is piped in.\n  fix: example: cat new.csv | tapegrad predict -m run -d -\n',
    })
  })

  test('leaves no half file where a row is bad', async () => {
    write('bad.csv', `${read('churn.csv')}x,y,z\n`)
    const { code, err } = await predict(['-m', 'run', '-d', 'bad.csv', '-o', 'half.csv'])
    expect(code).toBe(3)
    expect(err).toMatch(/^error\[E_NOT_NUMERIC\]: /)
    expect(err).toContain(':302')
    expect(readdirSync(cwd).filter((name) => name.includes('half'))).toEqual([])
  })

  test('has an answer to columns that it would add twice', async () => {
    const { code, err } = await predict(['-m', 'run', '-d', 'scored.csv'])
    expect(code).toBe(3)
    expect(err).toContain('error[E_NAME_TAKEN]: ')
    expect(err).toContain('already has columns "prediction" and "probability", which predict would add.')
  })

  test('misses a column with the name of a similar one, which can be mapped', async () => {
    write('gone.csv', 'age,n_visits\n30,2\n')
    const { code, err } = await predict(['-m', 'run', '-d', 'gone.csv'])
    expect(code).toBe(3)
    expect(err).toContain('error[E_COLUMN_GONE]: ')
    expect(err).toContain('lacks 1 column the model was trained on: visits.')
    expect(err).toContain('--rename n_visits=visits')
    const mapped = await predict(['-m', 'run', '-d', 'gone.csv', '--rename', 'n_visits=visits'])
    expect(mapped.code, mapped.err).toBe(0)
    expect(mapped.out).toMatch(/^age,n_visits,prediction,probability\n30,2,(yes|no),/)
  })

  test('reads new rows as the training rows were written', async () => {
    write('semi.csv', churnCsv(120).replaceAll(',', ';').replaceAll('.', ','))
    const trained = await train(cwd, ['-d', 'semi.csv', '--delimiter', ';', '--decimal', ',', '-o', 'semi', '-q'])
    expect(trained.code, trained.err).toBe(0)
    write('one.csv', 'age;visits\n31,5;2\n')
    const { code, out, err } = await predict(['-m', 'semi', '-d', 'one.csv'])
    expect(code, err).toBe(0)
    expect(out).toMatch(/^age;visits;prediction;probability\n31,5;2;(yes|no);0\.\d+\n$/)
  })
})

describe('what is not a model', () => {
  const fails = async (model: string): Promise<[number, string]> => {
    const { code, err } = await predict(['-m', model, '-d', 'churn.csv'])
    return [code, err]
  }
  const card = (): Record<string, unknown> => JSON.parse(read('run/model.json'))
  const weights = { '0.weight': tensor([[1, 2]]), '0.bias': tensor([0]) }
  const withCard = (text: string): Uint8Array => saveSafetensors(weights, { 'tapegrad.model': text })

  test('nothing there', async () => {
    const [code, err] = await fails('runs/none')
    expect([code, err.split('\n')[0]]).toEqual([5, 'error[E_NOT_FOUND]: there is no model at runs/none.'])
  })

  test('a folder without a model', async () => {
    mkdirSync(join(cwd, 'empty'))
    const [code, err] = await fails('empty')
    expect([code, err.split('\n')[0]]).toEqual([3, 'error[E_NOT_A_MODEL]: empty is not a model folder (no model.safetensors).'])
  })

  test('a newer format', async () => {
    write('newer.safetensors', withCard(JSON.stringify({ ...card(), formatVersion: 3 })))
    expect(await fails('newer.safetensors')).toEqual([
      3,
      'error[E_NEWER_FORMAT]: newer.safetensors was written in format 3; this version reads up to 1.\n  fix: upgrade: npm i @tapegrad/cli@latest\n',
    ])
  })

  test.each([
    ['a table', () => 'a,b\n1,2\n', 'it is no sound safetensors file'],
    ['weights without a card', () => saveSafetensors(weights), 'it holds weights, but not what to do with them'],
    ['a card that is no JSON', () => withCard('{'), 'its description is damaged'],
    ['a card with holes', () => withCard(JSON.stringify({ ...card(), classes: ['a'] })), 'its description is damaged'],
    ['weights that were changed', () => withCard(JSON.stringify(card())), 'its checksum does not fit'],
  ])('%s', async (_name, content, why) => {
    write('broken.safetensors', content())
    const [code, err] = await fails('broken.safetensors')
    expect(code).toBe(3)
    expect(err).toContain('error[E_NOT_A_MODEL]: broken.safetensors is not a model of tapegrad: ')
    expect(err).toContain(why)
  })

  test('any flipped bit is noticed', async () => {
    const good = readFileSync(join(cwd, 'run/model.safetensors'))
    for (let i = good.length - 12; i < good.length; i++) {
      const bad = Uint8Array.from(good)
      bad[i]! ^= 1
      write('flipped.safetensors', bad)
      expect((await fails('flipped.safetensors'))[0]).toBe(3)
    }
  })
})
