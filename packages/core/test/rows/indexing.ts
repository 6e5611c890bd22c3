/** Taking, putting and ordering elements by index. */
import { bucketize, embedding, isin, oneHot, searchsorted, type Tensor, tensor, unravelIndex } from '../../src/index.ts'
import { condition, indices, integers, of, type Rows, summed, truth, unary } from './row.ts'

const at = (values: readonly (number | readonly number[])[]): Tensor => tensor(values as number[]).to({ dtype: 'int64' })
/** Places in a [3, 4] along dimension 1, one of them twice. */
const places = at([
  [0, 3],
  [1, 1],
  [2, 0],
])
const line = at([2, 0])

export const indexing = {
  take: { shapes: of([3, 4]), call: (x) => x.take(at([0, -1, 5, 5])), gradFn: 'TakeBackward0' },
  takeAlongDim: { shapes: of([3, 4]), call: (x) => x.takeAlongDim(places, { dim: 1 }), gradFn: 'GatherBackward0' },
  index: [
    { shapes: of([3, 4]), rest: [1, { start: 1, step: 2 }], gradFn: 'SliceBackward0' },
    { shapes: of([3, 4]), call: (x) => x.index(null, '...', -1), gradFn: 'SelectBackward0' },
    { shapes: of([3, 4]), call: (x) => x.index('...'), gradFn: 'AliasBackward0' },
    { shapes: of([3, 4]), call: (x) => x.index(condition), gradFn: 'IndexBackward0' },
    { shapes: of([3, 4]), call: (x) => x.index([2, 0, 2], [1, -1, 1]), gradFn: 'IndexBackward0' },
    {
      shapes: of([2, 3, 4]),
      call: (x) =>
        x.index([0, 1], { start: 1 }, [
          [1, 3],
          [3, 3],
        ]),
      gradFn: 'IndexBackward0',
    },
    { shapes: of([2, 3, 4]), call: (x) => x.index({}, [true, false, true], { step: 2 }), gradFn: 'IndexBackward0' },
  ],
  at: { shapes: of([3, 4]), rest: [-1], gradFn: 'SelectBackward0' },
  indexPut: [
    { shapes: of([3, 4], [2, 4]), call: (x, y) => x.indexPut([line], y), gradFn: 'IndexPutBackward0' },
    { shapes: of([3, 4], []), call: (x, y) => x.indexPut([condition], y), gradFn: 'IndexPutBackward0' },
    {
      shapes: of([3, 4], [3]),
      call: (x, y) =>
        x.indexPut(
          [
            [2, 0, 2],
            [1, 1, 1],
          ],
          y,
          { accumulate: true },
        ),
      gradFn: 'IndexPutBackward0',
    },
    { shapes: of([3, 4], [2]), call: (x, y) => x.indexPut([1, { step: 2 }], y), gradFn: 'CopySlices' },
    { shapes: of([3, 4], [2]), call: (x, y) => x.indexPut([{ start: 1 }, [0, 2]], y), gradFn: 'CopySlices' },
  ],
  indexPut_: { shapes: of([3, 4], [2, 4]), call: (x, y) => x.clone().indexPut_([line], y), gradFn: 'IndexPutBackward0' },
  maskedFill: [
    { shapes: of([3, 4]), rest: [condition, 1], gradFn: 'MaskedFillBackward0' },
    { shapes: of([3, 4], []), call: (x, y) => x.maskedFill(condition, y), gradFn: 'MaskedFillBackward1' },
    { shapes: of([4]), call: (x) => x.maskedFill(condition, 2), gradFn: 'MaskedFillBackward0' },
  ],
  maskedScatter: { shapes: of([3, 4], [2, 4]), call: (x, y) => x.maskedScatter(condition, y), gradFn: 'MaskedScatterBackward0' },
  maskedSelect: [
    { shapes: of([3, 4]), rest: [condition], gradFn: 'MaskedSelectBackward0' },
    { shapes: of([4]), rest: [condition], gradFn: 'MaskedSelectBackward0' },
  ],
  indexAdd: [
    { shapes: of([3, 4], [2, 4]), call: (x, y) => x.indexAdd(0, line, y), gradFn: 'IndexAddBackward0' },
    { shapes: of([3, 4], [3, 3]), call: (x, y) => x.indexAdd(1, at([1, 1, 0]), y, { alpha: 2 }), gradFn: 'IndexAddBackward0' },
  ],
  indexCopy: { shapes: of([3, 4], [3, 2]), call: (x, y) => x.indexCopy(1, line, y), gradFn: 'IndexCopyBackward0' },
  indexFill: [
    { shapes: of([3, 4]), rest: [1, line, 2], gradFn: 'IndexFillBackward0' },
    { shapes: of([3, 4], []), call: (x, y) => x.indexFill(0, at([1, 1]), y), gradFn: 'IndexFillBackward1' },
  ],
  indexReduce: (['prod', 'mean', 'amax', 'amin'] as const).flatMap((kind) =>
    [true, false].map((includeSelf) => ({
      shapes: of([3, 4], [3, 4]),
      call: (x: Tensor, y: Tensor) => x.indexReduce(0, at([1, 1, 0]), y, kind, { includeSelf }),
      low: 0.2,
      gradFn: 'IndexReduceBackward0',
      ...(kind === 'mean' ? { refuses: ['bool'] as const } : {}),
    })),
  ),
  put: [
    { shapes: of([3, 4], [2]), call: (x, y) => x.put(at([5, -2]), y), gradFn: 'PutBackward0' },
    { shapes: of([3, 4], [3]), call: (x, y) => x.put(at([5, -2, 5]), y, { accumulate: true }), gradFn: 'PutBackward0' },
  ],
  scatter: [
    {
      shapes: of([3, 4], [3, 2]),
      call: (x, y) =>
        x.scatter(
          1,
          at([
            [0, 3],
            [1, 2],
            [2, 0],
          ]),
          y,
        ),
      gradFn: 'ScatterBackward0',
    },
    { shapes: of([3, 4]), rest: [1, places, 2], gradFn: 'ScatterBackward1' },
    {
      shapes: of([3, 4], [3, 3]),
      call: (x, y) =>
        x.scatter(
          1,
          at([
            [0, 3],
            [1, 2],
          ]),
          y,
        ),
      gradFn: 'ScatterBackward0',
    },
    { shapes: of([3, 4], [3, 2]), call: (x, y) => x.scatter(1, places, y, { reduce: 'multiply' }), gradFn: 'ScatterBackward2' },
  ],
  scatterAdd: [
    { shapes: of([3, 4], [3, 2]), call: (x, y) => x.scatterAdd(1, places, y), gradFn: 'ScatterAddBackward0' },
    {
      shapes: of([3, 4], [3, 3]),
      call: (x, y) =>
        x.scatterAdd(
          0,
          at([
            [0, 2],
            [1, 1],
          ]),
          y,
        ),
      gradFn: 'ScatterAddBackward0',
    },
  ],
  scatterReduce: (['sum', 'prod', 'mean', 'amax', 'amin'] as const).flatMap((kind) =>
    [true, false].map((includeSelf) => ({
      shapes: of([3, 4], [3, 3]),
      call: (x: Tensor, y: Tensor) => x.scatterReduce(1, places, y, kind, { includeSelf }),
      low: 0.2,
      gradFn: 'ScatterReduceBackward0',
      ...(kind === 'mean' ? { refuses: ['bool'] as const } : {}),
    })),
  ),

  // where elements stand
  nonzero: { shapes: of([3, 4]), gradFn: null, result: indices },
  argwhere: { shapes: of([3, 4]), gradFn: null, result: indices },
  nonzeroStatic: { shapes: of([3, 4]), rest: [{ size: 5 }], gradFn: null, result: indices },
  sort: [
    { shapes: of([3, 4]), gradFn: 'SortBackward0' },
    { shapes: of([3, 4]), rest: [0, { descending: true }], gradFn: 'SortBackward0' },
  ],
  argsort: { shapes: of([3, 4]), rest: [{ descending: true }], gradFn: null, result: indices },
  msort: unary('SortBackward0'),
  topk: [
    { shapes: of([3, 4]), rest: [2], gradFn: 'TopkBackward0', refuses: ['bool'] },
    { shapes: of([3, 4]), rest: [2, { dim: 0, largest: false }], gradFn: 'TopkBackward0', refuses: ['bool'] },
  ],
  kthvalue: [
    { shapes: of([3, 4]), rest: [2], gradFn: 'KthvalueBackward0', refuses: ['bool'] },
    { shapes: of([3, 4]), rest: [2, { dim: 0, keepdim: true }], gradFn: 'KthvalueBackward0', refuses: ['bool'] },
  ],
  unique: { shapes: of([3, 4]), call: (x) => x.detach().unique(), gradFn: null },
  uniqueConsecutive: { shapes: of([3, 4]), call: (x) => x.detach().uniqueConsecutive({ dim: 1 }), gradFn: null },
  bincount: {
    shapes: of([12]),
    low: 0,
    high: 5,
    gradFn: null,
    call: (x) => x.to({ dtype: 'int64' }).bincount({ minlength: 3 }),
    result: indices,
  },
  histc: { shapes: of([3, 4]), rest: [{ bins: 5 }], gradFn: null, refuses: integers },

  // running reductions
  cumsum: [
    unary('CumsumBackward0', { rest: [0], result: summed, skip: { inplace: 'narrow integers become int64' } }),
    unary('CumsumBackward0', { rest: [1, { dtype: 'float64' }], result: () => 'float64' }),
  ],
  cumprod: [
    unary('CumprodBackward0', { rest: [0], result: summed, skip: { inplace: 'narrow integers become int64' } }),
    {
      shapes: of([4, 3]),
      call: (x) => x.mul(tensor([[1], [0], [2], [0]]).to({ dtype: x.dtype })).cumprod(0),
      gradFn: 'CumprodBackward0',
      result: summed,
    },
  ],
  cummax: unary('CummaxBackward0', { rest: [1] }),
  cummin: unary('CumminBackward0', { rest: [0] }),
  logcumsumexp: unary('LogcumsumexpBackward0', { rest: [1], refuses: integers }),
} satisfies Rows

