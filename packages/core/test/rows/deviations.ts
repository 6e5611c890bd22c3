/** Where we still differ from PyTorch. Rows say what PyTorch does, this says what we do; both are tested, so that an entry goes when it is mended. */
import type { DType } from '../../src/index.ts'

export interface Deviation {
  /** The name that our node has. */
  readonly gradFn?: string
  /** The dtype of our result where PyTorch refuses the input's or gives another one. */
  readonly dtypes?: Readonly<Partial<Record<DType, DType>>>
}

export const deviations: Readonly<Record<string, Deviation>> = {
  'add (1)': { dtypes: { bool: 'int64' } },
  'binaryCrossEntropy (1)': {
    dtypes: { int64: 'float32', int32: 'float32', int16: 'float32', int8: 'float32', uint8: 'float32', bool: 'float32' },
  },
}
