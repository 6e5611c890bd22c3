/** Rows as CSV text. */

/** A field, quoted where it has to be: the delimiter, a quote, a line end, or a blank at an end inside it. */
export function csvField(text: string, delimiter: string): string {
  const risky = text.includes(delimiter) || text.includes('"') || text.includes('\n') || text.includes('\r') || text !== text.trim()
  return risky ? `"${text.replaceAll('"', '""')}"` : text
}

/** One line with its end. A single empty field is quoted, for an empty line is no row. */
export function csvLine(fields: readonly string[], delimiter: string): string {
  if (fields.length === 1 && fields[0] === '') return '""\n'
  return `${fields.map((field) => csvField(field, delimiter)).join(delimiter)}\n`
}
