/** Convolutions over sequences, images and volumes, and their transposes. */
import { RuntimeError, warnOnce } from '../errors.ts'
import { Tensor } from '../tensor.ts'
import type { Geometry } from './columns.ts'
import { checkConvolution, checkGroups, checkInput, expandTo, type PerDimension, sizeOf } from './conv-checks.ts'
import { convolve, convolveTransposed } from './convolution.ts'
import { constantPadNd } from './pad.ts'
import { squeeze, unsqueeze } from './view.ts'

/** What all convolutions may be told; a single number counts for every dimension. */
interface SharedOptions {
  /** Steps from one window to the next (1). */
  readonly stride?: PerDimension | undefined
  /** Steps between neighbours in a window (1). */
  readonly dilation?: PerDimension | undefined
  /** Into how many groups the channels fall, each with weights of its own (1). */
  readonly groups?: number | undefined
}

/** Options of `conv1d`, `conv2d` and `conv3d`. */
export interface ConvOptions extends SharedOptions {
  /** Zeros at both ends of each dimension (0): `'same'` for as many as keep the length, `'valid'` for none. */
  readonly padding?: PerDimension | 'same' | 'valid' | undefined
}

/** Options of `convTranspose1d`, `convTranspose2d` and `convTranspose3d`. */
export interface ConvTransposeOptions extends SharedOptions {
  /** What the convolution that this is the transpose of would pad with: taken off the result (0). */
  readonly padding?: PerDimension | undefined
  /** Added to the length at one end, where the stride leaves it open (0). */
  readonly outputPadding?: PerDimension | undefined
}

/** The bias may be left out before the options. */
const withBias = <O extends object>(bias: Tensor | null | O, options: O): [Tensor | null, O] =>
  bias === null || bias instanceof Tensor ? [bias, options] : [null, bias]

/** Runs over a batch; a single input is made a batch of one. */
function batched(x: Tensor, dims: number, name: string, run: (batch: Tensor) => Tensor): Tensor {
  checkInput(x, dims, name)
  return x.ndim === dims + 2 ? run(x) : squeeze(run(unsqueeze(x, 0)), 0)
}

/** Zeros that keep the length: half before, half behind; where the halves differ, the input is padded by the one more behind. */
function samePadding(x: Tensor, weight: Tensor, stride: readonly number[], dilation: readonly number[]): [Tensor, readonly number[]] {
  if (stride.some((n) => n !== 1)) throw new RuntimeError("padding='same' is not supported for strided convolutions")
  const kernel = weight.shape.slice(2)
  const total = kernel.map((k, d) => (dilation[d] as number) * (k - 1))
  const before = total.map((n) => Math.floor(n / 2))
  const more = total.map((n) => n % 2)
  if (x.ndim !== weight.ndim || more.every((n) => n === 0)) return [x, before]
  warnOnce(
    "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created (Triggered internally at /pytorch/aten/src/ATen/native/Convolution.cpp:1040.)",
  )
  return [
    constantPadNd(
      x,
      more.toReversed().flatMap((n) => [0, n]),
    ),
    before,
  ]
}

function conv(dims: number, x: Tensor, weight: Tensor, given: Tensor | null | ConvOptions, more: ConvOptions): Tensor {
  const [bias, options] = withBias(given, more)
  const { padding = 0, groups = 1 } = options
  return batched(x, dims, `conv${dims}d`, (batch) => {
    if (typeof padding === 'string' && padding !== 'same' && padding !== 'valid')
      throw new RuntimeError(`Invalid padding string: '${padding}'`)
    checkGroups(weight, groups)
    const over = weight.ndim - 2
    const stride = expandTo('stride', options.stride ?? 1, dims, over)
    const dilation = expandTo('dilation', options.dilation ?? 1, dims, over)
    const [input, zeros] =
      padding === 'same'
        ? samePadding(batch, weight, stride, dilation)
        : [batch, expandTo('padding', padding === 'valid' ? 0 : padding, dims, over)]
    const geometry: Geometry = { stride, padding: zeros, dilation, groups }
    checkConvolution(input, weight, bias, geometry, null)
    return convolve(input, weight, bias, geometry)
  })
}

function convTranspose(
  dims: number,
  x: Tensor,
  weight: Tensor,
  given: Tensor | null | ConvTransposeOptions,
  more: ConvTransposeOptions,
): Tensor {
  const [bias, options] = withBias(given, more)
  const { groups = 1 } = options
  return batched(x, dims, `conv_transpose${dims}d`, (batch) => {
    checkGroups(weight, groups)
    const expanded = (name: string, value: PerDimension): readonly number[] => expandTo(name, value, dims, weight.ndim - 2)
    const geometry: Geometry = {
      stride: expanded('stride', options.stride ?? 1),
      padding: expanded('padding', options.padding ?? 0),
      dilation: expanded('dilation', options.dilation ?? 1),
      groups,
    }
    const outputPadding = expanded('output_padding', options.outputPadding ?? 0)
    checkConvolution(batch, weight, bias, geometry, { outputPadding })
    return convolveTransposed(batch, weight, bias, geometry, sizeOf(batch.shape.slice(2), weight.shape.slice(2), geometry, outputPadding))
  })
}

