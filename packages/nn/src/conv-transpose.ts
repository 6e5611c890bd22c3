/** Transposed convolutions. */
import { convTranspose1d, convTranspose2d, convTranspose3d, type PerDimension, type Tensor, ValueError } from '@tapegrad/core'
import { ConvBase, type PaddingMode, type SharedConvOptions } from './conv-base.ts'
import { size } from './python.ts'

/** Options of `ConvTranspose1d`, `ConvTranspose2d` and `ConvTranspose3d`. */
export interface ConvTransposeModuleOptions extends SharedConvOptions {
  /** What the convolution that this is the transpose of would pad with: taken off the result. Default: 0. */
  padding?: PerDimension
  /** Added to the length at one end, where the stride leaves it open. Default: 0. */
  outputPadding?: PerDimension
  /** Zeros are the only way. */
  paddingMode?: PaddingMode
}

/** Options of a transposed convolution's `forward`. */
export interface OutputSizeOptions {
  /** The lengths that the result is to have, where the stride leaves them open; with or without batch and channels. */
  outputSize?: readonly number[] | null
}

/** What the transposed convolutions share. */
abstract class ConvTranspose extends ConvBase {
  constructor(dims: number, inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvTransposeModuleOptions) {
    if (options.paddingMode !== undefined && options.paddingMode !== 'zeros')
      throw new ValueError(`Only "zeros" padding mode is supported for ConvTranspose${dims}d`)
    super(dims, true, inChannels, outChannels, kernelSize, options)
  }

  /** What has to be added to reach the wanted lengths. */
  #outputPadding(x: Tensor, given: readonly number[]): readonly number[] {
    const dims = this.kernelSize.length
    const before = x.ndim === dims + 2 ? 2 : 1
    const wanted = given.length === before + dims ? given.slice(before) : given
    if (wanted.length !== dims)
      throw new ValueError(
        `ConvTranspose${dims}D: for ${x.ndim}D input, output_size must have ${dims} or ${before + dims} elements (got ${wanted.length})`,
      )
    const least = this.kernelSize.map(
      (k, d) =>
        ((x.shape[before + d] as number) - 1) * (this.stride[d] as number) -
        2 * (this.padding[d] as number) +
        (this.dilation[d] as number) * (k - 1) +
        1,
    )
    const most = least.map((n, d) => n + (this.stride[d] as number) - 1)
    if (wanted.some((n, d) => n < (least[d] as number) || n > (most[d] as number)))
      throw new ValueError(
        `requested an output size of [${wanted.join(', ')}], but valid sizes range from [${least.join(', ')}] to [${most.join(', ')}] (for an input of ${size(x.shape.slice(2))})`,
      )
    return wanted.map((n, d) => n - (least[d] as number))
  }

  protected run(transpose: typeof convTranspose2d, x: Tensor, { outputSize = null }: OutputSizeOptions): Tensor {
    const { weight, bias, stride, dilation, groups } = this
    const padding = this.padding as readonly number[]
    const outputPadding = outputSize === null ? this.outputPadding : this.#outputPadding(x, outputSize)
    return transpose(x, weight, bias, { stride, padding, dilation, groups, outputPadding })
  }
}

/**
 * The transpose of a convolution over sequences: each element, times learnt windows, is added to the place it stands for.
 *
 * Parameters: `weight` of shape `[inChannels, outChannels / groups, ...kernelSize]` and `bias` of shape `[outChannels]`, both drawn evenly from
 * ±1 / √(outChannels / groups · numbers in a window), bit-equal to PyTorch's from the same seed.
 * Shape: `[n, inChannels, length]` or one of them to `[n, outChannels, ...]`, each length
 * `(length - 1) * stride - 2 * padding + dilation * (kernelSize - 1) + outputPadding + 1`.
 *
 * @example
 * new ConvTranspose1d(3, 8, 2, { stride: 2 }).forward(rand([2, 3, 4])).shape // [2, 8, 8]
 * @throws ValueError for channels that do not divide into the groups, a padding other than zeros, or lengths that cannot be reached;
 * RuntimeError for an input that does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 */
export class ConvTranspose1d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvTransposeModuleOptions = {}) {
    super(1, inChannels, outChannels, kernelSize, options)
  }

  forward(x: Tensor, options: OutputSizeOptions = {}): Tensor {
    return this.run(convTranspose1d, x, options)
  }
}

/**
 * The transpose of a convolution over images: each element, times learnt windows, is added to the place it stands for.
 *
 * Parameters: `weight` of shape `[inChannels, outChannels / groups, ...kernelSize]` and `bias` of shape `[outChannels]`, both drawn evenly from
 * ±1 / √(outChannels / groups · numbers in a window), bit-equal to PyTorch's from the same seed.
 * Shape: `[n, inChannels, height, width]` or one of them to `[n, outChannels, ...]`, each length
 * `(length - 1) * stride - 2 * padding + dilation * (kernelSize - 1) + outputPadding + 1`.
 *
 * @example
 * new ConvTranspose2d(3, 8, 2, { stride: 2 }).forward(rand([2, 3, 4, 4])).shape // [2, 8, 8, 8]
 * @throws ValueError for channels that do not divide into the groups, a padding other than zeros, or lengths that cannot be reached;
 * RuntimeError for an input that does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
 */
export class ConvTranspose2d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvTransposeModuleOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options)
  }

  forward(x: Tensor, options: OutputSizeOptions = {}): Tensor {
    return this.run(convTranspose2d, x, options)
  }
}

/**
 * The transpose of a convolution over volumes: each element, times learnt windows, is added to the place it stands for.
 *
 * Parameters: `weight` of shape `[inChannels, outChannels / groups, ...kernelSize]` and `bias` of shape `[outChannels]`, both drawn evenly from
 * ±1 / √(outChannels / groups · numbers in a window), bit-equal to PyTorch's from the same seed.
 * Shape: `[n, inChannels, depth, height, width]` or one of them to `[n, outChannels, ...]`, each length
 * `(length - 1) * stride - 2 * padding + dilation * (kernelSize - 1) + outputPadding + 1`.
 *
 * @example
 * new ConvTranspose3d(3, 8, 2, { stride: 2 }).forward(rand([2, 3, 4, 4, 4])).shape // [2, 8, 8, 8, 8]
 * @throws ValueError for channels that do not divide into the groups, a padding other than zeros, or lengths that cannot be reached;
 * RuntimeError for an input that does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
 */
export class ConvTranspose3d extends ConvTranspose {
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvTransposeModuleOptions = {}) {
    super(3, inChannels, outChannels, kernelSize, options)
  }

  forward(x: Tensor, options: OutputSizeOptions = {}): Tensor {
    return this.run(convTranspose3d, x, options)
  }
}
