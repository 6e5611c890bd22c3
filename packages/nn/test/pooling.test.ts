import { arange, ones, type Tensor, tensor } from '@tapegrad/core'
import { assertClose } from '@tapegrad/core/testing'
import { describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'

const image = (): Tensor => arange(16, { dtype: 'float32' }).reshape([1, 1, 4, 4])

describe('pooling', () => {
  it('takes the greatest, the mean and the norm of windows', () => {
    expect(new nn.MaxPool2d(2).forward(image()).tolist()).toEqual([
      [
        [
          [5, 7],
          [13, 15],
        ],
      ],
    ])
    expect(new nn.AvgPool2d(2, { stride: 2, divisorOverride: 2 }).forward(image()).flatten().tolist()).toEqual([5, 9, 21, 25])
    expect(new nn.AvgPool1d(2, { padding: 1, countIncludePad: false }).forward(tensor([[1, 2, 3]])).tolist()).toEqual([[1, 2.5]])
    assertClose(new nn.LPPool1d(2, 2).forward(tensor([[3, 4, 6, 8]])), tensor([[5, 10]]))
    expect(new nn.AdaptiveAvgPool2d([1, null]).forward(ones([3, 4, 5])).shape).toEqual([3, 1, 5])
    expect(new nn.AdaptiveMaxPool1d(2, { returnIndices: true }).forward(tensor([[1, 3, 2]])).map((t) => t.tolist())).toEqual([
      [[3, 3]],
      [[1, 1]],
    ])
  })

  it('stands among other layers', () => {
    const model = new nn.Sequential(new nn.MaxPool2d(2), new nn.Flatten(), new nn.Linear(4, 2))
    expect(model.forward(image()).shape).toEqual([1, 2])
  })

  it('is undone by unpooling, as far as may be', () => {
    const pool = new nn.MaxPool2d(2, { returnIndices: true })
    const [values, indices] = pool.forward(image())
    const back = new nn.MaxUnpool2d(2).forward(values, indices)
    const kept = [5, 7, 13, 15]
    expect(back.flatten().tolist()).toEqual(Array.from({ length: 16 }, (_, i) => (kept.includes(i) ? i : 0)))
    expect(new nn.MaxUnpool2d(2).forward(values, indices, { outputSize: [1, 1, 5, 5] }).shape).toEqual([1, 1, 5, 5])
    const line = new nn.MaxPool1d(2, { returnIndices: true }).forward(tensor([[1, 2, 3, 0]]))
    expect(new nn.MaxUnpool1d(2).forward(...line).tolist()).toEqual([[0, 2, 3, 0]])
    const volume = new nn.MaxPool3d(1, { returnIndices: true }).forward(ones([1, 2, 1, 2]))
    expect(new nn.MaxUnpool3d(1).forward(...volume).shape).toEqual([1, 2, 1, 2])
  })

  it('complains in the words of PyTorch', () => {
    expect(() => new nn.MaxPool2d(4).forward(ones([1, 1, 2, 2]))).toThrow(
      'Given input size: (1x2x2). Calculated output size: (1x0x0). Output size is too small',
    )
  })
})

describe('columns and new sizes', () => {
  it('unfold and fold', () => {
    const columns = new nn.Unfold(2, { stride: 2 }).forward(image())
    expect(columns.shape).toEqual([1, 4, 4])
    assertClose(new nn.Fold([4, 4], 2, { stride: 2 }).forward(columns), image())
    expect(nn.functional.unfold(image(), [1, 4]).shape).toEqual([1, 4, 4])
  })

  it('upsample', () => {
    const x = tensor([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ])
    expect(new nn.UpsamplingNearest2d({ scaleFactor: 2 }).forward(x).flatten().tolist()).toEqual([
      1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4,
    ])
    expect(new nn.UpsamplingBilinear2d({ size: [3, 2] }).forward(x).flatten().tolist()).toEqual([1, 2, 2, 3, 3, 4])
    expect(new nn.Upsample({ scaleFactor: [1, 2], mode: 'bilinear' }).forward(x).flatten().tolist()).toEqual([
      1, 1.25, 1.75, 2, 3, 3.25, 3.75, 4,
    ])
    expect(() => new nn.Upsample().forward(x)).toThrow('either size or scale_factor should be defined')
  })
})

it('prints as PyTorch does', () => {
  const layers = [
    new nn.MaxPool1d(3, { padding: 1, ceilMode: true }),
    new nn.MaxPool2d([2], { stride: 1 }),
    new nn.AvgPool1d(2, { stride: [3], padding: [1] }),
    new nn.AvgPool3d([1, 2, 3]),
    new nn.LPPool2d(2, [2, 3]),
    new nn.AdaptiveMaxPool2d([3, null]),
    new nn.MaxUnpool1d(2),
    new nn.MaxUnpool2d(2, { stride: [2, 1], padding: 1 }),
    new nn.Unfold([2, 3], { padding: [1, 2] }),
    new nn.Fold([3, 3], 2),
    new nn.Upsample({ scaleFactor: 2 }),
    new nn.Upsample({ scaleFactor: [2, 1.5], mode: 'bicubic' }),
    new nn.Upsample({ size: [2, 3], mode: 'bilinear' }),
    new nn.UpsamplingNearest2d({ size: 2 }),
  ]
  expect(layers.map(String)).toEqual([
    'MaxPool1d(kernel_size=3, stride=3, padding=1, dilation=1, ceil_mode=True)',
    'MaxPool2d(kernel_size=(2,), stride=1, padding=0, dilation=1, ceil_mode=False)',
    'AvgPool1d(kernel_size=(2,), stride=(3,), padding=(1,))',
    'AvgPool3d(kernel_size=(1, 2, 3), stride=(1, 2, 3), padding=0)',
    'LPPool2d(norm_type=2, kernel_size=(2, 3), stride=None, ceil_mode=False)',
    'AdaptiveMaxPool2d(output_size=(3, None))',
    'MaxUnpool1d(kernel_size=(2,), stride=(2,), padding=(0,))',
    'MaxUnpool2d(kernel_size=(2, 2), stride=(2, 1), padding=(1, 1))',
    'Unfold(kernel_size=(2, 3), dilation=1, padding=(1, 2), stride=1)',
    'Fold(output_size=(3, 3), kernel_size=2, dilation=1, padding=0, stride=1)',
    "Upsample(scale_factor=2.0, mode='nearest')",
    "Upsample(scale_factor=(2.0, 1.5), mode='bicubic')",
    "Upsample(size=(2, 3), mode='bilinear')",
    "UpsamplingNearest2d(size=2, mode='nearest')",
  ])
})
