/** The gradient of a function that is known at grid points. */
import { RuntimeError } from '../errors.ts'
import { normalizeDims } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { diff } from './differences.ts'
import { cat } from './join.ts'
import { narrow, reshape } from './view.ts'

/** Options of `gradient`. */
export interface GradientOptions {
  /** The distance of neighbours (1): one for all dimensions, or one for each; or the places of the points. */
  readonly spacing?: number | readonly number[] | readonly Tensor[] | undefined
  /** Along which dimensions; all by default. */
  readonly dim?: number | readonly number[] | undefined
  /** The order of the differences at the edges: 1 or 2. */
  readonly edgeOrder?: number | undefined
}

/** A combination of parts of `x` along a dimension: coefficients times the slices that start where the pairs say. */
const combine = (x: Tensor, dim: number, length: number, terms: readonly (readonly [start: number, factor: Tensor | number])[]): Tensor =>
  terms.map(([start, factor]) => mul(narrow(x, dim, start, length), factor)).reduce((a, b) => add(a, b))

/** The derivative along one dimension with neighbours `h` apart. */
function even(x: Tensor, dim: number, h: number, edgeOrder: number): Tensor {
  const n = x.shape[dim] as number
  const at = (start: number, length = 1): Tensor => narrow(x, dim, start, length)
  const first =
    edgeOrder === 1
      ? div(sub(at(1), at(0)), h)
      : div(
          combine(x, dim, 1, [
            [0, -1.5],
            [1, 2],
            [2, -0.5],
          ]),
          h,
        )
  const last =
    edgeOrder === 1
      ? div(sub(at(n - 1), at(n - 2)), h)
      : div(
          combine(x, dim, 1, [
            [n - 1, 1.5],
            [n - 2, -2],
            [n - 3, 0.5],
          ]),
          h,
        )
  return cat([first, div(sub(at(2, n - 2), at(0, n - 2)), 2 * h), last], dim)
}

/** The derivative along one dimension at the places `points`. */
function uneven(x: Tensor, dim: number, points: Tensor, edgeOrder: number): Tensor {
  const n = x.shape[dim] as number
  const steps = reshape(
    diff(points),
    x.shape.map((_, d) => (d === dim ? n - 1 : 1)),
  )
  const step = (start: number, length = 1): Tensor => narrow(steps, dim, start, length)
  const weights = (h1: Tensor, h2: Tensor): [near: Tensor, both: Tensor, far: Tensor] => [
    mul(h1, add(h1, h2)),
    mul(h1, h2),
    mul(h2, add(h1, h2)),
  ]
  const inner = (): Tensor => {
    const [h1, h2] = [step(0, n - 2), step(1, n - 2)]
    const [near, both, far] = weights(h1, h2)
    return combine(x, dim, n - 2, [
      [0, div(h2.neg(), near)],
      [1, div(sub(h2, h1), both)],
      [2, div(h1, far)],
    ])
  }
  const edge = (start: number): Tensor => {
    const [h1, h2] = [step(start), step(start + 1)]
    const [near, both, far] = weights(h1, h2)
    const isFirst = start === 0
    return combine(x, dim, 1, [
      [start, div(isFirst ? add(mul(h1, 2), h2).neg() : h2, near)],
      [start + 1, div(isFirst ? add(h1, h2) : add(h1, h2).neg(), both)],
      [start + 2, div(isFirst ? h1.neg() : add(mul(h2, 2), h1), far)],
    ])
  }
  const slope = (start: number): Tensor => div(sub(narrow(x, dim, start + 1, 1), narrow(x, dim, start, 1)), step(start))
  const ends = edgeOrder === 1 ? [slope(0), slope(n - 2)] : [edge(0), edge(n - 3)]
  return cat([ends[0] as Tensor, inner(), ends[1] as Tensor], dim)
}

/**
 * Estimates the derivatives of a function from its values `x` at grid points: central differences inside, one-sided at the edges.
 *
 * Returns one tensor per dimension, of the shape of `x`.
 *
 * @example
 * const [dx] = gradient(tensor([1, 2, 4, 7])) // tensor([1.0000, 1.5000, 2.5000, 3.0000])
 * @throws RuntimeError if spacing and dimensions do not fit, or a dimension is shorter than the edges need.
 * @see https://pytorch.org/docs/stable/generated/torch.gradient.html
 */
export function gradient(x: Tensor, { spacing = 1, dim, edgeOrder = 1 }: GradientOptions = {}): Tensor[] {
  if (edgeOrder !== 1 && edgeOrder !== 2) throw new RuntimeError('torch.gradient only supports edge_order=1 and edge_order=2.')
  const given = typeof dim === 'number' ? [dim] : dim
  const sorted = normalizeDims(given, x.ndim)
  const dims = given === undefined || given.length === 0 ? sorted : given.map((d) => (d < 0 ? d + x.ndim : d))
  if (typeof spacing !== 'number' && spacing.length !== dims.length)
    throw new RuntimeError(
      given === undefined
        ? `torch.gradient expected spacing to be unspecified, a scalar, or a list of length equal to 'self.dim() = ${x.ndim}', since dim argument was not given, but got a list of length ${spacing.length}`
        : `torch.gradient expected spacing to be unspecified, a scalar or it's spacing and dim arguments to have the same length, but got a spacing argument of length ${spacing.length} and a dim argument of length ${dims.length}.`,
    )
  for (const d of dims)
    if ((x.shape[d] as number) < edgeOrder + 1)
      throw new RuntimeError('torch.gradient expected each dimension size to be at least edge_order+1')
  return dims.map((d, i) => {
    const h = typeof spacing === 'number' ? spacing : (spacing[i] as number | Tensor)
    return typeof h === 'number' ? even(x, d, h, edgeOrder) : uneven(x, d, h, edgeOrder)
  })
}
