/** Losses beyond those of loss.ts. */
import {
  cosineEmbeddingLoss,
  crossEntropy,
  gaussianNllLoss,
  hingeEmbeddingLoss,
  linearCrossEntropy,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  nllLoss,
  softMarginLoss,
  type Tensor,
  tensor,
} from '../../src/index.ts'
import { floating, integers, like, of, type Row, type Rows, summed } from './row.ts'

/** A function of an input and a target of its shape. */
const pair = (gradFn: string, more: Partial<Row> = {}): Row => ({ shapes: of([3, 4], [3, 4]), gradFn, refuses: integers, ...more })
/** A function of an input alone. */
const alone = (call: Row['call'] & {}, gradFn: string, more: Partial<Row> = {}): Row => ({
  shapes: of([3, 4]),
  call,
  gradFn,
  refuses: integers,
  ...more,
})

const classes = tensor([1n, 0n, 3n])
const someIgnored = tensor([1n, -100n, 3n])
const weights = (x: Tensor): Tensor => tensor([0.5, 1, 2, 0.25], { dtype: x.dtype === 'float64' ? 'float64' : 'float32' })
/** 1 and -1 in turn, in the shape and dtype of `x`. */
const signs = (x: Tensor): Tensor => like(x, 1).mul(tensor([1, -1, 1, -1], { dtype: x.dtype }))

export const losses = {
  l1Loss: [pair('MeanBackward0'), pair('SumBackward0', { rest: [{ reduction: 'sum' }], refuses: ['bool'], result: summed })],
  smoothL1Loss: [
    pair('SmoothL1LossBackward0', { rest: [{ beta: 0.5 }] }),
    pair('SmoothL1LossBackward0', { rest: [{ reduction: 'none' }] }),
  ],
  huberLoss: [pair('HuberLossBackward0', { rest: [{ delta: 0.5 }] }), pair('HuberLossBackward0', { rest: [{ reduction: 'sum' }] })],
  klDiv: [
    pair('DivBackward0', { low: 0.2, high: 0.8, rest: [{ reduction: 'batchmean' }] }),
    pair('SumBackward0', { rest: [{ reduction: 'sum', logTarget: true }] }),
  ],
  poissonNllLoss: pair('MeanBackward0', { low: 1.2, high: 3, rest: [{ full: true }], refuses: ['bool'], result: floating }),
  gaussianNllLoss: {
    shapes: of([3, 4], [3, 4], [3, 4]),
    low: 0.3,
    gradFn: 'MeanBackward0',
    call: (x, y, v) => gaussianNllLoss(x, y, v, { full: true }),
    refuses: integers,
  },
  nllLoss: [
    alone((x) => nllLoss(x, classes), 'NllLossBackward0'),
    alone((x) => nllLoss(x, someIgnored, { weight: weights(x) }), 'NllLossBackward0'),
    alone((x) => nllLoss(x, tensor([[0n, 1n]]), { reduction: 'none' }), 'NllLoss2DBackward0', { shapes: of([1, 3, 2]) }),
  ],
  crossEntropy: [
    alone((x) => crossEntropy(x, classes), 'NllLossBackward0'),
    alone((x) => crossEntropy(x, someIgnored, { weight: weights(x), labelSmoothing: 0.2 }), 'AddBackward0'),
    pair('DivBackward0'),
  ],
  linearCrossEntropy: alone((x, w) => linearCrossEntropy(x, w, classes), 'NllLossBackward0', { shapes: of([3, 2], [4, 2]) }),
  hingeEmbeddingLoss: alone((x) => hingeEmbeddingLoss(x, signs(x)), 'MeanBackward0'),
  marginRankingLoss: {
    shapes: of([3, 4], [3, 4]),
    gradFn: 'MeanBackward0',
    call: (x, y) => marginRankingLoss(x, y, signs(x), { margin: 0.3 }),
    refuses: ['bool', 'uint8'],
    result: floating,
  },
  softMarginLoss: alone((x) => softMarginLoss(x, signs(x)), 'SoftMarginLossBackward0'),
  cosineEmbeddingLoss: {
    shapes: of([3, 4], [3, 4]),
    low: 0.3,
    gradFn: 'MeanBackward0',
    call: (x, y) => cosineEmbeddingLoss(x, y, tensor([1n, -1n, 1n])),
    refuses: ['bool'],
    result: floating,
  },
  tripletMarginLoss: {
    shapes: of([3, 4], [3, 4], [3, 4]),
    gradFn: 'MeanBackward0',
    rest: [{ margin: 5 }],
    refuses: ['bool'],
    result: floating,
  },
  tripletMarginWithDistanceLoss: {
    shapes: of([3, 4], [3, 4], [3, 4]),
    gradFn: 'MeanBackward0',
    rest: [{ margin: 5, swap: true }],
    refuses: ['bool'],
    result: floating,
  },
  multiMarginLoss: [
    alone((x) => multiMarginLoss(x, classes), 'MultiMarginLossBackward0'),
    alone((x) => multiMarginLoss(x, classes, { p: 2, weight: weights(x), reduction: 'none' }), 'MultiMarginLossBackward0'),
  ],
  multilabelMarginLoss: alone(
    (x) =>
      multilabelMarginLoss(
        x,
        tensor([
          [1n, 3n, -1n, 0n],
          [0n, -1n, 2n, 2n],
          [-1n, 0n, 0n, 0n],
        ]),
      ),
    'MultilabelMarginLossBackward0',
  ),
  multilabelSoftMarginLoss: alone((x) => multilabelSoftMarginLoss(x, like(x, 0.25)), 'MeanBackward0'),
} satisfies Rows
