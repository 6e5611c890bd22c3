/** Reductions. */
import { indices, integers, of, type Rows, smooth, summed, unary } from './row.ts'

export const reductions = {
  // reductions
  sum: [
    { shapes: of([3, 4]), gradFn: 'SumBackward0', result: summed },
    { shapes: of([3, 4]), rest: [1], gradFn: 'SumBackward1', result: summed },
    { shapes: of([2, 3, 4]), rest: [[0, -1], { keepdim: true }], gradFn: 'SumBackward1', result: summed },
    { shapes: of([3, 4]), rest: [{ dim: 0, dtype: 'float64' }], gradFn: 'SumBackward1', result: () => 'float64' },
  ],
  mean: [
    { shapes: of([3, 4]), gradFn: 'MeanBackward0', refuses: integers },
    { shapes: of([3, 4]), rest: [0, { keepdim: true }], gradFn: 'MeanBackward1', refuses: integers },
  ],
  max: [
    unary('MaxBackward1'),
    { shapes: of([3, 4]), rest: [1], gradFn: 'MaxBackward0' },
    { shapes: of([3, 4], [4]), gradFn: 'MaximumBackward0' },
  ],
  min: [
    unary('MinBackward1'),
    { shapes: of([3, 4]), rest: [{ dim: 0, keepdim: true }], gradFn: 'MinBackward0' },
    { shapes: of([3, 4], [4]), gradFn: 'MinimumBackward0' },
  ],
  amax: [unary('AmaxBackward0'), unary('AmaxBackward0', { rest: [[1], { keepdim: true }] })],
  amin: [unary('AminBackward0'), unary('AminBackward0', { rest: [0] })],
  argmax: [
    { shapes: of([3, 4]), gradFn: null, result: indices, refuses: ['bool'] },
    { shapes: of([3, 4]), rest: [1, { keepdim: true }], gradFn: null, result: indices, refuses: ['bool'] },
  ],
  argmin: [
    { shapes: of([3, 4]), gradFn: null, result: indices, refuses: ['bool'] },
    { shapes: of([3, 4]), rest: [0], gradFn: null, result: indices, refuses: ['bool'] },
  ],
  any: { shapes: of([3, 4]), rest: [1], gradFn: null, result: (d) => (d === 'uint8' ? 'uint8' : 'bool') },
  all: { shapes: of([3, 4]), gradFn: null, result: (d) => (d === 'uint8' ? 'uint8' : 'bool') },
  aminmax: unary('AminmaxBackward0', { rest: [{ dim: 1 }] }),
  countNonzero: { shapes: of([3, 4]), rest: [1], gradFn: null, result: indices },
  nansum: { shapes: of([3, 4]), rest: [1], gradFn: 'NansumBackward0', result: summed },
  nanmean: { shapes: of([3, 4]), rest: [1], gradFn: 'DivBackward0', refuses: integers },
  prod: [
    { shapes: of([3, 4]), gradFn: 'ProdBackward0', result: summed },
    { shapes: of([3, 4]), rest: [1], gradFn: 'ProdBackward1', result: summed },
  ],
  var: [
    unary('VarBackward0', { refuses: integers }),
    unary('VarBackward0', { rest: [1, { correction: 0, keepdim: true }], refuses: integers }),
  ],
  std: [unary('StdBackward0', { refuses: integers }), unary('StdBackward0', { rest: [{ dim: [0, 1] }], refuses: integers })],
  varMean: unary('VarMeanBackward0', { rest: [1], refuses: integers }),
  stdMean: unary('StdMeanBackward0', { rest: [1], refuses: integers }),
  softmax: unary('SoftmaxBackward0', { rest: [1], refuses: integers }),
  logSoftmax: unary('LogSoftmaxBackward0', { rest: [0], refuses: integers }),
  logsumexp: smooth('LogsumexpBackward0', -2, 2, [1]),
  median: [unary('MedianBackward0', { refuses: ['bool'] }), unary('MedianBackward1', { rest: [1], refuses: ['bool'] })],
  nanmedian: [unary('NanmedianBackward0', { refuses: ['bool'] }), unary('NanmedianBackward1', { rest: [1], refuses: ['bool'] })],
  mode: unary('ModeBackward0', { rest: [1] }),
  quantile: unary('SqueezeBackward4', { rest: [0.3, { dim: 1 }], refuses: integers }),
  nanquantile: unary('SqueezeBackward4', { rest: [0.3, { dim: 1 }], refuses: integers }),
  norm: [
    unary('LinalgVectorNormBackward0', { refuses: integers }),
    unary('LinalgVectorNormBackward0', { rest: [{ p: 3, dim: 1 }], refuses: integers }),
  ],
  dist: { shapes: of([3, 4], [3, 4]), rest: [{ p: 3 }], gradFn: 'DistBackward0', refuses: integers },
  renorm: unary('RenormBackward0', { rest: [2, 0, 1], refuses: integers }),
  cov: { ...smooth('SqueezeBackward0'), refuses: ['bool'] },
  corrcoef: { ...smooth('ClampBackward1'), refuses: ['bool'] },
  diff: unary('SubBackward0', { rest: [{ n: 2, dim: 1 }] }),
} satisfies Rows
