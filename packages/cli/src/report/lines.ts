import { left, textWidth } from '../text.ts'

/** `  label     text`, the text broken between words and hung under itself where the line is too long. */
export function labelled(
  label: string,
  text: string,
  columns: number,
  { indent = 2, width = 10 }: { indent?: number; width?: number } = {},
): string[] {
  const head = ' '.repeat(indent) + left(label, width)
  const room = Math.max(16, columns - textWidth(head))
  return wrap(text, room).map((line, i) => (i === 0 ? head : ' '.repeat(textWidth(head))) + line)
}

/** Lines of at most `width` columns, broken between words (never at a no-break space); a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((each) => each.replaceAll('\u00a0', ' ').trimEnd())
}
