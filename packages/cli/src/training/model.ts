/** The neuron and what moves its weights. */
import { manualSeed } from '@tapegrad/core'
import { Linear, Sequential } from '@tapegrad/nn'
import { Adam, SGD } from '@tapegrad/optim'
import type { TrainOptions } from '../options/train.ts'

/** `Sequential(Linear(inputs, 1))`, whose weights are called `0.weight` and `0.bias` as in PyTorch; drawn as PyTorch draws them after this seed. */
export function makeModel(inputs: number, seed: number): Sequential {
  manualSeed(seed)
  return new Sequential(new Linear(inputs, 1))
}

/** The optimizers there are. */
export type AnyOptimizer = Adam | SGD

/** The optimizer that the flags ask for. */
export function makeOptimizer(
  model: Sequential,
  options: Pick<TrainOptions, 'optimizer' | 'lr' | 'momentum' | 'weightDecay'>,
): AnyOptimizer {
  const { lr, momentum, weightDecay } = options
  switch (options.optimizer) {
    case 'adam':
      return new Adam(model.parameters(), { lr, weightDecay })
    case 'sgd':
      return new SGD(model.parameters(), { lr, momentum, weightDecay })
  }
}
