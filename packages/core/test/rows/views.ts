/** Views, copies and indexing. */
import { arange, tensor } from '../../src/index.ts'
import { condition, look, of, type Rows } from './row.ts'

export const views = {
  // views and copies
  view: { ...look('ViewBackward0', [3, 4], [2, 6]), skip: { views: 'a view of one exists only for some strides' } },
  viewAs: {
    shapes: of([3, 4]),
    call: (x) => x.viewAs(x.detach().view([6, 2])),
    gradFn: 'ViewBackward0',
    skip: { views: 'a view of one exists only for some strides' },
  },
  reshape: look('ViewBackward0', [3, 4], [-1]),
  reshapeAs: { shapes: of([3, 4]), call: (x) => x.reshapeAs(x.detach().reshape([6, 2])), gradFn: 'ViewBackward0' },
  flatten: look('ViewBackward0', [2, 3, 4], 1),
  ravel: look('ViewBackward0', [3, 4]),
  unflatten: look('ViewBackward0', [3, 4], 1, [2, 2]),
  expand: look('ExpandBackward0', [3, 1], [2, 3, 4]),
  expandAs: { shapes: of([3, 1]), call: (x) => x.expandAs(condition), gradFn: 'ExpandBackward0' },
  permute: look('PermuteBackward0', [2, 3, 4], [2, 0, 1]),
  transpose: look('TransposeBackward0', [2, 3, 4], 0, -1),
  movedim: look('PermuteBackward0', [2, 3, 4], 0, 2),
  t: look('TBackward0', [3, 4]),
  squeeze: [
    look('SqueezeBackward0', [3, 1, 4, 1]),
    look('SqueezeBackward1', [3, 1, 4, 1], 1),
    look('SqueezeBackward2', [3, 1, 4, 1], [1, 3]),
  ],
  unsqueeze: look('UnsqueezeBackward0', [3, 4], -1),
  select: look('SelectBackward0', [3, 4], 1, -2),
  slice: look('SliceBackward0', [5, 4], 0, 1, 5, 2),
  narrow: look('SliceBackward0', [5, 4], 0, 1, 3),
  split: [look('SplitBackward0', [5, 4], 2), look('SplitWithSizesBackward0', [5, 4], [1, 4])],
  chunk: look('SplitBackward0', [5, 4], 2, 1),
  unbind: look('UnbindBackward0', [3, 4], 1),
  asStrided: {
    ...look('AsStridedBackward0', [3, 4], [2, 2], [5, 1], { storageOffset: 1 }),
    skip: { views: 'it looks at memory and not at elements' },
  },
  contiguous: { shapes: of([3, 4]), call: (x) => x.t().contiguous(), gradFn: 'CloneBackward0' },
  clone: look('CloneBackward0', [3, 4]),

  broadcastTo: look('ExpandBackward0', [3, 1], [2, 3, 4]),
  diagonal: look('DiagonalBackward0', [3, 4], { offset: 1 }),
  narrowCopy: look('NarrowCopyBackward0', [5, 4], 0, 1, 3),
  adjoint: look('TransposeBackward0', [2, 3, 4]),
  moveaxis: look('PermuteBackward0', [2, 3, 4], [0, 1], [2, 0]),
  swapaxes: look('TransposeBackward0', [2, 3, 4], 0, 2),
  swapdims: look('TransposeBackward0', [2, 3, 4], 0, 2),
  splitWithSizes: look('SplitWithSizesBackward0', [5, 4], [1, 4]),
  tensorSplit: look('SliceBackward0', [5, 4], [1, 3]),
  hsplit: look('SliceBackward0', [5, 4], 2),
  vsplit: look('SliceBackward0', [4, 4], 2),
  dsplit: look('SliceBackward0', [2, 3, 4], 2),
  unsafeSplit: look('UnsafeSplitBackward0', [5, 4], 2),
  unsafeSplitWithSizes: look('UnsafeSplitWithSizesBackward0', [5, 4], [1, 4]),
  unsafeChunk: look('UnsafeSplitBackward0', [5, 4], 2),

  // indexing
  indexSelect: { shapes: of([3, 4]), call: (x) => x.indexSelect(1, tensor([0n, 3n, 0n])), gradFn: 'IndexSelectBackward0' },
  gather: {
    shapes: of([3, 4]),
    call: (x) =>
      x.gather(
        1,
        tensor([
          [0n, 3n],
          [1n, 1n],
          [2n, 0n],
        ]),
      ),
    gradFn: 'GatherBackward0',
    errors: [
      { call: (t) => t([[1, 2]]).gather(1, arange(1)), message: 'Index tensor must have the same number of dimensions as input tensor' },
    ],
  },
  where: { shapes: of([3, 4], [4]), call: (x, y) => x.where(condition, y), gradFn: 'WhereBackward0' },
} satisfies Rows
