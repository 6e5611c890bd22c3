/** Everything in one import: the tensors flat, the rest as `nn`, `optim` and `data`. */
export * from '@tapegrad/core'
export * as data from '@tapegrad/data'
export * as nn from '@tapegrad/nn'
export * as optim from '@tapegrad/optim'
