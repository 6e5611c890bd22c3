/** `repr.json`: what modules, optimizers, sizes and dtypes print. */
import { call, core } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { run, show } from './evaluate.ts'
import { readJson } from './read.ts'

function check(python: string, expected: string): string | null {
  const names = python.includes('[w]') ? { w: call('nn.Parameter', [core.ones([2])]) } : {}
  const value = run(python, names)
  // A dtype is a plain string of ours: it must print as it is, without help from the harness.
  const text = typeof value === 'string' ? value : show(value)
  return text === expected ? null : `${JSON.stringify(text)}, expected ${JSON.stringify(expected)}`
}

/** Runs `repr.json`. */
export const runRepr = (path: string): Outcome[] =>
  Object.entries(readJson<Record<string, string>>(path)).map(([python, expected]) => attempt(python, '', () => check(python, expected)))
