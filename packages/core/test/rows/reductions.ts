/** Reductions. */
import { indices, integers, type Rows, smooth, summed, unary } from './row.ts'

export const reductions = {
  // reductions
  sum: [
    { shapes: [[3, 4]], gradFn: 'SumBackward0', result: summed },
    { shapes: [[3, 4]], rest: [1], gradFn: 'SumBackward1', result: summed },
    { shapes: [[2, 3, 4]], rest: [[0, -1], { keepdim: true }], gradFn: 'SumBackward1', result: summed },
    { shapes: [[3, 4]], rest: [{ dim: 0, dtype: 'float64' }], gradFn: 'SumBackward1', result: () => 'float64' },
  ],
  mean: [
    { shapes: [[3, 4]], gradFn: 'MeanBackward0', refuses: integers },
    { shapes: [[3, 4]], rest: [0, { keepdim: true }], gradFn: 'MeanBackward1', refuses: integers },
  ],
  max: [
    unary('MaxBackward1'),
    { shapes: [[3, 4]], rest: [1], gradFn: 'MaxBackward0' },
    { shapes: [[3, 4], [4]], gradFn: 'MaximumBackward0' },
  ],
  min: [
    unary('MinBackward1'),
    { shapes: [[3, 4]], rest: [{ dim: 0, keepdim: true }], gradFn: 'MinBackward0' },
    { shapes: [[3, 4], [4]], gradFn: 'MinimumBackward0' },
  ],
  amax: [unary('AmaxBackward0'), unary('AmaxBackward0', { rest: [[1], { keepdim: true }] })],
  amin: [unary('AminBackward0'), unary('AminBackward0', { rest: [0] })],
  argmax: [
    { shapes: [[3, 4]], gradFn: null, result: indices, refuses: ['bool'] },
    { shapes: [[3, 4]], rest: [1, { keepdim: true }], gradFn: null, result: indices, refuses: ['bool'] },
  ],
  argmin: [
    { shapes: [[3, 4]], gradFn: null, result: indices, refuses: ['bool'] },
    { shapes: [[3, 4]], rest: [0], gradFn: null, result: indices, refuses: ['bool'] },
  ],
  any: { shapes: [[3, 4]], rest: [1], gradFn: null, result: (d) => (d === 'uint8' ? 'uint8' : 'bool') },
  all: { shapes: [[3, 4]], gradFn: null, result: (d) => (d === 'uint8' ? 'uint8' : 'bool') },
  aminmax: unary('AminmaxBackward0', { rest: [{ dim: 1 }] }),
  countNonzero: { shapes: [[3, 4]], rest: [1], gradFn: null, result: indices },
  nansum: { shapes: [[3, 4]], rest: [1], gradFn: 'NansumBackward0', result: summed },
  nanmean: { shapes: [[3, 4]], rest: [1], gradFn: 'DivBackward0', refuses: integers },
  prod: [
    { shapes: [[3, 4]], gradFn: 'ProdBackward0', result: summed },
    { shapes: [[3, 4]], rest: [1], gradFn: 'ProdBackward1', result: summed },
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
} satisfies Rows
