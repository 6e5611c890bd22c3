import type { Output } from './terminal/output.ts'
import { printable } from './text.ts'

/** Something the reader should know; the code never changes its meaning. */
export interface Warning {
  readonly code: string
  readonly message: string
}

/** Remarks, collected for the JSON document and printed when the terminal is free for them. */
export class Warnings {
  readonly all: Warning[] = []
  #printed = 0

  /** Notes a remark; the same one only once. */
  add(code: string, message: string): void {
    if (!this.all.some((known) => known.code === code && known.message === message)) this.all.push({ code, message: printable(message) })
  }

  /** Notes a remark that is shown elsewhere. */
  note(code: string, message: string): void {
    this.all.splice(this.#printed, 0, { code, message: printable(message) })
    this.#printed++
  }

  /** Prints what was not printed yet. */
  print(output: Output): void {
    for (const { code, message } of this.all.slice(this.#printed))
      output.write(`${output.style('yellow', `warning[${code}]:`)} ${message}\n`)
    this.#printed = this.all.length
  }
}
