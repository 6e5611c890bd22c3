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
  const { TERM } = env
  const dumb = TERM === 'dumb'
  return {
    tty,
    animate: tty && !dumb,
    color: wantsColor(tty, dumb, env),
    unicode: !dumb && !isCLocale(env),
    columns: columnsOf(stream, env),
  }
}

type Env = Readonly<Record<string, string | undefined>>

function wantsColor(tty: boolean, dumb: boolean, { FORCE_COLOR, NO_COLOR }: Env): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  return tty && !dumb
}

function isCLocale({ LC_ALL, LC_CTYPE, LANG }: Env): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG || ''
  return locale === 'C' || locale === 'POSIX'
}

function columnsOf(stream: OutputStream, { COLUMNS }: Env): number {
  const asked = /^[1-9]\d{0,3}$/.test(COLUMNS ?? '') ? Number(COLUMNS) : undefined
  return Math.max(20, asked ?? (stream.columns || 80))
}
