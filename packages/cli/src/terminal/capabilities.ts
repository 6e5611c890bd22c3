/** What a stream can show, asked of each stream by itself: stdout may be a file while stderr is a screen. */
import type { OutputStream } from '../io.ts'

/** What a stream can show. */
export interface Capabilities {
  /** A person is looking. */
  readonly tty: boolean
  /** The cursor may move: a bar can be drawn over itself. */
  readonly animate: boolean
  /** Colours and bold. */
  readonly color: boolean
  /** Letters beyond ASCII. */
  readonly unicode: boolean
  /** Room in one line. */
  readonly columns: number
}

/**
 * Colour: `FORCE_COLOR` decides where it is set (`0` and `false` mean no), then `NO_COLOR` and `TERM=dumb` say no, then terminals say yes.
 * Width: `COLUMNS`, else what the terminal says, else 80. Unicode: not on dumb terminals and not in the C locale.
 *
 * @see https://no-color.org
 */
export function capabilities(stream: OutputStream, env: Readonly<Record<string, string | undefined>>): Capabilities {
  const tty = stream.isTTY === true
  const dumb = env['TERM'] === 'dumb'
  return {
    tty,
    animate: tty && !dumb,
    color: wantsColor(tty, dumb, env),
    unicode: !dumb && !isCLocale(env),
    columns: columnsOf(stream, env),
  }
}

function wantsColor(tty: boolean, dumb: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false
  return tty && !dumb
}

function isCLocale(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return locale === 'C' || locale === 'POSIX'
}

function columnsOf(stream: OutputStream, env: Readonly<Record<string, string | undefined>>): number {
  const asked = /^[1-9]\d{0,3}$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : undefined
  return Math.max(20, asked ?? (stream.columns || 80))
}
