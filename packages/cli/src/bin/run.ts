import { processIo } from '../io.ts'
import { main } from '../main.ts'

/** Runs the command line as this process, and ends it: a pipe that is still open must not keep it alive. */
export async function runProcess(argv: readonly string[], program: string): Promise<void> {
  process.exit(await main(argv, processIo(), { program }))
}
