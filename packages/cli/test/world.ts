/** A small world for the command line: a folder of its own, streams that remember, a clock that stands still. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll } from 'vitest'
import type { ExitCode } from '../src/exit.ts'
import type { InputStream, Io, OutputStream, Signal } from '../src/io.ts'
import { type MainOptions, main } from '../src/main.ts'

/** A stream that keeps what is written. */
export class Memory extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns: number | undefined

  constructor({ isTTY = false, columns }: { isTTY?: boolean; columns?: number } = {}) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
    this.columns = columns
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
    done()
  }
}

/** What a call of the command line did. */
export interface Answer {
  code: number
  out: string
  err: string
}

/** How the world is. */
export interface Conditions {
  /** stderr and stdout are terminals. */
  tty?: boolean
  columns?: number
  env?: Record<string, string>
  stdin?: string | 'keyboard'
  options?: MainOptions
  onIo?: (io: Io & { send(signal: Signal): void; exited: ExitCode[] }) => void
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A new empty folder, gone after the tests of the file. */
export function newFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tapegrad-cli-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

/** Calls the command line in a folder. */
export async function call(
  cwd: string,
  argv: readonly string[],
  { tty = false, columns, env = {}, stdin = '', options, onIo }: Conditions = {},
): Promise<Answer> {
  const size = columns === undefined ? {} : { columns }
  const stdout = new Memory({ isTTY: tty, ...size })
  const stderr = new Memory({ isTTY: tty, ...size })
  const input = (
    stdin === 'keyboard' ? Object.assign(new Readable({ read() {} }), { isTTY: true }) : Readable.from([Buffer.from(stdin)])
  ) as InputStream
  const handlers = new Set<(signal: Signal) => void>()
  const exited: ExitCode[] = []
  const io: Io = {
    stdin: input,
    stdout: stdout as OutputStream,
    stderr: stderr as OutputStream,
    cwd,
    env,
    now: () => new Date(2026, 10, 22, 6, 15, 0),
    exit: (code) => exited.push(code),
    onSignal(handler) {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
  }
  onIo?.(Object.assign(io, { exited, send: (signal: Signal) => handlers.forEach((handler) => handler(signal)) }))
  const code = await main(argv, io, options)
  return { code, out: stdout.text, err: stderr.text }
}

/** Calls `train`. */
export function train(cwd: string, argv: readonly string[], conditions?: Conditions): Promise<Answer> {
  return call(cwd, ['train', ...argv], conditions)
}

/** A table of two numbers and a label, of which the label follows the first number up to some noise; the same for the same seed. */
export function churnCsv(rows: number, { seed = 1, noise = 1 } = {}): string {
  let state = seed
  const random = (): number => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648
  }
  const lines = ['age,visits,churned']
  for (let i = 0; i < rows; i++) {
    const age = 20 + random() * 50
    const visits = Math.floor(random() * 10)
    const yes = (age - 45) / 10 + noise * (random() + random() + random() - 1.5) * 2 > 0.4
    lines.push(`${age.toFixed(1)},${visits},${yes ? 'yes' : 'no'}`)
  }
  return `${lines.join('\n')}\n`
}
