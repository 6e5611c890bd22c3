/** `csv.json`: nasty tables. Each is read as RFC 4180 has it, or refused with the code that it deserves; never with another error. */
import { type RowStream, streamRows } from '@tapegrad/data/csv'
import type { Outcome } from './case.ts'
import { thrown } from './case.ts'
import { fromBase64, readJson } from './read.ts'

interface CsvCase {
  readonly id: string
  readonly base64: string
  readonly text: string
}

/** Why a table must be refused; the others must be read. */
const refused: Readonly<Record<string, string>> = {
  utf16le_bom: 'E_ENCODING',
  invalid_utf8: 'E_ENCODING',
  nul_byte: 'E_NUL',
  only_newline: 'E_EMPTY',
  only_bom: 'E_EMPTY',
  quote_mid_field: 'E_QUOTE',
  text_after_quote: 'E_QUOTE',
  too_few: 'E_RAGGED',
  too_many: 'E_RAGGED',
  trailing_comma_all: 'E_EMPTY_COLUMN_NAME',
  tab: 'E_DELIMITER',
  dup_headers: 'E_DUPLICATE_COLUMN',
  proto_dup: 'E_DUPLICATE_COLUMN',
  comment: 'E_RAGGED',
}

/** The records of a text: quotes protect, doubled quotes are quotes, any line end ends a record, blank lines are none. */
function records(text: string): string[][] {
  const out: string[][] = []
  let row: string[] = []
  let field = ''
  let quoted = false
  const end = (): void => {
    if (row.length > 0 || field.trim() !== '') out.push([...row, field])
    row = []
    field = ''
  }
  for (let i = text.charCodeAt(0) === 0xfeff ? 1 : 0; i < text.length; i++) {
    const c = text[i] as string
    if (quoted && c === '"' && text[i + 1] === '"') field += text[++i]
    else if (c === '"' && (quoted || field === '')) quoted = !quoted
    else if (!quoted && c === ',') {
      row.push(field.trim())
      field = ''
    } else if (!quoted && (c === '\n' || c === '\r')) end()
    else field += c
  }
  end()
  return out.map((r) => r.map((f) => f.trim()))
}

async function read(bytes: Uint8Array): Promise<string[][]> {
  const stdin = (async function* () {
    yield bytes
  })()
  const stream: RowStream = await streamRows('-', { stdin })
  const rows: string[][] = [[...stream.header]]
  for await (const batch of stream) rows.push(...batch.rows.map((r) => [...r]))
  return rows
}

async function check({ id, base64, text }: CsvCase): Promise<string | null> {
  const code = refused[id]
  try {
    const rows = await read(fromBase64(base64))
    if (code !== undefined) return `read ${JSON.stringify(rows)}, expected ${code}`
    return JSON.stringify(rows) === JSON.stringify(records(text))
      ? null
      : `read ${JSON.stringify(rows)}, expected ${JSON.stringify(records(text))}`
  } catch (error) {
    const got = (error as { readonly code?: string }).code
    return got !== undefined && got === code ? null : `${got ?? ''} ${thrown(error)}, expected ${code ?? JSON.stringify(records(text))}`
  }
}

/** Runs `csv.json`. */
export async function runCsv(path: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const raw of readJson<CsvCase[]>(path)) {
    const reason = await check(raw)
    outcomes.push({ entry: raw.id, label: '', result: reason === null ? 'passed' : 'failed', reason: reason ?? '' })
  }
  return outcomes
}
