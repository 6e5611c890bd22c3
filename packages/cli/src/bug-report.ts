/** What happens when we are at fault: details into a file, one screen for the person. */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from './errors.ts'
import { EXIT } from './exit.ts'
import { version } from './version.ts'

/** Writes what is known about an unforeseen error (no data, no environment) and returns what to show. */
export function bugReport(error: unknown, argv: readonly string[], now: Date): CliError {
  const stack = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error)
  const cause =
    error instanceof Error && error.cause !== undefined
      ? `\ncaused by: ${error.cause instanceof Error ? error.cause.stack : String(error.cause)}`
      : ''
  const text = [
    `tapegrad ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `time: ${now.toISOString()}`,
    `arguments: ${JSON.stringify(argv)}`,
    '',
    stack + cause,
    '',
  ].join('\n')
  const path = join(tmpdir(), `tapegrad-debug-${now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)}-${process.pid}.log`)
  let where = `details: ${path}`
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
  } catch {
    where = `details: ${stack.split('\n').slice(0, 3).join(' ')}`
  }
  return new CliError('E_BUG', EXIT.bug, 'something broke inside tapegrad (this is our fault).', {
    where,
    fix: 'please report it together with that file; it holds the arguments and the place in our code, no data.',
    cause: error,
  })
}
