/** Operations that are functions only. */
import { binaryCrossEntropy, binaryCrossEntropyWithLogits, cat, logsigmoid, mseLoss, softplus, stack } from '../../src/index.ts'
import { floating, integers, like, type Rows } from './row.ts'

const loss2 = {
  shapes: [
    [3, 4],
    [3, 4],
  ],
  refuses: integers,
  result: floating,
} as const

/** The operations that are functions only. */
export const functions = {
  cat: [
    {
      shapes: [
        [3, 4],
        [3, 2],
      ],
      call: (x, y) => cat([x, y], 1),
      gradFn: 'CatBackward0',
    },
    {
      shapes: [[3, 4], [0]],
      call: (x, y) => cat([x, y, x]),
      gradFn: 'CatBackward0',
      skip: { views: 'an empty tensor has no other layout' },
    },
  ],
  stack: {
    shapes: [
      [3, 4],
      [3, 4],
    ],
    call: (x, y) => stack([x, y], -1),
    gradFn: 'StackBackward0',
  },
  softplus: [
    { shapes: [[3, 4]], call: (x) => softplus(x), gradFn: 'SoftplusBackward0', refuses: integers },
    { shapes: [[3, 4]], call: (x) => softplus(x, { beta: 3, threshold: 2 }), gradFn: 'SoftplusBackward0', refuses: integers },
  ],
  logsigmoid: { shapes: [[3, 4]], call: (x) => logsigmoid(x), gradFn: 'LogSigmoidBackward0', refuses: integers },
  mseLoss: [
    { ...loss2, call: (x, y) => mseLoss(x, y), gradFn: 'MseLossBackward0' },
    { ...loss2, call: (x, y) => mseLoss(x, y, { reduction: 'sum' }), gradFn: 'MseLossBackward0' },
    { ...loss2, call: (x, y) => mseLoss(x, y, { reduction: 'none' }), gradFn: 'MseLossBackward0' },
  ],
  binaryCrossEntropy: [
    { ...loss2, low: 0.2, high: 0.8, call: (x, y) => binaryCrossEntropy(x, y), gradFn: 'BinaryCrossEntropyBackward0' },
    {
      ...loss2,
      low: 0.2,
      high: 0.8,
      call: (x, y) => binaryCrossEntropy(x, y, { weight: like(x, 0.5), reduction: 'sum' }),
      gradFn: 'BinaryCrossEntropyBackward0',
    },
  ],
  binaryCrossEntropyWithLogits: [
    { ...loss2, call: (x, y) => binaryCrossEntropyWithLogits(x, y.sigmoid()), gradFn: 'BinaryCrossEntropyWithLogitsBackward0' },
    {
      ...loss2,
      call: (x, y) => binaryCrossEntropyWithLogits(x, y.sigmoid(), { posWeight: like(x, 2), reduction: 'none' }),
      gradFn: 'BinaryCrossEntropyWithLogitsBackward0',
    },
  ],
} satisfies Rows
