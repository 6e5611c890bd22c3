/** `pnpm bench`: ours and the peers in turn, compared and then timed. See README.md. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleCell } from './bundles.ts'
import { type Case, groupOf } from './cases/case.ts'
import { cases } from './cases/index.ts'
import { type Engine, findEngine, findPython } from './engines.ts'
import { matches } from './filter.ts'
import { Group, type Settings } from './group.ts'
import { machine } from './machine.ts'
import { help, type Options, parse } from './options.ts'
import { buildWorker, programOf, versionsOf } from './programs.ts'
import { markdown } from './report.ts'
import type { EngineRun, Report, Row } from './results.ts'
import { contenderNames } from './task.ts'

const folder = dirname(fileURLToPath(import.meta.url))
const say = (words: string): void => void process.stderr.write(`${words}\n`)

async function runCase(test: Case, group: Group, { contenders }: Options): Promise<Row> {
  const unit = test.how === 'timed' ? test.unit : { memory: 'MB', cold: 'ms', bundle: 'KB' }[test.how]
  const cells =
    test.how === 'bundle'
      ? await Promise.all(contenders.map((name) => bundleCell(name, test.part, folder)))
      : await group.run(test, contenders)
  return { id: test.id, label: test.label, unit, cells }
}

async function runEngine(
  engine: Engine,
  chosen: readonly Case[],
  options: Options,
  settings: Omit<Settings, 'program'>,
): Promise<EngineRun> {
  const python = options.contenders.includes('torch') ? findPython() : null
  const worker = await buildWorker(folder)
  const program: Settings['program'] = (name) => programOf(name as Options['contenders'][number], engine, worker, python, folder)
  const rows: Row[] = []
  let group = new Group({ ...settings, program })
  try {
    for (const [i, test] of chosen.entries()) {
      if (i > 0 && groupOf(test) !== groupOf(chosen[i - 1]!)) {
        await group.stop()
        group = new Group({ ...settings, program })
      }
      say(`Node ${engine.name}: ${test.id}`)
      rows.push(await runCase(test, group, options))
    }
  } finally {
    await group.stop()
  }
  const { name, version, v8, flags } = engine
  return { name, version, v8, flags, rows }
}

async function main(): Promise<void> {
  const argv = process.argv.slice(2).filter((word) => word !== '--')
  const options = parse(argv, process.versions.node.split('.')[0]!)
  if (options === 'help') return console.log(help)
  const chosen = cases.filter(({ id, quick }) => matches(id, options.words) && (!options.quick || quick === true))
  if (options.list) return console.log(chosen.map(({ id }) => id).join('\n'))
  if (chosen.length === 0) throw new Error('no case has such a name; --list names them')
  const engines = options.engines.map((name) => findEngine(name, folder))
  const versions = versionsOf(folder)
  const runs: EngineRun[] = []
  const started = performance.now()
  const settings = { rounds: options.rounds, quick: options.quick, versions }
  const report = (): Report => ({
    date: new Date().toISOString().slice(0, 10),
    command: ['pnpm bench', ...argv].join(' '),
    machine: machine(),
    rounds: options.rounds,
    versions: told(versions, runs),
    engines: runs,
  })
  for (const engine of engines) {
    runs.push(await runEngine(engine, chosen, options, settings))
    // After each engine, so that nothing is lost if the next one is ended.
    if (options.out !== null) write(report(), resolve(process.env['INIT_CWD'] ?? '.', options.out))
  }
  say(`${Math.round((performance.now() - started) / 1000)} s`)
  console.log(markdown(report()))
}

/** The versions of who was measured, ours first. */
function told(versions: Readonly<Record<string, string>>, runs: readonly EngineRun[]): Record<string, string> {
  const measured = new Set(runs.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map((cell) => cell.contender))))
  return Object.fromEntries(contenderNames.flatMap((name) => (measured.has(name) && versions[name] ? [[name, versions[name]]] : [])))
}

function write(report: Report, out: string): void {
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'results.md'), markdown(report))
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(report, null, 2)}\n`)
}

try {
  await main()
} catch (error) {
  say((error as Error).message)
  process.exitCode = 1
}
