/** The greatest element of each window. */
import { type Rule, rule } from '../autograd/node.ts'
import type { Spans } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { RuntimeError } from '../errors.ts'
import { contiguousStrides, formatShape, numelOf, type Shape, sameShape } from '../layout.ts'
import { copyOf, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { checkIndices, scatterZeros } from './indexing.ts'
import { reshape, squeeze, unsqueeze } from './view.ts'
import {
  checkKernel,
  checkSequence,
  gridOf,
  oneOf,
  type PoolNames,
  planesOf,
  type Sizes,
  slidingWindows,
  threeOf,
  type WindowOptions,
} from './windows.ts'

/** Values and, in the plane of the last dimensions, their places. */
export type WithIndices = [values: Tensor, indices: Tensor]

interface Pooled {
  readonly shape: Shape
  readonly dims: number
}

const maxRule: Rule<readonly [Tensor], Pooled> = /* @__PURE__ */ rule('MaxPool2DWithIndicesBackward0', (grad, node) => [
  putBack(grad, node.saved()[0], node.attrs),
])

/** Sums by place what belongs to the greatest elements. */
function putBack(grad: Tensor, indices: Tensor, { shape, dims }: Pooled): Tensor {
  const planes = numelOf(shape.slice(0, -dims))
  const windows = numelOf(indices.shape.slice(-dims))
  const places = indices.alias([planes, windows], contiguousStrides([planes, windows]))
  return reshape(scatterZeros([planes, numelOf(shape.slice(-dims))], 1, places, reshape(grad, [planes, windows])), shape)
}

const backwardRule: Rule<readonly [], undefined> = /* @__PURE__ */ rule('MaxPool2DWithIndicesBackwardBackward0', (grad, node) => [
  grad,
  node.needs(1) ? allocateTensor(grad.shape, grad.dtype) : null,
])

/**
 * The gradient of `maxPool2d` with respect to its input `x`, from that of its values and from its indices.
 *
 * Shape: `grad` and `indices` as `maxPool2d` gives them; the result as `x`.
 *
 * @throws RuntimeError if the shapes differ.
 */
export function maxPool2dWithIndicesBackward(grad: Tensor, x: Tensor, indices: Tensor): Tensor {
  if (!sameShape(grad.shape, indices.shape))
    throw new RuntimeError(`Expected shape of indices to be: ${formatShape(grad.shape)} but got: ${formatShape(indices.shape)}`)
  const places = copyOf(indices)
  checkIndices(places, numelOf(x.shape.slice(-2)), (i) => new RuntimeError(`Found an invalid max index: ${i}`))
  const out = putBack(grad, places, { shape: x.shape, dims: 2 })
  return record(out.alias(), backwardRule, [out, x], [], undefined)
}

/** The greatest of each window over the last dimensions, recorded under `name`. */
export function greatest(x: Tensor, windows: readonly Spans[], name: string): WithIndices {
  const dims = windows.length
  const shape = [...x.shape.slice(0, -dims), ...windows.map((w) => w.start.length)]
  const values = allocateTensor(shape, x.dtype, false)
  const indices = allocateTensor(shape, 'int64', false)
  if (values.numel() > 0) kernels.maxPool(planesOf(x, dims), threeOf(windows), planesOf(values, dims), planesOf(indices, dims))
  return [record(values, maxRule, [x], [indices], { shape: x.shape, dims }, name), indices]
}

/** Options of the max poolings. */
export interface MaxPoolOptions extends WindowOptions {
  /** From one element of a window to the next (1). */
  readonly dilation?: Sizes | undefined
  /** Whether the places of the greatest elements are wanted too. */
  readonly returnIndices?: boolean | undefined
}

/** The same with a wish for the indices. */
type Indexed<O> = O & { readonly returnIndices: true }

const names2: PoolNames = { name: 'max_pool2d', checker: '', dims: 2 }
const names3: PoolNames = { name: 'max_pool3d', checker: 'max_pool3d_with_indices_out_cpu_template()', dims: 3 }

function pooled(x: Tensor, names: PoolNames, kernelSize: Sizes, options: MaxPoolOptions): WithIndices {
  const grid = gridOf(x, names, kernelSize, options, options.dilation)
  checkKernel(x, names.dims === 2 ? 'max_pool2d' : 'max_pool3d_with_indices_cpu', true)
  const windows = x.shape.slice(-names.dims).map((n, d) => slidingWindows(n, grid, d))
  return greatest(x, windows, `MaxPool${names.dims}DWithIndicesBackward0`)
}

/** What PyTorch checks of a pooling of sequences that is not asked for indices. */
function checkMaxPool1d(x: Tensor, kernelSize: Sizes, { stride, padding = 0, dilation = 1 }: MaxPoolOptions): void {
  const [n, m] = [x.shape.at(-1), x.shape.at(-2)]
  if ((x.ndim !== 2 && x.ndim !== 3) || n === 0 || m === 0)
    throw new RuntimeError(
      `max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:${formatShape(x.shape)}`,
    )
  const only = (size: Sizes, what: string): number => {
    if (typeof size === 'number') return size
    if (size.length === 1) return size[0] as number
    throw new RuntimeError(`max_pool1d() ${what} of size 1 but got size ${size.length}`)
  }
  const kernel = only(kernelSize, 'kernel_size must be an int, list of ints or tuple of ints')
  const omitted = stride === undefined || stride === null || (typeof stride !== 'number' && stride.length === 0)
  const step = omitted ? kernel : only(stride, 'stride must be None, an int, list of ints, or tuple of ints')
  const pad = only(padding, 'padding must be an int, list of ints, or tuple of ints')
  const apart = only(dilation, 'dilation must be an int, list of ints or tuple of ints')
  const positive = (what: string, size: number): void => {
    if (!(size > 0)) throw new RuntimeError(`max_pool1d() ${what} must be greater than zero, but got ${size}`)
  }
  positive('kernel_size', kernel)
  positive('stride', step)
  if (pad < 0) throw new RuntimeError(`max_pool1d() padding must be non-negative, but got ${pad}`)
  if (pad > kernel / 2)
    throw new RuntimeError(`max_pool1d() padding should be at most half of kernel size, but got padding=${pad} and kernel_size=${kernel}`)
  positive('dilation', apart)
}

/**
 * The greatest element of each window of a sequence. NaN counts as the greatest.
 *
 * Shape: `[..., channels, length]` to `[..., channels, windows]`. Dtypes: floating point.
 *
 * @example
 * maxPool1d(tensor([[1, 3, 2, 5]]), 2) // tensor([[3., 5.]])
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
 */
export function maxPool1d(x: Tensor, kernelSize: Sizes, options: Indexed<MaxPoolOptions>): WithIndices
export function maxPool1d(x: Tensor, kernelSize: Sizes, options?: MaxPoolOptions): Tensor
export function maxPool1d(x: Tensor, kernelSize: Sizes, options: MaxPoolOptions = {}): Tensor | WithIndices {
  const { stride, padding = 0, dilation = 1, ceilMode, returnIndices } = options
  if (returnIndices) checkSequence(x, 'max_pool1d')
  else checkMaxPool1d(x, kernelSize, options)
  checkKernel(x, 'max_pool1d_impl', false)
  const one = (size: Sizes, argument: string): number => oneOf(size, 'max_pool1d', argument)
  const kernel = one(kernelSize, 'kernel_size')
  const omitted = stride === undefined || stride === null || (typeof stride !== 'number' && stride.length === 0)
  const found = pooled(unsqueeze(x, -2), names2, [1, kernel], {
    stride: [1, omitted ? kernel : one(stride, 'stride')],
    padding: [0, one(padding, 'padding')],
    dilation: [1, one(dilation, 'dilation')],
    ceilMode,
  })
  const values = squeeze(found[0], -2)
  return returnIndices ? [values, squeeze(found[1], -2)] : values
}

/**
 * The greatest element of each window of an image. NaN counts as the greatest.
 *
 * Shape: `[..., channels, height, width]`, with as many rows and columns as there are windows. Dtypes: any but `bool`.
 *
 * @example
 * maxPool2d(tensor([[[1, 2], [3, 4]]]), 2) // tensor([[[4.]]])
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
 */
export function maxPool2d(x: Tensor, kernelSize: Sizes, options: Indexed<MaxPoolOptions>): WithIndices
export function maxPool2d(x: Tensor, kernelSize: Sizes, options?: MaxPoolOptions): Tensor
export function maxPool2d(x: Tensor, kernelSize: Sizes, options: MaxPoolOptions = {}): Tensor | WithIndices {
  const found = pooled(x, names2, kernelSize, options)
  return options.returnIndices ? found : found[0]
}

/**
 * The greatest element of each window of a volume. NaN counts as the greatest.
 *
 * Shape: `[..., channels, depth, height, width]`, with as many places as there are windows. Dtypes: any but `bool`.
 *
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html
 */
export function maxPool3d(x: Tensor, kernelSize: Sizes, options: Indexed<MaxPoolOptions>): WithIndices
export function maxPool3d(x: Tensor, kernelSize: Sizes, options?: MaxPoolOptions): Tensor
export function maxPool3d(x: Tensor, kernelSize: Sizes, options: MaxPoolOptions = {}): Tensor | WithIndices {
  const found = pooled(x, names3, kernelSize, options)
  return options.returnIndices ? found : found[0]
}
