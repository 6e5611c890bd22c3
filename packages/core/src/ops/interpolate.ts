/** Sequences, images and volumes sampled anew at other sizes. */
import { NotImplementedError, RuntimeError, ValueError, warn } from '../errors.ts'
import { formatShape, numelOf } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from './adaptive-pool.ts'
import { type LineMap, mapped } from './line-maps.ts'
import { antialiased, cubic, linear, nearest, type Sampling } from './sampling.ts'
import { checkKernel, type Sizes } from './windows.ts'

/** How `interpolate` finds the elements between the elements. */
export type InterpolationMode = 'nearest' | 'nearest-exact' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'area'

/** Options of `interpolate`. */
export interface InterpolateOptions {
  /** The new lengths of the last dimensions. */
  readonly size?: Sizes | null | undefined
  /** What the lengths are multiplied by, instead. */
  readonly scaleFactor?: Sizes | null | undefined
  /** `nearest`; `linear`, `bilinear` and `trilinear` for one, two and three dimensions; `bicubic`; `area` averages. */
  readonly mode?: InterpolationMode | undefined
  /** Whether the first and last elements stay where they are, of the linear modes and the cubic one (false). */
  readonly alignCorners?: boolean | null | undefined
  /** Whether the scale is that of the sizes as rounded, and not the one given. */
  readonly recomputeScaleFactor?: boolean | null | undefined
  /** Whether what shrinks is smoothed before, of `bilinear` and `bicubic`. */
  readonly antialias?: boolean | undefined
}

const linearModes: readonly (string | undefined)[] = [undefined, 'linear', 'bilinear', 'trilinear']

/** The new lengths, and the scales where they count. */
function targetOf(x: Tensor, { size, scaleFactor, recomputeScaleFactor, mode }: InterpolateOptions): [number[], readonly number[] | null] {
  const lengths = x.shape.slice(2)
  const spread = (given: Sizes): readonly number[] => (typeof given === 'number' ? lengths.map(() => given) : given)
  const hasSize = size !== undefined && size !== null
  const hasScale = scaleFactor !== undefined && scaleFactor !== null
  if (hasSize && hasScale) throw new ValueError('only one of size or scale_factor should be defined')
  if (hasSize) {
    const to = spread(size)
    if (to.length !== lengths.length)
      throw new ValueError(
        `Input and output must have the same number of spatial dimensions, but got input with spatial dimensions of ${formatShape(lengths)} and output size of ${formatShape(to)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format.`,
      )
    if (recomputeScaleFactor) throw new ValueError('recompute_scale_factor is not meaningful with an explicit size.')
    return [[...to], null]
  }
  if (!hasScale) throw new ValueError('either size or scale_factor should be defined')
  const scales = spread(scaleFactor)
  if (scales.length !== lengths.length)
    throw new ValueError(
      `Input and scale_factor must have the same number of spatial dimensions, but got input with spatial dimensions of ${formatShape(lengths)} and scale_factor of shape ${formatShape(scales)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format.`,
    )
  const to = lengths.map((n, d) => Math.floor(n * (scales[d] as number)))
  return [to, recomputeScaleFactor || mode === 'area' ? null : scales]
}

/** Refuses modes for other numbers of dimensions, in PyTorch's words. */
function checkMode(x: Tensor, mode: string): void {
  const dims = x.ndim - 2
  if (dims >= 1 && dims <= 3) {
    if (mode === 'nearest' || mode === 'nearest-exact' || mode === 'area' || mode === linearModes[dims]) return
    if (mode === 'bicubic' && dims === 2) return
    const wanted = linearModes.indexOf(mode)
    if (wanted > 0) throw new NotImplementedError(`Got ${x.ndim}D input, but ${mode} mode needs ${wanted + 2}D input`)
  }
  throw new NotImplementedError(
    `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${x.ndim}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact (got ${mode})`,
  )
}

function checkSizes(x: Tensor, to: readonly number[]): void {
  const lengths = x.shape.slice(2)
  if ([...lengths, ...to].some((n) => n <= 0)) {
    const named = (list: readonly number[]): string => list.map((n, d) => `${'DHW'[d + 3 - list.length]}: ${n}`).join(', ')
    const and = to.length === 1 ? 'and ' : ''
    throw new RuntimeError(`Input and output sizes should be greater than 0, but got input (${named(lengths)}) ${and}output (${named(to)})`)
  }
  if (numelOf(x.shape.slice(1)) === 0)
    throw new RuntimeError(`Non-empty ${x.ndim}D data tensor expected but got a tensor with sizes ${formatShape(x.shape)}`)
}

