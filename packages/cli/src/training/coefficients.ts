/** What the neuron learned, per standard deviation of each input, whatever the inputs' scale was. */
import type { Standardizer } from '@tapegrad/data'
import type { Sequential } from '@tapegrad/nn'
import type { Breath } from './breath.ts'
import type { StandardizedRows } from './standardized.ts'

/** One input's part in the answer. */
export interface Coefficient {
  feature: string
  /** Change of the log-odds of the positive class per standard deviation of the input. */
  weight: number
  /** `exp(weight)`: the odds are multiplied by it. */
  oddsRatio: number
}

const ROWS_AT_ONCE = 4096

/** The coefficients in the model's order. */
export async function coefficientsOf(
  model: Sequential,
  standardizer: Standardizer,
  data: StandardizedRows,
  rows: Uint32Array,
  breath: Breath,
): Promise<Coefficient[]> {
  const weights = model.stateDict().get('0.weight')!.toArray() as Float32Array
  const spread = await deviations(data, rows, breath)
  return standardizer.features.map((feature, j) => {
    const weight = weights[j]! * spread[j]!
    return { feature, weight, oddsRatio: Math.exp(weight) }
  })
}

/** Standard deviations of the scaled inputs (1 where they were standardised, 0 where constant), by sums around the first row. */
async function deviations(data: StandardizedRows, rows: Uint32Array, breath: Breath): Promise<Float64Array> {
  const { width } = data
  const origin = Float64Array.from(data.values(rows.subarray(0, 1)))
  const sums = new Float64Array(width)
  const squares = new Float64Array(width)
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const values = data.values(rows.subarray(at, at + ROWS_AT_ONCE))
    for (let i = 0; i < values.length; i += width) {
      for (let j = 0; j < width; j++) {
        const x = values[i + j]! - origin[j]!
        sums[j]! += x
        squares[j]! += x * x
      }
    }
    if (breath.due) await breath.take()
  }
  return sums.map((sum, j) => Math.sqrt(Math.max(0, squares[j]! / rows.length - (sum / rows.length) ** 2)))
}
