/** `errors.jsonl.gz`: calls that must raise; class and first line of the message must be PyTorch's. */
import { core } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { callOp, decodeCall, type RawCall } from './ops.ts'
import { readLines } from './read.ts'
import { Missing } from './value.ts'

interface ErrorCase extends RawCall {
  readonly error: string
  readonly message: string
}

/** What differs between the error that a call raises and the expected one. */
export function errorDifference(
  run: () => unknown,
  expected: { readonly error: string; readonly message: string },
  same: (got: string, wanted: string) => boolean,
): string | null {
  try {
    run()
  } catch (error) {
    if (error instanceof Missing || !(error instanceof Error)) throw error
    if (error.name !== expected.error)
      return `${error.name} (${firstLine(error.message)}), expected ${expected.error} (${firstLine(expected.message)})`
    return same(error.message, expected.message) ? null : `'${error.message}', expected '${expected.message}'`
  }
  return `no error, expected ${expected.error}: ${firstLine(expected.message)}`
}

export const firstLine = (text: string): string => text.split('\n')[0] as string

function check(raw: ErrorCase): string | null {
  const { args, kwargs } = decodeCall(raw)
  core.manualSeed(42)
  return errorDifference(
    () => callOp(raw.op, args, kwargs),
    raw,
    (got, wanted) => firstLine(got) === firstLine(wanted),
  )
}

/** Runs `errors.jsonl.gz`. */
export const runErrors = (path: string): Outcome[] =>
  readLines<ErrorCase>(path).map((raw) => attempt(raw.op, `case ${raw.k}`, () => check(raw)))
