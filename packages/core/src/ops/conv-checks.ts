/** What convolutions refuse, in PyTorch's order. */
import { cName, isFloat, scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import { formatShape, type Shape } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import type { Geometry } from './columns.ts'

/** A number for every dimension, or a list of them. */
export type PerDimension = number | readonly number[]

/** One number for each of a weight's `dims` dimensions; functions over `own` dimensions take a single number for each of those. */
export function expandTo(name: string, given: PerDimension, own: number, dims: number): readonly number[] {
  const list = typeof given === 'number' ? new Array<number>(own).fill(given) : given
  if (list.length === dims) return list
  if (list.length === 1) return new Array<number>(dims).fill(list[0] as number)
  throw new RuntimeError(
    `expected ${name} to be a single integer value or a list of ${dims} values to match the convolution dimensions, but got ${name}=${formatShape(list)}`,
  )
}

/** Refuses an input that is neither a batch nor a member of one. */
export function checkInput(x: Tensor, dims: number, name: string): void {
  if (x.ndim === dims + 1 || x.ndim === dims + 2) return
  throw new RuntimeError(
    `Expected ${dims + 1}D (unbatched) or ${dims + 2}D (batched) input to ${name}, but got input of size: ${formatShape(x.shape)}`,
  )
}

/** Refuses groups that are none, and weights without windows. */
export function checkGroups(weight: Tensor, groups: number): void {
  if (weight.ndim < 3) throw new RuntimeError('weight should have at least three dimensions')
  if (groups <= 0) throw new RuntimeError('non-positive groups is not supported')
}

function checkBias(bias: Tensor | null, weight: Tensor, channels: number, transposed: string): void {
  if (bias === null || (bias.ndim === 1 && bias.shape[0] === channels)) return
  throw new RuntimeError(
    `Given ${transposed}weight of size ${formatShape(weight.shape)}, expected bias to be 1-dimensional with ${channels} elements, but got bias of size ${formatShape(bias.shape)} instead`,
  )
}

const by = (size: Shape): string => `(${size.join(' x ')})`

/** Refuses windows that do not fit into the input. */
function checkSize(x: Tensor, kernel: Shape, { padding, dilation }: Geometry): void {
  const padded = x.shape.slice(2).map((n, d) => n + 2 * (padding[d] as number))
  const reach = kernel.map((k, d) => (dilation[d] as number) * (k - 1) + 1)
  if (padded.some((n, d) => n < (reach[d] as number)))
    throw new RuntimeError(
      `Calculated padded input size per channel: ${by(padded)}. Kernel size: ${by(reach)}. Kernel size can't be greater than actual input size`,
    )
}

/** Refuses tensors of different dtypes, and dtypes that there is no convolution for. */
function checkDTypes(x: Tensor, weight: Tensor, bias: Tensor | null, kernelName: string): void {
  for (const [name, t] of [
    ['weight', weight],
    ['bias', bias],
  ] as const)
    if (t !== null && t.dtype !== x.dtype)
      throw new RuntimeError(`Input type (${cName(x.dtype)}) and ${name} type (${cName(t.dtype)}) should be the same`)
  if (!isFloat(x.dtype) && x.dtype !== 'int64')
    throw new NotImplementedError(`"${kernelName}" not implemented for '${scalarName(x.dtype)}'`)
}

/** Refuses shapes, numbers and dtypes that make no convolution of a batch. */
export function checkConvolution(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  g: Geometry,
  transposed: { readonly outputPadding: readonly number[] } | null,
): void {
  const { groups } = g
  const size = formatShape(weight.shape)
  const [out, into, ...kernel] = weight.shape as [number, number, ...number[]]
  if (g.padding.some((n) => n < 0)) throw new RuntimeError('negative padding is not supported')
  if (transposed?.outputPadding.some((n) => n < 0)) throw new RuntimeError('negative output_padding is not supported')
  if (g.stride.some((n) => n <= 0)) throw new RuntimeError('non-positive stride is not supported')
  if (g.dilation.some((n) => n <= 0)) throw new RuntimeError('dilation should be greater than zero')
  if (x.ndim !== weight.ndim)
    throw new RuntimeError(
      `Expected ${weight.ndim}-dimensional input for ${weight.ndim}-dimensional weight ${size}, but got ${x.ndim}-dimensional input of size ${formatShape(x.shape)} instead`,
    )
  if (out < groups)
    throw new RuntimeError(
      `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got weight of size ${size} instead`,
    )
  if (out % groups !== 0)
    throw new RuntimeError(
      `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size [${size}] instead`,
    )
  const given = transposed === null ? `groups=${groups}` : 'transposed=1'
  const channels = transposed === null ? into * groups : out
  if (x.shape[1] !== channels)
    throw new RuntimeError(
      `Given ${given}, weight of size ${size}, expected input${formatShape(x.shape)} to have ${channels} channels, but got ${x.shape[1]} channels instead`,
    )
  checkBias(bias, weight, transposed === null ? out : into * groups, transposed === null ? '' : 'transposed=1, ')
  if (transposed === null) checkSize(x, kernel, g)
  if (kernel.includes(0)) throw new RuntimeError(`kernel size should be greater than zero, but got ${named('kernel', kernel)}`)
  checkDTypes(x, weight, bias, transposed === null ? 'slow_conv2d_cpu' : `slow_conv_transpose${kernel.length === 3 ? 3 : 2}d_out_cpu`)
  if (transposed !== null) checkOutput(x, kernel, g, transposed.outputPadding)
}

/** `stride_height: 1 stride_width: 2`: sequences are planes of one row. */
function named(name: string, values: readonly number[], absent = 1): string {
  const all = values.length === 1 ? [absent, ...values] : values
  const axes = ['depth', 'height', 'width'].slice(3 - all.length)
  return all.map((n, d) => `${name}_${axes[d]}: ${n}`).join(' ')
}

/** Refuses a transposed convolution whose output is undetermined or empty. */
function checkOutput(x: Tensor, kernel: Shape, g: Geometry, outputPadding: readonly number[]): void {
  if (outputPadding.some((n, d) => n >= (g.stride[d] as number) && n >= (g.dilation[d] as number)))
    throw new RuntimeError(
      `output padding must be smaller than either stride or dilation, but got ${named('output_padding', outputPadding, 0)} ${named('stride', g.stride)} ${named('dilation', g.dilation)}`,
    )
  const size = sizeOf(x.shape.slice(2), kernel, g, outputPadding)
  if (size.some((n) => n < 1))
    throw new RuntimeError(
      `Given input size per channel: ${by(x.shape.slice(2))}. Calculated output size per channel: ${by(size)}. Output size is too small`,
    )
}

/** Lengths of the output of a transposed convolution. */
export const sizeOf = (places: Shape, kernel: Shape, { stride, padding, dilation }: Geometry, outputPadding: readonly number[]): number[] =>
  places.map(
    (n, d) =>
      (n - 1) * (stride[d] as number) -
      2 * (padding[d] as number) +
      (dilation[d] as number) * ((kernel[d] as number) - 1) +
      (outputPadding[d] as number) +
      1,
  )
