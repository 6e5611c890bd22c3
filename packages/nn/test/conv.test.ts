import { arange, manualSeed, noGrad, ones, rand, type Tensor } from '@tapegrad/core'
import { describe, expect, it } from 'vitest'
import { Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, type PaddingMode } from '../src/index.ts'

/** What PyTorch makes of the first twelve numbers and a window of [[-2, -1, 0], [1, 2, 3]], padded by 1 all around; `same` gives all but the first row. */
const padded: Readonly<Record<PaddingMode, readonly number[]>> = {
  reflect: [-10, -5, -2, -5, 26, 31, 34, 31, 38, 43, 46, 43, 2, 7, 10, 7],
  replicate: [3, 7, 10, 10, 27, 31, 34, 34, 39, 43, 46, 46, 27, 31, 34, 34],
  circular: [-24, -17, -14, -23, 24, 31, 34, 25, 36, 43, 46, 37, -24, -17, -14, -23],
  zeros: [3, 8, 14, 8, 23, 31, 34, 13, 39, 43, 46, 13, -8, -25, -28, -31],
}

describe('padding', () => {
  const x = arange(12).reshape([1, 1, 3, 4]).float()
  const layer = (paddingMode: PaddingMode, padding: readonly number[] | 'same'): Conv2d => {
    const conv = new Conv2d(1, 1, [2, 3], { padding, paddingMode, bias: false })
    noGrad(() => conv.weight.copy_(arange(6).reshape([1, 1, 2, 3]).sub(2)))
    return conv
  }
  it.each(Object.keys(padded) as PaddingMode[])('with %s is that of PyTorch', (mode) => {
    expect([...layer(mode, [1, 1]).forward(x).flatten().toArray()]).toEqual(padded[mode])
    expect([...layer(mode, 'same').forward(x).flatten().toArray()]).toEqual(padded[mode].slice(4))
    expect(layer(mode, 'same').forward(x.squeeze(0)).shape).toEqual([1, 3, 4])
  })
})

describe('parameters', () => {
  const firsts = (t: Tensor | null): number[] | null => (t === null ? null : ([...t.flatten().toArray()].slice(0, 3) as number[]))
  it('are those of PyTorch from the same seed, and so is what is drawn next', () => {
    manualSeed(42)
    const grouped = new Conv2d(2, 4, [2, 3], { groups: 2 })
    expect([firsts(grouped.weight), firsts(grouped.bias), rand([1]).item()]).toEqual([
      [0.31212157011032104, 0.33884933590888977, -0.09564134478569031],
      [-0.3222590386867523, -0.18820668756961823, -0.11527901142835617],
      0.5471915602684021,
    ])
    manualSeed(42)
    const transposed = new ConvTranspose1d(4, 2, 3, { groups: 2 })
    expect([firsts(transposed.weight), firsts(transposed.bias), rand([1]).item()]).toEqual([
      [0.4414065182209015, 0.47920528054237366, -0.1352572739124298],
      [0.42655149102211, 0.078190878033638],
      0.7410940527915955,
    ])
    manualSeed(42)
    const plain = new Conv3d(1, 1, 2, { bias: false })
    expect([firsts(plain.weight), plain.bias, rand([1]).item()]).toEqual([
      [0.27030518651008606, 0.29345211386680603, -0.08282782882452011],
      null,
      0.9407714605331421,
    ])
  })
})

describe('a transposed convolution', () => {
  it('reaches the lengths that are asked for', () => {
    const layer = new ConvTranspose2d(4, 6, 3, { stride: 2 })
    expect(layer.forward(ones([1, 4, 5, 5]), { outputSize: [12, 11] }).shape).toEqual([1, 6, 12, 11])
    expect(layer.forward(ones([4, 5, 5]), { outputSize: [6, 12, 12] }).shape).toEqual([6, 12, 12])
    expect(() => layer.forward(ones([1, 4, 5, 5]), { outputSize: [13, 12] })).toThrowError(
      'requested an output size of [13, 12], but valid sizes range from [11, 11] to [12, 12] (for an input of torch.Size([5, 5]))',
    )
    expect(() => layer.forward(ones([1, 4, 5, 5]), { outputSize: [13] })).toThrowError(
      'ConvTranspose2D: for 4D input, output_size must have 2 or 4 elements (got 1)',
    )
  })
  it('pads with zeros alone', () => {
    expect(() => new ConvTranspose2d(4, 8, 3, { paddingMode: 'circular' })).toThrowError(
      'Only "zeros" padding mode is supported for ConvTranspose2d',
    )
  })
})

it('a batch of nothing gives nothing', () => {
  const x = ones([0, 3, 8], { requiresGrad: true })
  const layer = new Conv1d(3, 4, 3, { padding: 1 })
  const y = layer.forward(x)
  expect(y.shape).toEqual([0, 4, 8])
  y.sum().backward()
  expect(x.grad?.shape).toEqual([0, 3, 8])
  expect(layer.weight.grad?.abs().sum().item()).toBe(0)
  expect(layer.bias?.grad?.abs().sum().item()).toBe(0)
})

it.each([
  [
    new Conv2d(4, 8, 3, { padding: 1, dilation: 2, groups: 2, bias: false, paddingMode: 'reflect' }),
    'Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), dilation=(2, 2), groups=2, bias=False, padding_mode=reflect)',
  ],
  [
    new ConvTranspose2d(4, 8, 3, { stride: 2, padding: 1, outputPadding: 1, dilation: 2, groups: 2, bias: false }),
    'ConvTranspose2d(4, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), dilation=(2, 2), output_padding=(1, 1), groups=2, bias=False)',
  ],
  [
    new Conv2d(4, 6, 3, { padding: 'valid', paddingMode: 'circular' }),
    'Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=valid, padding_mode=circular)',
  ],
])('prints as in PyTorch', (layer, text) => {
  expect(String(layer)).toBe(text)
})

it.each([
  [() => new Conv2d(4, 6, 3, { groups: 0 }), 'groups must be a positive integer'],
  [() => new Conv2d(3, 4, 3, { groups: 2 }), 'in_channels must be divisible by groups'],
  [() => new Conv2d(4, 6, 3, { groups: 4 }), 'out_channels must be divisible by groups'],
  [() => new Conv2d(3, 4, 3, { padding: 'foo' as 'same' }), "Invalid padding string 'foo', should be one of {'same', 'valid'}"],
  [() => new Conv2d(3, 4, 3, { stride: 2, padding: 'same' }), "padding='same' is not supported for strided convolutions"],
])('refuses what PyTorch refuses', (make, message) => {
  expect(make).toThrowError(message)
})
