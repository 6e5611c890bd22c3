/** Cuts Python source into words. */

/** A word of the source. */
export interface Token {
  readonly type: 'number' | 'string' | 'bytes' | 'name' | 'op' | 'newline' | 'indent' | 'dedent' | 'end'
  readonly text: string
}

const pattern =
  /(?<space>[ \t]+)|(?<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?)|(?<string>b?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"))|(?<name>[A-Za-z_]\w*)|(?<op>\*\*|\/\/|==|!=|<=|>=|\+=|-=|\*=|\/=|->|[-+*/%@&|^~<>=()[\]{},.:;])/y

/** The words of a source, lines and indentation included. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const indents = [0]
  let depth = 0
  for (const line of source.split('\n')) {
    if (line.trim() === '') continue
    const indent = line.length - line.trimStart().length
    if (depth === 0 && indent > (indents.at(-1) as number)) {
      indents.push(indent)
      tokens.push({ type: 'indent', text: '' })
    }
    while (depth === 0 && indent < (indents.at(-1) as number)) {
      indents.pop()
      tokens.push({ type: 'dedent', text: '' })
    }
    pattern.lastIndex = indent
    while (pattern.lastIndex < line.length) {
      const at = pattern.lastIndex
      const groups = pattern.exec(line)?.groups
      if (groups === undefined) throw new SyntaxError(`cannot read '${line.slice(at)}'`)
      if (groups['space'] !== undefined) continue
      const type = groups['number'] ? 'number' : groups['string'] ? 'string' : groups['name'] ? 'name' : 'op'
      const text = (groups['number'] ?? groups['string'] ?? groups['name'] ?? groups['op']) as string
      if (type === 'op' && '([{'.includes(text)) depth++
      if (type === 'op' && ')]}'.includes(text)) depth--
      tokens.push(type === 'string' && text.startsWith('b') ? { type: 'bytes', text: text.slice(1) } : { type, text })
    }
    if (depth === 0) tokens.push({ type: 'newline', text: '\n' })
  }
  for (; indents.length > 1; indents.pop()) tokens.push({ type: 'dedent', text: '' })
  tokens.push({ type: 'end', text: '' })
  return tokens
}
