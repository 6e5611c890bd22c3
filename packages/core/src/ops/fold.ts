/** Windows of images as columns of a matrix, and back. */
import { type Rule, rule } from '../autograd/node.ts'
import { RuntimeError } from '../errors.ts'
import { contiguousStrides, formatShape, numelOf } from '../layout.ts'
import { copyOf, record } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { applyMaps, type LineMap, lineMap, transposedMap } from './line-maps.ts'
import { squeeze, unsqueeze } from './view.ts'
import { checkKernel, listSizes, type Sizes } from './windows.ts'

/** How the windows of `fold` and `im2col` lie. */
export interface FoldOptions {
  /** From one element of a window to the next (1). */
  readonly dilation?: Sizes | undefined
  /** Zeros that are added at both ends (0). */
  readonly padding?: Sizes | undefined
  /** From one window to the next (1). */
  readonly stride?: Sizes | undefined
}

/** Windows over images of one size: two numbers each, of the height and of the width. */
interface Blocks {
  readonly size: readonly number[]
  readonly kernel: readonly number[]
  readonly dilation: readonly number[]
  readonly padding: readonly number[]
  readonly stride: readonly number[]
  readonly counts: readonly number[]
}

function blocksOf(size: readonly number[], kernelSize: Sizes, options: FoldOptions): Blocks {
  const pair = (what: string, given: Sizes): readonly number[] => {
    const length = typeof given === 'number' ? 1 : given.length
    return listSizes(given, 2, () => `It is expected ${what} equals to 2, but got size ${length}`)
  }
  const kernel = pair('kernel_size', kernelSize)
  const dilation = pair('dilation', options.dilation ?? 1)
  const padding = pair('padding', options.padding ?? 0)
  const stride = pair('stride', options.stride ?? 1)
  const positive = (what: string, name: string, [h, w]: readonly number[]): void => {
    if (!((h as number) > 0 && (w as number) > 0))
      throw new RuntimeError(`${what} should be greater than zero, but got ${name}_height: ${h} ${name}_width: ${w}`)
  }
  positive('kernel size', 'kernel', kernel)
  positive('dilation', 'dilation', dilation)
  if (padding.some((n) => n < 0))
    throw new RuntimeError(`padding should be non-negative, but got pad_height: ${padding[0]} pad_width: ${padding[1]}`)
  positive('stride', 'stride', stride)
  const counts = size.map((n, d) => {
    const [k, apart, pad, step] = [kernel[d], dilation[d], padding[d], stride[d]] as [number, number, number, number]
    return Math.floor((n + 2 * pad - apart * (k - 1) - 1) / step) + 1
  })
  return { size, kernel, dilation, padding, stride, counts }
}

/** The map of each dimension to its windows: first by place in the window, then by window. */
const mapsOf = ({ size, kernel, dilation, padding, stride, counts }: Blocks): LineMap[] =>
  size.map((n, d) => {
    const [k, apart, pad, step, count] = [kernel[d], dilation[d], padding[d], stride[d], counts[d]] as [
      number,
      number,
      number,
      number,
      number,
    ]
    const pairs: [number, number][] = []
    for (let i = 0; i < k; i++)
      for (let o = 0; o < count; o++) {
        const at = o * step - pad + i * apart
        if (at >= 0 && at < n) pairs.push([at, i * count + o])
      }
    return lineMap(2 + d, n, k * count, pairs)
  })

const columnsRule: Rule<readonly [], Blocks> = /* @__PURE__ */ rule('Im2ColBackward0', (grad, node) => [imagesOf(grad, node.attrs)])
const imagesRule: Rule<readonly [], Blocks> = /* @__PURE__ */ rule('Col2ImBackward0', (grad, node) => [columnsOf(grad, node.attrs)])

/** The inner two of the last four dimensions exchanged: places in the window and windows, by height and by width. */
function exchanged(x: Tensor): Tensor {
  const swap = (list: readonly number[]): number[] => [0, 1, 2, 4, 3, 5].map((d) => list[d] as number)
  return x.alias(swap(x.shape), swap(x.strides))
}

/** `[n, channels, height, width]` to `[n, channels · elements of a window, windows]`. */
function columnsOf(x: Tensor, blocks: Blocks): Tensor {
  const [n, channels] = x.shape as [number, number, number, number]
  const { kernel, counts } = blocks
  const [kh, kw] = kernel as [number, number]
  const [rows, columns] = counts as [number, number]
  const windows = [n, channels, kh, rows, kw, columns]
  const out = copyOf(exchanged(applyMaps(x, mapsOf(blocks)).alias(windows, contiguousStrides(windows))))
  const shape = [n, channels * kh * kw, rows * columns]
  return record(out.alias(shape, contiguousStrides(shape)), columnsRule, [x], [], blocks)
}

