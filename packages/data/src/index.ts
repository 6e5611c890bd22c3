/** `@tapegrad/data`: datasets, loaders, splits, preprocessing and metrics; nothing of Node. */

export { type Collated, defaultCollate } from './dataset/collate.ts'
export { DataLoader, type DataLoaderOptions } from './dataset/dataloader.ts'
export { Dataset, type DatasetLike } from './dataset/dataset.ts'
export { randomSplit } from './dataset/random-split.ts'
export {
  BatchSampler,
  RandomSampler,
  type RandomSamplerOptions,
  type Sampler,
  SequentialSampler,
  SubsetRandomSampler,
} from './dataset/sampler.ts'
export { Subset, TensorDataset } from './dataset/tensor-dataset.ts'
export * from './errors.ts'
export * as metrics from './metrics/index.ts'
export { NA_VALUES, scanNumber } from './number.ts'
export { type Split, type SplitOptions, stratifiedSplit } from './preprocess/split.ts'
export { type ColumnSource, type ScaleMode, Standardizer, type StandardizerJSON } from './preprocess/standardizer.ts'
export { FeatureEncoder, type FeatureEncoderOptions } from './table/encoder.ts'
export { type FeatureColumn, Table, type TableOrigin, type TableSchema, type TargetColumn } from './table/table.ts'
