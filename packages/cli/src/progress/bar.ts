/** Progress for terminals: one line, drawn over itself by cli-progress. */
import cliProgress, { type Params } from 'cli-progress'
import type { Output } from '../terminal/output.ts'
import { clock, fit, fixed, rate } from '../text.ts'
import type { Plan, Progress, Standing } from './progress.ts'

const BEFORE: Standing = { epoch: 1, step: 0, loss: null, valLoss: null, bestValLoss: null, rowsPerSecond: Number.NaN, seconds: 0 }

/**
 * A bar with epoch, losses, rows per second and the time left.
 *
 * cli-progress hides the cursor and switches line wrapping off; `stop` and `restore` bring both back. It must not listen for signals: what it
 * does at Ctrl-C is either to leave the cursor hidden or to swallow the signal.
 */
export function barProgress(output: Output): Progress {
  let plan: Plan = { epochs: 0, stepsPerEpoch: 0, lr: 0 }
  let standing = BEFORE
  // Never grows again, so that the text behind it does not jump.
  let size = 30
  const bar = new cliProgress.SingleBar({
    stream: output.stream,
    format: (_options, params) => {
      const { label, room, text } = layout(output, params, standing, plan)
      size = Math.min(size, room)
      return size > 0 ? `${label}${drawBar(output, params.progress, size)} ${text}` : text
    },
    hideCursor: true,
    fps: 10,
    // A hundred of the ticks that come every 50 ms: the time left is judged by the last five seconds.
    etaBuffer: 100,
    gracefulExit: false,
    emptyOnZero: true,
  })
  return {
    start(given) {
      plan = given
      bar.start(plan.epochs * plan.stepsPerEpoch, 0)
    },
    tick(given) {
      standing = given
      bar.update(given.step)
    },
    epoch(given) {
      standing = given
    },
    stop(given, { reason }) {
      standing = given
      // What stopped early is as complete as it gets.
      if (reason === 'early-stopping') bar.setTotal(given.step)
      bar.update(given.step)
      bar.stop()
    },
    restore() {
      bar.stop()
    },
  }
}

/** What stands beside the bar, and the room left for it; parts fall away from the right where the terminal is narrow. */
function layout(output: Output, params: Params, standing: Standing, plan: Plan): { label: string; room: number; text: string } {
  const { unicode, columns } = output.can
  const left = typeof params.eta === 'number' ? `${clock(params.eta)} left` : ''
  const loss = standing.loss === null ? '' : `loss ${fixed(standing.loss)}`
  const best = standing.bestValLoss === null ? '' : ` best ${fixed(standing.bestValLoss)}`
  const validation = standing.valLoss === null ? '' : `val ${fixed(standing.valLoss)}`
  const speed = Number.isFinite(standing.rowsPerSecond) ? `${rate(standing.rowsPerSecond)} rows/s` : ''
  const epoch = `epoch ${standing.epoch}/${plan.epochs}`

  const choices = [
    [epoch, loss, validation + best, speed, left],
    [epoch, loss, validation, left],
    [epoch, loss, left],
    [epoch, left],
    [epoch],
  ].map((parts) => parts.filter((part) => part !== '').join(unicode ? ' · ' : ' | '))
  for (const [label, least] of [
    ['Training  ', 10],
    ['', 5],
  ] as const) {
    for (const text of choices) {
      const room = columns - 2 - label.length - text.length
      if (room >= least) return { label, room, text }
    }
  }
  return { label: '', room: 0, text: fit(epoch, columns - 1) }
}

/** A bar of so many columns. */
export function drawBar(output: Output, progress: number, size: number): string {
  const [full, empty] = output.can.unicode ? ['━', output.can.color ? '━' : '─'] : ['#', '-']
  const done = Math.round(Math.min(1, Math.max(0, progress)) * size)
  return output.style('cyan', full.repeat(done)) + output.style('dim', empty.repeat(size - done))
}
