/** Greatest elements put back where they were taken from. */
import { type Rule, rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { scalarName } from '../dtype.ts'
import { RuntimeError, ValueError } from '../errors.ts'
import { contiguousStrides, formatShape, numelOf, type Shape, sameShape } from '../layout.ts'
import { copyOf, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { checkIndices, gather } from './indexing.ts'
import { reshape, squeeze, unsqueeze } from './view.ts'
import { checkKernel, listSizes, type Sizes } from './windows.ts'

/** Options of the max unpoolings. */
export interface MaxUnpoolOptions {
  /** From one window to the next; the size of the windows by default. */
  readonly stride?: Sizes | null | undefined
  /** Elements that were added at both ends (0). */
  readonly padding?: Sizes | undefined
  /** The lengths before the pooling, of the pooled dimensions or of all; the shortest that are possible by default. */
  readonly outputSize?: readonly number[] | null | undefined
}

/** The lengths before the pooling. */
function lengthsBefore(x: Tensor, dims: number, kernelSize: Sizes, options: MaxUnpoolOptions): readonly number[] {
  const { stride, padding = 0, outputSize } = options
  const complaint = (): string => `kernel_size, stride and padding must be ints, or tuples of ${dims} ints`
  const kernel = listSizes(kernelSize, dims, complaint)
  const steps = listSizes(stride ?? kernel, dims, complaint)
  const pads = listSizes(padding, dims, complaint)
  const least = kernel.map((k, d) => ((x.shape[x.ndim - dims + d] as number) - 1) * (steps[d] as number) + k - 2 * (pads[d] as number))
  if (outputSize === undefined || outputSize === null) return least
  const lengths = outputSize.length === dims + 2 ? outputSize.slice(2) : outputSize
  if (lengths.length !== dims)
    throw new ValueError(
      `output_size should be a sequence containing ${dims} or ${dims + 2} elements, but it has a length of '${lengths.length}'`,
    )
  lengths.forEach((n, d) => {
    const [low, high] = [(least[d] as number) - (steps[d] as number), (least[d] as number) + (steps[d] as number)]
    if (!(n > low && n < high))
      throw new ValueError(`invalid output_size "${formatShape(lengths)}" (dim ${d} must be between ${low} and ${high})`)
  })
  return lengths
}

const unpoolRule: Rule<readonly [Tensor], Shape> = /* @__PURE__ */ rule('MaxUnpool2DBackward0', (grad, node) => {
  const [places] = node.saved()
  const [planes] = places.shape as [number, number]
  const shape = node.attrs
  return [reshape(gather(reshape(grad, [planes, planes === 0 ? 0 : grad.numel() / planes]), 1, places), shape)]
})

function unpooled(x: Tensor, indices: Tensor, dims: 2 | 3, lengths: readonly number[]): Tensor {
  const name = `max_unpooling${dims}d`
  if (indices.dtype !== 'int64') throw new RuntimeError(`elements in indices should be type int64 but got: ${scalarName(indices.dtype)}`)
  if (x.ndim !== dims + 1 && x.ndim !== dims + 2)
    throw new RuntimeError(`Input to ${name} should be a ${dims + 1}d or ${dims + 2}d Tensor, but got a tensor with ${x.ndim} dimensions.`)
  if (!sameShape(x.shape, indices.shape))
    throw new RuntimeError(
      `Expected shape of indices to be same as that of the input tensor (${formatShape(x.shape)}) but got indices tensor with shape: ${formatShape(indices.shape)}`,
    )
  const empty = x.shape.indexOf(0, 1)
  if (empty >= 0)
    throw new RuntimeError(
      `${name}_forward_out_cpu(): Expected input to have non-zero size for non-batch dimensions, but got ${formatShape(x.shape)} with dimension ${empty} being empty.`,
    )
  checkKernel(x, `max_unpool${dims}d`, false)
  const lead = x.shape.slice(0, -dims)
  const [planes, n, length] = [numelOf(lead), numelOf(x.shape.slice(-dims)), numelOf(lengths)]
  checkIndices(
    indices,
    length,
    (i) => new RuntimeError(`Found an invalid max index: ${i} (output volumes are of size ${lengths.join('x')}`),
  )
  const flat = (t: Tensor): Tensor => t.alias([planes, n], contiguousStrides([planes, n]), 0)
  // A copy: the backward goes by the places as they are now, as the forward did.
  const places = flat(copyOf(indices))
  const out = allocateTensor([...lead, ...lengths], x.dtype)
  if (x.numel() > 0) kernels.scatter('set', out.alias([planes, length], [length, 1]), 1, places, flat(copyOf(x)))
  return record(out, unpoolRule, [x], [places], x.shape, `MaxUnpool${dims}DBackward0`)
}

/**
 * A sequence of zeros with `x` at the places that `maxPool1d` told: what is left of its input.
 *
 * Shape: `[..., channels, windows]` to `[..., channels, length]`. Dtypes: floating point, `indices` in `int64`.
 *
 * @throws RuntimeError for indices of another shape, or outside.
 * @throws ValueError for an output size that the windows do not allow.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
 */
export function maxUnpool1d(x: Tensor, indices: Tensor, kernelSize: Sizes, options: MaxUnpoolOptions = {}): Tensor {
  const lengths = lengthsBefore(x, 1, kernelSize, options)
  return squeeze(unpooled(unsqueeze(x, -1), unsqueeze(indices, -1), 2, [...lengths, 1]), -1)
}

/**
 * An image of zeros with `x` at the places that `maxPool2d` told: what is left of its input.
 *
 * Shape: `[..., channels, rows, columns]` to `[..., channels, height, width]`. Dtypes: floating point, `indices` in `int64`.
 *
 * @throws RuntimeError for indices of another shape, or outside.
 * @throws ValueError for an output size that the windows do not allow.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
 */
export function maxUnpool2d(x: Tensor, indices: Tensor, kernelSize: Sizes, options: MaxUnpoolOptions = {}): Tensor {
  return unpooled(x, indices, 2, lengthsBefore(x, 2, kernelSize, options))
}

/**
 * A volume of zeros with `x` at the places that `maxPool3d` told: what is left of its input.
 *
 * Shape: that of `x`, with the lengths of the last three dimensions before the pooling. Dtypes: floating point, `indices` in `int64`.
 *
 * @throws RuntimeError for indices of another shape, or outside.
 * @throws ValueError for an output size that the windows do not allow.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html
 */
export function maxUnpool3d(x: Tensor, indices: Tensor, kernelSize: Sizes, options: MaxUnpoolOptions = {}): Tensor {
  return unpooled(x, indices, 3, lengthsBefore(x, 3, kernelSize, options))
}
