/** From arguments to an exit code: finds the command, and turns whatever it throws into one screen of words and a number. */
import type { DataError } from '@tapegrad/data'
import { errorDocument, pretty } from './artifacts/document.ts'
import { bugReport } from './bug-report.ts'
import type { Command, Context } from './commands/command.ts'
import { commands } from './commands/index.ts'
import { CliError, formatError, usageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Io, processIo } from './io.ts'
import { asksFor, helpText } from './options/command.ts'
import { closest } from './suggest.ts'
import { Interrupted, Interrupts } from './terminal/interrupts.ts'
import { Output } from './terminal/output.ts'
import { fit, printable } from './text.ts'
import { version } from './version.ts'
import { Warnings } from './warnings.ts'

/** How {@link main} was called, for help and hints. */
export interface MainOptions {
  /** What stands before the name of a command; `tapegrad` by default. */
  program?: string
  /** What stands in place of program and command, where a command has a program of its own: `train`. */
  alias?: string
}

/**
 * Runs the command line and resolves to its exit code; never throws and never ends the process, unless a second Ctrl-C asks for it.
 *
 * @example
 * ```ts
 * const code = await main(['train', '--data', 'churn.csv', '--json'])
 * ```
 */
export async function main(
  argv: readonly string[],
  io: Io = processIo(),
  { program = 'tapegrad', alias }: MainOptions = {},
): Promise<number> {
  const out = new Output(io.stdout, io.env)
  const err = new Output(io.stderr, io.env)
  const interrupts = new Interrupts(io)
  const now = io.now ?? (() => new Date())
  const context: Context = { io, out, err, interrupts, warnings: new Warnings(), program, name: alias ?? program, now }
  interrupts.announce = (second) => err.write(second ? '\nQuit at once.\n' : '\nInterrupted; nothing was saved.\n')
  try {
    const code = await dispatch(argv, context)
    await out.flush()
    if (out.failure !== null) throw out.failure
    return code
  } catch (error) {
    return fail(error, argv, context)
  } finally {
    await Promise.all([out.flush(), err.flush()])
    interrupts.close()
    out.release()
    err.release()
  }
}

async function dispatch(argv: readonly string[], context: Context): Promise<ExitCode> {
  const [word, ...rest] = argv
  if (word === undefined) {
    context.err.write(overview(context))
    return EXIT.usage
  }
  if (word === '-V' || word === '--version') return say(context, `${version}\n`)
  if (word === '-h' || word === '--help') return say(context, overview(context))
  if (word === 'help') return rest[0] === undefined ? say(context, overview(context)) : dispatch([rest[0], '--help'], context)
  const command = commands.find(({ name }) => name === word)
  if (command === undefined) throw unknownCommand(word)
  if (context.name === context.program) context.name = `${context.program} ${command.name}`
  if (asksFor(rest, '-V', '--version')) return say(context, `${version}\n`)
  if (asksFor(rest, '-h', '--help')) return say(context, helpText(await command.flags(context.name), width(context.out)))
  if (rest.length === 0) return showUsage(command, context)
  return command.run(rest, context)
}

function say({ out }: Context, text: string): ExitCode {
  out.write(text)
  return EXIT.ok
}

// Without a flag there is nothing to do, and nothing to complain about either: show how it is meant.
async function showUsage(command: Command, { err, name }: Context): Promise<ExitCode> {
  err.write(helpText(await command.flags(name), width(err)))
  return EXIT.usage
}

const width = ({ can }: Output): number => Math.min(can.columns, 100)

function overview({ program }: Context): string {
  const longest = Math.max(...commands.map(({ name }) => name.length))
  const line = ({ name, summary }: Command): string => `  ${name.padEnd(longest)}  ${summary}`
  return [
    'tapegrad: models from tables, in one command.',
    '',
    'Examples:',
    `  ${program} train --data churn.csv`,
    `  ${program} predict -m runs/churn -d new.csv`,
    '',
    'Commands:',
    ...commands.map(line),
    '',
    `  ${program} <command> --help   all flags of a command`,
    `  ${program} --version          the version`,
    '',
  ].join('\n')
}

function unknownCommand(word: string): CliError {
  const shown = fit(printable(word), 40)
  if (word.startsWith('-'))
    return usageError('E_UNKNOWN_OPTION', `unknown option ${shown}.`, 'a command comes first: tapegrad train --data file.csv')
  const meant = closest(
    word,
    commands.map(({ name }) => name),
  )
  const names = commands.map(({ name }) => name).join(', ')
  return usageError('E_UNKNOWN_COMMAND', `unknown command "${shown}".`, meant === null ? `commands: ${names}` : `did you mean ${meant}?`)
}

function fail(error: unknown, argv: readonly string[], { out, err, interrupts }: Context): number {
  interrupts.restore()
  if (error instanceof Interrupted || interrupts.pending !== null) {
    return error instanceof Interrupted ? error.exitCode : new Interrupted(interrupts.pending!).exitCode
  }
  const known = knownError(error) ?? bugReport(error, argv, new Date())
  if (asksFor(argv, '--json')) out.write(pretty(errorDocument(argv[0] ?? '', known)))
  err.write(formatError(known, (text) => err.style('red', text)))
  return known.exitCode
}

function knownError(error: unknown): CliError | null {
  if (error instanceof CliError) return error
  if (!isDataError(error)) return null
  const { code, kind, message, where, fix } = error
  return new CliError(code, { usage: EXIT.usage, data: EXIT.data, io: EXIT.io }[kind], message, { where, fix, cause: error })
}

// By its name: the class itself would bring in tensors and tables before the first word of help.
function isDataError(error: unknown): error is DataError {
  return error instanceof Error && error.name === 'DataError' && 'kind' in error
}
