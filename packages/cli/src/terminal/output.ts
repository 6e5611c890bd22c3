import { once } from 'node:events'
import type { OutputStream } from '../io.ts'
import { type Capabilities, capabilities } from './capabilities.ts'

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const

/** Names of {@link Output.style}. */
export type Style = keyof typeof CODES

/**
 * A stream to write text to, with what it can show.
 *
 * Where the reader went away (`| head -1`) it turns silent and says so in `closed`; other write errors are kept in `failure`.
 */
export class Output {
  readonly stream: OutputStream
  readonly can: Capabilities
  closed = false
  failure: Error | null = null
  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.closed = true
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') this.failure ??= error
  }

  constructor(stream: OutputStream, env: Readonly<Record<string, string | undefined>>) {
    this.stream = stream
    this.can = capabilities(stream, env)
    stream.on('error', this.#onError)
  }

  /** Writes the text; false where the reader is behind and `drained` should be awaited. */
  write(text: string): boolean {
    return this.closed || this.stream.write(text)
  }

  /** Resolves once the reader has caught up, or has gone. */
  async drained(): Promise<void> {
    if (this.closed || !this.stream.writableNeedDrain) return
    await once(this.stream, 'drain').catch(() => {})
  }

  /** Resolves once all that was written has left, or the reader has gone. */
  async flush(): Promise<void> {
    if (!this.closed && !this.stream.writableEnded) await new Promise<void>((done) => this.stream.write('', () => done()))
  }

  /** The text in a style, where the stream shows styles. */
  style(style: Style, text: string): string {
    const [on, off] = CODES[style]
    return this.can.color && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text
  }

  /** Stops listening for errors; for streams that outlive the command. */
  release(): void {
    this.stream.off('error', this.#onError)
  }
}
