/** What the model says of many rows, a few thousand at a time. */
import { noGrad } from '@tapegrad/core'
import type { Sequential } from '@tapegrad/nn'
import type { Breath } from './breath.ts'
import type { StandardizedRows } from './standardized.ts'

const ROWS_AT_ONCE = 4096

/** The logits of these rows, one number each. */
export async function logitsOf(model: Sequential, data: StandardizedRows, rows: Uint32Array, breath: Breath): Promise<Float32Array> {
  const logits = new Float32Array(rows.length)
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const some = rows.subarray(at, at + ROWS_AT_ONCE)
    logits.set(noGrad(() => model.forward(data.inputs(some))).toArray() as Float32Array, at)
    if (breath.due) await breath.take()
  }
  return logits
}

/**
 * Mean binary cross-entropy, computed from logits in double precision so that no probability is ever rounded to 0 or 1:
 * `max(z, 0) - z y + log(1 + exp(-|z|))`.
 */
export function logLossOf(logits: Float32Array, labels: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < logits.length; i++) {
    const z = logits[i]!
    sum += Math.max(z, 0) - z * labels[i]! + Math.log1p(Math.exp(-Math.abs(z)))
  }
  return sum / logits.length
}

/** `1 / (1 + exp(-z))` without overflow. */
export function sigmoidOf(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z))
  const e = Math.exp(z)
  return e / (1 + e)
}
