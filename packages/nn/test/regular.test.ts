import { empty, manualSeed, ones, rand, setWarningHandler, tensor, zeros } from '@tapegrad/core'
import { assertClose } from '@tapegrad/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'
import { messages } from './golden.ts'

const wanted = (id: string): string => messages.get(id)?.message as string

let warnings: string[] = []
let before: Parameters<typeof setWarningHandler>[0]
beforeEach(() => {
  warnings = []
  before = setWarningHandler((message) => warnings.push(message))
})
afterEach(() => setWarningHandler(before))

describe('dropout', () => {
  it('draws the masks of PyTorch', () => {
    manualSeed(0)
    const kept = nn.functional.dropout(ones([10]), { p: 0.3 })
    assertClose(kept, tensor([0, 0, 1, 0, 1, 0, 1, 1, 1, 1]).div(0.7))
    expect(nn.functional.dropout2d(ones([2, 3, 1, 2])).tolist()).toEqual([
      [[[2, 2]], [[2, 2]], [[2, 2]]],
      [[[0, 0]], [[2, 2]], [[2, 2]]],
    ])
    assertClose(nn.functional.alphaDropout(ones([5]), { training: true }), tensor([1.6656, 1.6656, -0.7792, -0.7792, 1.6656]), {
      rtol: 0,
      atol: 1e-4,
    })
  })

  it('does nothing in evaluation, and everything for p = 1', () => {
    const x = ones([4])
    for (const Class of [nn.Dropout, nn.AlphaDropout]) {
      expect(new Class().eval().forward(x)).toBe(x)
      expect(new Class({ p: 1 }).forward(x).tolist()).toEqual([0, 0, 0, 0])
      expect(new Class({ p: 0 }).forward(x)).toBe(x)
    }
    expect(new nn.Dropout({ inplace: true, p: 1 }).forward(x)).toBe(x)
    expect(x.tolist()).toEqual([0, 0, 0, 0])
    expect(String(new nn.Dropout({ p: 0.2 }))).toBe('Dropout(p=0.2, inplace=False)')
  })

  it('drops whole channels', () => {
    for (const [Class, shape] of [
      [nn.Dropout1d, [3, 4, 2]],
      [nn.Dropout1d, [4, 2]],
      [nn.Dropout2d, [3, 4, 2, 1]],
      [nn.Dropout3d, [3, 4, 2, 1, 1]],
      [nn.Dropout3d, [4, 2, 1, 1]],
    ] as const) {
      const out = new Class().forward(ones(shape)).reshape([-1, 2]).tolist() as number[][]
      for (const [a, b] of out) expect(a).toBe(b)
    }
    expect(warnings).toEqual([])
  })

  it('complains in the words of PyTorch', () => {
    expect(() => nn.functional.dropout(ones([2]), { p: -0.1 })).toThrow(wanted('nn.dropout_f_p'))
    expect(() => new nn.Dropout({ p: 1.5 })).toThrow('dropout probability has to be between 0 and 1, but got 1.5')
    expect(() => new nn.Dropout1d().forward(ones([2]))).toThrow('dropout1d: Expected 2D or 3D input, but received a 1D input.')
    new nn.Dropout2d().forward(ones([2, 2, 2]))
    new nn.Dropout3d().forward(ones([2, 2]))
    expect(warnings).toHaveLength(2)
    expect(() => new nn.Dropout2d().forward(ones([2]))).toThrow('Feature dropout requires at least 2 dimensions in the input')
  })
})

