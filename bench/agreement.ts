/** Whether two contenders came to the same numbers from the same data and weights; only then is a time worth anything. */

export const tolerance = 1e-5

/** `null` where all numbers agree to `tolerance` (relative above 1, absolute below), else the worst pair in words. */
export function disagreement(reference: readonly number[], other: readonly number[]): string | null {
  if (reference.length !== other.length) return `${other.length} numbers, not ${reference.length}`
  let worst = -1
  let largest = tolerance
  for (let i = 0; i < reference.length; i++) {
    const difference = Math.abs(other[i]! - reference[i]!) / Math.max(1, Math.abs(reference[i]!))
    // Not `>` alone: NaN agrees with nothing.
    if (!(difference <= largest)) [worst, largest] = [i, difference]
  }
  return worst < 0 ? null : `${other[worst]}, not ${reference[worst]}`
}