/**
 * Slides windows over sequences: `out[n, o] = bias[o] + the sum over c of weight[o, c] * input[n, c]`, where `*` is the cross-correlation.
 *
 * Shape: `[n, c, length]` or one of them, `[out, c / groups, ...kernel]` and `[out]` to `[n, out, ...]`, each length
 * `floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1`. Dtypes: floating point and `int64`.
 * The options may stand in the place of the bias.
 *
 * @example
 * conv1d(ones([1, 2, 8]), ones([4, 2, 3])).shape // [1, 4, 6]
 * @throws RuntimeError unless shapes, dtypes and options fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html
 */
export function conv1d(input: Tensor, weight: Tensor, bias: Tensor | null | ConvOptions = null, options: ConvOptions = {}): Tensor {
  return conv(1, input, weight, bias, options)
}

/**
 * Slides windows over images: `out[n, o] = bias[o] + the sum over c of weight[o, c] * input[n, c]`, where `*` is the cross-correlation.
 *
 * Shape: `[n, c, height, width]` or one of them, `[out, c / groups, ...kernel]` and `[out]` to `[n, out, ...]`, each length
 * `floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1`. Dtypes: floating point and `int64`.
 * The options may stand in the place of the bias.
 *
 * @example
 * conv2d(ones([1, 2, 8, 8]), ones([4, 2, 3, 3])).shape // [1, 4, 6, 6]
 * @throws RuntimeError unless shapes, dtypes and options fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html
 */
export function conv2d(input: Tensor, weight: Tensor, bias: Tensor | null | ConvOptions = null, options: ConvOptions = {}): Tensor {
  return conv(2, input, weight, bias, options)
}

/**
 * Slides windows over volumes: `out[n, o] = bias[o] + the sum over c of weight[o, c] * input[n, c]`, where `*` is the cross-correlation.
 *
 * Shape: `[n, c, depth, height, width]` or one of them, `[out, c / groups, ...kernel]` and `[out]` to `[n, out, ...]`, each length
 * `floor((length + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1`. Dtypes: floating point and `int64`.
 * The options may stand in the place of the bias.
 *
 * @example
 * conv3d(ones([1, 2, 8, 8, 8]), ones([4, 2, 3, 3, 3])).shape // [1, 4, 6, 6, 6]
 * @throws RuntimeError unless shapes, dtypes and options fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html
 */
export function conv3d(input: Tensor, weight: Tensor, bias: Tensor | null | ConvOptions = null, options: ConvOptions = {}): Tensor {
  return conv(3, input, weight, bias, options)
}

/**
 * The transpose of `conv1d`, over sequences: each element, times the weight, is added to the window that it would have come from.
 *
 * Shape: `[n, c, length]` or one of them, `[c, out / groups, ...kernel]` and `[out]` to `[n, out, ...]`, each length
 * `(length - 1) * stride - 2 * padding + dilation * (kernel - 1) + outputPadding + 1`. Dtypes: floating point and `int64`.
 * The options may stand in the place of the bias.
 *
 * @example
 * convTranspose1d(ones([1, 2, 4]), ones([2, 3, 2]), { stride: 2 }).shape // [1, 3, 8]
 * @throws RuntimeError unless shapes, dtypes and options fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html
 */
export function convTranspose1d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null | ConvTransposeOptions = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return convTranspose(1, input, weight, bias, options)
}

/**
 * The transpose of `conv2d`, over images: each element, times the weight, is added to the window that it would have come from.
 *
 * Shape: `[n, c, height, width]` or one of them, `[c, out / groups, ...kernel]` and `[out]` to `[n, out, ...]`, each length
 * `(length - 1) * stride - 2 * padding + dilation * (kernel - 1) + outputPadding + 1`. Dtypes: floating point and `int64`.
 * The options may stand in the place of the bias.
 *
 * @example
 * convTranspose2d(ones([1, 2, 4, 4]), ones([2, 3, 2, 2]), { stride: 2 }).shape // [1, 3, 8, 8]
 * @throws RuntimeError unless shapes, dtypes and options fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html
 */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null | ConvTransposeOptions = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return convTranspose(2, input, weight, bias, options)
}

/**
 * The transpose of `conv3d`, over volumes: each element, times the weight, is added to the window that it would have come from.
 *
 * Shape: `[n, c, depth, height, width]` or one of them, `[c, out / groups, ...kernel]` and `[out]` to `[n, out, ...]`, each length
 * `(length - 1) * stride - 2 * padding + dilation * (kernel - 1) + outputPadding + 1`. Dtypes: floating point and `int64`.
 * The options may stand in the place of the bias.
 *
 * @example
 * convTranspose3d(ones([1, 2, 4, 4, 4]), ones([2, 3, 2, 2, 2]), { stride: 2 }).shape // [1, 3, 8, 8, 8]
 * @throws RuntimeError unless shapes, dtypes and options fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html
 */
export function convTranspose3d(
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null | ConvTransposeOptions = null,
  options: ConvTransposeOptions = {},
): Tensor {
  return convTranspose(3, input, weight, bias, options)
}
