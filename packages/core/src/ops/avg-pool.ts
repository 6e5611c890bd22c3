/** The mean of each window, and its relative of higher powers. */
import { type Rule, rule } from '../autograd/node.ts'
import type { Spans } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import type { Shape } from '../layout.ts'
import { record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { div } from './arithmetic.ts'
import { lineMap, mapped } from './line-maps.ts'
import { squeeze, unsqueeze } from './view.ts'
import {
  checkKernel,
  checkSequence,
  type Grid,
  gridOf,
  oneOf,
  type PoolNames,
  planesOf,
  type Sizes,
  slidingWindows,
  threeOf,
  type WindowOptions,
} from './windows.ts'

/** Windows over the last dimensions of a shape, and what their sums are divided by: all by the same, or each by its own. */
interface Averages {
  readonly shape: Shape
  readonly windows: readonly Spans[]
  readonly divisor: number | Tensor
}

/** Every element gets the gradients of the windows that it is in. */
const averageRule: Rule<readonly [], Averages> = /* @__PURE__ */ rule('AvgPool2DBackward0', (grad, node) => {
  const { shape, windows, divisor } = node.attrs
  const maps = windows.map(({ start, end, step }, i) => {
    const dim = shape.length - windows.length + i
    const pairs: [number, number][] = []
    start.forEach((first, at) => {
      for (let j = first; j < (end[at] as number); j += step) pairs.push([at, j])
    })
    return lineMap(dim, start.length, shape[dim] as number, pairs)
  })
  return [mapped(div(grad, divisor), maps)]
})

/** The sum of each window divided by its divisor, recorded under `name`; integers are rounded toward zero. */
function averages(x: Tensor, windows: readonly Spans[], divisor: number | Tensor, name: string): Tensor {
  const dims = windows.length
  const together = typeof divisor === 'number' && isFloat(x.dtype)
  const shape = [...x.shape.slice(0, -dims), ...windows.map((w) => w.start.length)]
  let out = allocateTensor(shape, x.dtype, false)
  if (out.numel() > 0) kernels.sumPool(planesOf(x, dims), threeOf(windows), together ? divisor : 1, planesOf(out, dims))
  if (!together) out = div(out, divisor, isFloat(x.dtype) ? {} : { roundingMode: 'trunc' })
  return record(out, averageRule, [x], [], { shape: x.shape, windows, divisor }, name)
}

/** The products of one number of each list, in the order of the windows: a plain number where they are all the same. */
function products(lists: readonly (readonly number[])[], x: Tensor): number | Tensor {
  if (lists.every((list) => list.every((n) => n === list[0]))) return lists.reduce((n, list) => n * (list[0] ?? 1), 1)
  const values = lists.reduce<readonly number[]>((all, list) => all.flatMap((n) => list.map((m) => n * m)), [1])
  const out = allocateTensor(
    lists.map((list) => list.length),
    x.dtype,
  )
  out.data.set(values)
  return out
}

/** The mean of each window, whatever its size. */
export function means(x: Tensor, windows: readonly Spans[], name: string): Tensor {
  const sizes = windows.map(({ start, end }) => Array.from(start, (first, i) => (end[i] as number) - first))
  return averages(x, windows, products(sizes, x), name)
}

/** Options of the average poolings. */
export interface AvgPoolOptions extends WindowOptions {
  /** Whether elements of the padding count (true). */
  readonly countIncludePad?: boolean | undefined
  /** What sums are divided by, in place of the number of elements. */
  readonly divisorOverride?: number | null | undefined
}

/** How many elements each window is divided by: those beyond the padding do not count, those of the padding if asked for. */
function sizesOf(n: number, { kernel, stride, padding, counts }: Grid, d: number, countIncludePad: boolean): number[] {
  const [size, by, pad] = [kernel[d], stride[d], padding[d]] as [number, number, number]
  return Array.from({ length: counts[d] as number }, (_, i) => {
    const first = i * by - pad
    const end = Math.min(first + size, n + pad)
    // A window that lies in the padding alone sums to 0, whatever that is divided by.
    return countIncludePad ? end - first : Math.max(Math.min(end, n) - Math.max(first, 0), 1)
  })
}

function pooled(x: Tensor, names: PoolNames, kernelSize: Sizes, options: AvgPoolOptions): Tensor {
  const { countIncludePad = true, divisorOverride = null } = options
  if (divisorOverride === 0) throw new RuntimeError('divisor must be not zero')
  const { dims, name } = names
  const grid = gridOf(x, names, kernelSize, options)
  if (x.dtype !== 'int64') checkKernel(x, dims === 2 ? name : 'avg_pool3d_out_frame', false)
  const lengths = x.shape.slice(-dims)
  const windows = lengths.map((n, d) => slidingWindows(n, grid, d))
  const divisor =
    divisorOverride ??
    products(
      lengths.map((n, d) => sizesOf(n, grid, d, countIncludePad)),
      x,
    )
  return averages(x, windows, divisor, `AvgPool${dims}DBackward0`)
}

const names2: PoolNames = { name: 'avg_pool2d', checker: '', dims: 2 }
const names3: PoolNames = { name: 'avg_pool3d', checker: 'avg_pool3d()', dims: 3 }

/**
 * The mean of each window of a sequence.
 *
 * Shape: `[..., channels, length]` to `[..., channels, windows]`. Dtypes: floating point and `int64`.
 *
 * @example
 * avgPool1d(tensor([[1, 3, 2, 6]]), 2) // tensor([[2., 4.]])
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
 */
export function avgPool1d(x: Tensor, kernelSize: Sizes, options: Omit<AvgPoolOptions, 'divisorOverride'> = {}): Tensor {
  checkSequence(x, 'avg_pool1d')
  const { stride, padding = 0, ceilMode, countIncludePad } = options
  const one = (size: Sizes, argument: string): number => oneOf(size, 'avg_pool1d', argument)
  const kernel = one(kernelSize, 'kernel_size')
  const omitted = stride === undefined || stride === null || (typeof stride !== 'number' && stride.length === 0)
  const out = pooled(unsqueeze(x, -2), names2, [1, kernel], {
    stride: [1, omitted ? kernel : one(stride, 'stride')],
    padding: [0, one(padding, 'padding')],
    ceilMode,
    countIncludePad,
  })
  return squeeze(out, -2)
}

/**
 * The mean of each window of an image.
 *
 * Shape: `[..., channels, height, width]`, with as many rows and columns as there are windows. Dtypes: floating point and `int64`.
 *
 * @example
 * avgPool2d(tensor([[[1, 2], [3, 4]]]), 2) // tensor([[[2.5000]]])
 * @throws RuntimeError for windows that do not fit, a divisor of 0, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
 */
export function avgPool2d(x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor {
  return pooled(x, names2, kernelSize, options)
}

/**
 * The mean of each window of a volume.
 *
 * Shape: `[..., channels, depth, height, width]`, with as many places as there are windows. Dtypes: floating point and `int64`.
 *
 * @throws RuntimeError for windows that do not fit, a divisor of 0, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool3d.html
 */
export function avgPool3d(x: Tensor, kernelSize: Sizes, options: AvgPoolOptions = {}): Tensor {
  return pooled(x, names3, kernelSize, options)
}
