/** Commander, with its errors put into our words and codes, its exits taken away and its help written to where we say. */
import { Command, CommanderError, type Help, type Option } from 'commander'
import { type CliError, usageError } from '../errors.ts'
import { closest } from '../suggest.ts'
import { fit, printable } from '../text.ts'

/** What `--help` says besides the options. */
export interface CommandText {
  /** As the person called it: `train`, `tapegrad train`. */
  name: string
  description: string
  /** Command lines with what they do; they stand first in the help. */
  examples: readonly (readonly [command: string, does: string])[]
  /** Paragraphs below the options. */
  notes?: string
}

/** A command with help that begins with examples, throwing our errors instead of leaving the process. */
export function makeCommand({ name, description, examples, notes }: CommandText, options: readonly Option[]): Command {
  const command = new Command(name)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(true)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .configureHelp({ formatHelp: (cmd, helper) => formatHelp(cmd, helper, examples, notes) })
  for (const option of options) command.addOption(option)
  command.option('-V, --version', 'show the version')
  return command
}

/** Reads the flags; throws a {@link CliError} for anything that is not understood. */
export function parseFlags(
  command: Command,
  argv: readonly string[],
  hintForArgument?: (argument: string) => string | undefined,
): Record<string, unknown> {
  try {
    command.parse([...argv], { from: 'user' })
  } catch (error) {
    throw error instanceof CommanderError ? translated(error, command) : error
  }
  const [extra] = command.args
  if (extra !== undefined)
    throw usageError('E_EXTRA_ARGUMENT', `unexpected argument "${fit(printable(extra), 60)}".`, hintForArgument?.(extra))
  return command.opts()
}

/** Whether a flag such as `--help` stands among the arguments (before a `--`), wherever that is. */
export function asksFor(argv: readonly string[], ...flags: string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).some((argument) => flags.includes(argument))
}

/** The help as text, at most `width` columns wide. */
export function helpText(command: Command, width: number): string {
  command.configureHelp({ ...command.configureHelp(), helpWidth: width, minWidthToWrap: 20 })
  return command.helpInformation()
}

function translated(error: CommanderError, command: Command): CliError {
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  switch (error.code) {
    case 'commander.unknownOption': {
      const flag = named.split('=')[0] ?? named
      const flags = command.options.flatMap((option) => (option.long === undefined ? [] : [option.long]))
      const meant = flag.startsWith('--') ? closest(flag, flags) : null
      const fix = meant === null ? `see ${command.name()} --help` : `did you mean ${meant}?`
      return usageError('E_UNKNOWN_OPTION', `unknown option ${fit(printable(flag), 60)}.`, fix)
    }
    case 'commander.optionMissingArgument': {
      const flag = /--[\w-]+/.exec(named)?.[0] ?? named
      return usageError('E_MISSING_ARGUMENT', `${flag} needs a value.`, `see ${command.name()} --help`)
    }
    case 'commander.missingMandatoryOptionValue': {
      const flag = /--[\w-]+/.exec(named)?.[0] ?? named
      return usageError('E_MISSING_OPTION', `${flag} is missing.`, `see ${command.name()} --help`)
    }
    default:
      return usageError('E_USAGE', printable(error.message.replace(/^error: /, '')), `see ${command.name()} --help`)
  }
}

function formatHelp(command: Command, helper: Help, examples: CommandText['examples'], notes: string | undefined): string {
  const width = helper.helpWidth ?? 80
  const wrap = (text: string): string => helper.boxWrap(text, width)
  const lines = [wrap(helper.commandDescription(command)), '', 'Examples:']
  const longest = Math.max(...examples.map(([example]) => example.length))
  for (const [example, does] of examples) {
    const oneLine = `  ${example.padEnd(longest)}  ${does}`
    if (oneLine.length <= width) lines.push(oneLine)
    else lines.push(`  ${example}`, `      ${does}`)
  }
  const groups = new Map<string, Option[]>()
  for (const option of helper.visibleOptions(command)) {
    const heading = option.helpGroupHeading ?? 'Other:'
    groups.set(heading, [...(groups.get(heading) ?? []), option])
  }
  const termWidth = Math.max(...helper.visibleOptions(command).map((option) => helper.optionTerm(option).length))
  for (const [heading, options] of groups) {
    lines.push('', heading)
    for (const option of options)
      lines.push(formatOption(helper.optionTerm(option), helper.optionDescription(option), termWidth, width, helper))
  }
  if (notes !== undefined) lines.push('', ...notes.split('\n').map(wrap))
  return `${lines.join('\n')}\n`
}

function formatOption(term: string, description: string, termWidth: number, width: number, helper: Help): string {
  const room = width - termWidth - 4
  if (room >= 24) {
    const indent = ' '.repeat(termWidth + 4)
    return `  ${term.padEnd(termWidth)}  ${helper.boxWrap(description, room).replaceAll('\n', `\n${indent}`)}`
  }
  return `  ${term}\n      ${helper.boxWrap(description, Math.max(20, width - 6)).replaceAll('\n', '\n      ')}`
}
