/** Quantiles, by interpolation between the elements in order. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { normalizeDim, type Shape } from '../layout.ts'
import { castTo, record } from '../op.ts'
import { allocateTensor, Tensor } from '../tensor.ts'
import { clampMin, lerp, mul, sub } from './arithmetic.ts'
import { logicalNot } from './compare.ts'
import { gather } from './indexing.ts'
import { isnan } from './number-class.ts'
import { any, sum } from './reduce.ts'
import { ceil, floor, round } from './rounding.ts'
import { movedim, reshape, transpose, unsqueeze } from './view.ts'
import { where } from './where.ts'

/** Which number stands for a place between two elements. */
export type Interpolation = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest'

/** Options of `quantile`. */
export interface QuantileOptions {
  /** The dimension to reduce; all elements by default. */
  readonly dim?: number | undefined
  /** Keep the reduced dimension with length 1. */
  readonly keepdim?: boolean | undefined
  /** Which number stands for a place between two elements (`linear`). */
  readonly interpolation?: Interpolation | undefined
}

/** `x` in order along its last dimension; gradients find their way back to where the elements stood. */
function sorted(x: Tensor): Tensor {
  const indices = allocateTensor(x.shape, 'int64')
  kernels.sort(x, x.ndim - 1, false, allocateTensor(x.shape, x.dtype), indices)
  return gather(x, x.ndim - 1, indices)
}

/** Refuses what a quantile cannot be taken of. */
function check(name: string, x: Tensor, q: Tensor, interpolation: Interpolation): void {
  if (x.numel() === 0) throw new RuntimeError(`${name}() input tensor must be non-empty`)
  if (q.ndim > 1) throw new RuntimeError(`${name}() q must be a scalar or 1D tensor`)
  if (!isFloat(x.dtype)) throw new RuntimeError(`${name}() input tensor must be either float or double dtype`)
  if (x.dtype !== q.dtype) throw new RuntimeError(`${name}() q tensor must be same dtype as the input tensor`)
  if (!['linear', 'lower', 'higher', 'midpoint', 'nearest'].includes(interpolation))
    throw new RuntimeError(
      `${name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ${interpolation as string}`,
    )
  if (noGrad(() => any(q.lt(0).logicalOr(q.gt(1))).item<boolean>()))
    throw new RuntimeError(`${name}() q values must be in the range [0, 1]`)
}

/** The elements to take quantiles of along a last dimension; where they stood, a dimension of length 1 stays if it is to be kept. */
function linesOf(x: Tensor, dim: number | undefined, keepdim: boolean): Tensor {
  if (dim === undefined || x.ndim === 0) {
    if (dim !== undefined) normalizeDim(dim, x.ndim)
    return reshape(x, [...(keepdim ? x.shape.map(() => 1) : []), x.numel()])
  }
  const at = normalizeDim(dim, x.ndim)
  return keepdim ? transpose(unsqueeze(x, -1), at, -1) : movedim(x, at, -1)
}

const squeezeRule = /* @__PURE__ */ rule<readonly [], Shape>('SqueezeBackward4', (grad, node) => [reshape(grad, node.attrs)])

/** Takes off a last dimension of length 1. */
const withoutLast = (x: Tensor): Tensor => record(x.alias(x.shape.slice(0, -1), x.strides.slice(0, -1)), squeezeRule, [x], [], x.shape)

function quantileOf(name: string, skipNaN: boolean, x: Tensor, given: number | Tensor, options: QuantileOptions): Tensor {
  const { dim, keepdim = false, interpolation = 'linear' } = options
  let q: Tensor
  if (given instanceof Tensor) q = given
  else {
    if (!(given >= 0 && given <= 1)) throw new RuntimeError(`${name}() q must be in the range [0, 1] but got ${given}`)
    q = allocateTensor([], x.dtype)
    q.data[0] = given
  }
  check(name, x, q, interpolation)
  const lines = linesOf(x, dim, keepdim)
  const inOrder = sorted(lines)
  const n = inOrder.shape[inOrder.ndim - 1] as number
  const count = q.numel()
  // One rank per quantile and line, along the last dimension.
  const missing = noGrad(() => isnan(lines))
  let ranks: Tensor
  if (skipNaN) ranks = mul(clampMin(sub(sum(logicalNot(missing), -1, { keepdim: true }), 1), 0), reshape(q, [-1]))
  else {
    const plain = mul(reshape(q, [-1]), n - 1).expand([...lines.shape.slice(0, -1), count])
    // A NaN stands last and is what any quantile of its line is.
    ranks = where(any(missing, -1, { keepdim: true }), n - 1, plain)
  }
  ranks = castTo(ranks, x.dtype)
  if (interpolation === 'lower') ranks = floor(ranks)
  else if (interpolation === 'higher') ranks = ceil(ranks)
  else if (interpolation === 'nearest') ranks = round(ranks)
  const below = noGrad(() => castTo(ranks, 'int64'))
  let out = gather(inOrder, inOrder.ndim - 1, below)
  if (interpolation === 'linear' || interpolation === 'midpoint') {
    const above = gather(
      inOrder,
      inOrder.ndim - 1,
      noGrad(() => castTo(ceil(ranks), 'int64')),
    )
    out = lerp(out, above, interpolation === 'midpoint' ? 0.5 : sub(ranks, below))
  }
  // From [..., q] to [q, ...], or without a dimension for a single q.
  return withoutLast(q.ndim === 0 ? out : transpose(unsqueeze(out, 0), 0, -1))
}

/**
 * The values below which the parts `q` of the elements lie, of all or along `dim`; NaN if there is a NaN.
 *
 * Shape: a vector `q` makes a leading dimension. Dtypes: floating point, that of `q` equal.
 *
 * @example
 * tensor([0, 1, 2, 3]).quantile(0.5) // tensor(1.5000)
 * @throws RuntimeError if there are no elements, `q` is not in [0, 1] or the dtypes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.quantile.html
 */
export function quantile(x: Tensor, q: number | Tensor, options: QuantileOptions = {}): Tensor {
  return quantileOf('quantile', false, x, q, options)
}

/**
 * `quantile` of the elements that are not NaN; NaN where there are none.
 *
 * @throws RuntimeError if there are no elements, `q` is not in [0, 1] or the dtypes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nanquantile.html
 */
export function nanquantile(x: Tensor, q: number | Tensor, options: QuantileOptions = {}): Tensor {
  return quantileOf('nanquantile', true, x, q, options)
}
