/** The norm of each window. */
import type { Tensor } from '../tensor.ts'
import { abs, mul, sign } from './arithmetic.ts'
import { avgPool1d, avgPool2d, avgPool3d } from './avg-pool.ts'
import { relu } from './math.ts'
import { pow } from './powers.ts'
import { listSizes, oneOf, type Sizes } from './windows.ts'

/** Options of the poolings by norm. */
export interface LpPoolOptions {
  /** From one window to the next; the size of the windows by default. */
  readonly stride?: Sizes | null | undefined
  /** Whether a last window may reach beyond the end. */
  readonly ceilMode?: boolean | undefined
}

/** The norms from the means of the powers: what is negative, of odd powers, keeps its sign up to the root. */
const rootOf = (mean: Tensor, size: number, normType: number): Tensor => pow(mul(mul(sign(mean), relu(abs(mean))), size), 1 / normType)

const sizeOf = (kernelSize: Sizes, dims: number): number =>
  listSizes(kernelSize, dims, () => `kernel_size must either be a single int, or a tuple of ${dims} ints`).reduce((n, k) => n * k, 1)

/**
 * The p-norm of each window of a sequence, without absolute values: (Σ xᵖ)^(1/p).
 *
 * Shape: `[..., channels, length]` to `[..., channels, windows]`. Dtypes: floating point.
 *
 * @example
 * lpPool1d(tensor([[3, 4, 6, 8]]), 2, 2) // tensor([[ 5., 10.]])
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool1d.html
 */
export function lpPool1d(x: Tensor, normType: number, kernelSize: Sizes, options: LpPoolOptions = {}): Tensor {
  return rootOf(avgPool1d(pow(x, normType), kernelSize, options), oneOf(kernelSize, 'avg_pool1d', 'kernel_size'), normType)
}

/**
 * The p-norm of each window of an image, without absolute values: (Σ xᵖ)^(1/p).
 *
 * Shape: `[..., channels, height, width]`, with as many rows and columns as there are windows. Dtypes: floating point.
 *
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool2d.html
 */
export function lpPool2d(x: Tensor, normType: number, kernelSize: Sizes, options: LpPoolOptions = {}): Tensor {
  return rootOf(avgPool2d(pow(x, normType), kernelSize, options), sizeOf(kernelSize, 2), normType)
}

/**
 * The p-norm of each window of a volume, without absolute values: (Σ xᵖ)^(1/p).
 *
 * Shape: `[..., channels, depth, height, width]`, with as many places as there are windows. Dtypes: floating point.
 *
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool3d.html
 */
export function lpPool3d(x: Tensor, normType: number, kernelSize: Sizes, options: LpPoolOptions = {}): Tensor {
  return rootOf(avgPool3d(pow(x, normType), kernelSize, options), sizeOf(kernelSize, 3), normType)
}
