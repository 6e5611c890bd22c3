import { resolve } from 'node:path'
import type { Command as Flags } from 'commander'
import type { ExitCode } from '../exit.ts'
import type { Io } from '../io.ts'
import type { Interrupts } from '../terminal/interrupts.ts'
import type { Output } from '../terminal/output.ts'
import type { Warnings } from '../warnings.ts'

/** What a command works with. */
export interface Context {
  io: Io
  /** Results. */
  out: Output
  /** Everything else. */
  err: Output
  interrupts: Interrupts
  warnings: Warnings
  /** How the person calls us: `tapegrad`. */
  program: string
  /** As the person called the command: `train`, `tapegrad train`. */
  name: string
  now: () => Date
}

/** A line of the table of commands. Both parts are loaded only when they are needed, and help needs no tensors. */
export interface Command {
  name: string
  summary: string
  /** Its flags and help, under the name by which it was called. */
  flags(name: string): Promise<Flags>
  /** Does it; throws CliError, DataError, Interrupted. */
  run(argv: readonly string[], context: Context): Promise<ExitCode>
}

/** The file behind a `--data` that is relative to the caller's folder; as it was written wherever that is our own folder, for messages name it. */
export function dataPath(given: string, { cwd }: Io): string {
  return given === '-' || cwd === process.cwd() ? given : resolve(cwd, given)
}
