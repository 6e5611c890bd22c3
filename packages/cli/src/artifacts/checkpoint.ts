/** What is kept of a training that did not come to its end. */
import { Tensor } from '@tapegrad/core'
import type { Outcome } from '../training/loop.ts'
import type { AnyOptimizer } from '../training/model.ts'
import type { Weights } from '../training/weights.ts'
import { pretty, SCHEMA_VERSION } from './document.ts'
import { historyCsv } from './history.ts'
import type { ModelCard } from './model-card.ts'
import { encodeModel } from './model-file.ts'
import type { RunFolder } from './run-folder.ts'

/** The weights of the last step (of the last sound epoch, after a breakdown). */
export const LAST_FILE = 'checkpoints/last.safetensors'
/** The weights of the epoch with the lowest validation loss. */
export const BEST_FILE = 'checkpoints/best.safetensors'
const STATE_FILE = 'checkpoints/last.state.json'

/** What a checkpoint is made of. */
export interface Unfinished {
  card: ModelCard
  /** The weights to keep as the last ones. */
  last: Weights
  outcome: Outcome
  optimizer: AnyOptimizer
  options: object
}

/** Saves the weights, the best weights, the state of the optimizer and of the generator, and the history. */
export async function saveCheckpoint(folder: RunFolder, { card, last, outcome, optimizer, options }: Unfinished): Promise<void> {
  const { epochs, steps, bestEpoch, bestValLoss, rngState, history, reason } = outcome
  const state = {
    schemaVersion: SCHEMA_VERSION,
    reason,
    epoch: epochs,
    step: steps,
    bestEpoch: outcome.best === null ? null : bestEpoch,
    bestValLoss,
    options,
    optimizer: plain(optimizer.stateDict()),
    /** Before the order of the epoch was drawn. */
    generator: Buffer.from(rngState.toArray() as Uint8Array).toString('base64'),
  }
  const lr = optimizer.paramGroups[0]?.lr ?? Number.NaN
  const files = new Map<string, Uint8Array | string>([
    ['history.csv', historyCsv(history, lr)],
    [STATE_FILE, pretty(state)],
    ...(outcome.best === null ? [] : [[BEST_FILE, encodeModel(outcome.best, card)] as const]),
    [LAST_FILE, encodeModel(last, card)],
  ])
  await folder.write(files)
}

/** Tensors as `{ shape, values }`, maps as objects. */
function plain(value: unknown): unknown {
  if (value instanceof Tensor)
    return { dtype: value.dtype, shape: value.shape, values: value.numel() === 0 ? [] : Array.from(value.toArray(), Number) }
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]))
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  return value
}
