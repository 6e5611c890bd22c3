/** Max pooling with windows whose places are drawn: each plane has its own. */
import type { Spans } from '../backend/backend.ts'
import { RuntimeError } from '../errors.ts'
import { formatShape } from '../layout.ts'
import { valuesOf } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { greatestByPlane, type WithIndices } from './max-pool.ts'
import { checkKernel, listSizes, type Sizes } from './windows.ts'

/** `count` windows of `size` elements over `n`, about evenly apart, moved by a sample between 0 and 1. */
function drawnWindows(n: number, count: number, size: number, sample: number, round: (x: number) => number): Spans {
  const alpha = count > 1 ? round((n - size) / (count - 1)) : 0
  const place = (x: number): number => Math.trunc(round(round(x) * alpha))
  const start = Int32Array.from({ length: count }, (_, i) => (i === count - 1 ? n - size : place(i + sample) - place(sample)))
  return { start, end: start.map((first) => first + size), step: 1 }
}

function checkPool(x: Tensor, dims: 2 | 3, sizes: readonly number[], counts: readonly number[]): void {
  const name = dims === 2 ? 'fractional_max_pool2d()' : 'fractional_max_pool3d_out()'
  if (x.ndim !== dims + 1 && x.ndim !== dims + 2)
    throw new RuntimeError(`${name}: Expected ${dims + 1}D or ${dims + 2}D tensor, but got: ${formatShape(x.shape)}`)
  const empty = x.shape.indexOf(0, 1)
  if (empty >= 0)
    throw new RuntimeError(
      `${name}: Expected input to have non-zero size for non-batch dimensions, but got${formatShape(x.shape)} with dimension ${empty} being empty.`,
    )
  const words = ['time', 'height', 'width'].slice(-dims)
  counts.forEach((count, d) => {
    const n = x.shape[x.ndim - dims + d] as number
    if (count + (sizes[d] as number) - 1 > n)
      throw new RuntimeError(`${name}: pool ${words[d]} ${sizes[d]} too large relative to input ${words[d]} ${n}`)
  })
}

function fractional(x: Tensor, dims: 2 | 3, kernelSize: Sizes, outputSize: Sizes, samples: Tensor): WithIndices {
  const name = `fractional_max_pool${dims}d`
  const complaint = (what: string) => (): string => `${name}: ${what} must either be a single Int or tuple of Ints`
  const sizes = listSizes(kernelSize, dims, complaint('kernel_size'))
  const counts = listSizes(outputSize, dims, complaint('output_size'))
  checkPool(x, dims, sizes, counts)
  checkKernel(x, 'check_uniform_bounds', false)
  const round = x.dtype === 'float64' ? (a: number): number => a : Math.fround
  const values = valuesOf(samples)
  const windowsOf = (plane: number): Spans[] =>
    counts.map((count, d) => {
      const n = x.shape[x.ndim - dims + d] as number
      // Images have the sample of the width first.
      const sample = values[plane * dims + (dims === 2 ? 1 - d : d)] as number
      return drawnWindows(n, count, sizes[d] as number, sample, round)
    })
  return greatestByPlane(x, counts, windowsOf, `FractionalMaxPool${dims}DBackward0`)
}

/**
 * The greatest elements of windows over images whose places are drawn, and where they stand.
 *
 * Shape: `[..., channels, height, width]` to `[..., channels, ...outputSize]`; `samples` are numbers from 0 to 1, two for each plane. Dtypes: floating point.
 *
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
 */
export function fractionalMaxPool2d(x: Tensor, kernelSize: Sizes, outputSize: Sizes, samples: Tensor): WithIndices {
  return fractional(x, 2, kernelSize, outputSize, samples)
}

/**
 * The greatest elements of windows over volumes whose places are drawn, and where they stand.
 *
 * Shape: `[..., channels, depth, height, width]` to `[..., channels, ...outputSize]`; `samples` are numbers from 0 to 1, three for each plane. Dtypes: floating point.
 *
 * @throws RuntimeError for windows that do not fit, or another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool3d.html
 */
export function fractionalMaxPool3d(x: Tensor, kernelSize: Sizes, outputSize: Sizes, samples: Tensor): WithIndices {
  return fractional(x, 3, kernelSize, outputSize, samples)
}