describe('normalisation', () => {
  it('complains in the words of PyTorch', () => {
    expect(() => new nn.BatchNorm1d(3).forward(ones([1, 3]))).toThrow(wanted('nn.bn_one'))
    expect(() => new nn.BatchNorm1d(3).forward(ones([3]))).toThrow(wanted('nn.bn_ndim'))
    expect(() => new nn.BatchNorm2d(3).forward(ones([3]))).toThrow('expected 4D input (got 1D input)')
    expect(() => new nn.BatchNorm1d(3).forward(ones([2, 4]))).toThrow(wanted('nn.bn_features'))
    expect(() => new nn.LayerNorm(4).forward(ones([2, 5]))).toThrow(wanted('nn.ln_shape'))
    expect(() => new nn.GroupNorm(2, 4).forward(ones([2, 5]))).toThrow(wanted('nn.gn_channels'))
    expect(() => new nn.GroupNorm(2, 5)).toThrow(/num_channels.*must be divisible by num_groups/)
    expect(() => new nn.InstanceNorm1d(3, { affine: true }).forward(ones([2, 4, 2]))).toThrow("expected input's size at dim=1")
    new nn.InstanceNorm1d(3).forward(rand([2, 4, 2]))
    expect(warnings).toHaveLength(1)
  })

  it('gathers statistics in training, and uses them in evaluation', () => {
    const layer = new nn.BatchNorm1d(1, { momentum: null })
    for (const values of [
      [0, 2],
      [4, 6],
    ])
      layer.forward(tensor(values).reshape([2, 1]))
    expect(layer.runningMean?.tolist()).toEqual([3])
    expect(layer.runningVar?.tolist()).toEqual([2])
    expect(layer.numBatchesTracked?.item()).toBe(2)
    assertClose(layer.eval().forward(tensor([[3], [5]])), tensor([[0], [2 / Math.sqrt(2 + 1e-5)]]))
    expect(layer.numBatchesTracked?.item()).toBe(2)
    layer.resetParameters()
    expect([layer.runningMean?.item(), layer.runningVar?.item(), layer.numBatchesTracked?.item()]).toEqual([0, 1, 0])
  })

  it('resets its parameters', () => {
    for (const layer of [new nn.LayerNorm(2), new nn.RMSNorm([2]), new nn.GroupNorm(1, 2)]) {
      nn.init.constant_(layer.weight as nn.Parameter, 7)
      layer.resetParameters()
      expect(layer.weight?.tolist()).toEqual([1, 1])
    }
    expect(String(new nn.RMSNorm(2))).toBe('RMSNorm((2,), eps=None, elementwise_affine=True)')
  })
})

describe('Embedding', () => {
  it('keeps the row of the padding at zero', () => {
    const table = new nn.Embedding(3, 2, { paddingIdx: -1 })
    expect(table.weight.select(0, 2).tolist()).toEqual([0, 0])
    table
      .forward(tensor([0n, 2n]))
      .sum()
      .backward()
    expect(table.weight.grad?.tolist()).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ])
    expect(String(new nn.Embedding(3, 2, { paddingIdx: 0, maxNorm: 1, normType: 1, scaleGradByFreq: true, sparse: true }))).toBe(
      'Embedding(3, 2, padding_idx=0, max_norm=1.0, norm_type=1.0, scale_grad_by_freq=True, sparse=True)',
    )
  })

  it('takes a table', () => {
    const table = nn.Embedding.fromPretrained(tensor([[1, 2]]))
    expect(table.forward(tensor([0n])).tolist()).toEqual([[1, 2]])
    expect(table.weight.requiresGrad).toBe(false)
    expect(() => nn.Embedding.fromPretrained(tensor([1]))).toThrow('Embeddings parameter is expected to be 2-dimensional')
  })

  it('complains in the words of PyTorch', () => {
    expect(() => new nn.Embedding(3, 2).forward(tensor([3n]))).toThrow(wanted('nn.embedding_oob'))
    expect(() => new nn.Embedding(3, 2).forward(tensor([1]))).toThrow(wanted('nn.embedding_float'))
    expect(() => new nn.Embedding(3, 2, { paddingIdx: 5 })).toThrow(wanted('nn.embedding_padding_idx'))
  })
})

