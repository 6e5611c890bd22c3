/** Convolutions. */
import { conv1d, conv2d, conv3d, type PerDimension, pad, type Tensor } from '@tapegrad/core'
import { ConvBase, type PaddingMode, type SharedConvOptions } from './conv-base.ts'

/** Options of `Conv1d`, `Conv2d` and `Conv3d`. */
export interface ConvModuleOptions extends SharedConvOptions {
  /** How much is added at both ends of each dimension: `'same'` for what keeps the length, `'valid'` for nothing. Default: 0. */
  padding?: PerDimension | 'same' | 'valid'
  /** What is added there. Default: `'zeros'`. */
  paddingMode?: PaddingMode
}

/** What the convolutions share. */
abstract class Conv extends ConvBase {
  constructor(dims: number, inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvModuleOptions) {
    super(dims, false, inChannels, outChannels, kernelSize, options)
  }

  /** The amounts of both ends of each dimension, the last dimension first. */
  #ends(): number[] {
    const { padding, dilation, kernelSize } = this
    const ends = kernelSize.map((k, d) => {
      if (typeof padding !== 'string') return [padding[d] as number, padding[d] as number]
      const total = padding === 'same' ? (dilation[d] as number) * (k - 1) : 0
      return [Math.floor(total / 2), Math.ceil(total / 2)]
    })
    return ends.toReversed().flat()
  }

  protected run(conv: typeof conv2d, x: Tensor): Tensor {
    const { weight, bias, stride, padding, dilation, groups, paddingMode } = this
    if (paddingMode === 'zeros') return conv(x, weight, bias, { stride, padding, dilation, groups })
    return conv(pad(x, this.#ends(), { mode: paddingMode }), weight, bias, { stride, dilation, groups })
  }
}

/**
 * Slides learnt windows over sequences.
 *
 * Parameters: `weight` of shape `[outChannels, inChannels / groups, ...kernelSize]` and `bias` of shape `[outChannels]`, both drawn evenly from
 * ±1 / √(numbers in a window), bit-equal to PyTorch's from the same seed.
 * Shape: `[n, inChannels, length]` or one of them to `[n, outChannels, ...]`, each length
 * `floor((length + 2 * padding - dilation * (kernelSize - 1) - 1) / stride) + 1`.
 *
 * @example
 * new Conv1d(3, 8, 3).forward(rand([2, 3, 28])).shape // [2, 8, 26]
 * @throws ValueError for channels that do not divide into the groups, or an unknown padding; RuntimeError for an input that does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 */
export class Conv1d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvModuleOptions = {}) {
    super(1, inChannels, outChannels, kernelSize, options)
  }

  forward(x: Tensor): Tensor {
    return this.run(conv1d, x)
  }
}

/**
 * Slides learnt windows over images.
 *
 * Parameters: `weight` of shape `[outChannels, inChannels / groups, ...kernelSize]` and `bias` of shape `[outChannels]`, both drawn evenly from
 * ±1 / √(numbers in a window), bit-equal to PyTorch's from the same seed.
 * Shape: `[n, inChannels, height, width]` or one of them to `[n, outChannels, ...]`, each length
 * `floor((length + 2 * padding - dilation * (kernelSize - 1) - 1) / stride) + 1`.
 *
 * @example
 * new Conv2d(3, 8, 3).forward(rand([2, 3, 28, 28])).shape // [2, 8, 26, 26]
 * @throws ValueError for channels that do not divide into the groups, or an unknown padding; RuntimeError for an input that does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 */
export class Conv2d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvModuleOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options)
  }

  forward(x: Tensor): Tensor {
    return this.run(conv2d, x)
  }
}

/**
 * Slides learnt windows over volumes.
 *
 * Parameters: `weight` of shape `[outChannels, inChannels / groups, ...kernelSize]` and `bias` of shape `[outChannels]`, both drawn evenly from
 * ±1 / √(numbers in a window), bit-equal to PyTorch's from the same seed.
 * Shape: `[n, inChannels, depth, height, width]` or one of them to `[n, outChannels, ...]`, each length
 * `floor((length + 2 * padding - dilation * (kernelSize - 1) - 1) / stride) + 1`.
 *
 * @example
 * new Conv3d(3, 8, 3).forward(rand([2, 3, 8, 8, 8])).shape // [2, 8, 6, 6, 6]
 * @throws ValueError for channels that do not divide into the groups, or an unknown padding; RuntimeError for an input that does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
 */
export class Conv3d extends Conv {
  constructor(inChannels: number, outChannels: number, kernelSize: PerDimension, options: ConvModuleOptions = {}) {
    super(3, inChannels, outChannels, kernelSize, options)
  }

  forward(x: Tensor): Tensor {
    return this.run(conv3d, x)
  }
}
