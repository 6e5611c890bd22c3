/** Errors for people: what happened, where, and what to do; each with a stable code and an exit code. */
import { EXIT, type ExitCode } from './exit.ts'
import { printable, printableLines } from './text.ts'

/** Where it happened and how to put it right. */
export interface CliErrorOptions {
  /** `file:line, column "name"`, as far as known. */
  where?: string | undefined
  /** One or two sentences. */
  fix?: string | undefined
  cause?: unknown
}

/** A problem that the person at the keyboard can put right. */
export class CliError extends Error {
  readonly code: string
  readonly exitCode: ExitCode
  readonly where: string | undefined
  readonly fix: string | undefined

  constructor(code: string, exitCode: ExitCode, message: string, { where, fix, cause }: CliErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CliError'
    this.code = code
    this.exitCode = exitCode
    this.where = where
    this.fix = fix
  }
}

/** A flag or value that makes no sense (exit 2). */
export function usageError(code: string, message: string, fix?: string): CliError {
  return new CliError(code, EXIT.usage, message, { fix })
}

/**
 * The error as it is printed:
 *
 * ```text
 * error[E_CODE]: what happened
 *   where: file:line, column, value
 *   fix: ...
 * ```
 */
export function formatError(error: CliError, emphasise: (text: string) => string = (text) => text): string {
  const lines = [`${emphasise(`error[${error.code}]:`)} ${printableLines(error.message).replaceAll('\n', '\n  ')}`]
  if (error.where !== undefined) lines.push(`  where: ${printable(error.where)}`)
  if (error.fix !== undefined) lines.push(`  fix: ${printable(error.fix)}`)
  return `${lines.join('\n')}\n`
}
