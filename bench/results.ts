/** What a run leaves behind: `results.json` is a `Report`, `results.md` is written from it. */
import type { MemoryAnswer } from './protocol.ts'

export interface Cell {
  readonly contender: string
  /** `differs`: its numbers are not those of the first contender, so it has no time. */
  readonly status: 'ok' | 'missing' | 'failed' | 'differs'
  readonly why?: string
  /** Why it stands apart, its numbers compared with nobody's. */
  readonly apart?: string
  /** In the row's unit. */
  readonly best?: number
  readonly median?: number
  readonly rounds?: number
  readonly memory?: MemoryAnswer
}

export interface Row {
  readonly id: string
  readonly label: string
  /** `MB` for the resident set, `KB` for bundles. */
  readonly unit: string
  readonly cells: readonly Cell[]
}

export interface EngineRun {
  /** As on the command line: `20`, `24+revectorize`. */
  readonly name: string
  /** Of the engine itself: `v24.21.0`. */
  readonly version: string
  readonly v8: string
  readonly flags: readonly string[]
  readonly rows: readonly Row[]
}

export interface Report {
  readonly date: string
  readonly command: string
  readonly machine: string
  readonly rounds: number
  readonly versions: Readonly<Record<string, string>>
  readonly engines: readonly EngineRun[]
}
