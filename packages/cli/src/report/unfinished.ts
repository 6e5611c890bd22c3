/** What is said of a training that did not come to its end. */
import { LAST_FILE } from '../artifacts/checkpoint.ts'
import type { RunFolder } from '../artifacts/run-folder.ts'
import { CliError } from '../errors.ts'
import { EXIT } from '../exit.ts'
import { TRAIN_DEFAULTS, type TrainOptions } from '../options/train.ts'
import { brief } from '../text.ts'
import type { Divergence, Outcome } from '../training/loop.ts'
import { shellWord } from './results.ts'

/** After Ctrl-C: what was saved and what it is good for. */
export function interruptedText(folder: RunFolder, { epochs, best, bestEpoch }: Outcome, program: string): string {
  const last = folder.show(LAST_FILE)
  return [
    `Interrupted in epoch ${epochs}. Saved ${last}${best === null ? '' : ` and best.safetensors (epoch ${bestEpoch})`}.`,
    `Use it:  ${program} predict -m ${shellWord(last)} -d new.csv`,
    '',
  ].join('\n')
}

/** After a loss that is no number: where, and what to try. `saved` is the file with the last good weights. */
export function divergedError(divergence: Divergence, { lr, scale }: TrainOptions, saved: string | null): CliError {
  const { what, value, epoch, step, lastFiniteLoss, lastGood } = divergence
  const finite = lastFiniteLoss === null ? '' : ` (last finite loss ${brief(lastFiniteLoss, 2)})`
  const kept = lastGood === null || saved === null ? '' : ` The last good weights (epoch ${lastGood.epoch}) are in ${saved}.`
  const smaller = lr > TRAIN_DEFAULTS.lr ? TRAIN_DEFAULTS.lr : brief(lr / 10, 2)
  const advice = [`most likely the learning rate: --lr ${brief(lr)} is ${lr > 0.1 ? 'very high' : 'too high here'}; try --lr ${smaller}.`]
  if (scale === 'none') advice.push('Scaling is off (--scale none); turning it on usually cures this.')
  return new CliError('E_DIVERGED', EXIT.training, `${what} became ${brief(value)} at epoch ${epoch}, step ${step}${finite}.${kept}`, {
    fix: advice.join(' '),
  })
}
