/** Which cases a command line asks for. */

/** Whether `id` contains one of the words; a word with `*` has to match from the beginning to the end. No words: everything. */
export function matches(id: string, words: readonly string[]): boolean {
  if (words.length === 0) return true
  return words.some((word) => {
    if (!word.includes('*')) return id.includes(word)
    const pattern = word.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${pattern.join('.*')}$`).test(id)
  })
}