/** Those that are functions only. */
export const lookups = {
  searchsorted: {
    shapes: of([3, 4]),
    call: (x) => searchsorted(x.detach().flatten().sort().values, x),
    gradFn: null,
    result: indices,
    refuses: ['bool'],
  },
  bucketize: { shapes: of([3, 4]), call: (x) => bucketize(x, tensor([-1, 0, 1])), gradFn: null, result: indices },
  isin: { shapes: of([3, 4]), call: (x) => isin(x, tensor([-1, 0, 1])), gradFn: null, result: truth },
  unravelIndex: {
    shapes: of([3, 4]),
    low: 0,
    high: 11,
    call: (x) => unravelIndex(x.to({ dtype: 'int64' }), [3, 4]),
    gradFn: null,
    result: indices,
  },
  embedding: [
    { shapes: of([3, 4]), call: (x) => embedding(places.remainder(3), x), gradFn: 'EmbeddingBackward0' },
    { shapes: of([3, 4]), call: (x) => embedding(line, x, { scaleGradByFreq: true }), gradFn: 'EmbeddingBackward0' },
  ],
  oneHot: { shapes: of([3, 4]), low: 0, high: 4, call: (x) => oneHot(x.to({ dtype: 'int64' })), gradFn: null, result: indices },
} satisfies Rows
