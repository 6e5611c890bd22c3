/** Arranging elements: diagonals, turns, repetitions, grids, copies of views. */
import * as core from '../../src/index.ts'
import { look, of, type Rows, summed, unary } from './row.ts'

const { blockDiag, broadcastTensors, cartesianProd, columnStack, combinations, constantPadNd, dstack, hstack, meshgrid, pad, vstack } = core

export const arranging = {
  sumToSize: { shapes: of([2, 3, 4]), rest: [[3, 1]], gradFn: 'SumBackward1', result: summed },
  diag: [look('DiagEmbedBackward0', [4]), look('DiagonalBackward0_copy', [3, 4], { diagonal: 1 })],
  diagEmbed: look('DiagEmbedBackward0', [3, 4], { offset: -1, dim1: 0, dim2: 2 }),
  diagflat: look('DiagEmbedBackward0', [2, 3]),
  trace: { shapes: of([3, 4]), gradFn: 'TraceBackward0', result: summed, refuses: ['bool'] },
  tril: [unary('TrilBackward0'), look('TrilBackward0', [2, 3, 4], { diagonal: 1 })],
  triu: [unary('TriuBackward0'), look('TriuBackward0', [2, 3, 4], { diagonal: -1 })],
  flip: look('FlipBackward0', [2, 3, 4], [0, 2]),
  fliplr: unary('FlipBackward0'),
  flipud: unary('FlipBackward0'),
  roll: [unary('RollBackward0', { rest: [5] }), look('RollBackward0', [2, 3, 4], [1, -1], { dims: [0, 2] })],
  rot90: [
    unary('Rot90Backward0'),
    unary('Rot90Backward0', { rest: [{ k: -1, dims: [1, 0] }] }),
    unary('Rot90Backward0', { rest: [{ k: 2 }] }),
  ],
  repeat: unary('RepeatBackward0', { rest: [[2, 1, 3]] }),
  tile: unary('RepeatBackward0', { rest: [2] }),
  repeatInterleave: [
    unary('ViewBackward0', { rest: [2, { dim: 1 }] }),
    unary('IndexSelectBackward0', { call: (x) => x.repeatInterleave(core.tensor([2n, 0n, 1n]), { dim: 0 }) }),
  ],
  unfold: [look('UnfoldBackward0', [3, 5], 1, 3, 1), look('UnfoldBackward0', [5, 3], 0, 2, 3)],
  selectScatter: { shapes: of([3, 4], [4]), rest: [0, -1], gradFn: 'SelectScatterBackward0' },
  sliceScatter: { shapes: of([3, 4], [3, 2]), rest: [1, 0, null, 2], gradFn: 'SliceScatterBackward0' },
  diagonalScatter: { shapes: of([3, 4], [3]), rest: [{ offset: 1 }], gradFn: 'DiagonalScatterBackward0' },
  asStridedScatter: { shapes: of([3, 4], [2, 2]), rest: [[2, 2], [5, 1], { storageOffset: 1 }], gradFn: 'AsStridedScatterBackward0' },
} satisfies Rows

