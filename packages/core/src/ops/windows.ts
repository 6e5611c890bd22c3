/** Windows over the last dimensions: what their sizes may be, and where they lie. */
import type { Spans, Spans3 } from '../backend/backend.ts'
import { scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import { contiguousStrides, formatShape, numelOf, type Shape } from '../layout.ts'
import { copyOf } from '../op.ts'
import type { Tensor } from '../tensor.ts'

/** One number for every dimension, or one each. */
export type Sizes = number | readonly number[]

/** How windows lie. */
export interface WindowOptions {
  /** From one window to the next; the size of the windows by default. */
  readonly stride?: Sizes | null | undefined
  /** Elements added at both ends (0). */
  readonly padding?: Sizes | undefined
  /** Whether a last window may reach beyond the end. */
  readonly ceilMode?: boolean | undefined
}

/** The sizes and steps of windows, a number for each dimension, and how many windows there are. */
export interface Grid {
  readonly kernel: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[]
  readonly dilation: readonly number[]
  readonly counts: readonly number[]
}

/** Which elements of a dimension of length `n` belong to each window. */
export function slidingWindows(n: number, { kernel, stride, padding, dilation, counts }: Grid, d: number): Spans {
  const [size, by, before, step] = [kernel[d], stride[d], padding[d], dilation[d]] as [number, number, number, number]
  const start = new Int32Array(counts[d] as number)
  const end = new Int32Array(start.length)
  for (let i = 0; i < start.length; i++) {
    const first = i * by - before
    start[i] = first < 0 ? first + Math.ceil(-first / step) * step : first
    end[i] = Math.min(first + (size - 1) * step + 1, n)
  }
  return { start, end, step }
}

/** `count` windows that share a dimension of length `n` as evenly as may be. */
export function adaptiveWindows(n: number, count: number): Spans {
  const start = Int32Array.from({ length: count }, (_, i) => Math.floor((i * n) / count))
  const end = Int32Array.from({ length: count }, (_, i) => Math.ceil(((i + 1) * n) / count))
  return { start, end, step: 1 }
}

const single: Spans = { start: Int32Array.of(0), end: Int32Array.of(1), step: 1 }

/** The windows of one to three dimensions as those of three. */
export const threeOf = (windows: readonly Spans[]): Spans3 =>
  [...Array.from({ length: 3 - windows.length }, () => single), ...windows] as unknown as Spans3

/** The elements as dense planes of three dimensions: whatever comes before the last `dims` is one dimension. */
export function planesOf(x: Tensor, dims: number): Tensor {
  const dense = x.isContiguous() ? x : copyOf(x)
  const shape = [numelOf(x.shape.slice(0, -dims)), ...Array<number>(3 - dims).fill(1), ...x.shape.slice(-dims)]
  return dense.alias(shape, contiguousStrides(shape))
}

/** Refuses what PyTorch has no kernel for. */
export function checkKernel(x: Tensor, name: string, integers: boolean): void {
  if (x.dtype === 'bool' || (!integers && !x.isFloatingPoint()))
    throw new NotImplementedError(`"${name}" not implemented for '${scalarName(x.dtype)}'`)
}

/** Refuses sequences of another number of dimensions. */
export function checkSequence(x: Tensor, name: string): void {
  if (x.ndim !== 2 && x.ndim !== 3)
    throw new RuntimeError(
      `Expected 2 to 3 dimensions, but got ${x.ndim}-dimensional tensor for argument #1 'self' (while checking arguments for ${name})`,
    )
}

/** The only number of an argument of an operation on sequences. */
export function oneOf(size: Sizes, name: string, argument: string): number {
  if (typeof size === 'number') return size
  if (size.length !== 1) throw new RuntimeError(`${name}() argument '${argument}' should contain one int (got ${size.length})`)
  return size[0] as number
}

/** A number for each dimension. */
export function listSizes(size: Sizes, dims: number, complaint: () => string): readonly number[] {
  const list = typeof size === 'number' ? [size] : size
  if (list.length !== 1 && list.length !== dims) throw new RuntimeError(complaint())
  return list.length === dims ? list : Array<number>(dims).fill(list[0] as number)
}

/** How many windows fit, by PyTorch's rule. */
function countOf(n: number, kernel: number, stride: number, padding: number, dilation: number, ceilMode: boolean): number {
  if (stride === 0) throw new RuntimeError('stride should not be zero')
  if (padding < 0) throw new RuntimeError(`pad must be non-negative, but got pad: ${padding}`)
  if (padding > Math.floor(((kernel - 1) * dilation + 1) / 2))
    throw new RuntimeError(
      `pad should be at most half of effective kernel size, but got pad=${padding}, kernel_size=${kernel} and dilation=${dilation}`,
    )
  const count = Math.floor((n + 2 * padding - dilation * (kernel - 1) - 1 + (ceilMode ? stride - 1 : 0)) / stride) + 1
  // The last window must begin inside the input or its padding before.
  return ceilMode && (count - 1) * stride >= n + padding ? count - 1 : count
}

/** What an operation calls itself and its windows in messages. */
export interface PoolNames {
  readonly name: string
  /** What checks the shapes. */
  readonly checker: string
  readonly dims: 2 | 3
}

/** Checks everything about the windows of a pooling, and tells how they lie. */
export function gridOf(
  x: Tensor,
  { name, checker, dims }: PoolNames,
  kernelSize: Sizes,
  { stride, padding = 0, ceilMode = false }: WindowOptions,
  dilations: Sizes = 1,
): Grid {
  const many = dims === 2 ? 'two' : 'three'
  const kernel = listSizes(kernelSize, dims, () => `${name}: kernel_size must either be a single int, or a tuple of ${many} ints`)
  const omitted = stride === undefined || stride === null || (typeof stride !== 'number' && stride.length === 0)
  const steps = listSizes(
    omitted ? kernel : stride,
    dims,
    () => `${name}: stride must either be omitted, a single int, or a tuple of ${many} ints`,
  )
  const pads = listSizes(padding, dims, () => `${name}: padding must either be a single int, or a tuple of ${many} ints`)
  const dilation = listSizes(dilations, dims, () => `${name}: dilation must be either a single int, or a tuple of ${many} ints`)
  if (x.ndim !== dims + 1 && x.ndim !== dims + 2)
    throw new RuntimeError(`non-empty ${dims + 1}D or ${dims + 2}D (batch mode) tensor expected for input`)
  const lengths = x.shape.slice(-dims)
  const counts = lengths.map((n, d) =>
    countOf(n, kernel[d] as number, steps[d] as number, pads[d] as number, dilation[d] as number, ceilMode),
  )
  const named = (prefix: string, list: readonly number[]): string => list.map((n, d) => `${prefix}${'THW'[d + 3 - dims]}: ${n}`).join(' ')
  const positive = (what: string, prefix: string, list: readonly number[]): void => {
    if (!list.every((n) => n > 0)) throw new RuntimeError(`${what} should be greater than zero, but got ${named(prefix, list)}`)
  }
  positive('kernel size', 'k', kernel)
  positive('stride', 'd', steps)
  positive('dilation', 'dilation', dilation)
  checkLengths(x, checker, dims)
  if (name === 'avg_pool3d' && lengths.some((n, d) => n < (kernel[d] as number)))
    throw new RuntimeError(`input image (${named('', lengths)}) smaller than kernel size (${named('k', kernel)})`)
  checkHalf(kernel, pads)
  const planes = x.shape[x.ndim - dims - 1] as number
  if (!counts.every((n) => n >= 1))
    throw new RuntimeError(
      `Given input size: (${[planes, ...lengths].join('x')}). Calculated output size: (${[planes, ...counts].join('x')}). Output size is too small`,
    )
  return { kernel, stride: steps, padding: pads, dilation, counts }
}

/** Only the batch may be empty. */
function checkLengths(x: Tensor, checker: string, dims: 2 | 3): void {
  const batched = x.ndim === dims + 2
  const lengths: Shape = batched ? x.shape.slice(1) : x.shape
  const empty = lengths.indexOf(0)
  if (empty < 0) return
  throw new RuntimeError(
    dims === 2
      ? `Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:${formatShape(x.shape)}`
      : `${checker}: Expected input's non-batch dimensions to have positive length, but input has a shape of ${formatShape(x.shape)} and non-batch dimension 0 has length zero!`,
  )
}

/** Padding is at most half of a window, not counting dilation. */
function checkHalf(kernel: readonly number[], pads: readonly number[]): void {
  if (kernel.every((k, d) => Math.floor(k / 2) >= (pads[d] as number))) return
  const [k, p] = [kernel.slice(-2), pads.slice(-2)] as [[number, number], [number, number]]
  throw new RuntimeError(
    kernel.length === 2
      ? `pad should be smaller than or equal to half of kernel size, but got padW = ${p[1]}, padH = ${p[0]}, kW = ${k[1]}, kH = ${k[0]}`
      : `pad should be smaller than or equal to half of kernel size, but got kT: ${kernel[0]} kW: ${k[1]} kH: ${k[0]} padT: ${pads[0]} padW: ${p[1]} padH: ${p[0]}`,
  )
}
