/**
 * The candidate that was most probably meant, or null: few edits apart, or one a part of the other.
 *
 * @example
 * ```ts
 * closest('Churn', ['age', 'churned'])   // 'churned'
 * ```
 */
export function closest(word: string, candidates: readonly string[]): string | null {
  const wanted = word.toLowerCase()
  let best: string | null = null
  let fewest = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const text = candidate.toLowerCase()
    const part = wanted.length >= 3 && text.length >= 3 && (text.includes(wanted) || wanted.includes(text))
    const edits = part ? 0.5 : editDistance(wanted, text)
    const allowed = part ? 1 : Math.max(1, Math.floor(Math.max(wanted.length, text.length) * 0.4))
    if (edits <= allowed && edits < fewest) {
      best = candidate
      fewest = edits
    }
  }
  return best
}

/** Fewest insertions, deletions, replacements and swaps of neighbours (each pair swapped once) from one text to the other. */
export function editDistance(a: string, b: string): number {
  // A long text is never a typing slip of a short one, and the table below is quadratic.
  if (Math.abs(a.length - b.length) > 20 || a.length > 200) return Math.max(a.length, b.length)
  let previous: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, previous[j - 2]! + 1)
      next.push(edits)
    }
    previous = row
    row = next
  }
  return row[b.length]!
}
