/** Poolings that are told how many windows there shall be. */
import type { Spans } from '../backend/backend.ts'
import { RuntimeError, ValueError } from '../errors.ts'
import { formatShape } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { means } from './avg-pool.ts'
import { greatest, type WithIndices } from './max-pool.ts'
import { mean } from './reduce.ts'
import { squeeze, unsqueeze } from './view.ts'
import { adaptiveWindows, checkKernel, checkSequence, oneOf, type Sizes } from './windows.ts'

/** How many windows there shall be: one number for every dimension, or one each; null keeps the length. */
export type OutputSizes = number | readonly (number | null)[]

/** The number of windows along each of the last dimensions. */
function countsOf(x: Tensor, dims: number, size: OutputSizes): number[] {
  if (typeof size === 'number') return Array<number>(dims).fill(size)
  if (x.ndim <= size.length) throw new ValueError(`Input dimension should be at least ${size.length + 1}`)
  return size.map((n, d) => n ?? (x.shape[x.ndim - size.length + d] as number))
}

function checkDims(x: Tensor, name: string, dims: number, colon: string): void {
  if (x.ndim !== dims + 1 && x.ndim !== dims + 2)
    throw new RuntimeError(`${name}(): Expected ${dims + 1}D or ${dims + 2}D tensor, but got${colon} ${formatShape(x.shape)}`)
}

function checkLengths(x: Tensor, name: string, from: number): void {
  const empty = x.shape.indexOf(0, from)
  if (empty >= 0)
    throw new RuntimeError(
      `${name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ${formatShape(x.shape)} with dimension ${empty} being empty`,
    )
}

const windowsOf = (x: Tensor, counts: readonly number[]): Spans[] =>
  counts.map((count, d) => adaptiveWindows(x.shape[x.ndim - counts.length + d] as number, count))

function adaptiveAvg(x: Tensor, dims: 2 | 3, size: OutputSizes): Tensor {
  const name = `adaptive_avg_pool${dims}d`
  const counts = countsOf(x, dims, size)
  if (counts.length !== dims) throw new RuntimeError(`${name}: output_size must be ${dims}`)
  if (!counts.every((n) => n >= 0))
    throw new RuntimeError(
      // PyTorch leaves out a space where there are three.
      `${name}: elements of output_size must be greater than or equal to 0 but received {${counts[0]}, ${counts.slice(1).join(',')}}`,
    )
  // One window of everything is a plain mean.
  if (counts.every((n) => n === 1)) return mean(x, { dim: counts.map((_, d) => -1 - d), keepdim: true })
  checkDims(x, name, dims, '')
  checkLengths(x, name, x.ndim - dims)
  checkKernel(x, dims === 2 ? name : `${name}_cpu`, false)
  return means(x, windowsOf(x, counts), `AdaptiveAvgPool${dims}DBackward0`)
}

/**
 * The means of `outputSize` windows that share a sequence as evenly as may be.
 *
 * Shape: `[..., channels, length]` to `[..., channels, outputSize]`. Dtypes: floating point.
 *
 * @example
 * adaptiveAvgPool1d(tensor([[1, 3, 2, 6]]), 2) // tensor([[2., 4.]])
 * @throws RuntimeError for another number of dimensions, or fewer than no windows.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: Sizes): Tensor {
  checkSequence(x, 'adaptive_avg_pool1d')
  const count = oneOf(outputSize, 'adaptive_avg_pool1d', 'output_size')
  return squeeze(adaptiveAvg(unsqueeze(x, -2), 2, [1, count]), -2)
}

/**
 * The means of windows that share an image as evenly as may be.
 *
 * Shape: `[..., channels, height, width]` to `[..., channels, ...outputSize]`; null keeps a length. Dtypes: floating point.
 *
 * @throws RuntimeError for another number of dimensions, or fewer than no windows.
 * @throws ValueError for fewer dimensions than there are sizes.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: OutputSizes): Tensor {
  return adaptiveAvg(x, 2, outputSize)
}

/**
 * The means of windows that share a volume as evenly as may be.
 *
 * Shape: `[..., channels, depth, height, width]` to `[..., channels, ...outputSize]`; null keeps a length. Dtypes: floating point.
 *
 * @throws RuntimeError for another number of dimensions, or fewer than no windows.
 * @throws ValueError for fewer dimensions than there are sizes.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool3d.html
 */
