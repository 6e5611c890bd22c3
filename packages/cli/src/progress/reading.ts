/** Progress while a large file is read: nothing for the first half second, then one line drawn over itself (terminals only). */
import type { Output } from '../terminal/output.ts'
import { count, fit, printable } from '../text.ts'
import { drawBar } from './bar.ts'

const PATIENCE_MS = 500
const EVERY_MS = 100

/** Told now and then how far reading has come. */
export interface ReadingProgress {
  update(bytes: number, rows: number): void
  /** Wipes the line. */
  stop(): void
}

/** Says nothing. */
export const silentReading: ReadingProgress = { update() {}, stop() {} }

/** A line such as `Reading  ━━━━━━━━━━ 45 % · 450,000 rows`; `size` is null where a pipe does not tell. */
export function readingProgress(output: Output, name: string, size: number | null): ReadingProgress {
  if (!output.can.animate) return silentReading
  const started = performance.now()
  let drawn = 0
  return {
    update(bytes, rows) {
      const now = performance.now()
      if (now - started < PATIENCE_MS || now - drawn < EVERY_MS) return
      drawn = now
      const part = size === null || size === 0 ? null : Math.min(1, bytes / size)
      const how = part === null ? '' : `${drawBar(output, part, 12)} ${Math.floor(part * 100)} % `
      const room = Math.max(4, output.can.columns - (part === null ? 0 : 18) - 26)
      output.write(`\r\u001b[KReading ${fit(printable(name), room)} ${how}${count(rows)} rows`)
    },
    stop() {
      if (drawn > 0) output.write('\r\u001b[K')
      drawn = 0
    },
  }
}
