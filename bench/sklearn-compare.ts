/**
 * Our `train` beside scikit-learn's LogisticRegression (C = 1) on the same rows: same split, same standardisation, the test rows decide.
 *
 *     npx tsx --conditions=@tapegrad/source bench/sklearn-compare.ts [--data file.csv] [--seeds 10]
 *
 * Needs a Python with scikit-learn (`PYTHON=...` chooses it); only this comparison does, nothing else in the project.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stratifiedSplit } from '@tapegrad/data'
import { readTable } from '@tapegrad/data/csv'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..')
const { PYTHON: python = 'python3' } = process.env

interface Figures {
  accuracy: number
  rocAuc: number
  logLoss: number
}

function flag(name: string, standard: string): string {
  const at = process.argv.indexOf(name)
  return at < 0 ? standard : (process.argv[at + 1] ?? standard)
}

function run(command: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} answered ${status}:\n${stderr}`)
  return stdout
}

const data = resolve(flag('--data', join(root, 'examples/data/breast-cancer.csv')))
const seeds = Array.from({ length: Number(flag('--seeds', '10')) }, (_, i) => i + 1)
const table = await readTable(data)
const scratch = mkdtempSync(join(tmpdir(), 'tapegrad-compare-'))

try {
  // With the flags of this very process, so that the sources run as they are.
  const train = [...process.execArgv, join(root, 'packages/cli/src/bin/train.ts'), '--data', data, '--json', '--quiet']
  const ours = seeds.map((seed): Figures => {
    const out = run(process.execPath, [...train, '--seed', String(seed), '--out', join(scratch, String(seed))])
    return (JSON.parse(out) as { metrics: { test: Figures } }).metrics.test
  })
  const x = Array.from({ length: table.length }, (_, row) => [...table.gather([row])])
  const splits = seeds.map((seed) => {
    const { train, test } = stratifiedSplit(table.labels, { val: 0.1, test: 0.2, seed })
    return { train: [...train], test: [...test] }
  })
  const theirs = JSON.parse(
    run(python, [join(here, 'sklearn_compare.py')], JSON.stringify({ x, y: [...table.labels], splits })),
  ) as Figures[]

  const row = (name: string, a: Figures, b: Figures): string =>
    [
      name.padEnd(6),
      ...(['logLoss', 'accuracy', 'rocAuc'] as const).map((key) => `${a[key].toFixed(4)} ${b[key].toFixed(4)}`.padStart(18)),
    ].join('')
  const mean = (all: readonly Figures[]): Figures => {
    const of = (key: keyof Figures): number => all.reduce((sum, figures) => sum + figures[key], 0) / all.length
    return { accuracy: of('accuracy'), rocAuc: of('rocAuc'), logLoss: of('logLoss') }
  }
  console.log('test rows; ours, then scikit-learn\n')
  console.log(['seed'.padEnd(6), ...['log-loss', 'accuracy', 'ROC AUC'].map((name) => name.padStart(18))].join(''))
  seeds.forEach((seed, i) => console.log(row(String(seed), ours[i]!, theirs[i]!)))
  console.log(row('mean', mean(ours), mean(theirs)))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
