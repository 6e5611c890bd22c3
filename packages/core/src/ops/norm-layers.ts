/** The functions of norm layers: layer, group, root-mean-square and local response. */
import { RuntimeError, ValueError } from '../errors.ts'
import { formatShape, numelOf, type Shape } from '../layout.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, div, mul, pow, rsqrt } from './arithmetic.ts'
import { cat } from './join.ts'
import { mean } from './reduce.ts'
import { type Standardized, standardize } from './standardize.ts'
import { narrow } from './view.ts'

/** Options of `layerNorm`. */
export interface AffineOptions {
  /** A factor on each element of the normalized shape. */
  readonly weight?: Tensor | null | undefined
  /** Added to each element of the normalized shape. */
  readonly bias?: Tensor | null | undefined
  /** Added to the variance (1e-5). */
  readonly eps?: number | undefined
}

/** Refuses parameters and inputs that do not end in the normalized shape. */
function checkNormalized(x: Tensor, shape: Shape, parameters: Readonly<Record<string, Tensor | null>>, star: string): void {
  if (shape.length === 0)
    throw new RuntimeError(
      'Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []',
    )
  for (const [name, p] of Object.entries(parameters))
    if (p !== null && formatShape(p.shape) !== formatShape(shape))
      throw new RuntimeError(
        `Expected ${name} to be of same shape as normalized_shape, but got ${name} of shape ${formatShape(p.shape)} and normalized_shape = ${formatShape(shape)}`,
      )
  if (x.ndim < shape.length || formatShape(x.shape.slice(x.ndim - shape.length)) !== formatShape(shape))
    throw new RuntimeError(
      `Given normalized_shape=${formatShape(shape)}, expected input with shape [${star}${shape.join(', ')}], but got input of size${formatShape(x.shape)}`,
    )
}

function layerNormOf(x: Tensor, shape: Shape, weight: Tensor | null, bias: Tensor | null, eps: number): Standardized {
  checkNormalized(x, shape, { weight, bias }, '*, ')
  const dims = x.shape.map((_, d) => d).slice(x.ndim - shape.length)
  return standardize('NativeLayerNormBackward0', x, weight, bias, { view: x.shape, dims, affine: shape, eps })
}

/**
 * Takes off the mean and divides by the standard deviation over the last dimensions, then applies weight and bias.
 *
 * @throws RuntimeError unless the input ends in `normalizedShape`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 */
export function layerNorm(x: Tensor, normalizedShape: Shape, { weight = null, bias = null, eps = 1e-5 }: AffineOptions = {}): Tensor {
  return layerNormOf(x, normalizedShape, weight, bias, eps).out
}

/**
 * `layerNorm` with the means and the reciprocal standard deviations beside the result.
 *
 * @throws RuntimeError unless the input ends in `normalizedShape`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 */
export function nativeLayerNorm(
  x: Tensor,
  normalizedShape: Shape,
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
): [out: Tensor, mean: Tensor, rstd: Tensor] {
  const { out, mean, rstd } = layerNormOf(x, normalizedShape, weight, bias, eps)
  return [out, mean, rstd]
}

function groupNormOf(
  x: Tensor,
  groups: number,
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
  withStatistics: boolean,
): Standardized {
  const [n, channels] = x.shape as [number, number]
  if (channels % groups !== 0)
    throw new RuntimeError(
      `Expected number of channels in input to be divisible by num_groups, but got input of shape ${formatShape(x.shape)} and num_groups=${groups}`,
    )
  for (const [name, p] of [
    ['weight', weight],
    ['bias', bias],
  ] as const)
    if (p !== null && (p.ndim !== 1 || p.numel() !== channels))
      throw new RuntimeError(
        `Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${formatShape(p.shape)} and input of shape ${formatShape(x.shape)}`,
      )
  const inside = (channels / groups) * numelOf(x.shape.slice(2))
  const affine = x.shape.map((_, d) => (d === 1 ? channels : 1))
  const how = { view: [n, groups, inside], dims: [2], affine, eps }
  return standardize('NativeGroupNormBackward0', x, weight, bias, how, withStatistics ? [n, groups] : null)
}

