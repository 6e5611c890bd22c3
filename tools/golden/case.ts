/** The outcome of golden cases, and how they are counted and listed. */
import { Missing } from './value.ts'

/** What came of one case of an entry: an entry is an operation, a module, an optimizer, a message by name. */
export interface Outcome {
  readonly entry: string
  /** Which case of the entry. */
  readonly label: string
  readonly result: 'passed' | 'failed' | 'missing'
  /** What differs, or what the project lacks. */
  readonly reason: string
}

/** Runs one golden file. */
export type Runner = (path: string) => Outcome[]

/** Runs one case: `check` returns what differs, or null. */
export function attempt(entry: string, label: string, check: () => string | null): Outcome {
  try {
    const reason = check()
    return { entry, label, result: reason === null ? 'passed' : 'failed', reason: reason ?? '' }
  } catch (error) {
    if (error instanceof Missing) return { entry, label, result: 'missing', reason: error.message }
    return { entry, label, result: 'failed', reason: `throws ${thrown(error)}` }
  }
}

/** An error in one line. */
export const thrown = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : `${typeof error} ${String(error)}`

/** The outcomes of one entry together. */
export interface Entry {
  readonly name: string
  readonly cases: number
  readonly passed: number
  /** The first case that did not pass. */
  readonly first: Outcome | undefined
}

/** One line per entry, in order of appearance. */
export function entriesOf(outcomes: readonly Outcome[]): Entry[] {
  const groups = new Map<string, Outcome[]>()
  for (const o of outcomes) groups.set(o.entry, [...(groups.get(o.entry) ?? []), o])
  return [...groups].map(([name, group]) => ({
    name,
    cases: group.length,
    passed: group.filter((o) => o.result === 'passed').length,
    first: group.find((o) => o.result === 'failed') ?? group.find((o) => o.result === 'missing'),
  }))
}

/** The names of the entries all of whose cases pass. */
export const passedEntries = (outcomes: readonly Outcome[]): string[] =>
  entriesOf(outcomes)
    .filter((e) => e.passed === e.cases)
    .map((e) => e.name)
