/** Corners of pooling and its neighbours, with the numbers that PyTorch gives. */
import { describe, expect, it } from 'vitest'
import {
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  affineGrid,
  arange,
  avgPool2d,
  avgPool3d,
  fold,
  gridSample,
  im2col,
  interpolate,
  lpPool2d,
  manualSeed,
  maxPool1d,
  maxPool2d,
  maxUnpool2d,
  rand,
  tensor,
  zeros,
} from '../src/index.ts'
import { assertClose } from '../src/testing.ts'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const image = tensor([
  [
    [
      [1, 4, 2, 8],
      [5, 7, 1, 0],
      [3, 6, 9, 2],
    ],
  ],
])
const flat = (x: { flatten(): { tolist(): unknown } }): unknown => x.flatten().tolist()

describe('max pooling', () => {
  const pooled = (values: number[], size: number, padding = 0): unknown[] =>
    maxPool1d(tensor([values]), size, { stride: 1, padding, returnIndices: true }).map(flat)

  it('lets the last NaN win', () => {
    expect(pooled([1, nan, 3, nan, 5], 3)).toEqual([
      [nan, nan, nan],
      [1, 3, 3],
    ])
  })

  it('points into the input where there is nothing but -inf, and at the first of equals', () => {
    expect(pooled([-inf, -inf, -inf, 2], 2, 1)).toEqual([
      [-inf, -inf, -inf, 2, 2],
      [0, 0, 1, 3, 3],
    ])
    expect(pooled([2, 2, 2, 1], 3)).toEqual([
      [2, 2],
      [0, 1],
    ])
  })

  it('shares an image as evenly as may be', () => {
    const [values, indices] = adaptiveMaxPool2d(image, [2, 3], { returnIndices: true })
    expect(flat(values)).toEqual([7, 7, 8, 7, 9, 9])
    expect(flat(indices)).toEqual([5, 5, 3, 5, 10, 10])
  })

  it('refuses to go back after its indices were overwritten', () => {
    const x = rand([1, 4, 4], { requiresGrad: true })
    const [values, indices] = maxPool2d(x, 2, { returnIndices: true })
    indices.zero_()
    expect(() => values.sum().backward()).toThrow('modified by an inplace operation')
  })

  it('gives every window that takes an element its part of the gradient', () => {
    const x = image.detach().requiresGrad_()
    maxPool2d(x, 2, { stride: 1 }).sum().backward()
    expect(flat(x.grad as NonNullable<typeof x.grad>)).toEqual([0, 0, 0, 1, 0, 3, 0, 0, 0, 0, 2, 0])
  })
})

describe('average pooling', () => {
  it('counts the padding or not', () => {
    expect(flat(avgPool2d(image, 2, { padding: 1, ceilMode: true }))).toEqual([0.25, 1.5, 2, 2, 5.75, 0.5])
    expect(flat(avgPool2d(image, 2, { padding: 1, ceilMode: true, countIncludePad: false }))).toEqual([1, 3, 8, 4, 5.75, 1])
  })

  it('rounds whole numbers toward zero', () => {
    const whole = arange(16).reshape([1, 4, 4]).sub(8)
    expect(flat(avgPool2d(whole, 2, { padding: 1 }))).toEqual([-2, -3, -1, -1, 0, 0, 1, 2, 1])
  })

  it('shares an image as evenly as may be', () => {
    expect(flat(adaptiveAvgPool2d(image, [2, 3]))).toEqual([4.25, 3.5, 2.75, 5.25, 5.75, 3])
  })
})

it('empty batches keep their shapes, and have gradients', () => {
  const x = zeros([0, 2, 4, 4], { requiresGrad: true })
  const results = [
    maxPool2d(x, 2),
    avgPool2d(x, 2),
    adaptiveMaxPool2d(x, 3),
    adaptiveAvgPool2d(x, 3),
    lpPool2d(x, 2, 2),
    maxUnpool2d(x, zeros([0, 2, 4, 4], { dtype: 'int64' }), 2),
    interpolate(x, { size: 3, mode: 'bilinear' }),
    im2col(x, 2),
  ]
  expect(results.map((r) => r.shape.slice(1))).toEqual([
    [2, 2, 2],
    [2, 2, 2],
    [2, 3, 3],
    [2, 3, 3],
    [2, 2, 2],
    [2, 8, 8],
    [2, 3, 3],
    [8, 9],
  ])
  for (const r of results) r.sum().backward()
  expect(x.grad?.shape).toEqual([0, 2, 4, 4])
  expect(avgPool3d(zeros([0, 2, 4, 4, 4]), 2).shape).toEqual([0, 2, 2, 2, 2])
  expect(fold(zeros([0, 4, 4]), [3, 3], 2).shape).toEqual([0, 1, 3, 3])
  expect(adaptiveMaxPool2d(zeros([1, 2, 4, 4]), 0).shape).toEqual([1, 2, 0, 0])
})

