/** Windows over the last dimensions: pooling, folding, sampling anew. */
import {
  avgPool2d,
  type DType,
  fold,
  type GridSampleOptions,
  gridSample,
  gridSampler2d,
  gridSampler3d,
  type InterpolateOptions,
  im2col,
  interpolate,
  maxPool2d,
  maxPool2dWithIndicesBackward,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  tensor,
  zeros,
} from '../../src/index.ts'
import { floating, integers, of, type Row, type Rows } from './row.ts'

const sequence = [2, 3, 6]
const image = [2, 2, 5, 6]
const volume = [1, 2, 4, 5, 3]

const row = (gradFn: string, shape: readonly number[], rest: readonly unknown[], more: Partial<Row> = {}): Row => ({
  shapes: of(shape),
  rest,
  gradFn,
  refuses: integers,
  ...more,
})

const truth: Partial<Row> = { refuses: ['bool'] }
const withInt64: Partial<Row> = { refuses: integers.filter((d) => d !== 'int64') }
const powers: Partial<Row> = {
  low: 0.5,
  refuses: ['uint8', 'int8', 'int16', 'int32'] satisfies readonly DType[],
  result: floating,
}

/** Each greatest element back to the first place of its window, of 2 elements along every dimension. */
const places = (shape: readonly number[], dims: number): ReturnType<typeof tensor> => {
  const lengths = shape.slice(-dims)
  const n = shape.reduce((a, b) => a * b, 1)
  const plane = lengths.reduce((a, b) => a * b, 1)
  const place = (i: number): number => {
    let at = 0
    for (let d = 0, rest = i % plane, below = plane; d < dims; d++) {
      below /= lengths[d] as number
      at = at * 2 * (lengths[d] as number) + 2 * Math.floor(rest / below)
      rest %= below
    }
    return at
  }
  return tensor(
    BigInt64Array.from({ length: n }, (_, i) => BigInt(place(i))),
    { shape },
  )
}

const resized = (gradFn: string, shape: readonly number[], options: InterpolateOptions, more: Partial<Row> = {}): Row =>
  row(gradFn, shape, [options], more)

const nearest: Partial<Row> = { refuses: integers.filter((d) => d !== 'uint8') }

const sampled = (
  gradFn: string,
  shape: readonly number[],
  grid: readonly number[],
  options: GridSampleOptions,
  errors: Row['errors'] = [],
): Row => ({
  shapes: of(shape, grid),
  call: (x, g) => gridSample(x, g, { alignCorners: false, ...options }),
  gradFn,
  refuses: integers,
  errors,
})

