import type { Table } from '../table/table.ts'
import type { ReadTableOptions, Source } from './types.ts'

/** Reads a whole table: a path, `-` for standard input, or an opened source. */
export async function readTable(_source: string | Source, _options: ReadTableOptions = {}): Promise<Table> {
  throw new Error('not yet')
}
