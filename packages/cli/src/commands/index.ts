import type { Command } from './command.ts'

/** Every command of `tapegrad`; to add one is to add an entry. */
export const commands: readonly Command[] = [
  {
    name: 'train',
    summary: 'fit a model to a table',
    flags: async (name) => (await import('../options/train.ts')).trainCommand(name),
    run: async (argv, context) => (await import('./train.ts')).runTrain(argv, context),
  },
  {
    name: 'predict',
    summary: 'apply a saved model to new rows',
    flags: async (name) => (await import('../options/predict.ts')).predictCommand(name),
    run: async (argv, context) => (await import('./predict.ts')).runPredict(argv, context),
  },
]
