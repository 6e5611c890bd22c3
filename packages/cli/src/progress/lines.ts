/** Progress for logs and pipes: few plain lines, none of which moves the cursor. */
import type { Output } from '../terminal/output.ts'
import { brief } from '../text.ts'
import type { Ending, Plan, Progress, Standing } from './progress.ts'

/** After so many seconds without a line one is written in the middle of an epoch. */
const SILENCE = 30

/**
 * A line after epochs 1, 2, 4, 8, ..., one at the end, and one every half minute in between.
 *
 * ```text
 * epoch 1/100 loss 0.6931 val_loss 0.6804 lr 0.01 elapsed 0.0s
 * ```
 */
export function lineProgress(output: Output): Progress {
  let plan: Plan = { epochs: 0, stepsPerEpoch: 0, lr: 0 }
  let nextEpoch = 1
  let lastLine = 0

  const line = (standing: Standing, extra = ''): void => {
    const { epoch, loss, valLoss, seconds } = standing
    const losses = `${loss === null ? '' : ` loss ${loss.toFixed(4)}`}${valLoss === null ? '' : ` val_loss ${valLoss.toFixed(4)}`}`
    output.write(`epoch ${epoch}/${plan.epochs}${extra}${losses} lr ${brief(plan.lr)} elapsed ${seconds.toFixed(1)}s\n`)
    lastLine = seconds
  }

  return {
    start(given) {
      plan = given
    },
    tick(standing) {
      if (standing.seconds - lastLine < SILENCE) return
      const step = standing.step - (standing.epoch - 1) * plan.stepsPerEpoch
      line(standing, ` step ${step}/${plan.stepsPerEpoch}`)
    },
    epoch(standing) {
      if (standing.epoch < nextEpoch && standing.seconds - lastLine < SILENCE) return
      while (nextEpoch <= standing.epoch) nextEpoch *= 2
      line(standing)
    },
    stop(standing, ending) {
      output.write(`${endLine(standing, ending, plan)}\n`)
    },
    restore() {},
  }
}

function endLine({ epoch, bestValLoss, seconds }: Standing, { reason, bestEpoch }: Ending, plan: Plan): string {
  const what = { finished: 'done', 'early-stopping': 'early-stop', interrupted: 'interrupted', diverged: 'diverged' }[reason]
  const best = bestValLoss === null ? '' : ` best_epoch ${bestEpoch} val_loss ${bestValLoss.toFixed(4)}`
  return `epoch ${epoch}/${plan.epochs} ${what}${best} elapsed ${seconds.toFixed(1)}s`
}