/** How the samples of each mode are found, and what PyTorch calls its node. */
const samplings: Readonly<Record<string, { readonly sampling: Sampling; readonly node: string; readonly kernel: string }>> = {
  nearest: { sampling: nearest(false), node: 'UpsampleNearest', kernel: 'compute_indices_weights_nearest' },
  'nearest-exact': { sampling: nearest(true), node: 'UpsampleNearestExact', kernel: 'compute_indices_weights_nearest' },
  linear: { sampling: linear, node: 'UpsampleLinear', kernel: 'compute_indices_weights_linear' },
  bilinear: { sampling: linear, node: 'UpsampleBilinear', kernel: 'compute_indices_weights_linear' },
  trilinear: { sampling: linear, node: 'UpsampleTrilinear', kernel: 'compute_indices_weights_linear' },
  bicubic: { sampling: cubic, node: 'UpsampleBicubic', kernel: 'compute_indices_weights_cubic' },
}

const areas = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d] as const

/**
 * Sequences, images or volumes at another size.
 *
 * Shape: `[n, channels, ...lengths]` to `[n, channels, ...size]`. Dtypes: floating point; `nearest` also takes `uint8`.
 *
 * @example
 * interpolate(tensor([[[1, 2]]]), { scaleFactor: 2 }) // tensor([[[1., 1., 2., 2.]]])
 * @throws ValueError for sizes and scales that do not fit, or options of another mode.
 * @throws NotImplementedError for a mode of another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 */
export function interpolate(x: Tensor, options: InterpolateOptions = {}): Tensor {
  const { mode = 'nearest', alignCorners = null, antialias = false } = options
  const corners = alignCorners ?? false
  if (alignCorners !== null && (mode.startsWith('nearest') || mode === 'area'))
    throw new ValueError('align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear')
  const [to, scales] = targetOf(x, options)
  if (antialias && !((mode === 'bilinear' || mode === 'bicubic') && x.ndim === 4))
    throw new ValueError('Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor as input')
  checkMode(x, mode)
  const dims = x.ndim - 2
  if (mode === 'area') return (areas[dims - 1] as (x: Tensor, size: readonly number[]) => Tensor)(x, to)
  checkSizes(x, to)
  const { sampling, node, kernel } = samplings[mode] as (typeof samplings)[string]
  if (!(mode.startsWith('nearest') && x.dtype === 'uint8')) checkKernel(x, antialias ? 'compute_indices_weights_aa' : kernel, false)
  const sample = antialias ? antialiased(mode === 'bicubic') : sampling
  const round = x.dtype === 'float64' ? (a: number): number => a : Math.fround
  const maps = to.map(
    (length, d): LineMap => ({
      dim: d + 2,
      n: x.shape[d + 2] as number,
      length,
      ...sample({ n: x.shape[d + 2] as number, length, scale: scales?.[d] ?? null, corners, round }),
    }),
  )
  return mapped(x, maps, `${node}${dims}D${antialias ? 'Aa' : ''}Backward0`)
}

/** Options of the interpolations that PyTorch keeps for old programs. */
export type UpsampleOptions = Pick<InterpolateOptions, 'size' | 'scaleFactor'>

const outdated = (name: string): void => warn(`\`nn.functional.${name}\` is deprecated. Use \`nn.functional.interpolate\` instead.`)

/**
 * `interpolate` under its old name, with a warning.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.upsample.html
 */
export function upsample(x: Tensor, options: Omit<InterpolateOptions, 'recomputeScaleFactor' | 'antialias'> = {}): Tensor {
  outdated('upsample')
  return interpolate(x, options)
}

/**
 * `interpolate` by the nearest elements under its old name, with a warning.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.upsample_nearest.html
 */
export function upsampleNearest(x: Tensor, options: UpsampleOptions = {}): Tensor {
  outdated('upsample_nearest')
  return interpolate(x, { ...options, mode: 'nearest' })
}

/**
 * Bilinear `interpolate` with aligned corners under its old name, with a warning.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.upsample_bilinear.html
 */
export function upsampleBilinear(x: Tensor, options: UpsampleOptions = {}): Tensor {
  outdated('upsample_bilinear')
  return interpolate(x, { ...options, mode: 'bilinear', alignCorners: true })
}
