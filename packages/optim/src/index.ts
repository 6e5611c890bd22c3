/** The public surface of `@tapegrad/optim`: optimizers, in order of increasing complexity. */
export { Optimizer } from './optimizer.ts'
export { SGD, type SGDOptions, type SGDState } from './sgd.ts'
export { Adam, AdamW, type AdamOptions, type AdamState } from './adam.ts'
export type { OptimizerStateDict, ParamGroup, ParamGroupInput, Params, ParamState, SavedGroup } from './types.ts'