describe('columns', () => {
  it('are windows, and sum up again', () => {
    const x = arange(1, 7, { dtype: 'float32' }).reshape([1, 1, 2, 3])
    const columns = im2col(x, 2, { padding: [0, 1] })
    expect(columns.tolist()).toEqual([
      [
        [0, 1, 2, 3],
        [1, 2, 3, 0],
        [0, 4, 5, 6],
        [4, 5, 6, 0],
      ],
    ])
    expect(flat(fold(columns, [2, 3], 2, { padding: [0, 1] }))).toEqual([2, 4, 6, 8, 10, 12])
  })

  it('make a convolution of a product', () => {
    manualSeed(1)
    const [x, w] = [rand([2, 3, 5, 6]), rand([1, 27])]
    const product = w.matmul(im2col(x, 3)).reshape([2, 1, 3, 4])
    const kernel = w.reshape([1, 3, 3, 3])
    for (const [row, column] of [
      [0, 0],
      [2, 3],
    ] as const)
      assertClose(product.select(2, row).select(2, column).flatten(), x.narrow(2, row, 3).narrow(3, column, 3).mul(kernel).sum([1, 2, 3]))
  })
})

describe('sampling anew', () => {
  const near = (x: { flatten(): Parameters<typeof assertClose>[0] }, values: number[]): void =>
    assertClose(x.flatten() as typeof image, tensor(values))

  it('is cubic, and smooth where it shrinks', () => {
    near(interpolate(image, { size: [2, 3], mode: 'bicubic' }), [2.425506, 2.926635, 5.397468, 3.972503, 7.550781, 2.124721])
    near(interpolate(image, { size: 2, mode: 'bilinear', antialias: true }), [3.5, 3.571429, 5.196429, 4.017858])
    near(interpolate(image, { size: 2, mode: 'bicubic', antialias: true }), [3.440948, 3.475929, 5.440271, 3.906597])
  })

  it('takes bytes to their nearest', () => {
    const bytes = tensor([[[1, 2, 3, 200]]], { dtype: 'uint8' })
    expect(flat(interpolate(bytes, { scaleFactor: 1.5 }))).toEqual([1, 1, 2, 3, 3, 200])
  })

  it('follows a grid, also beyond the edge', () => {
    const x = tensor([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ])
    const grid = tensor([
      [
        [
          [-1, -1],
          [5, 5],
          [-0.5, 0.5],
        ],
      ],
    ])
    const sampled = (paddingMode: 'zeros' | 'border' | 'reflection', mode: 'bilinear' | 'nearest' | 'bicubic'): unknown =>
      flat(gridSample(x, grid, { mode, paddingMode, alignCorners: false }))
    expect(sampled('zeros', 'bilinear')).toEqual([0.25, 0, 3])
    expect(sampled('zeros', 'nearest')).toEqual([1, 0, 3])
    expect(sampled('zeros', 'bicubic')).toEqual([0.109375, 0, 3])
    expect(sampled('border', 'bilinear')).toEqual([1, 4, 3])
    expect(sampled('border', 'bicubic')).toEqual([0.71875, 4, 3])
    expect(sampled('reflection', 'nearest')).toEqual([1, 4, 3])
    expect(sampled('reflection', 'bicubic')).toEqual([0.4375, 4.5625, 3])
  })

  it('makes the grid of an affine map', () => {
    const theta = tensor([
      [
        [1, 0.5, 0.2],
        [0.1, 2, 0.3],
      ],
    ])
    const near4 = (x: typeof image, values: number[]): void => assertClose(x.flatten(), tensor(values), { rtol: 0, atol: 6e-5 })
    near4(
      affineGrid(theta, [1, 1, 2, 3], { alignCorners: false }),
      [-0.7167, -0.7667, -0.05, -0.7, 0.6167, -0.6333, -0.2167, 1.2333, 0.45, 1.3, 1.1167, 1.3667],
    )
    near4(affineGrid(theta, [1, 1, 2, 3], { alignCorners: true }), [-1.3, -1.8, -0.3, -1.7, 0.7, -1.6, -0.3, 2.2, 0.7, 2.3, 1.7, 2.4])
  })
})
