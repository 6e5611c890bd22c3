/** The entries known to pass: they must go on passing, and new ones must be recorded. */

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { useDeterministicAlgorithms } from '@tapegrad/core'
import { entriesOf } from './case.ts'
import { runners } from './files.ts'
import { dataFolder } from './read.ts'

/** Where they are recorded, by golden file. */
export const passedFile: URL = new URL('./passed.json', import.meta.url)

/** The entries recorded in a file, by golden file. */
export const readPassed = (path: string | URL = passedFile): Record<string, string[]> =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string[]>) : {}

/** What changed for the worse in one golden file, and what passes without being recorded. */
export async function compareWithPassed(name: string): Promise<{ readonly lost: string[]; readonly unrecorded: string[] }> {
  const run = runners[name]
  if (run === undefined) throw new Error(`no runner for ${name}`)
  const recorded = new Set(readPassed()[name])
  // What is recorded is to pass on every engine, and some round products once where others round twice.
  useDeterministicAlgorithms(true)
  const entries = entriesOf(await run(fileURLToPath(new URL(name, dataFolder))))
  useDeterministicAlgorithms(false)
  return {
    lost: [
      ...entries.filter((e) => recorded.has(e.name) && e.passed < e.cases).map((e) => `${e.name}: ${e.first?.label}: ${e.first?.reason}`),
      ...[...recorded].filter((r) => !entries.some((e) => e.name === r)),
    ],
    unrecorded: entries.filter((e) => e.passed === e.cases && !recorded.has(e.name)).map((e) => e.name),
  }
}
