import type { CommandEntry } from './command.ts'

/** Every command of `tapegrad`; to add one is to add a line. */
export const commands: readonly CommandEntry[] = [
  { name: 'train', summary: 'fit a model to a table', load: async () => (await import('./train.ts')).trainCommandEntry },
  { name: 'predict', summary: 'apply a saved model to new rows', load: async () => (await import('./predict.ts')).predictCommandEntry },
]
