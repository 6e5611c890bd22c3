import { fit, left, right, textWidth } from '../text.ts'

/** Lines of a table: the first column to the left, the others to the right; the first column gives way where there is no room. */
export function table(
  rows: readonly (readonly string[])[],
  columns: number,
  { indent = 0, gap = 3 }: { indent?: number; gap?: number } = {},
): string[] {
  const widths: number[] = []
  for (const row of rows) for (const [j, cell] of row.entries()) widths[j] = Math.max(widths[j] ?? 0, textWidth(cell))
  const others = widths.slice(1)
  const wide = (space: number): number => indent + others.reduce((sum, width) => sum + width + space, 0)
  let space = gap
  while (space > 1 && wide(space) + (widths[0] ?? 0) > columns) space--
  const first = Math.max(4, Math.min(widths[0] ?? 0, columns - wide(space)))
  return rows.map(([head = '', ...cells]) => {
    const line = left(fit(head, first), first) + cells.map((cell, j) => ' '.repeat(space) + right(cell, others[j] ?? 0)).join('')
    return ' '.repeat(indent) + line.trimEnd()
  })
}
