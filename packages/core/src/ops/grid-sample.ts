/** Images and volumes sampled where a grid says, and grids of affine maps. */
import { type Rule, rule } from '../autograd/node.ts'
import { scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError, ValueError, warn } from '../errors.ts'
import { formatShape, numelOf, type Shape } from '../layout.ts'
import { record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { gather } from './indexing.ts'
import { bmm } from './linalg.ts'
import { constantPadNd } from './pad.ts'
import { coordinatesOf, type PaddingMode, placesIn, type SampleMode, tapsOf } from './sample-points.ts'
import { expand, reshape, select, transpose, unsqueeze } from './view.ts'

/** Options of `gridSample`. */
export interface GridSampleOptions {
  /** How elements between the elements are found (`bilinear`, which is trilinear for volumes). */
  readonly mode?: SampleMode | undefined
  /** What is beyond the edge: zeros, the edge itself, or the image mirrored (`zeros`). */
  readonly paddingMode?: PaddingMode | undefined
  /** Whether -1 and 1 are the middles of the outermost elements, or their outer edges (false). */
  readonly alignCorners?: boolean | null | undefined
}

const modes: readonly SampleMode[] = ['bilinear', 'nearest', 'bicubic']
const paddings: readonly PaddingMode[] = ['zeros', 'border', 'reflection']

const warnOfCorners = (): void =>
  warn(
    'Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.',
  )

function check(x: Tensor, grid: Tensor, mode: SampleMode): void {
  const sizes = `but got input with sizes ${formatShape(x.shape)} and grid with sizes ${formatShape(grid.shape)}`
  const dims = x.ndim - 2
  if (x.shape[0] !== grid.shape[0]) throw new RuntimeError(`grid_sampler(): expected grid and input to have same batch size, ${sizes}`)
  if (grid.shape.at(-1) !== dims)
    throw new RuntimeError(
      `grid_sampler(): expected grid to have size ${dims} in last dimension, but got grid with sizes ${formatShape(grid.shape)}`,
    )
  const empty = x.shape.indexOf(0, 2)
  if (empty >= 0)
    throw new RuntimeError(
      `grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes ${formatShape(x.shape)} with dimension ${empty} being empty`,
    )
  if ((x.ndim !== 4 && x.ndim !== 5) || grid.ndim !== x.ndim)
    throw new RuntimeError(`grid_sampler(): expected ${x.ndim === 5 ? 5 : 4}D input and grid with same number of dimensions, ${sizes}`)
  if (x.ndim === 5 && mode === 'bicubic') throw new RuntimeError('grid_sampler(): bicubic interpolation only supports 4D input')
  if (!x.isFloatingPoint()) throw new NotImplementedError(`"grid_sampler_${dims}d_cpu" not implemented for '${scalarName(x.dtype)}'`)
  if (grid.dtype !== x.dtype) throw new RuntimeError(`expected scalar type ${scalarName(x.dtype)} but found ${scalarName(grid.dtype)}`)
}

const wholeRule: Rule<readonly [], Shape | null> = /* @__PURE__ */ rule('GridSampler2DBackward0', (grad, node) => {
  const shape = node.attrs
  return shape === null ? [grad] : [grad, node.needs(1) ? allocateTensor(shape, grad.dtype) : null]
})

/** What several operations made, under the name of the one node that PyTorch makes of it; `constant` is an input whose gradient is 0. */
const asOne = (x: Tensor, name: string, constant: Tensor | null = null): Tensor =>
  record(x.alias(), wholeRule, constant === null ? [x] : [x, constant], [], constant?.shape ?? null, name)

function sampled(x: Tensor, grid: Tensor, mode: SampleMode, padding: PaddingMode, corners: boolean): Tensor {
  check(x, grid, mode)
  const dims = x.ndim - 2
  const [n, channels] = x.shape as [number, number]
  const lengths = x.shape.slice(2)
  const points = grid.shape.slice(1, -1)
  const count = numelOf(points)
  // A zero behind each image is what samples beyond the edge are made of.
  const images = constantPadNd(reshape(x, [n, channels, numelOf(lengths)]), [0, 1])
  const outside = numelOf(lengths)
  // The last coordinate of the grid is that of the first dimension.
  const axes = lengths.map((length, d) => {
    const given = reshape(select(grid, -1, dims - 1 - d), [n, 1, count])
    return tapsOf(coordinatesOf(given, length, mode === 'bicubic' ? 'zeros' : padding, corners), mode)
  })
  const combinations = axes.reduce<readonly (readonly number[])[]>(
    (all, taps) => all.flatMap((c) => taps.weights.map((_, k) => [...c, k])),
    [[]],
  )
  let out = allocateTensor([n, channels, count], x.dtype)
  for (const combination of combinations) {
    const index = allocateTensor([n, 1, count], 'int64')
    placesIn(
      index.data,
      axes.map((taps, d) => ({ first: taps.first, offset: taps.offset + (combination[d] as number), length: lengths[d] as number })),
      { padding, corners, outside },
    )
    const values = gather(images, 2, expand(index, [n, channels, count]))
    const weight = axes.reduce<Tensor | null>((product, taps, d) => {
      const own = taps.weights[combination[d] as number] as Tensor | null
      return product === null || own === null ? (product ?? own) : mul(product, own)
    }, null)
    out = add(out, weight === null ? values : mul(values, weight))
  }
  return asOne(reshape(out, [n, channels, ...points]), `GridSampler${dims}DBackward0`, mode === 'nearest' ? grid : null)
}

/**
 * Samples of images or volumes at the points of a grid, whose coordinates go from -1 to 1.
 *
 * Shape: `[n, channels, height, width]` and `[n, rows, columns, 2]` to `[n, channels, rows, columns]`, with x before y; volumes alike. Dtypes: floating point.
 *
 * @throws RuntimeError for shapes or dtypes that do not fit.
 * @throws ValueError for an unknown mode.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html
 */
export function gridSample(x: Tensor, grid: Tensor, options: GridSampleOptions = {}): Tensor {
  const { mode = 'bilinear', paddingMode = 'zeros', alignCorners = null } = options
  if (!modes.includes(mode))
    throw new ValueError(
      `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${mode as string}'`,
    )
  if (!paddings.includes(paddingMode))
    throw new ValueError(
      `nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: '${paddingMode as string}'`,
    )
  if (alignCorners === null) warnOfCorners()
  return sampled(x, grid, mode, paddingMode, alignCorners ?? false)
}

/**
 * `gridSample` of images, with the modes by number: 0 to 2 for bilinear, nearest and bicubic; for zeros, border and reflection.
 *
 * @throws RuntimeError for shapes or dtypes that do not fit.
 */
export function gridSampler2d(x: Tensor, grid: Tensor, interpolationMode: number, paddingMode: number, alignCorners: boolean): Tensor {
  return sampled(x, grid, modes[interpolationMode] as SampleMode, paddings[paddingMode] as PaddingMode, alignCorners)
}

/**
 * `gridSample` of volumes, with the modes by number: 0 and 1 for bilinear and nearest; 0 to 2 for zeros, border and reflection.
 *
 * @throws RuntimeError for shapes or dtypes that do not fit.
 */
export function gridSampler3d(x: Tensor, grid: Tensor, interpolationMode: number, paddingMode: number, alignCorners: boolean): Tensor {
  return sampled(x, grid, modes[interpolationMode] as SampleMode, paddings[paddingMode] as PaddingMode, alignCorners)
}

/** Options of `affineGrid`. */
export interface AffineGridOptions {
  /** Whether -1 and 1 are the middles of the outermost elements, or their outer edges (false). */
  readonly alignCorners?: boolean | null | undefined
}

/** The points of an image or volume, from -1 to 1, each with a 1 behind it: `[points, dims + 1]`. */
function basePoints(lengths: readonly number[], dtype: Tensor['dtype'], corners: boolean): Tensor {
  const dims = lengths.length
  const count = numelOf(lengths)
  const out = allocateTensor([count, dims + 1], dtype)
  const { data } = out
  for (let i = 0; i < count; i++) {
    data[i * (dims + 1) + dims] = 1
    for (let d = dims - 1, rest = i; d >= 0; d--) {
      const n = lengths[d] as number
      const at = rest % n
      rest = (rest - at) / n
      const place = n > 1 ? (2 * at) / (n - 1) - 1 : 0
      // The first coordinate is that of the last dimension.
      data[i * (dims + 1) + dims - 1 - d] = corners ? place : (place * (n - 1)) / n
    }
  }
  return out
}

/**
 * The grids for `gridSample` that map images of `size` by the affine maps `theta`.
 *
 * Shape: `[n, 2, 3]` and `[n, channels, height, width]` to `[n, height, width, 2]`; `[n, 3, 4]` for volumes. Dtypes: floating point.
 *
 * @example
 * affineGrid(tensor([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 1, 2], { alignCorners: false }) // the middles of two elements: -0.5 and 0.5
 * @throws ValueError for maps or sizes that do not fit.
 * @throws NotImplementedError for sizes of another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.affine_grid.html
 */
export function affineGrid(theta: Tensor, size: readonly number[], { alignCorners = null }: AffineGridOptions = {}): Tensor {
  if (alignCorners === null) warnOfCorners()
  if (!theta.isFloatingPoint()) throw new ValueError(`Expected theta to have floating point type, but got torch.${theta.dtype}`)
  const dims = size.length - 2
  if (dims !== 2 && dims !== 3)
    throw new NotImplementedError(
      `affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size ${formatShape(size)}.`,
    )
  if (theta.ndim !== 3 || theta.shape[1] !== dims || theta.shape[2] !== dims + 1)
    throw new ValueError(
      `Expected a batch of ${dims}D affine matrices of shape Nx${dims}x${dims + 1} for size ${formatShape(size)}. Got torch.Size(${formatShape(theta.shape)}).`,
    )
  const lengths = size.slice(2)
  if (alignCorners && Math.min(...lengths) === 1)
    warn(
      'Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is not an intended use case of affine_grid. See the documentation of affine_grid for details.',
    )
  else if (Math.min(...size) <= 0) throw new ValueError(`Expected non-zero, positive output size. Got ${formatShape(size)}`)
  const base = basePoints(lengths, theta.dtype, alignCorners ?? false)
  const points = bmm(expand(unsqueeze(base, 0), [size[0] as number, ...base.shape]), transpose(theta, 1, 2))
  return asOne(reshape(points, [size[0] as number, ...lengths, dims]), 'AffineGridGeneratorBackward0')
}
