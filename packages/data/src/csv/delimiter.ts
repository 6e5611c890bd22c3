/** Guesses of what separates the fields. */

const CANDIDATES: readonly { readonly char: string; readonly word: string; readonly flag: string }[] = [
  { char: ',', word: 'comma', flag: ',' },
  { char: ';', word: 'semicolon', flag: ';' },
  { char: '\t', word: 'tab', flag: '\\t' },
  { char: '|', word: 'bar', flag: '|' },
]

/** The separator that a name holding several columns seems to have, or null. */
export function looksDelimited(name: string, but: string): { readonly word: string; readonly flag: string } | null {
  let best: (typeof CANDIDATES)[number] | null = null
  let most = 0
  for (const candidate of CANDIDATES) {
    const count = candidate.char === but ? 0 : name.split(candidate.char).length - 1
    if (count > most) {
      most = count
      best = candidate
    }
  }
  return best
}

/** The candidate that cuts the first lines into equally many fields, the most of them; comma where none does. */
export function detectDelimiter(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 1 << 16))
  const lines = plainLines(text).slice(0, 20)
  let best = ','
  let bestScore = 0
  for (const { char } of CANDIDATES) {
    const counts = lines.map((line) => line.split(char).length - 1)
    const first = counts[0] ?? 0
    const alike = counts.filter((count) => count === first).length / Math.max(1, counts.length)
    const score = first === 0 ? 0 : alike * 1000 + Math.min(first, 999)
    if (score > bestScore) {
      bestScore = score
      best = char
    }
  }
  return best
}

/** Lines that are not blank, with everything between quotes taken out; a last line that was cut off is dropped. */
function plainLines(text: string): string[] {
  let out = ''
  let inside = false
  for (const char of text) {
    if (char === '"') inside = !inside
    else if (!inside) out += char
  }
  const lines = out.split(/\r\n|\r|\n/)
  if (lines.length > 1) lines.pop()
  return lines.filter((line) => line.trim() !== '')
}
