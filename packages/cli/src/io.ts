/** Everything that a command touches of the outside: streams, folder, environment, signals, exit. Tests hand in their own. */
import type { Readable, Writable } from 'node:stream'
import type { ExitCode } from './exit.ts'

/** Where text goes. */
export type OutputStream = Writable & { readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }
/** Where bytes come from. */
export type InputStream = Readable & { readonly isTTY?: boolean }
/** Signals that end a program in an orderly way. */
export type Signal = 'SIGINT' | 'SIGTERM'

/** The outside world of {@link main}. */
export interface Io {
  stdin: InputStream
  stdout: OutputStream
  stderr: OutputStream
  /** Relative paths start here. */
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** Calls the handler on every Ctrl-C or SIGTERM until the returned function is called. Without it signals are not watched. */
  onSignal?: (handler: (signal: Signal) => void) => () => void
  /** Ends the process at once (a second Ctrl-C); without it the command runs to its end. */
  exit?: (code: ExitCode) => void
  /** The clock, for names of folders. */
  now?: () => Date
}

/** The world of this process. Relative paths start at `INIT_CWD` where npm started us, because npm moves to the folder of package.json. */
export function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    cwd: process.cwd(),
    env: process.env,
    exit: (code) => process.exit(code),
    onSignal(handler) {
      const signals: Signal[] = ['SIGINT', 'SIGTERM']
      const listeners = signals.map((signal) => [signal, () => handler(signal)] as const)
      for (const [signal, listener] of listeners) process.on(signal, listener)
      return () => {
        for (const [signal, listener] of listeners) process.off(signal, listener)
      }
    },
  }
}
