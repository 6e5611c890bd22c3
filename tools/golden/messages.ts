/** `messages.json`: Python snippets with the exception, the warnings or the result that they give, to the letter. */
import { core } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { errorDifference } from './errors.ts'
import { run, show } from './evaluate.ts'
import { readJson } from './read.ts'

/** One snippet and what PyTorch does with it. */
export interface MessageCase {
  readonly id: string
  readonly python: string
  readonly expect: {
    readonly exception?: string
    readonly message?: string
    readonly warnings?: readonly { readonly category: string; readonly message: string }[]
    readonly result?: string
  }
}

/** The text of an exception: a `KeyError` shows the repr of its message. */
const unrepr = (text: string): string => {
  const inner = text.slice(1, -1)
  return text.startsWith('"') ? inner.replaceAll('\\n', '\n') : inner.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c))
}

/** PyTorch's text comes first, to the letter; lines of ours may follow. */
const leads = (got: string, wanted: string): boolean => got === wanted || got.startsWith(wanted.endsWith('\n') ? wanted : `${wanted}\n`)

/** Warnings of PyTorch's own machinery end with the place in its C++ that gave them, which is no part of the text. */
const withoutPlace = (text: string): string => text.replace(/ \(Triggered internally at [^)]*\)$/, '')

/** What differs between what the snippet does here and what it does in PyTorch. */
export function messageDifference({ python, expect }: MessageCase): string | null {
  const warnings: { category: string; message: string }[] = []
  const before = core.setWarningHandler((message, category) => warnings.push({ category, message }))
  try {
    if (expect.exception !== undefined) {
      const message = expect.exception === 'KeyError' ? unrepr(expect.message ?? '') : (expect.message ?? '')
      const reason = errorDifference(() => run(python), { error: expect.exception, message }, leads)
      if (reason !== null) return reason
    } else {
      const result = run(python)
      if (expect.result !== undefined && show(result) !== expect.result)
        return `result ${JSON.stringify(show(result))}, expected ${JSON.stringify(expect.result)}`
    }
  } finally {
    core.setWarningHandler(before)
  }
  for (const [i, expected] of (expect.warnings ?? []).entries()) {
    const got = warnings[i]
    if (got === undefined) return `no warning, expected ${expected.category}: ${expected.message}`
    if (got.category !== expected.category || !leads(got.message, withoutPlace(expected.message)))
      return `warning '${got.message}', expected '${expected.message}'`
  }
  const extra = warnings[expect.warnings?.length ?? 0]
  return extra === undefined ? null : `unexpected warning '${extra.message}'`
}

/** Runs `messages.json`. */
export const runMessages = (path: string): Outcome[] =>
  readJson<MessageCase[]>(path).map((raw) => attempt(raw.id, raw.python, () => messageDifference(raw)))