export function adaptiveAvgPool3d(x: Tensor, outputSize: OutputSizes): Tensor {
  return adaptiveAvg(x, 3, outputSize)
}

function adaptiveMax(x: Tensor, dims: 2 | 3, size: OutputSizes): WithIndices {
  const name = `adaptive_max_pool${dims}d`
  const counts = countsOf(x, dims, size)
  checkDims(x, name, dims, ':')
  checkLengths(x, name, 1)
  if (counts.length !== dims) throw new RuntimeError(`${name}(): internal error: output_size.size() must be ${dims}`)
  const negative = counts.find((n) => n < 0)
  if (negative !== undefined)
    throw new RuntimeError(
      `Trying to create tensor with negative dimension ${negative}: ${formatShape([...x.shape.slice(0, -dims), ...counts])}`,
    )
  checkKernel(x, dims === 2 ? name : `${name}_cpu`, false)
  return greatest(x, windowsOf(x, counts), `AdaptiveMaxPool${dims}DBackward0`)
}

/** Options of the adaptive max poolings. */
export interface AdaptiveMaxPoolOptions {
  /** Whether the places of the greatest elements are wanted too. */
  readonly returnIndices?: boolean | undefined
}

/** The same with a wish for the indices. */
interface Indexed {
  readonly returnIndices: true
}

/**
 * The greatest elements of `outputSize` windows that share a sequence as evenly as may be.
 *
 * Shape: `[..., channels, length]` to `[..., channels, outputSize]`. Dtypes: floating point.
 *
 * @throws RuntimeError for another number of dimensions, or fewer than no windows.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: Sizes, options: Indexed): WithIndices
export function adaptiveMaxPool1d(x: Tensor, outputSize: Sizes, options?: AdaptiveMaxPoolOptions): Tensor
export function adaptiveMaxPool1d(x: Tensor, outputSize: Sizes, options: AdaptiveMaxPoolOptions = {}): Tensor | WithIndices {
  checkSequence(x, 'adaptive_max_pool1d')
  const found = adaptiveMax(unsqueeze(x, -2), 2, [1, oneOf(outputSize, 'adaptive_max_pool1d', 'output_size')])
  const values = squeeze(found[0], -2)
  return options.returnIndices ? [values, squeeze(found[1], -2)] : values
}

/**
 * The greatest elements of windows that share an image as evenly as may be.
 *
 * Shape: `[..., channels, height, width]` to `[..., channels, ...outputSize]`; null keeps a length. Dtypes: floating point.
 *
 * @throws RuntimeError for another number of dimensions, or fewer than no windows.
 * @throws ValueError for fewer dimensions than there are sizes.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSizes, options: Indexed): WithIndices
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSizes, options?: AdaptiveMaxPoolOptions): Tensor
export function adaptiveMaxPool2d(x: Tensor, outputSize: OutputSizes, options: AdaptiveMaxPoolOptions = {}): Tensor | WithIndices {
  const found = adaptiveMax(x, 2, outputSize)
  return options.returnIndices ? found : found[0]
}

/**
 * The greatest elements of windows that share a volume as evenly as may be.
 *
 * Shape: `[..., channels, depth, height, width]` to `[..., channels, ...outputSize]`; null keeps a length. Dtypes: floating point.
 *
 * @throws RuntimeError for another number of dimensions, or fewer than no windows.
 * @throws ValueError for fewer dimensions than there are sizes.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html
 */
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSizes, options: Indexed): WithIndices
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSizes, options?: AdaptiveMaxPoolOptions): Tensor
export function adaptiveMaxPool3d(x: Tensor, outputSize: OutputSizes, options: AdaptiveMaxPoolOptions = {}): Tensor | WithIndices {
  const found = adaptiveMax(x, 3, outputSize)
  return options.returnIndices ? found : found[0]
}
