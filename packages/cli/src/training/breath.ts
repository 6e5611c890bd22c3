/** How long the loop may run before timers, signals and the progress bar get their turn; a turn costs some microseconds. */
const EVERY_MS = 50

/** Lets a long computation yield to the event loop about every 50 ms; a loop that never does cannot even be stopped with Ctrl-C. */
export class Breath {
  #last = performance.now()

  /** Whether it is time to call `take`. */
  get due(): boolean {
    return performance.now() - this.#last >= EVERY_MS
  }

  /** Yields to the event loop. */
  async take(): Promise<void> {
    await new Promise((resume) => setImmediate(resume))
    this.#last = performance.now()
  }
}
