/** Convolutions and their transposes: over one to three dimensions, with every option. */
import { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d, ones } from '../../src/index.ts'
import { integers, type Row, type Rows } from './row.ts'

const refuses = integers.filter((d) => d !== 'int64')

const layer = (call: Row['call'] & {}, ...shapes: readonly (readonly number[])[]): Row => ({
  shapes,
  call,
  gradFn: 'ConvolutionBackward0',
  refuses,
})

/** A single input, which is made a batch of one and taken out of it again. */
const single = (row: Row): Row => ({ ...row, gradFn: 'SqueezeBackward1' })

export const convolutions = {
  conv1d: [
    { shapes: [[2, 2, 5], [3, 2, 3], [3]], gradFn: 'ConvolutionBackward0', refuses },
    layer((x, w) => conv1d(x, w, { stride: 2, padding: 1, dilation: 2 }), [2, 2, 7], [3, 2, 3]),
    layer((x, w, b) => conv1d(x, w, b, { padding: 'same', groups: 2 }), [2, 4, 5], [2, 2, 4], [2]),
    single(layer((x, w) => conv1d(x, w, null, { padding: 'valid' }), [2, 5], [3, 2, 2])),
  ],
  conv2d: [
    {
      ...layer((x, w, b) => conv2d(x, w, b, { padding: 1 }), [2, 2, 4, 3], [3, 2, 3, 3], [3]),
      errors: [
        {
          call: () => conv2d(ones([1, 2, 4, 4]), ones([2, 2, 3, 3]), { stride: [1, 1, 1] }),
          message:
            'expected stride to be a single integer value or a list of 2 values to match the convolution dimensions, but got stride=[1, 1, 1]',
        },
        { call: () => conv2d(ones([1, 2, 4, 4]), ones([2, 2, 3, 3]), { padding: -1 }), message: 'negative padding is not supported' },
        {
          call: () => conv2d(ones([1, 2, 4, 4]), ones([2, 2, 3, 3]), ones([3])),
          message: 'Given weight of size [2, 2, 3, 3], expected bias to be 1-dimensional with 2 elements, but got bias of size [3] instead',
        },
        {
          call: () => conv2d(ones([1, 2, 4, 4]), ones([3, 1, 3, 3]), { groups: 2 }),
          message: 'Given groups=2, expected weight to be divisible by 2 at dimension 0, but got weight of size [[3, 1, 3, 3]] instead',
        },
        {
          call: () => conv2d(ones([1, 2, 2, 4]), ones([2, 2, 3, 3])),
          message:
            "Calculated padded input size per channel: (2 x 4). Kernel size: (3 x 3). Kernel size can't be greater than actual input size",
        },
        {
          call: () => conv2d(ones([1, 2, 4, 4]), ones([2, 2, 3, 3], { dtype: 'float64' })),
          message: 'Input type (float) and weight type (double) should be the same',
        },
        {
          call: () => conv2d(ones([1, 2, 4, 4], { dtype: 'bool' }), ones([2, 2, 3, 3], { dtype: 'bool' })),
          message: `"slow_conv2d_cpu" not implemented for 'Bool'`,
        },
        {
          call: () => conv2d(ones([1, 2, 4, 4]), ones([2, 2, 3, 3]), { stride: 2, padding: 'same' }),
          message: "padding='same' is not supported for strided convolutions",
        },
        {
          call: () => conv2d(ones([1, 2, 4, 4]), ones([2, 2, 3, 3]), { padding: 'foo' as 'same' }),
          message: "Invalid padding string: 'foo'",
        },
      ],
    },
    layer((x, w) => conv2d(x, w, { stride: [2, 1], padding: [1, 2], dilation: [1, 2] }), [1, 2, 4, 4], [2, 2, 2, 3]),
    layer((x, w, b) => conv2d(x, w, b, { groups: 3, padding: 1 }), [2, 3, 3, 3], [6, 1, 3, 3], [6]),
    layer((x, w, b) => conv2d(x, w, b), [2, 3, 2, 3], [2, 3, 1, 1], [2]),
  ],
  conv3d: [
    layer((x, w, b) => conv3d(x, w, b, { padding: 1 }), [1, 2, 2, 3, 2], [2, 2, 3, 2, 3], [2]),
    layer((x, w) => conv3d(x, w, { stride: 2, groups: 2 }), [2, 2, 3, 3, 4], [2, 1, 2, 1, 2]),
  ],
  convTranspose1d: [
    { shapes: [[2, 2, 4], [2, 3, 3], [3]], gradFn: 'ConvolutionBackward0', refuses },
    layer((x, w) => convTranspose1d(x, w, { stride: 3, padding: 1, outputPadding: 2, dilation: 2, groups: 2 }), [2, 2, 3], [2, 2, 3]),
    single(layer((x, w, b) => convTranspose1d(x, w, b, { stride: 2 }), [2, 3], [2, 2, 2], [2])),
  ],
  convTranspose2d: [
    {
      ...layer((x, w, b) => convTranspose2d(x, w, b, { stride: 2, padding: 1 }), [2, 2, 3, 2], [2, 2, 3, 3], [2]),
      errors: [
        {
          call: () => convTranspose2d(ones([1, 2, 4, 4]), ones([3, 2, 3, 3])),
          message:
            'Given transposed=1, weight of size [3, 2, 3, 3], expected input[1, 2, 4, 4] to have 3 channels, but got 2 channels instead',
        },
        {
          call: () => convTranspose2d(ones([1, 2, 4, 4]), ones([2, 2, 3, 3]), { outputPadding: 1 }),
          message:
            'output padding must be smaller than either stride or dilation, but got output_padding_height: 1 output_padding_width: 1 stride_height: 1 stride_width: 1 dilation_height: 1 dilation_width: 1',
        },
        {
          call: () => convTranspose2d(ones([1, 2, 4, 4]), ones([2, 2, 1, 1]), { padding: 3 }),
          message: 'Given input size per channel: (4 x 4). Calculated output size per channel: (-2 x -2). Output size is too small',
        },
      ],
    },
    layer((x, w) => convTranspose2d(x, w), [2, 3, 2, 3], [3, 2, 1, 1]),
  ],
  convTranspose3d: layer(
    (x, w, b) => convTranspose3d(x, w, b, { stride: [1, 2, 1], outputPadding: [0, 1, 0], groups: 2 }),
    [1, 2, 2, 2, 3],
    [2, 1, 2, 3, 2],
    [2],
  ),
} satisfies Rows