export const windows = {
  maxPool1d: [
    row('SqueezeBackward1', sequence, [2]),
    row('SqueezeBackward1', sequence, [3, { stride: 2, padding: 1, dilation: 2, ceilMode: true, returnIndices: true }]),
    row('SqueezeBackward1', [3, 7], [[3], { stride: [2] }]),
  ],
  maxPool2d: [
    row('MaxPool2DWithIndicesBackward0', image, [2], {
      ...truth,
      errors: [
        {
          call: (x) => maxPool2d(x([[[1, 2]]]), 2),
          message: 'Given input size: (1x1x2). Calculated output size: (1x0x1). Output size is too small',
        },
        {
          call: (x) => maxPool2d(x([[[1, 2]]]), [1, 2, 3]),
          message: 'max_pool2d: kernel_size must either be a single int, or a tuple of two ints',
        },
        { call: (x) => maxPool2d(x([[[1, 2]]]), 1, { stride: 0 }), message: 'stride should not be zero' },
        { call: (x) => maxPool2d(x([[[1, 2]]]), 1, { stride: -1 }), message: 'stride should be greater than zero, but got dH: -1 dW: -1' },
        { call: (x) => maxPool2d(x([[1, 2]]), 1), message: 'non-empty 3D or 4D (batch mode) tensor expected for input' },
        {
          call: (x) => maxPool2d(x([[[1, 2]]]), 3, { padding: 2, dilation: 2 }),
          message: 'pad should be smaller than or equal to half of kernel size, but got padW = 2, padH = 2, kW = 3, kH = 3',
        },
      ],
    }),
    row(
      'MaxPool2DWithIndicesBackward0',
      image,
      [3, { stride: [2, 1], padding: 1, dilation: [1, 2], ceilMode: true, returnIndices: true }],
      truth,
    ),
    row('MaxPool2DWithIndicesBackward0', [2, 5, 4], [[2, 3], { stride: 1, padding: [1, 0] }], truth),
  ],
  maxPool2dWithIndicesBackward: row('MaxPool2DWithIndicesBackwardBackward0', [2, 3, 2, 3], [], {
    call: (grad) => maxPool2dWithIndicesBackward(grad, zeros([2, 3, 4, 6], { dtype: grad.dtype }), places([2, 3, 2, 3], 2)),
    refuses: [],
  }),
  maxPool3d: [
    row('MaxPool3DWithIndicesBackward0', volume, [2], truth),
    row('MaxPool3DWithIndicesBackward0', volume, [3, { stride: [2, 1, 2], padding: 1, dilation: [1, 2, 1], ceilMode: true }], truth),
  ],
  avgPool1d: [
    row('SqueezeBackward1', sequence, [2], withInt64),
    row('SqueezeBackward1', [3, 7], [[3], { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }], withInt64),
  ],
  avgPool2d: [
    row('AvgPool2DBackward0', image, [2], {
      ...withInt64,
      errors: [{ call: (x) => avgPool2d(x([[[1, 2]]]), 1, { divisorOverride: 0 }), message: 'divisor must be not zero' }],
    }),
    row('AvgPool2DBackward0', image, [3, { stride: [2, 1], padding: 1, ceilMode: true }], withInt64),
    row('AvgPool2DBackward0', image, [3, { stride: 2, padding: 1, countIncludePad: false }], withInt64),
    row('AvgPool2DBackward0', [2, 5, 4], [[2, 3], { stride: 1, divisorOverride: 3 }], withInt64),
  ],
  avgPool3d: [
    row('AvgPool3DBackward0', volume, [2], withInt64),
    row('AvgPool3DBackward0', volume, [3, { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }], withInt64),
  ],
  lpPool1d: row('PowBackward0', sequence, [2, 3, { stride: 2 }], powers),
  lpPool2d: row('PowBackward0', image, [3, 2], powers),
  lpPool3d: row('PowBackward0', volume, [2, [2, 1, 2], { ceilMode: true }], powers),
  adaptiveAvgPool1d: [row('SqueezeBackward1', sequence, [4]), row('SqueezeBackward1', sequence, [1])],
  adaptiveAvgPool2d: [
    row('AdaptiveAvgPool2DBackward0', image, [[3, 4]]),
    row('AdaptiveAvgPool2DBackward0', image, [[null, 2]]),
    row('MeanBackward1', image, [1]),
  ],
  adaptiveAvgPool3d: row('AdaptiveAvgPool3DBackward0', volume, [[3, null, 2]]),
  adaptiveMaxPool1d: row('SqueezeBackward1', sequence, [4, { returnIndices: true }]),
  adaptiveMaxPool2d: [row('AdaptiveMaxPool2DBackward0', image, [[3, 4]]), row('AdaptiveMaxPool2DBackward0', image, [[null, 7]])],
  adaptiveMaxPool3d: row('AdaptiveMaxPool3DBackward0', volume, [[3, null, 2]]),
  maxUnpool1d: row('SqueezeBackward1', [2, 3], [], { call: (x) => maxUnpool1d(x, places([2, 3], 1), 2) }),
  maxUnpool2d: row('MaxUnpool2DBackward0', [2, 3, 2, 3], [], {
    call: (x) => maxUnpool2d(x, places([2, 3, 2, 3], 2), 2),
    errors: [
      {
        call: (x) => maxUnpool2d(x([[[1]]]), tensor([[[4n]]]), 2),
        message: 'Found an invalid max index: 4 (output volumes are of size 2x2',
      },
      { call: (x) => maxUnpool2d(x([[[1]]]), x([[[0]]]), 2), message: 'elements in indices should be type int64 but got: Float' },
      {
        call: (x) => maxUnpool2d(x([[[1]]]), tensor([[[0n]]]), 2, { outputSize: [2, 4] }),
        message: 'invalid output_size "[2, 4]" (dim 1 must be between 0 and 4)',
      },
    ],
  }),
  maxUnpool3d: row('MaxUnpool3DBackward0', [1, 2, 2, 1, 3], [], { call: (x) => maxUnpool3d(x, places([1, 2, 2, 1, 3], 3), 2) }),
  im2col: [
    row('Im2ColBackward0', image, [[2, 3]], {
      errors: [
        {
          call: (x) => im2col(x([[[1, 2]]]), 2),
          message:
            'Given input with spatial size (1, 2), kernel_size=(2, 2), dilation=(1, 1), padding=(0, 0), calculated shape of the array of sliding blocks as (0, 1), but its components must be at least one.',
        },
      ],
    }),
    row('Im2ColBackward0', image, [2, { stride: [1, 2], padding: [1, 0], dilation: 2 }]),
    row('SqueezeBackward1', [2, 4, 3], [2]),
  ],
  fold: [
    row('Col2ImBackward0', [2, 8, 12], [[4, 5], 2], {
      errors: [
        {
          call: (x) => fold(x([[[1], [2], [3]]]), [2, 2], 2),
          message:
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=3 and kernel_size=(2, 2).",
        },
      ],
    }),
    row('Col2ImBackward0', [2, 8, 6], [[5, 6], 2, { stride: [2, 3], padding: 1, dilation: [1, 2] }]),
    row('SqueezeBackward1', [4, 6], [[3, 4], 2]),
  ],
  interpolate: [
    resized('UpsampleNearest1DBackward0', sequence, { scaleFactor: 1.7 }, nearest),
    resized('UpsampleNearestExact2DBackward0', image, { size: [7, 4], mode: 'nearest-exact' }, nearest),
    resized('UpsampleNearest3DBackward0', volume, { size: 3 }, nearest),
    resized('UpsampleLinear1DBackward0', sequence, { size: 9, mode: 'linear' }),
    resized(
      'UpsampleBilinear2DBackward0',
      image,
      { size: [3, 9], mode: 'bilinear' },
      {
        errors: [
          { call: (x) => interpolate(x([[[1]]])), message: 'either size or scale_factor should be defined' },
          {
            call: (x) => interpolate(x([[[1]]]), { size: 2, mode: 'bilinear' }),
            message: 'Got 3D input, but bilinear mode needs 4D input',
          },
        ],
      },
    ),
    resized('UpsampleBilinear2DBackward0', image, { scaleFactor: [1.5, 0.7], mode: 'bilinear', alignCorners: true }),
    resized('UpsampleTrilinear3DBackward0', volume, { size: [3, 5, 4], mode: 'trilinear' }),
    resized('UpsampleBicubic2DBackward0', image, { scaleFactor: 1.5, mode: 'bicubic' }),
    resized('UpsampleBicubic2DBackward0', image, { size: [3, 7], mode: 'bicubic', alignCorners: true }),
    resized('UpsampleBilinear2DAaBackward0', image, { size: [3, 4], mode: 'bilinear', antialias: true }),
    resized('AdaptiveAvgPool2DBackward0', image, { scaleFactor: 0.6, mode: 'area' }),
  ],
  gridSample: [
    sampled('GridSampler2DBackward0', [2, 3, 4, 5], [2, 3, 2, 2], {}, [
      {
        call: (x) => gridSample(x([[[[1]]]]), x([[[0, 0]]]), { alignCorners: false }),
        message:
          'grid_sampler(): expected 4D input and grid with same number of dimensions, but got input with sizes [1, 1, 1, 1] and grid with sizes [1, 1, 2]',
      },
    ]),
    sampled('GridSampler2DBackward0', [2, 3, 4, 5], [2, 3, 2, 2], { paddingMode: 'reflection', alignCorners: true }),
    sampled('GridSampler2DBackward0', [2, 3, 4, 5], [2, 3, 2, 2], { mode: 'bicubic', paddingMode: 'border' }),
    sampled('GridSampler2DBackward0', [2, 3, 4, 5], [2, 3, 2, 2], { mode: 'nearest', paddingMode: 'reflection' }),
    sampled('GridSampler3DBackward0', [1, 2, 3, 2, 4], [1, 2, 1, 3, 3], { paddingMode: 'border' }),
  ],
  gridSampler2d: {
    shapes: of([2, 3, 4, 5], [2, 3, 2, 2]),
    call: (x, grid) => gridSampler2d(x, grid, 2, 2, false),
    gradFn: 'GridSampler2DBackward0',
    refuses: integers,
  },
  gridSampler3d: {
    shapes: of([1, 2, 3, 2, 4], [1, 2, 1, 3, 3]),
    call: (x, grid) => gridSampler3d(x, grid, 0, 2, true),
    gradFn: 'GridSampler3DBackward0',
    refuses: integers,
  },
  affineGrid: [
    row('AffineGridGeneratorBackward0', [2, 2, 3], [[2, 1, 3, 4], { alignCorners: false }]),
    row('AffineGridGeneratorBackward0', [1, 3, 4], [[1, 1, 3, 4, 2], { alignCorners: true }]),
  ],
  upsample: row('UpsampleNearest1DBackward0', sequence, [{ size: 4 }], nearest),
  upsampleNearest: row('UpsampleNearest2DBackward0', image, [{ size: 4 }], nearest),
  upsampleBilinear: row('UpsampleBilinear2DBackward0', image, [{ scaleFactor: 2 }]),
} satisfies Rows
