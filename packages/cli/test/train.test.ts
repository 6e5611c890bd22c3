import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { loadSafetensors } from '@tapegrad/nn'
import { describe, expect, test } from 'vitest'
import { churnCsv, newFolder, train } from './world.ts'

const examples = join(dirname(fileURLToPath(import.meta.url)), '../../../examples/data')
const COLOR = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`)
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8')
const json = (...path: string[]): ReturnType<typeof JSON.parse> => JSON.parse(read(...path))

describe('train --data file.csv', () => {
  test('needs no other flag: says what it took, trains, shows figures beside the baseline, saves', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(400) })
    const { code, out, err } = await train(cwd, ['--data', 'churn.csv'])
    expect(code, err).toBe(0)
    expect(err).toContain('400 rows × 3 columns   (comma)')
    expect(err).toMatch(/target {4}churned: the last column \(change with --target\)/)
    expect(err).toMatch(/positive {2}(yes|no): the rarer label \(change with\n? *--positive\)/)
    expect(err).toContain('features  2, standardised: age, visits')
    expect(err).toMatch(/split {5}\d+ train · \d+ validation · \d+ test {3}\(stratified, seed 42\)/)
    expect(err).toMatch(/^epoch 1\/\d+ loss \d\.\d{4} val_loss \d\.\d{4} lr 0\.01 elapsed \d+\.\ds$/m)
    expect(err + out).not.toContain('\u001b')
    expect(out).toMatch(/accuracy( +0\.\d{3}){4}/)
    expect(out).toMatch(/predicted no +predicted yes/)
    expect(out).toContain('What it learned (weight per standard deviation)')
    expect(out).toContain('Saved  runs/20261122-061500-churn/')
    expect(out).toContain('Next   tapegrad predict -m runs/20261122-061500-churn -d new.csv')
    expect(readdirSync(join(cwd, 'runs/20261122-061500-churn')).sort()).toEqual([
      'history.csv',
      'metrics.json',
      'model.json',
      'model.safetensors',
      'run.json',
    ])
  })

  test('learns breast cancer: accuracy >= 0.95, ROC AUC >= 0.985', async () => {
    const cwd = newFolder()
    const { code, out, err } = await train(cwd, ['--data', join(examples, 'breast-cancer.csv'), '--json'])
    expect(code, err).toBe(0)
    const { metrics, data } = JSON.parse(out)
    expect(data).toMatchObject({ target: 'diagnosis', positive: 'malignant', rows: 569, classes: ['benign', 'malignant'] })
    expect(metrics.test.accuracy).toBeGreaterThanOrEqual(0.95)
    expect(metrics.test.rocAuc).toBeGreaterThanOrEqual(0.985)
    expect(metrics.baseline.accuracy).toBeLessThan(0.65)
  })
})

describe('the document', () => {
  test('of --json is all of stdout, and metrics.json agrees', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(300) })
    const { code, out, err } = await train(cwd, ['-d', 'churn.csv', '--json', '-o', 'r'])
    expect(code, err).toBe(0)
    const document = JSON.parse(out)
    expect(document).toMatchObject({
      schemaVersion: 1,
      command: 'train',
      ok: true,
      run: 'r',
      data: { rows: 300, columns: 3, target: 'churned', task: 'binary', split: { train: expect.any(Number) } },
      model: { layers: [2, 1], parameters: 3 },
      training: { seed: 42, stopReason: expect.stringMatching(/^(early-stopping|finished)$/) },
      artifacts: { model: 'r/model.safetensors', history: 'r/history.csv' },
    })
    const keys = ['accuracy', 'brier', 'confusion', 'f1', 'logLoss', 'precision', 'recall', 'rocAuc', 'rows']
    for (const part of ['train', 'validation', 'test', 'baseline']) expect(Object.keys(document.metrics[part]).sort()).toEqual(keys)
    expect(json(cwd, 'r/metrics.json').metrics).toEqual(document.metrics)
    expect(document.metrics.baseline).toEqual(document.baselines.test)
    expect(document.metrics.baseline).toMatchObject({ rocAuc: 0.5, f1: 0 })
    const { train: rows, validation, test: held } = document.data.split
    expect(rows + validation + held).toBe(300)
  })

  test('history.csv and run.json tell the story', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(300) })
    const { out } = await train(cwd, ['-d', 'churn.csv', '--json', '-o', 'r', '--epochs', '4', '--patience', '0'])
    const history = read(cwd, 'r/history.csv').trimEnd().split('\n')
    expect(history[0]).toBe('epoch,step,loss,val_loss,lr,seconds')
    expect(history.length).toBe(5)
    const { data, ...options } = json(cwd, 'r/run.json').options
    expect(data).toBe('churn.csv')
    expect(options).toMatchObject({ epochs: 4, patience: 0, batchSize: 32, seed: 42 })
    expect(json(cwd, 'r/run.json')).toMatchObject({
      argv: ['-d', 'churn.csv', '--json', '-o', 'r', '--epochs', '4', '--patience', '0'],
      data: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      training: { epochs: 4, stopReason: 'finished' },
    })
    expect(JSON.parse(out).training.epochs).toBe(4)
  })
})

describe('the model file', () => {
  test('is one Linear under PyTorch names, self-contained, and the same bytes for the same seed', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(300) })
    for (const out of ['a', 'b']) await train(cwd, ['-d', 'churn.csv', '-q', '-o', out])
    await train(cwd, ['-d', 'churn.csv', '-q', '-o', 'c', '--seed', '7'])
    const [a, b, c] = ['a', 'b', 'c'].map((out) => readFileSync(join(cwd, out, 'model.safetensors'))) as [Buffer, Buffer, Buffer]
    expect(a.equals(b)).toBe(true)
    expect(a.equals(c)).toBe(false)
    const { tensors, metadata } = loadSafetensors(new Uint8Array(a))
    expect([...tensors].map(([name, { shape, dtype }]) => [name, [...shape], dtype])).toEqual([
      ['0.bias', [1], 'float32'],
      ['0.weight', [1, 2], 'float32'],
    ])
    expect(metadata.get('format')).toBe('pt')
    const card = JSON.parse(metadata.get('tapegrad.model')!)
    expect(card).toEqual(json(cwd, 'a/model.json'))
    expect(card).toMatchObject({
      features: ['age', 'visits'],
      target: 'churned',
      threshold: 0.5,
      preprocessing: { mode: 'standard' },
      table: { delimiter: ',' },
    })
  })
})

describe('choices', () => {
  test('a target that is not last, a positive label, columns left out', async () => {
    const rows = churnCsv(200)
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',').reverse().join(','))
    const cwd = newFolder({ 'x.csv': `${rows.join('\n')}\n` })
    const { out, err } = await train(cwd, ['-d', 'x.csv', '-t', 'churned', '--positive', 'no', '--exclude', 'visits', '--json'])
    expect(err).toContain('target    churned; ')
    expect(err).toContain('positive  no\n')
    expect(JSON.parse(out).data).toMatchObject({ target: 'churned', targetChosenBy: 'option', positive: 'no', features: ['age'] })
  })

  test('a column called target is taken wherever it stands', async () => {
    const cwd = newFolder({
      'x.csv': churnCsv(200)
        .replace('age,visits,churned', 'age,target,churned')
        .replaceAll(/,(\d+),(yes|no)/g, (_all, _n, label) => `,${label === 'yes' ? 1 : 0},5`),
    })
    const { out, err, code } = await train(cwd, ['-d', 'x.csv', '--json'])
    expect(code, err).toBe(0)
    expect(JSON.parse(out).data).toMatchObject({ target: 'target', targetChosenBy: 'name', classes: ['0', '1'] })
    expect(err).toContain('the only column called')
    expect(err).toContain('warning[W_CONSTANT_COLUMN]')
  })

  test('quoted headers and labels', async () => {
    const lines = churnCsv(200).trimEnd().split('\n')
    const text = [
      '"Age, years","Visits ""n""","Did ""they"" leave?"',
      ...lines.slice(1).map((line) => line.replace(/(yes|no)$/, '"$1, really"')),
    ].join('\r\n')
    const cwd = newFolder({ 'x.csv': text })
    const { out, err, code } = await train(cwd, ['-d', 'x.csv', '--json', '--positive', 'yes, really'])
    expect(code, err).toBe(0)
    expect(JSON.parse(out).data).toMatchObject({
      target: 'Did "they" leave?',
      features: ['Age, years', 'Visits "n"'],
      classes: ['no, really', 'yes, really'],
    })
  })

  test('standard input, gzip, semicolons', async () => {
    const csv = churnCsv(200)
    const cwd = newFolder({ 'x.csv.gz': gzipSync(csv), 'y.csv': csv.replaceAll(',', ';') })
    const [a, b, c] = [
      await train(cwd, ['-d', '-', '--json'], { stdin: csv }),
      await train(cwd, ['-d', 'x.csv.gz', '--json']),
      await train(cwd, ['-d', 'y.csv', '--delimiter', ';', '--json']),
    ].map(({ out, err, code }) => {
      expect(code, err).toBe(0)
      return JSON.parse(out)
    })
    expect(a.run).toBe('runs/20261122-061500-stdin')
    expect(b.metrics).toEqual(a.metrics)
    expect(c.metrics).toEqual(a.metrics)
  })

  test('missing values are filled in and counted aloud', async () => {
    const csv = churnCsv(200)
      .replace(/^([\d.]+),(\d+)/m, ',$2')
      .replace(/^([\d.]+),(\d+),(yes|no)\n([\d.]+)/m, '$1,NA,$3\n$4')
    const cwd = newFolder({ 'x.csv': csv })
    const { err, code } = await train(cwd, ['-d', 'x.csv'])
    expect(code, err).toBe(0)
    expect(err).toMatch(/fixed up {2}1 missing in age → median [\d.]+; 1 missing in/)
  })

  test.each([
    ['sgd', ['--optimizer', 'sgd', '--momentum', '0.9', '--lr', '0.1', '--weight-decay', '0.001']],
    ['minmax', ['--scale', 'minmax']],
    ['robust', ['--scale', 'robust']],
    ['none', ['--scale', 'none', '--epochs', '20']],
    ['full batches', ['--batch-size', 'full']],
    ['no validation', ['--val-split', '0', '--epochs', '30']],
    ['no test', ['--test-split', '0']],
    ['neither', ['--test-split', '0', '--val-split', '0', '--epochs', '30']],
    ['no stratification', ['--no-stratify']],
  ])('%s works', async (_name, flags) => {
    const cwd = newFolder({ 'x.csv': churnCsv(300) })
    const { out, err, code } = await train(cwd, ['-d', 'x.csv', '--json', ...flags])
    expect(code, err).toBe(0)
    const { metrics } = JSON.parse(out)
    const judged = metrics.test ?? metrics.validation ?? metrics.train
    expect(judged.rocAuc).toBeGreaterThan(0.7)
    const shown = await train(cwd, ['-d', 'x.csv', '-f', '-o', 'again', ...flags])
    expect(shown.code).toBe(0)
  })

  test('weights are told per standard deviation whatever the scale', async () => {
    const cwd = newFolder({ 'x.csv': churnCsv(400) })
    const weights = async (scale: string): Promise<number> => {
      const { out } = await train(cwd, [
        '-d',
        'x.csv',
        '--json',
        '--scale',
        scale,
        '--epochs',
        '300',
        '--patience',
        '0',
        '--val-split',
        '0',
        '--lr',
        '0.03',
      ])
      return JSON.parse(out).coefficients[0].weight
    }
    expect(await weights('minmax')).toBeCloseTo(await weights('standard'), 1)
  })
})

describe('small tables', () => {
  test('get more epochs, and are told so', async () => {
    const cwd = newFolder({ 'x.csv': churnCsv(60) })
    const { err, code } = await train(cwd, ['-d', 'x.csv'])
    expect(code, err).toBe(0)
    expect(err.replace(/\s+/g, ' ')).toContain('more than 100 because the table is small: about 1,000 steps (change with --epochs)')
    expect(err).toContain('warning[W_SMALL_TEST]: the test set is small (12 rows)')
  })
})

describe('what is said', () => {
  test('no better than guessing comes first', async () => {
    const noise = [
      'a,b,y',
      ...Array.from({ length: 300 }, (_, i) => `${(i * 7919) % 101},${(i * 104729) % 97},${(i * 31) % 7 > 3 ? 1 : 0}`),
    ].join('\n')
    const cwd = newFolder({ 'x.csv': noise })
    const { out, code } = await train(cwd, ['-d', 'x.csv', '--epochs', '2', '--lr', '1', '--patience', '0'])
    expect(code).toBe(0)
    expect(out).toMatch(/^This model is no better than guessing/)
    const document = JSON.parse((await train(cwd, ['-d', 'x.csv', '--epochs', '2', '--lr', '1', '--patience', '0', '--json'])).out)
    expect(document.warnings[0].code).toMatch(/W_NO_BETTER/)
  })

  test('perfect separation', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `${i},${i < 60 ? 'a' : 'b'}`)
    const cwd = newFolder({ 'x.csv': ['x,y', ...rows].join('\n') })
    const { err } = await train(cwd, ['-d', 'x.csv'])
    expect(err).toContain('warning[W_SEPARATION]')
  })

  test('--quiet leaves the folder on stdout and nothing on stderr', async () => {
    const cwd = newFolder({ 'x.csv': churnCsv(100) })
    expect(await train(cwd, ['-d', 'x.csv', '-q'])).toEqual({ code: 0, out: 'runs/20261122-061500-x\n', err: '' })
  })

  test('--no-progress leaves the plan but no epochs', async () => {
    const cwd = newFolder({ 'x.csv': churnCsv(100) })
    const { err } = await train(cwd, ['-d', 'x.csv', '--no-progress'])
    expect(err).toContain('features  2')
    expect(err).not.toMatch(/^epoch/m)
  })

  test('a bar on terminals, lines on dumb ones, no colour where it is not wanted', async () => {
    const cwd = newFolder({ 'x.csv': churnCsv(100) })
    const bar = await train(cwd, ['-d', 'x.csv'], { tty: true, columns: 100 })
    expect(bar.err).toContain('━')
    expect(bar.err).toContain('\u001b[?25h')
    expect(bar.err).toContain('\u001b[36m')
    expect(bar.err).not.toMatch(/^epoch 1\//m)
    const plain = await train(cwd, ['-d', 'x.csv'], { tty: true, columns: 100, env: { NO_COLOR: '1' } })
    expect(plain.err).toContain('━')
    expect(plain.err + plain.out).not.toMatch(COLOR)
    const dumb = await train(cwd, ['-d', 'x.csv'], { tty: true, env: { TERM: 'dumb' } })
    expect(dumb.err + dumb.out).not.toContain('\u001b')
    expect(dumb.err).toMatch(/^epoch 1\//m)
  })

  test('forty columns are enough', async () => {
    const cwd = newFolder({ 'x.csv': churnCsv(100) })
    const { out, err } = await train(cwd, ['-d', 'x.csv', '--no-progress'], { env: { COLUMNS: '40' } })
    for (const line of `${out}${err}`.split('\n')) {
      if (/^(Saved|Next|warning|\/)/.test(line)) continue
      expect(line.length, line).toBeLessThanOrEqual(40)
    }
  })
})

describe('nothing is overwritten', () => {
  test('without --force', async () => {
    const cwd = newFolder({ 'x.csv': churnCsv(100) })
    mkdirSync(join(cwd, 'r'))
    writeFileSync(join(cwd, 'r/model.safetensors'), 'precious')
    const refused = await train(cwd, ['-d', 'x.csv', '-o', 'r'])
    expect(refused.code).toBe(5)
    expect(refused.err).toMatch(
      /^error\[E_OUT_EXISTS\]: r already holds a model \(\w{3} \d+\)\.\n {2}fix: choose another --out, or --force to replace it\.\n$/,
    )
    expect(read(cwd, 'r/model.safetensors')).toBe('precious')
    const forced = await train(cwd, ['-d', 'x.csv', '-o', 'r', '--force', '-q'])
    expect(forced).toEqual({ code: 0, out: 'r\n', err: '' })
    expect(readdirSync(join(cwd, 'r')).length).toBe(5)
  })

  test('and nothing is made where there is nothing to save', async () => {
    const cwd = newFolder({ 'x.csv': 'a,y\n1,2\n' })
    expect((await train(cwd, ['-d', 'x.csv'])).code).not.toBe(0)
    expect(existsSync(join(cwd, 'runs'))).toBe(false)
  })
})