/**
 * Takes off the mean and divides by the standard deviation over groups of channels, then applies weight and bias per channel.
 *
 * Shape: `[n, channels, ...]`.
 *
 * @throws RuntimeError for fewer than two dimensions or channels that `numGroups` does not divide; ValueError for one value per group.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 */
export function groupNorm(x: Tensor, numGroups: number, { weight = null, bias = null, eps = 1e-5 }: AffineOptions = {}): Tensor {
  if (x.ndim < 2) throw new RuntimeError(`Expected at least 2 dimensions for input tensor but received ${x.ndim}`)
  const [n, channels, ...spatial] = x.shape as [number, number]
  checkValues([Math.floor((n * channels) / numGroups), numGroups, ...spatial])
  return groupNormOf(x, numGroups, weight, bias, eps, false).out
}

/** Refuses batches with a single value per channel: its deviation is 0. */
export function checkValues(shape: Shape, text: string = formatShape(shape)): void {
  if (numelOf(shape.filter((_, d) => d !== 1)) === 1)
    throw new ValueError(`Expected more than 1 value per channel when training, got input size ${text}`)
}

/**
 * `groupNorm` with the means and the reciprocal standard deviations beside the result; the sizes repeat what the shape says.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 */
export function nativeGroupNorm(
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  _n: number,
  _channels: number,
  _inside: number,
  groups: number,
  eps: number,
): [out: Tensor, mean: Tensor, rstd: Tensor] {
  const { out, mean, rstd } = groupNormOf(x, groups, weight, bias, eps, true)
  return [out, mean, rstd]
}

/** Options of `rmsNorm`. */
export interface RmsNormOptions {
  /** A factor on each element of the normalized shape. */
  readonly weight?: Tensor | null | undefined
  /** Added to the mean square; by default the dtype's epsilon. */
  readonly eps?: number | null | undefined
}

/**
 * Divides by the root of the mean square over the last dimensions, then applies the weight.
 *
 * @throws RuntimeError unless the input ends in `normalizedShape`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
 */
export function rmsNorm(x: Tensor, normalizedShape: Shape, { weight = null, eps = null }: RmsNormOptions = {}): Tensor {
  checkNormalized(x, normalizedShape, { weight }, '*')
  const dims = x.shape.map((_, d) => d).slice(x.ndim - normalizedShape.length)
  const square = mean(pow(x, 2), dims, { keepdim: true })
  const out = mul(x, rsqrt(add(square, eps ?? (x.dtype === 'float64' ? Number.EPSILON : 2 ** -23))))
  return weight === null ? out : mul(out, weight)
}

/** Options of `localResponseNorm`. */
export interface LocalResponseOptions {
  /** A factor on the mean square of the neighbours (1e-4). */
  readonly alpha?: number
  /** The exponent (0.75). */
  readonly beta?: number
  /** Added to the mean square (1). */
  readonly k?: number
}

/**
 * Divides each element by `(k + alpha * mean)^beta`, where the mean is of the squares of `size` neighbouring channels.
 *
 * Shape: `[n, channels, ...]`, at least three dimensions.
 *
 * @throws ValueError for fewer than three dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.local_response_norm.html
 */
export function localResponseNorm(x: Tensor, size: number, { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseOptions = {}): Tensor {
  if (x.ndim < 3) throw new ValueError(`Expected 3D or higher dimensionality                          input (got ${x.ndim} dimensions)`)
  if (x.numel() === 0) return x
  const channels = x.shape[1] as number
  const zeros = (n: number): Tensor => allocateTensor([x.shape[0] as number, n, ...x.shape.slice(2)], x.dtype)
  const padded = cat([zeros(Math.floor(size / 2)), mul(x, x), zeros(Math.floor((size - 1) / 2))], 1)
  let sums = narrow(padded, 1, 0, channels)
  for (let i = 1; i < size; i++) sums = add(sums, narrow(padded, 1, i, channels))
  return div(x, pow(add(mul(div(sums, size), alpha), k), beta))
}
