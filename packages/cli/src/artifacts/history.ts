import type { EpochRecord } from '../training/loop.ts'

/** `history.csv`: one line an epoch. */
export function historyCsv(history: readonly EpochRecord[], lr: number): string {
  const lines = history.map(({ epoch, step, loss, valLoss, seconds }) =>
    [epoch, step, digits(loss), valLoss === null ? '' : digits(valLoss), lr, seconds.toFixed(3)].join(','),
  )
  return `${['epoch,step,loss,val_loss,lr,seconds', ...lines].join('\n')}\n`
}

const digits = (value: number): string => String(Number(value.toPrecision(8)))
