/** Operations that are functions only: joining, activations, losses. */
import { binaryCrossEntropy, binaryCrossEntropyWithLogits, cat, stack } from '../../src/index.ts'
import { floating, integers, like, of, type Row, type Rows } from './row.ts'

/** A function of one floating-point tensor. */
const activation = (gradFn: string, ...rest: unknown[]): Row => ({ shapes: of([3, 4]), rest, gradFn, refuses: integers })
/** A function of an input and a target of its shape. */
const pair = (gradFn: string, more: Partial<Row> = {}): Row => ({ shapes: of([3, 4], [3, 4]), gradFn, refuses: integers, ...more })
const probabilities = { low: 0.2, high: 0.8 }

export const functions = {
  cat: [
    { shapes: of([3, 4], [3, 2]), call: (x, y) => cat([x, y], 1), gradFn: 'CatBackward0' },
    {
      shapes: of([3, 4], [0]),
      call: (x, y) => cat([x, y, x]),
      gradFn: 'CatBackward0',
      skip: { views: 'an empty tensor has no other layout' },
    },
  ],
  stack: { shapes: of([3, 4], [3, 4]), call: (x, y) => stack([x, y], -1), gradFn: 'StackBackward0' },

  // activations
  softplus: [activation('SoftplusBackward0'), activation('SoftplusBackward0', { beta: 3, threshold: 2 })],
  logsigmoid: activation('LogSigmoidBackward0'),
  elu: [activation('EluBackward0'), activation('EluBackward0', { alpha: 2 })],
  selu: activation('EluBackward0'),
  celu: activation('CeluBackward0', { alpha: 2 }),
  gelu: [activation('GeluBackward0'), activation('GeluBackward0', { approximate: 'tanh' })],
  silu: activation('SiluBackward0'),
  mish: activation('MishBackward0'),
  glu: activation('GluBackward0', 1),
  leakyRelu: activation('LeakyReluBackward0', { negativeSlope: 0.2 }),
  rrelu: activation('RreluWithNoiseBackward0'),
  prelu: [
    { shapes: of([3, 4], [4]), gradFn: 'PreluKernelBackward0', refuses: integers },
    { shapes: of([3, 4], [1]), gradFn: 'PreluKernelBackward0', refuses: integers },
  ],
  threshold: { ...activation('ThresholdBackward0', 0.1, 5), refuses: ['bool'] },
  hardtanh: { ...activation('HardtanhBackward0'), refuses: ['uint8', 'bool'] },
  relu6: { ...activation('HardtanhBackward0'), refuses: ['bool'] },
  hardsigmoid: activation('HardsigmoidBackward0'),
  hardswish: activation('HardswishBackward0'),
  hardshrink: activation('HardshrinkBackward0'),
  softshrink: activation('SoftshrinkBackward0'),
  softsign: { ...activation('DivBackward0'), refuses: ['bool'], result: floating },
  tanhshrink: { ...activation('SubBackward0'), refuses: ['bool'], result: floating },

  // losses
  mseLoss: [
    pair('MseLossBackward0'),
    pair('MseLossBackward0', { rest: [{ reduction: 'sum' }] }),
    pair('MseLossBackward0', { rest: [{ reduction: 'none' }] }),
  ],
  binaryCrossEntropy: [
    pair('BinaryCrossEntropyBackward0', probabilities),
    pair('BinaryCrossEntropyBackward0', {
      ...probabilities,
      call: (x, y) => binaryCrossEntropy(x, y, { weight: like(x, 0.5), reduction: 'sum' }),
    }),
  ],
  binaryCrossEntropyWithLogits: [
    pair('BinaryCrossEntropyWithLogitsBackward0', probabilities),
    pair('BinaryCrossEntropyWithLogitsBackward0', {
      ...probabilities,
      call: (x, y) => binaryCrossEntropyWithLogits(x, y, { posWeight: like(x, 2), reduction: 'none' }),
    }),
  ],
} satisfies Rows