describe('shapes and distances', () => {
  it('rearrange', () => {
    expect(new nn.Unflatten(1, [2, -1]).forward(ones([4, 6])).shape).toEqual([4, 2, 3])
    expect(new nn.PixelShuffle(2).forward(ones([1, 8, 2, 3])).shape).toEqual([1, 2, 4, 6])
    expect(new nn.PixelUnshuffle(2).forward(ones([1, 2, 4, 6])).shape).toEqual([1, 8, 2, 3])
    expect(new nn.ChannelShuffle(2).forward(tensor([[[1], [2], [3], [4]]])).tolist()).toEqual([[[1], [3], [2], [4]]])
    expect([new nn.Unflatten(1, [2, 3]), new nn.PixelShuffle(2), new nn.PixelUnshuffle(2), new nn.ChannelShuffle(2)].map(String)).toEqual([
      'Unflatten(dim=1, unflattened_size=(2, 3))',
      'PixelShuffle(upscale_factor=2)',
      'PixelUnshuffle(downscale_factor=2)',
      'ChannelShuffle(groups=2)',
    ])
    expect(() => new nn.CircularPad1d(1).forward(ones([2]))).toThrow('expected 2D or 3D input (got 1D input)')
  })

  it('measure', () => {
    const [x, y] = [tensor([[3, 4]]), tensor([[4, 3]])]
    assertClose(new nn.CosineSimilarity().forward(x, y), tensor([0.96]))
    assertClose(new nn.PairwiseDistance({ p: 1, eps: 0, keepdim: true }).forward(x, y), tensor([[2]]))
    expect(String(new nn.PairwiseDistance())).toBe('PairwiseDistance()')
    const far = zeros([1, 2])
    assertClose(new nn.TripletMarginLoss({ margin: 7 }).forward(x, y, far), tensor(Math.SQRT2 + 2), { rtol: 1e-5, atol: 1e-5 })
    const distanceFunction = (a: typeof x, b: typeof x) => a.sub(b).abs().sum(1)
    assertClose(new nn.TripletMarginWithDistanceLoss({ margin: 7, distanceFunction }).forward(x, y, far), tensor(2))
    expect(() => new nn.Bilinear(0, 1, 1)).toThrow('in1_features must be > 0, but got 0')
  })
})

describe('initialisers and clipping', () => {
  it('orthogonal matrices are those of PyTorch', () => {
    manualSeed(0)
    assertClose(
      nn.init.orthogonal_(empty([2, 5])),
      tensor([
        [0.5222, -0.0994, -0.7384, 0.1926, -0.3675],
        [-0.5365, 0.2106, -0.1429, -0.3588, -0.7202],
      ]),
      { rtol: 0, atol: 1e-4 },
    )
    const tall = nn.init.orthogonal_(empty([4, 2, 1]), { gain: 2 }).reshape([4, 2])
    assertClose(tall.t().mm(tall), tensor([4, 0, 0, 4]).reshape([2, 2]), { rtol: 1e-5, atol: 1e-5 })
    expect(nn.init.eye_(empty([2, 3])).tolist()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ])
    expect(() => nn.init.orthogonal_(ones([2]))).toThrow(wanted('nn.init_orthogonal_1d'))
    expect(() => nn.init.eye_(ones([2]))).toThrow('Only tensors with 2 dimensions are supported')
  })

  it('gradients are clipped together', () => {
    const parameters = [new nn.Parameter(ones([2])), new nn.Parameter(ones([1])), new nn.Parameter(ones([1]))] as const
    parameters[0].grad = tensor([3, 4])
    parameters[1].grad = tensor([12])
    expect(nn.utils.clipGradNorm_(parameters, 1).item()).toBe(13)
    assertClose(parameters[0].grad, tensor([3 / 13, 4 / 13]))
    assertClose(nn.utils.clipGradNorm_(parameters, 100, { normType: Number.POSITIVE_INFINITY }), tensor(12 / 13))
    nn.utils.clipGradValue_(parameters[1], 0.5)
    expect(parameters[1].grad.item()).toBe(0.5)
    parameters[0].grad = tensor([Number.NaN, 1])
    expect(() => nn.utils.clipGradNorm_(parameters, 1, { errorIfNonfinite: true })).toThrow(wanted('nn.clip_norm_nan'))
    expect(nn.utils.clipGradNorm_([], 1).item()).toBe(0)
  })
})
