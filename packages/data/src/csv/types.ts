import type { TableSchema } from '../table/table.ts'

/** Bytes of a table: decompressed, known to be UTF-8 without byte order mark and without NUL. One pass only. */
export interface Source extends AsyncIterable<Uint8Array> {
  /** As shown in messages: the path as given, or `stdin`. */
  readonly name: string
  /** Bytes on disk, or null for a pipe. */
  readonly size: number | null
  /** Known once the first bytes were read. */
  readonly gzip: boolean
  /** Raw bytes taken so far (against `size` this is the progress). */
  readonly bytesRead: number
  /** SHA-256 of the raw bytes, once all were read and where `fingerprint` was asked for. */
  readonly sha256: string | null
}

export interface OpenOptions {
  /** What `-` reads; `process.stdin` by default. */
  stdin?: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean }
  /** Also compute the SHA-256 of the raw bytes. Default false. */
  fingerprint?: boolean
  /** Most decompressed bytes of a .gz. Default 64 GB. */
  maxBytes?: number
  /** Most times that a .gz may grow once it passed 64 MB. Default 200. */
  maxRatio?: number
  signal?: AbortSignal
}

/** How the bytes are cut into records. */
export interface CsvOptions extends OpenOptions {
  /** One character, or `auto` (comma, semicolon, tab or bar, from the first lines). Default: tab for `.tsv`/`.tab` names, else comma. */
  delimiter?: string
  /** The quote character, or null for none. Default `"`. */
  quote?: string | null
  /** Whether the first record holds the names; without, columns are called `column 1`, ... Default true. */
  header?: boolean
  /** Lines that begin with it are skipped. Default none. */
  comment?: string
  /** Longest record in bytes; default 4 MB. Stops a quote that never closes. */
  maxRecordSize?: number
  /** Rows with too many or too few fields: refuse the file or leave them out. Default `error`. */
  badRows?: 'error' | 'skip'
  /** At most so many rows. */
  limit?: number
  /** Called now and then with the raw bytes taken and the rows seen. */
  onProgress?: (bytes: number, rows: number) => void
}

/** How texts become numbers. */
export interface CellOptions {
  /** Default `.`. */
  decimal?: '.' | ','
  /** Texts that mean "no value", besides the empty cell. Default `NA N/A NaN nan null NULL None ?`. */
  naValues?: readonly string[]
}

/** What {@link readTable} needs to know beyond the bytes. */
export interface ReadTableOptions extends CsvOptions, CellOptions {
  /** Name, or `#n` (1-based, `#-1` is the last). Default: the column called target, label, y or class if exactly one is, else the last. */
  target?: string
  /** The label that counts as 1. Default: the rarer label if labels are texts, else the larger number. With more than two labels: this one against the rest. */
  positive?: string
  /** Columns to learn from: names, globs (`*`, `?`), `#n`. Default: all but the target. */
  features?: readonly string[]
  /** Columns to leave out, in the same notation. */
  exclude?: readonly string[]
  /** Missing numbers: keep them as NaN for the imputer, drop the row, or refuse. A missing target is refused unless `drop`. Default `impute`. */
  missing?: 'impute' | 'drop' | 'error'
  /** Read the file as another table was read: same features in the same order, same target, same classes; one class or one row is enough. */
  like?: TableSchema
}

/** Some records of a {@link RowStream}: texts as they stand in the file. */
export interface RowBatch {
  readonly rows: string[][]
  /** For each row the line of the file on which it begins, from 1. */
  readonly lines: number[]
}

/** A file's records, batch by batch; one pass only. Every row has as many fields as the header. */
export interface RowStream extends AsyncIterable<RowBatch> {
  readonly name: string
  readonly header: readonly string[]
  readonly delimiter: string
  /** Ragged rows left out so far (`badRows: 'skip'`). */
  readonly skipped: number
}
