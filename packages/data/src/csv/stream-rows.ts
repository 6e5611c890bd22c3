import type { CsvOptions, RowStream, Source } from './types.ts'

/** A file's header, then its records in batches; nothing is kept. */
export async function streamRows(_source: string | Source, _options: CsvOptions = {}): Promise<RowStream> {
  throw new Error('not yet')
}
