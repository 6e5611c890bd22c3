/** `@tapegrad/data/csv`: tables from files, for Node. */
export * from '../errors.ts'
export { NA_VALUES } from '../number.ts'
export { FeatureEncoder, type FeatureEncoderOptions } from '../table/encoder.ts'
export { type FeatureColumn, Table, type TableOrigin, type TableSchema, type TargetColumn } from '../table/table.ts'
export { readTable } from './read-table.ts'
export { openSource } from './source.ts'
export { streamRows } from './stream-rows.ts'
export type { CellOptions, CsvOptions, OpenOptions, ReadTableOptions, RowBatch, RowStream, Source } from './types.ts'
