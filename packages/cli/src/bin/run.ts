import { processIo } from '../io.ts'
import { main } from '../main.ts'

/**
 * Runs the command line as this process, and ends it: a pipe that is still open must not keep it alive.
 *
 * `TAPEGRAD_PROGRAM` is what stands before a command where we are not installed (`npm start --`), so that hints can be pasted.
 */
export async function runProcess(argv: readonly string[], alias?: string): Promise<void> {
  const { TAPEGRAD_PROGRAM: program } = process.env
  const options = program === undefined ? { ...(alias !== undefined && { alias }) } : { program }
  process.exit(await main(argv, processIo(), options))
}
