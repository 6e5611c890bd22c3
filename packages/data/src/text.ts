/** Words for messages: names from files made safe to print, lists, counts, and the nearest name. */

/**
 * Text from a file as it may be shown in a terminal: without control characters (C0, C1), invisible or direction-changing ones and line
 * separators; long texts end in `…`. With `lines` line breaks stay.
 */
export function printable(text: string, most = 60, lines = false): string {
  let out = ''
  for (const char of text) {
    if (isUnsafe(char.codePointAt(0)!) && !(lines && char === '\n')) continue
    if (out.length >= most) return `${out}…`
    out += char
  }
  return out
}

function isUnsafe(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    code === 0x2028 ||
    code === 0x2029 ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff
  )
}

/** `"name"`, printable. */
export function quoted(text: string, most?: number): string {
  return `"${printable(text, most)}"`
}

/** Names separated by commas, the first `most` of them. */
export function list(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).map((name) => printable(name))
  const rest = names.length - shown.length
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ')
}

/** `1 row`, `3 rows`. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : many}`
}

/** A value as it has to be typed in a shell. */
export function flagValue(text: string): string {
  const safe = printable(text, 200)
  return /^[A-Za-z0-9_.+-]+$/.test(safe) ? safe : `"${safe.replaceAll('"', '\\"')}"`
}

/** The candidate most like `name`, or undefined where none is near. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.trim().toLowerCase()
  if (wanted === '') return undefined
  let best: string | undefined
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 0.5
  for (const candidate of candidates) {
    const given = candidate.trim().toLowerCase()
    const distance = given === wanted ? -1 : affix(given, wanted) ? 0.5 : editDistance(given, wanted, least)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** One is the other with something before or after it, as `visits` and `n_visits`. */
function affix(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.length >= 3 && short.length * 2 >= long.length && (long.startsWith(short) || long.endsWith(short))
}

/** Insertions, deletions, replacements and swaps of neighbours; anything at or above `limit` may come back as Infinity. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > 200) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    before = previous
    previous = row
  }
  return previous[b.length]!
}
