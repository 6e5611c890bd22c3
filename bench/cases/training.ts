/** Training steps through the public API: forward, loss, zeroGrad, backward, SGD, `loss.item()`. Epochs are the time of a step, taken along the whole data set, times their number. */
import type { LogisticTask, MlpTask } from '../task.ts'
import type { TimedCase } from './case.ts'

export const logisticStep: LogisticTask = { kind: 'logistic', rows: 32, features: 30, batch: 32, lr: 0.1, checked: 20 }
const logisticEpoch: LogisticTask = { kind: 'logistic', rows: 1_000_000, features: 30, batch: 256, lr: 0.1, checked: 20 }
const mlpEpoch: MlpTask = { kind: 'mlp', rows: 60_000, features: 784, hidden: 128, classes: 10, batch: 64, lr: 0.05, checked: 5 }

export function mlp(id: string, label: string, more: Partial<MlpTask> = {}): TimedCase {
  return {
    how: 'timed',
    id,
    label,
    quick: true,
    task: { ...mlpEpoch, ...more },
    unit: 'ms/epoch',
    figure: (ms) => ms * Math.floor(mlpEpoch.rows / mlpEpoch.batch),
    warm: 600,
    round: 400,
  }
}

export const logisticCases: readonly TimedCase[] = [
  {
    how: 'timed',
    id: 'logistic/step',
    label: 'logistic step, 32 x 30',
    quick: true,
    task: logisticStep,
    unit: 'us',
    figure: (ms) => ms * 1000,
    warm: 600,
    round: 200,
  },
  {
    how: 'timed',
    id: 'logistic/epoch',
    label: 'logistic epoch, 1e6 x 30, batch 256',
    quick: true,
    task: logisticEpoch,
    unit: 'ms/epoch',
    figure: (ms) => ms * Math.ceil(logisticEpoch.rows / logisticEpoch.batch),
    warm: 600,
    round: 400,
  },
]

export const mlpCases: readonly TimedCase[] = [mlp('mlp/epoch', 'MLP 784-128-10, 60,000 samples, batch 64')]

export const convCases: readonly TimedCase[] = [
  {
    how: 'timed',
    id: 'conv/3x3',
    label: 'conv 3x3, 16 to 32 channels, 28 x 28, batch 32, forward and backward',
    quick: true,
    task: { kind: 'conv', batch: 32, inChannels: 16, outChannels: 32, size: 28 },
    unit: 'ms',
    figure: (ms) => ms,
    warm: 400,
    round: 300,
  },
]
