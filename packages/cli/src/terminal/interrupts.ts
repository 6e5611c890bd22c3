import { EXIT, type ExitCode } from '../exit.ts'
import type { Io, Signal } from '../io.ts'

/** Thrown to leave a command after a signal; carries what the process answers. */
export class Interrupted extends Error {
  readonly exitCode: ExitCode

  constructor(signal: Signal) {
    super(`interrupted by ${signal}`)
    this.name = 'Interrupted'
    this.exitCode = exitCodeOf(signal)
  }
}

/** 130 for Ctrl-C, 143 for SIGTERM. */
export function exitCodeOf(signal: Signal): ExitCode {
  return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated
}

/**
 * Ctrl-C and SIGTERM. While nothing is worth keeping a signal ends the command at once; inside {@link Interrupts.gracefully} the first one is only
 * noted, so that the work can stop at a good place and save, and the second one ends the command at once.
 *
 * Nobody else may listen: a bar library that handles SIGINT by itself leaves the cursor hidden or swallows Ctrl-C.
 */
export class Interrupts {
  readonly signal: AbortSignal
  readonly #io: Io
  readonly #abort = new AbortController()
  readonly #leave: () => void
  #pending: Signal | null = null
  #onFirst: (() => void) | null = null
  /** Puts the terminal right and takes unfinished files away; called before the process ends. */
  restore: () => void = () => {}
  /** Says a word when the process ends at once; true where work had begun that could have been saved. */
  announce: (second: boolean) => void = () => {}

  constructor(io: Io) {
    this.#io = io
    this.signal = this.#abort.signal
    this.#leave = io.onSignal?.((signal) => this.#handle(signal)) ?? (() => {})
  }

  /** The signal that came, if one did. */
  get pending(): Signal | null {
    return this.#pending
  }

  /** Throws {@link Interrupted} where a signal came. */
  check(): void {
    if (this.#pending !== null) throw new Interrupted(this.#pending)
  }

  /** The work's result, or {@link Interrupted} as soon as a signal says to end at once; for work that waits for others, such as reading a pipe. */
  async orInterrupted<T>(work: Promise<T>): Promise<T> {
    let leave = (): void => {}
    const interrupted = new Promise<never>((_, reject) => {
      leave = () => reject(this.signal.reason)
      this.signal.addEventListener('abort', leave, { once: true })
    })
    return Promise.race([work, interrupted]).finally(() => this.signal.removeEventListener('abort', leave))
  }

  /** Runs the work; `onFirst` is called at the first signal, and the work has to look at `pending` now and then. */
  async gracefully<T>(onFirst: () => void, work: () => Promise<T>): Promise<T> {
    this.#onFirst = onFirst
    try {
      return await work()
    } finally {
      this.#onFirst = null
    }
  }

  /** No more watching. */
  close(): void {
    this.#leave()
  }

  #handle(signal: Signal): void {
    const first = this.#pending === null
    this.#pending ??= signal
    if (first && this.#onFirst !== null) {
      this.#onFirst()
      return
    }
    this.#abort.abort(new Interrupted(this.#pending))
    this.restore()
    this.announce(!first)
    this.#io.exit?.(exitCodeOf(this.#pending))
  }
}
