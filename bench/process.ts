/** One contender's process, spoken to in commands and answers. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { type Answer, type Command, MARK, type ReadyAnswer, type RefusedAnswer } from './protocol.ts'

export interface Program {
  readonly command: string
  readonly args: readonly string[]
}

/** No task takes as long as this in one answer. */
const patience = 180_000

export class ContenderProcess {
  readonly #child: ChildProcess
  readonly #lines: Interface
  readonly #waiting: ((answer: Answer) => void)[] = []
  #errors = ''
  #dead: RefusedAnswer | null = null

  private constructor({ command, args }: Program) {
    const env = { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' }
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
    this.#lines = createInterface({ input: this.#child.stdout! })
    this.#lines.on('line', (line) => {
      if (line.startsWith(MARK)) this.#waiting.shift()?.(JSON.parse(line.slice(MARK.length)) as Answer)
    })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-4000)
    })
    this.#child.stdin!.on('error', () => {})
    this.#child.on('error', (error) => this.#end(error.message))
    this.#child.on('close', (code, signal) => this.#end(this.#cause(code, signal)))
  }

  /** Starts the process and waits until its library is there. */
  static async start(program: Program): Promise<{ process: ContenderProcess; ready: ReadyAnswer } | RefusedAnswer> {
    const process = new ContenderProcess(program)
    const answer = await process.#next()
    return 'ready' in answer ? { process, ready: answer } : (answer as RefusedAnswer)
  }

  get dead(): boolean {
    return this.#dead !== null
  }

  async ask(command: Command): Promise<Answer> {
    if (this.#dead !== null) return this.#dead
    const answer = this.#next()
    this.#child.stdin!.write(`${JSON.stringify(command)}\n`)
    return answer
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const closed = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.stdin!.end()
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5000)
    await closed
    clearTimeout(late)
  }

  #next(): Promise<Answer> {
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#end('took longer than 3 minutes')
        this.#child.kill('SIGKILL')
      }, patience)
      this.#waiting.push((answer) => {
        clearTimeout(late)
        resolve(answer)
      })
    })
  }

  #cause(code: number | null, signal: string | null): string {
    const line = this.#errors.split('\n').find((text) => /Error\b|error:/.test(text))
    return line?.trim() ?? `ended by ${signal ?? `exit code ${code}`}`
  }

  #end(why: string): void {
    const absent = /Cannot find (?:package|module) '([^']+)'/.exec(why)
    this.#dead ??= absent === null ? { failed: why } : { missing: 'is not installed' }
    for (const resolve of this.#waiting.splice(0)) resolve(this.#dead)
  }
}
