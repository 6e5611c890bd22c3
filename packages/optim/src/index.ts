/** The public surface of `@tapegrad/optim`: optimizers, in order of increasing complexity. */

export { Adam, type AdamOptions, type AdamState, AdamW } from './adam.ts'
export { Optimizer } from './optimizer.ts'
export { SGD, type SGDOptions, type SGDState } from './sgd.ts'
export type { OptimizerStateDict, ParamGroup, ParamGroupInput, ParamState, Params, SavedGroup } from './types.ts'
