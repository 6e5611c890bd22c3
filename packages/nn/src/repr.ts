/** How PyTorch lays out the text of a module. */

/** `name(extra)` on one line, or one line for each line of `extra` and each child, indented. */
export function repr(name: string, extra: string, children: readonly string[]): string {
  const lines = extra === '' ? [] : extra.split('\n')
  if (children.length === 0 && lines.length <= 1) return `${name}(${extra})`
  const indented = [...lines, ...children.map((text) => text.replaceAll('\n', '\n  '))]
  return `${name}(\n  ${indented.join('\n  ')}\n)`
}

/** Makes Node's console print an object as its text; nothing of Node is imported, and nothing is touched on import. */
export function inspectAsText(x: object): void {
  Object.defineProperty(x, Symbol.for('nodejs.util.inspect.custom'), { value: () => String(x) })
}