/** Those that are functions only. */
export const arrangements = {
  aliasCopy: { shapes: of([3, 4]), call: (x) => core.aliasCopy(x), gradFn: 'AliasBackward0_copy' },
  asStridedCopy: { shapes: of([3, 4]), call: (x) => core.asStridedCopy(x.contiguous().alias(), [2, 2], [5, 1]), gradFn: null },
  detachCopy: { shapes: of([3, 4]), call: (x) => core.detachCopy(x), gradFn: null },
  diagonalCopy: { shapes: of([3, 4]), call: (x) => core.diagonalCopy(x), gradFn: 'DiagonalBackward0_copy' },
  expandCopy: { shapes: of([3, 1]), call: (x) => core.expandCopy(x, [3, 4]), gradFn: 'ExpandBackward0_copy' },
  permuteCopy: { shapes: of([3, 4]), call: (x) => core.permuteCopy(x, [1, 0]), gradFn: 'PermuteBackward0_copy' },
  selectCopy: { shapes: of([3, 4]), call: (x) => core.selectCopy(x, 1, 2), gradFn: 'SelectBackward0_copy' },
  sliceCopy: { shapes: of([3, 4]), call: (x) => core.sliceCopy(x, 1, 1, 3), gradFn: 'SliceBackward0_copy' },
  splitCopy: { shapes: of([3, 4]), call: (x) => core.splitCopy(x, 2), gradFn: 'SplitBackward0_copy' },
  splitWithSizesCopy: { shapes: of([3, 4]), call: (x) => core.splitWithSizesCopy(x, [1, 2]), gradFn: 'SplitWithSizesBackward0_copy' },
  squeezeCopy: { shapes: of([3, 1]), call: (x) => core.squeezeCopy(x, 1), gradFn: 'SqueezeBackward1_copy' },
  tCopy: { shapes: of([3, 4]), call: (x) => core.tCopy(x), gradFn: 'TBackward0_copy' },
  transposeCopy: { shapes: of([3, 4]), call: (x) => core.transposeCopy(x, 0, 1), gradFn: 'TransposeBackward0_copy' },
  unbindCopy: { shapes: of([3, 4]), call: (x) => core.unbindCopy(x), gradFn: 'UnbindBackward0_copy' },
  unfoldCopy: { shapes: of([3, 4]), call: (x) => core.unfoldCopy(x, 1, 2, 1), gradFn: 'UnfoldBackward0_copy' },
  unsqueezeCopy: { shapes: of([3, 4]), call: (x) => core.unsqueezeCopy(x, 0), gradFn: 'UnsqueezeBackward0_copy' },
  viewCopy: { shapes: of([3, 4]), call: (x) => core.viewCopy(x.contiguous(), [12]), gradFn: 'ViewBackward0_copy' },

  atleast1d: { shapes: of([]), call: (x) => core.atleast1d(x), gradFn: 'ViewBackward0' },
  atleast2d: { shapes: of([3]), call: (x) => core.atleast2d(x), gradFn: 'UnsqueezeBackward0' },
  atleast3d: { shapes: of([3, 4]), call: (x) => core.atleast3d(x), gradFn: 'UnsqueezeBackward0' },
  hstack: { shapes: of([3, 4], [3, 2]), call: (x, y) => hstack([x, y]), gradFn: 'CatBackward0' },
  vstack: { shapes: of([3, 4], [4]), call: (x, y) => vstack([x, y]), gradFn: 'CatBackward0' },
  rowStack: { shapes: of([4], [4]), call: (x, y) => core.rowStack([x, y]), gradFn: 'CatBackward0' },
  dstack: { shapes: of([3, 4], [3, 4]), call: (x, y) => dstack([x, y]), gradFn: 'CatBackward0' },
  columnStack: { shapes: of([3], [3, 2]), call: (x, y) => columnStack([x, y]), gradFn: 'CatBackward0' },
  blockDiag: { shapes: of([3, 4], [2], []), call: (x, y, z) => blockDiag([x, y, z]), gradFn: 'BlockDiagBackward0' },
  broadcastTensors: { shapes: of([3, 1], [4]), call: (x, y) => broadcastTensors([x, y]), gradFn: 'ExpandBackward0' },
  meshgrid: { shapes: of([3], [4]), call: (x, y) => meshgrid([x, y], { indexing: 'xy' }), gradFn: 'ExpandBackward0' },
  cartesianProd: { shapes: of([3], [2]), call: (x, y) => cartesianProd([x, y]), gradFn: 'StackBackward0' },
  combinations: { shapes: of([4]), call: (x) => combinations(x, { r: 3, withReplacement: true }), gradFn: 'StackBackward0' },
  _chunkCat: { shapes: of([3, 4], [3, 2]), call: (x, y) => core._chunkCat([x, y], 1, 3), gradFn: 'CatBackward0' },

  constantPadNd: { shapes: of([3, 4]), call: (x) => constantPadNd(x, [1, -1, 0, 2], { value: 3 }), gradFn: 'ConstantPadNdBackward0' },
  pad: [
    { shapes: of([3, 4]), call: (x) => pad(x, [1, 2]), gradFn: 'ConstantPadNdBackward0' },
    { shapes: of([2, 3, 4]), call: (x) => pad(x, [1, 3], { mode: 'reflect' }), gradFn: 'ReflectionPad1DBackward0', refuses: ['bool'] },
    {
      shapes: of([2, 3, 4]),
      call: (x) => pad(x, [-1, 2, 1, 0], { mode: 'replicate' }),
      gradFn: 'ReplicationPad2DBackward0',
      refuses: ['bool'],
    },
    { shapes: of([2, 3, 4]), call: (x) => pad(x, [-1, 2], { mode: 'circular' }), gradFn: 'CopySlices' },
  ],
  pixelShuffle: { shapes: of([8, 2, 3]), call: (x) => core.pixelShuffle(x, 2), gradFn: 'PixelShuffleBackward0' },
  pixelUnshuffle: { shapes: of([1, 2, 4, 6]), call: (x) => core.pixelUnshuffle(x, 2), gradFn: 'PixelUnshuffleBackward0' },
  channelShuffle: { shapes: of([2, 6, 2]), call: (x) => core.channelShuffle(x, 3), gradFn: 'ChannelShuffleBackward0' },
} satisfies Rows
