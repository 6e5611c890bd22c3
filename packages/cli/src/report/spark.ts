const BLOCKS = '▁▂▃▄▅▆▇█'

/** A curve in one line, at most `width` columns; values between the smallest and the largest. */
export function sparkline(values: readonly number[], width: number): string {
  const sampled =
    values.length <= width
      ? [...values]
      : Array.from({ length: width }, (_, i) => values[Math.round((i * (values.length - 1)) / (width - 1))]!)
  const low = Math.min(...sampled)
  const high = Math.max(...sampled)
  return sampled.map((value) => BLOCKS[high > low ? Math.round(((value - low) / (high - low)) * (BLOCKS.length - 1)) : 0]).join('')
}
