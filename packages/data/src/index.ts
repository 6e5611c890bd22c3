/** `@tapegrad/data`: datasets, loaders, splits, preprocessing and metrics; nothing of Node. */
export * from './errors.ts'
export { type Split, type SplitOptions, stratifiedSplit } from './preprocess/split.ts'
export { type ColumnSource, type ScaleMode, Standardizer, type StandardizerJSON } from './preprocess/standardizer.ts'
export { FeatureEncoder, type FeatureEncoderOptions } from './table/encoder.ts'
export { type FeatureColumn, Table, type TableOrigin, type TableSchema, type TargetColumn } from './table/table.ts'
