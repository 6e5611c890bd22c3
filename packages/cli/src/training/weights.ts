/** Weights as plain numbers: kept aside at the best epoch, put back at the end. */
import { type Tensor, tensor } from '@tapegrad/core'
import type { Sequential } from '@tapegrad/nn'

/** Copies of a model's tensors under PyTorch's names. */
export type Weights = ReadonlyMap<string, Tensor>

/** Copies of all weights as they are now. */
export function copyWeights(model: Sequential): Weights {
  const copies = new Map<string, Tensor>()
  for (const [name, value] of model.stateDict()) copies.set(name, tensor(value.toArray() as Float32Array, { shape: [...value.shape] }))
  return copies
}

/** Puts kept weights back. */
export function restoreWeights(model: Sequential, weights: Weights): void {
  model.loadStateDict(new Map(weights))
}

/** Whether every weight is a number. */
export function areFinite(weights: Weights): boolean {
  return [...weights.values()].every((value) => (value.toArray() as Float32Array).every(Number.isFinite))
}