/** Back again; what several windows share is summed. */
function imagesOf(x: Tensor, blocks: Blocks): Tensor {
  const { kernel, counts } = blocks
  const [kh, kw] = kernel as [number, number]
  const [rows, columns] = counts as [number, number]
  const n = x.shape[0] as number
  const channels = (x.shape[1] as number) / (kh * kw)
  const windows = [n, channels, kh, kw, rows, columns]
  const lines = [n, channels, kh * rows, kw * columns]
  const ordered = copyOf(exchanged(copyOf(x).alias(windows, contiguousStrides(windows)))).alias(lines, contiguousStrides(lines))
  return record(applyMaps(ordered, mapsOf(blocks).map(transposedMap)), imagesRule, [x], [], blocks)
}

const pairText = (list: readonly number[]): string => `(${list.join(', ')})`

/**
 * The windows of images as the columns of matrices: `torch.nn.functional.unfold`.
 *
 * Shape: `[n, channels, height, width]` to `[n, channels · elements of a window, windows]`, or without the batch. Dtypes: floating point.
 *
 * @example
 * im2col(tensor([[[1, 2], [3, 4]]]), [1, 2]) // tensor([[1., 3.], [2., 4.]])
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
 */
export function im2col(x: Tensor, kernelSize: Sizes, options: FoldOptions = {}): Tensor {
  const size = x.shape.slice(-2)
  const blocks = blocksOf(size, kernelSize, options)
  const batched = x.ndim === 4
  if ((x.ndim !== 3 && !batched) || x.shape.slice(batched ? 1 : 0).includes(0))
    throw new RuntimeError(
      `Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: ${formatShape(x.shape)}`,
    )
  if (blocks.counts.some((n) => n < 1))
    throw new RuntimeError(
      `Given input with spatial size ${pairText(size)}, kernel_size=${pairText(blocks.kernel)}, dilation=${pairText(blocks.dilation)}, padding=${pairText(blocks.padding)}, calculated shape of the array of sliding blocks as ${pairText(blocks.counts)}, but its components must be at least one.`,
    )
  checkKernel(x, 'im2col_out_cpu', false)
  return batched ? columnsOf(x, blocks) : squeeze(columnsOf(unsqueeze(x, 0), blocks), 0)
}

/**
 * Images from the columns that `im2col` makes; where windows overlap, their elements are summed.
 *
 * Shape: `[n, channels · elements of a window, windows]` to `[n, channels, ...outputSize]`, or without the batch. Dtypes: floating point.
 *
 * @throws RuntimeError for columns that do not fit the windows, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
 */
export function fold(x: Tensor, outputSize: Sizes, kernelSize: Sizes, options: FoldOptions = {}): Tensor {
  const size = listSizes(
    outputSize,
    2,
    () => `It is expected output_size equals to 2, but got size ${(outputSize as readonly number[]).length}`,
  )
  const blocks = blocksOf(size, kernelSize, options)
  const batched = x.ndim === 3
  if ((x.ndim !== 2 && !batched) || x.shape.slice(batched ? 1 : 0).includes(0))
    throw new RuntimeError(
      `Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: ${formatShape(x.shape)}`,
    )
  const { kernel, dilation, padding, stride, counts } = blocks
  const [planes, length] = x.shape.slice(-2) as [number, number]
  if (planes % numelOf(kernel) !== 0)
    throw new RuntimeError(
      `Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=${planes} and kernel_size=${pairText(kernel)}.`,
    )
  const [rows, columns] = counts as [number, number]
  const given = `Given output_size=${pairText(size)}, kernel_size=${pairText(kernel)}, dilation=${pairText(dilation)}, padding=${pairText(padding)}, stride=${pairText(stride)}, `
  if (length !== rows * columns)
    throw new RuntimeError(
      `${given}expected size of input's dimension 2 to match the calculated number of sliding blocks ${rows} * ${columns} = ${rows * columns}, but got input.size(2)=${length}.`,
    )
  if (rows < 1 || columns < 1)
    throw new RuntimeError(
      `${given}calculated shape of the array of sliding blocks as ${pairText(counts)}, which is too small (non-positive)`,
    )
  if (size.some((n) => n < 1))
    throw new RuntimeError(`Expected output spatial size to be positive, but got: output_size=${pairText(size)}.`)
  checkKernel(x, 'col2im_out_cpu', false)
  return batched ? imagesOf(x, blocks) : squeeze(imagesOf(unsqueeze(x, 0), blocks), 0)
}
