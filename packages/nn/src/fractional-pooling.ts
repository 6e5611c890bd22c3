/** Max pooling with windows whose places are drawn. */
import {
  fractionalMaxPool2d as coreFractionalMaxPool2d,
  fractionalMaxPool3d as coreFractionalMaxPool3d,
  rand,
  type Sizes,
  type Tensor,
  ValueError,
  type WithIndices,
} from '@tapegrad/core'
import type { MaybeIndexed } from './max-pooling.ts'
import { Module } from './module.ts'
import { float, sizes } from './python.ts'

/** Options of the fractional max poolings; either a size or a ratio is needed. */
export interface FractionalMaxPoolOptions<I extends boolean = boolean> {
  /** How many windows there shall be along each dimension. */
  readonly outputSize?: Sizes | null | undefined
  /** How many windows there shall be for each element, between 0 and 1. */
  readonly outputRatio?: Sizes | null | undefined
  /** Whether the places of the greatest elements are wanted too (false). */
  readonly returnIndices?: I
  /** Numbers from 0 to 1 to place the windows by, `[n, channels, dims]`; drawn by default. */
  readonly randomSamples?: Tensor | null | undefined
}

const kernels = { 2: coreFractionalMaxPool2d, 3: coreFractionalMaxPool3d } as const

function pooled(x: Tensor, dims: 2 | 3, kernelSize: Sizes, options: FractionalMaxPoolOptions): Tensor | WithIndices {
  const { outputSize, outputRatio, randomSamples, returnIndices } = options
  const ratio = (d: number): number => (typeof outputRatio === 'number' ? outputRatio : (outputRatio?.[d] as number))
  let counts = outputSize ?? null
  if (counts === null) {
    if (outputRatio === undefined || outputRatio === null)
      throw new ValueError(`fractional_max_pool${dims}d requires specifying either an output_size or an output_ratio`)
    counts = x.shape.slice(-dims).map((n, d) => Math.trunc(n * ratio(d)))
  }
  const batch = x.ndim === dims + 1 ? 1 : (x.shape[0] as number)
  const samples = randomSamples ?? rand([batch, x.size(-dims - 1), dims], { dtype: x.dtype })
  const found = kernels[dims](x, kernelSize, counts, samples)
  return returnIndices ? found : found[0]
}

/**
 * The greatest elements of windows over an image whose places are drawn, as `torch.manual_seed` draws them.
 *
 * Shape: `[..., channels, height, width]` to `[..., channels, ...outputSize]`. Dtypes: floating point.
 *
 * @throws RuntimeError for windows that do not fit; ValueError without a size or ratio.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
 */
export function fractionalMaxPool2d<I extends boolean = false>(
  x: Tensor,
  kernelSize: Sizes,
  options: FractionalMaxPoolOptions<I> = {},
): MaybeIndexed<I> {
  return pooled(x, 2, kernelSize, options) as MaybeIndexed<I>
}

/**
 * The greatest elements of windows over a volume whose places are drawn, as `torch.manual_seed` draws them.
 *
 * Shape: `[..., channels, depth, height, width]` to `[..., channels, ...outputSize]`. Dtypes: floating point.
 *
 * @throws RuntimeError for windows that do not fit; ValueError without a size or ratio.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool3d.html
 */
export function fractionalMaxPool3d<I extends boolean = false>(
  x: Tensor,
  kernelSize: Sizes,
  options: FractionalMaxPoolOptions<I> = {},
): MaybeIndexed<I> {
  return pooled(x, 3, kernelSize, options) as MaybeIndexed<I>
}

/** What the fractional max poolings share. */
abstract class FractionalMaxPool<I extends boolean> extends Module {
  readonly kernelSize: Sizes
  readonly outputSize: Sizes | null
  readonly outputRatio: Sizes | null
  readonly returnIndices: boolean
  readonly randomSamples: Tensor | null

  constructor(name: string, kernelSize: Sizes, { outputSize, outputRatio, returnIndices, randomSamples }: FractionalMaxPoolOptions<I>) {
    super()
    this.kernelSize = kernelSize
    this.outputSize = outputSize ?? null
    this.outputRatio = outputRatio ?? null
    this.returnIndices = returnIndices ?? false
    this.randomSamples = randomSamples ?? null
    const ratios = this.outputRatio
    if (this.outputSize === null && ratios === null)
      throw new ValueError(`${name} requires specifying either an output size, or a pooling ratio`)
    if (this.outputSize !== null && ratios !== null) throw new ValueError('only one of output_size and output_ratio may be specified')
    if (ratios !== null && !(typeof ratios === 'number' ? [ratios] : ratios).every((r) => r > 0 && r < 1))
      throw new ValueError(`output_ratio must be between 0 and 1 (got ${typeof ratios === 'number' ? float(ratios) : sizes(ratios)})`)
  }
}

/**
 * The greatest elements of windows over an image whose places are drawn.
 *
 * Shape: `[..., channels, height, width]` to `[..., channels, ...outputSize]`.
 *
 * @throws ValueError without a size or ratio, or with both.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
 */
export class FractionalMaxPool2d<I extends boolean = false> extends FractionalMaxPool<I> {
  constructor(kernelSize: Sizes, options: FractionalMaxPoolOptions<I> = {}) {
    super('FractionalMaxPool2d', kernelSize, options)
  }

  forward(x: Tensor): MaybeIndexed<I> {
    return pooled(x, 2, this.kernelSize, this) as MaybeIndexed<I>
  }
}

/**
 * The greatest elements of windows over a volume whose places are drawn.
 *
 * Shape: `[..., channels, depth, height, width]` to `[..., channels, ...outputSize]`.
 *
 * @throws ValueError without a size or ratio, or with both.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html
 */
export class FractionalMaxPool3d<I extends boolean = false> extends FractionalMaxPool<I> {
  constructor(kernelSize: Sizes, options: FractionalMaxPoolOptions<I> = {}) {
    super('FractionalMaxPool3d', kernelSize, options)
  }

  forward(x: Tensor): MaybeIndexed<I> {
    return pooled(x, 3, this.kernelSize, this) as MaybeIndexed<I>
  }
}
