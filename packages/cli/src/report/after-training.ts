/** The line that says how training ended, and its two curves. */
import type { Output } from '../terminal/output.ts'
import type { Outcome } from '../training/loop.ts'
import type { Schedule } from '../training/schedule.ts'
import { labelled, wrap } from './lines.ts'
import { sparkline } from './spark.ts'

/** Writes how training ended; the curves only where they are a picture. */
export function writeEnding(output: Output, outcome: Outcome, schedule: Schedule): void {
  const { columns, unicode } = output.can
  const lines = wrap(endingText(outcome, schedule), columns)
  if (unicode && output.can.tty && outcome.history.length > 2) {
    const width = Math.min(24, columns - 18)
    const losses = sparkline(
      outcome.history.map(({ loss }) => loss),
      width,
    )
    lines.push(...labelled('loss', losses, columns))
    const validation = outcome.history.flatMap(({ valLoss }) => (valLoss === null ? [] : [valLoss]))
    if (validation.length > 0) lines.push(...labelled('val', sparkline(validation, width), columns))
  }
  output.write(`${lines.join('\n')}\n`)
}

function endingText({ reason, epochs, bestEpoch, bestValLoss }: Outcome, { patience }: Schedule): string {
  if (reason === 'early-stopping') {
    return `Stopped at epoch ${epochs}: validation loss made no progress for ${patience} epochs; restored epoch ${bestEpoch}, the best.`
  }
  if (bestValLoss === null || bestEpoch === epochs) return `Trained ${epochs === 1 ? 'one epoch' : `all ${epochs} epochs`}.`
  return `Trained all ${epochs} epochs; restored epoch ${bestEpoch}, where validation loss was lowest.`
}
