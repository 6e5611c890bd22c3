/** The two figures that a set of rounds is told by. */

export const best = (times: readonly number[]): number => Math.min(...times)

export function median(times: readonly number[]): number {
  if (times.length === 0) return Number.NaN
  const sorted = [...times].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
