/** Drawing category indices with given weights, as PyTorch's CPU kernel does. */
import type { TypedArray } from '../dtype.ts'
import { type FloatArray, fillExponential } from './fill.ts'
import type { Mt19937 } from './mt19937.ts'

/**
 * Fills `out` with indices into `weights`, drawn in proportion to them: one row of `torch.multinomial`.
 *
 * The weights need not sum to one; they must be finite, not negative, and not all zero, which is the caller's to check. Without replacement,
 * or for a single draw, the largest of weight / Exponential(1) win; with replacement, the cumulated weights are searched.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.multinomial.html
 */
export function fillMultinomial(engine: Mt19937, out: TypedArray, weights: FloatArray, replacement: boolean): void {
  if (!replacement || out.length === 1) drawLargest(engine, out, weights)
  else searchCumulated(engine, out, weights)
}

function drawLargest(engine: Mt19937, out: TypedArray, weights: FloatArray): void {
  const keys = weights.slice()
  fillExponential(engine, keys)
  for (let i = 0; i < keys.length; i++) keys[i] = (weights[i] as number) / (keys[i] as number)
  const order = Array.from(keys, (_, i) => i).sort((a, b) => (keys[b] as number) - (keys[a] as number))
  for (let i = 0; i < out.length; i++) out[i] = order[i] as number
}

function searchCumulated(engine: Mt19937, out: TypedArray, weights: FloatArray): void {
  const cumulated = weights.slice() // its dtype rounds each sum as PyTorch's does
  for (let i = 1; i < cumulated.length; i++) cumulated[i] = (cumulated[i - 1] as number) + (cumulated[i] as number)
  const last = cumulated.length - 1
  const total = cumulated[last] as number
  for (let i = 0; i < last; i++) cumulated[i] = (cumulated[i] as number) / total
  cumulated[last] = 1
  for (let i = 0; i < out.length; i++) {
    const u = engine.uniform53()
    let left = 0
    let right = last + 1
    while (left < right) {
      const middle = (left + right) >>> 1
      if ((cumulated[middle] as number) < u) left = middle + 1
      else right = middle
    }
    out[i] = left
  }
}
