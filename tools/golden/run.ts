/**
 * `pnpm golden [folder] [--only <file>] [--expect <file>] [--update]`: runs every golden file of a folder and prints, per file, cases passed of cases and entries fully
 * passed of entries, then what the project lacks and what it gets wrong. `--update` records the entries that pass in passed.json;
 * `--expect` fails where an entry of such a record does not pass any more.
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Entry, entriesOf, type Outcome, passedEntries, thrown } from './case.ts'
import { type Runner, runners } from './files.ts'
import { passedFile, readPassed } from './passed.ts'
import { dataFolder } from './read.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true }, expect: { type: 'string' }, update: { type: 'boolean', default: false } },
})
const folder = positionals[0] ?? fileURLToPath(dataFolder)
const names = readdirSync(folder).sort()
const known = Object.keys(runners).filter((name) => names.includes(name))
const wanted = known.filter((name) => values.only === undefined || values.only.some((part) => name.startsWith(part)))

const wrap = (words: readonly string[], indent: string): string => {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length > 150) lines.push(indent + word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}

/** What an entry lacks, where its name does not say it. */
const lacking = ({ name, first }: Entry): string => (first === undefined || first.reason.endsWith(name) ? name : `${name}{${first.reason}}`)

const clip = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}...` : text)

function report(name: string, outcomes: readonly Outcome[]): string {
  const entries = entriesOf(outcomes)
  const passed = entries.filter((e) => e.passed === e.cases)
  const cases = outcomes.filter((o) => o.result === 'passed').length
  const lines = [
    `${name.padEnd(25)} ${`${cases}/${outcomes.length}`.padStart(9)} cases ${`${passed.length}/${entries.length}`.padStart(8)} entries`,
  ]
  const missing = entries.filter((e) => e.first?.result === 'missing')
  const failing = entries.filter((e) => e.first?.result === 'failed')
  if (missing.length > 0) lines.push(`  missing (${missing.length}):`, wrap(missing.map(lacking), '    '))
  if (failing.length > 0)
    lines.push(
      `  failing (${failing.length}):`,
      ...failing.map(
        (e) => `    ${e.name} ${e.passed}/${e.cases}: ${clip(`${e.first?.label}: ${e.first?.reason}`.replaceAll('\n', '\\n'), 300)}`,
      ),
    )
  return lines.join('\n')
}

const summary: string[] = []
const all = new Map<string, Outcome[]>()
for (const name of wanted) {
  try {
    const outcomes = await (runners[name] as Runner)(join(folder, name))
    all.set(name, outcomes)
    const text = report(name, outcomes)
    console.log(text)
    summary.push(text.split('\n')[0] as string)
  } catch (error) {
    // A file that is not what its name promises must not keep the others from being run.
    summary.push(`${name.padEnd(25)} not run: ${thrown(error)}`)
  }
}
for (const name of names) if (!known.includes(name)) summary.push(`${name.padEnd(25)} not run: no runner for this file`)
if (summary.length > 1) console.log(`\n${summary.join('\n')}`)

if (values.expect !== undefined) {
  const lost = Object.entries(readPassed(values.expect)).flatMap(([name, entries]) => {
    const outcomes = all.get(name)
    const passed = new Set(outcomes === undefined ? entries : passedEntries(outcomes))
    return entries.filter((e) => !passed.has(e)).map((e) => `${name}: ${e}`)
  })
  if (lost.length > 0) {
    console.log(`\nlost (${lost.length}):\n${lost.map((l) => `  ${l}`).join('\n')}`)
    process.exitCode = 1
  }
}

if (values.update) {
  const passed = { ...readPassed() }
  for (const [name, outcomes] of all) passed[name] = passedEntries(outcomes)
  writeFileSync(passedFile, `${JSON.stringify(passed, null, 1)}\n`)
  console.log(`\nrecorded ${Object.values(passed).reduce((n, list) => n + list.length, 0)} entries in ${fileURLToPath(passedFile)}`)
}
