/** What layers are made of: norms, attention, distances, products; and functions on grids of samples. */
import {
  batchNorm,
  bilinear,
  cdist,
  cosineSimilarity,
  einsum,
  gradient,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  nativeGroupNorm,
  nativeLayerNorm,
  normalize,
  ones,
  rmsNorm,
  scaledDotProductAttention,
  tensordot,
  zeros,
} from '../../src/index.ts'
import { floating, integers, of, type Row, type Rows, summed } from './row.ts'

const layer = (call: Row['call'] & {}, gradFn: string, ...shapes: readonly (readonly number[])[]): Row => ({
  shapes,
  call,
  gradFn,
  refuses: integers,
})

export const layers = {
  layerNorm: layer((x, weight, bias) => layerNorm(x, [4], { weight, bias }), 'NativeLayerNormBackward0', [3, 4], [4], [4]),
  nativeLayerNorm: {
    ...layer((x, w, b) => nativeLayerNorm(x, [4], w, b, 0.1), 'NativeLayerNormBackward0', [3, 4], [4], [4]),
    skip: { grad: 'the statistics are no outputs of the graph' },
  },
  groupNorm: layer((x, weight, bias) => groupNorm(x, 2, { weight, bias }), 'NativeGroupNormBackward0', [2, 4, 3], [4], [4]),
  nativeGroupNorm: layer((x, w, b) => nativeGroupNorm(x, w, b, 2, 4, 3, 2, 0.1), 'NativeGroupNormBackward0', [2, 4, 3], [4], [4]),
  batchNorm: [
    layer((x, weight, bias) => batchNorm(x, null, null, { weight, bias, training: true }), 'NativeBatchNormBackward0', [3, 4], [4], [4]),
    layer(
      (x, weight, bias) => batchNorm(x, zeros([4], { dtype: x.dtype }), ones([4], { dtype: x.dtype }), { weight, bias }),
      'NativeBatchNormBackward0',
      [3, 4],
      [4],
      [4],
    ),
  ],
  instanceNorm: layer((x, weight, bias) => instanceNorm(x, { weight, bias }), 'ViewBackward0', [2, 3, 4], [3], [3]),
  rmsNorm: layer((x, weight) => rmsNorm(x, [4], { weight, eps: 0.1 }), 'MulBackward0', [3, 4], [4]),
  localResponseNorm: layer((x) => localResponseNorm(x, 3, { alpha: 0.5 }), 'DivBackward0', [2, 4, 3]),
  scaledDotProductAttention: [
    layer((q, k, v) => scaledDotProductAttention(q, k, v), 'UnsafeViewBackward0', [2, 3, 4], [2, 5, 4], [2, 5, 2]),
    layer((q, k, v) => scaledDotProductAttention(q, k, v, { isCausal: true }), 'MmBackward0', [3, 4], [5, 4], [5, 2]),
  ],
  normalize: layer((x) => normalize(x), 'DivBackward0', [3, 4]),
  cosineSimilarity: layer((x, y) => cosineSimilarity(x, y), 'SumBackward1', [3, 4], [3, 4]),
  pairwiseDistance: { shapes: of([3, 4], [3, 4]), gradFn: 'NormBackward1', refuses: ['bool'], result: floating },
  cdist: [
    layer((x, y) => cdist(x, y), 'CdistBackward0', [3, 4], [5, 4]),
    layer((x, y) => cdist(x, y, { p: 3 }), 'CdistBackward0', [3, 4], [5, 4]),
  ],
  pdist: { shapes: of([3, 4]), gradFn: 'PdistBackward0', refuses: integers, skip: { views: 'equal rows have no gradient' } },
  softmin: { shapes: of([3, 4]), rest: [1], gradFn: 'SoftmaxBackward0', refuses: integers },
  bilinear: { shapes: of([3, 2], [3, 4], [5, 2, 4], [5]), gradFn: 'AddBackward0', refuses: ['bool'] },
  tensordot: {
    shapes: of([2, 3, 4], [4, 3, 2]),
    call: (x, y) =>
      tensordot(x, y, {
        dims: [
          [1, 2],
          [1, 0],
        ],
      }),
    gradFn: 'ViewBackward0',
    refuses: ['bool'],
  },
  einsum: [
    { shapes: of([2, 3, 4], [2, 4, 2]), call: (x, y) => einsum('bij,bjk->bik', [x, y]), gradFn: 'ViewBackward0', refuses: ['bool'] },
    { shapes: of([3, 3], [3], [3, 2]), call: (x, y, z) => einsum('ii,i,ij->j', [x, y, z]), gradFn: 'ViewBackward0', refuses: ['bool'] },
  ],
  trapezoid: { shapes: of([3, 4], [3, 4]), gradFn: 'DivBackward0', refuses: ['bool'], result: floating },
  trapz: { shapes: of([3, 4]), gradFn: 'MulBackward0', refuses: ['bool'], result: floating },
  cumulativeTrapezoid: { shapes: of([3, 4], [4]), gradFn: 'DivBackward0', refuses: ['bool'], result: floating },
  gradient: {
    shapes: of([3, 4]),
    call: (x) => gradient(x, { spacing: [1, 0.5], edgeOrder: 2 }),
    gradFn: 'CatBackward0',
    refuses: ['bool', 'uint8'],
    result: floating,
  },
  vander: { shapes: of([4]), rest: [{ N: 3 }], gradFn: 'FlipBackward0', result: summed },
} satisfies Rows
