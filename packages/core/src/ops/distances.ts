/** Distances between tensors, and lengths limited or made 1. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { broadcastShapes2, normalizeDim } from '../layout.ts'
import { castTo, expand, record, sumTo } from '../op.ts'
import { resultType } from '../promote.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, clampMin, div, mul, neg, reciprocal, sub } from './arithmetic.ts'
import { gt } from './compare.ts'
import { indexSelect, indexSelectAdjoint } from './indexing.ts'
import { checkFloat, normBackward, normOf, recordedNorm, vectorNorm } from './norms.ts'
import { sum } from './reduce.ts'
import { clone, unsqueeze } from './view.ts'
import { where } from './where.ts'

const distRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor, Tensor], { p: number }>('DistBackward0', (grad, node) => {
  const [x, y, out] = node.saved()
  const difference = sub(x, y)
  const dims = difference.shape.map((_, d) => d)
  const g = normBackward(grad, difference, out, { shape: difference.shape, dims, p: node.attrs.p })
  return g === null ? [null, null] : [sumTo(g, x.shape), sumTo(neg(g), y.shape)]
})

/**
 * The `p`-norm of the difference of two tensors.
 *
 * @throws RuntimeError for integers, or if the shapes do not broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.dist.html
 */
export function dist(x: Tensor, other: Tensor, { p = 2 }: { readonly p?: number } = {}): Tensor {
  const difference = noGrad(() => sub(x, other))
  checkFloat(difference)
  const all = difference.shape.map((_, d) => d)
  const out = normOf(difference, p, all, false)
  return record(out, distRule, [x, other], [x, other, out], { p })
}

/** Options of `renorm`: its arguments in PyTorch's order. */
interface Renorm {
  readonly p: number
  readonly dims: readonly number[]
  readonly maxnorm: number
}

const renormRule = /* @__PURE__ */ rule<readonly [Tensor], Renorm>('RenormBackward0', (grad, node) => {
  const [x] = node.saved()
  const { p, dims, maxnorm } = node.attrs
  const norm = recordedNorm(x, p, dims, true)
  const along = mul(sum(mul(grad, x), dims, { keepdim: true }), reciprocal(add(norm, 1e-7)))
  const attrs = { shape: x.shape, dims, p }
  const through = normBackward(along, x, norm, attrs)
  const scaled = through === null ? grad : sub(grad, through)
  const factor = mul(reciprocal(add(norm, 1e-7)), maxnorm)
  return [where(gt(norm, maxnorm), mul(scaled, factor), grad)]
})

/**
 * Each part of `x` along `dim` scaled down to a `p`-norm of `maxnorm` where it is longer.
 *
 * @throws RuntimeError for fewer than two dimensions or a negative norm.
 * @see https://pytorch.org/docs/stable/generated/torch.renorm.html
 */
export function renorm(x: Tensor, p: number, dim: number, maxnorm: number): Tensor {
  if (!(p > 0)) throw new RuntimeError('renorm: non-positive-norm not supported')
  if (!(maxnorm >= 0)) throw new RuntimeError(`renorm: expected maxnorm to be >= 0 but got ${maxnorm}`)
  if (x.ndim < 2) throw new RuntimeError(`renorm: input needs at least 2 dimensions, got ${x.ndim} dimensions`)
  if (!isFloat(x.dtype))
    throw new RuntimeError(`linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${scalarName(x.dtype)}`)
  const at = normalizeDim(dim, x.ndim)
  const dims = x.shape.map((_, d) => d).filter((d) => d !== at)
  const norm = normOf(x, p, dims, true)
  const out = noGrad(() => mul(x, where(gt(norm, maxnorm), div(maxnorm, add(norm, 1e-7)), 1)))
  return record(out, renormRule, [x], [x], { p, dims, maxnorm })
}

/** Options of `normalize`. */
export interface NormalizeOptions {
  /** The order of the norm (2). */
  readonly p?: number
  /** The dimension along which lengths are measured (1). */
  readonly dim?: number | readonly number[]
  /** The least length that is divided by (1e-12). */
  readonly eps?: number
}

/**
 * `x` over its `p`-norm along `dim`: vectors of length 1.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
 */
export function normalize(x: Tensor, { p = 2, dim = 1, eps = 1e-12 }: NormalizeOptions = {}): Tensor {
  return div(x, expand(clampMin(vectorNorm(x, { ord: p, dim, keepdim: true }), eps), x.shape))
}

/** Options of `cosineSimilarity`. */
export interface CosineOptions {
  /** The dimension of the vectors (1). */
  readonly dim?: number
  /** The least length that is divided by (1e-8). */
  readonly eps?: number
}

/**
 * The cosine of the angle between vectors along `dim`: their product over their lengths.
 *
 * Shape: broadcast of both, without `dim`.
 *
 * @throws RuntimeError for integers, or if the shapes do not broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html
 */
export function cosineSimilarity(x1: Tensor, x2: Tensor, { dim = 1, eps = 1e-8 }: CosineOptions = {}): Tensor {
  const dtype = resultType(x1, x2)
  if (!isFloat(dtype)) throw new RuntimeError(`expected common dtype to be floating point, yet common dtype is ${scalarName(dtype)}`)
  const shape = broadcastShapes2(x1.shape, x2.shape)
  const [a, b] = [x1, x2].map((x) => {
    const full = expand(castTo(x, dtype), shape)
    const length = clone(vectorNorm(full, { dim, keepdim: true }))
    // The bound is no part of the function to be differentiated.
    noGrad(() => length.clampMin_(eps))
    return div(full, length)
  }) as [Tensor, Tensor]
  return sum(mul(a, b), dim)
}

/** Options of `pairwiseDistance`. */
export interface PairwiseOptions {
  /** The order of the norm (2). */
  readonly p?: number
  /** Added to each difference, so that no distance is 0 (1e-6). */
  readonly eps?: number
  /** Keep the last dimension with length 1. */
  readonly keepdim?: boolean
}

/**
 * The `p`-norm of `x1 - x2 + eps` along the last dimension.
 *
 * @throws RuntimeError if the shapes do not broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html
 */
export function pairwiseDistance(x1: Tensor, x2: Tensor, { p = 2, eps = 1e-6, keepdim = false }: PairwiseOptions = {}): Tensor {
  const difference = add(sub(x1, x2), eps)
  return recordedNorm(difference, p, difference.ndim === 0 ? [] : [difference.ndim - 1], keepdim, 'NormBackward1')
}

/** The differences of each row of `x1` with each of `x2`. */
const differences = (x1: Tensor, x2: Tensor): Tensor => sub(unsqueeze(x1, -2), unsqueeze(x2, -3))

const cdistRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor, Tensor], { p: number }>('CdistBackward0', (grad, node) => {
  const [x1, x2, out] = node.saved()
  const all = differences(x1, x2)
  const last = all.ndim - 1
  const g = normBackward(unsqueeze(grad, -1), all, unsqueeze(out, -1), { shape: all.shape, dims: [last], p: node.attrs.p })
  if (g === null) return [mul(x1, 0), mul(x2, 0)]
  return [sumTo(sum(g, -2), x1.shape), sumTo(neg(sum(g, -3)), x2.shape)]
})

/** Options of `cdist`. */
export interface CdistOptions {
  /** The order of the norm (2). */
  readonly p?: number
  /** Accepted for compatibility: distances are always computed from differences, which is exact. */
  readonly computeMode?: string
}

/**
 * The distance of each row of `x1` to each row of `x2`, batch by batch.
 *
 * Shape: `[..., n, k]` and `[..., m, k]` to `[..., n, m]`.
 *
 * @throws RuntimeError if the rows differ in length or `p` is negative.
 * @see https://pytorch.org/docs/stable/generated/torch.cdist.html
 */
export function cdist(x1: Tensor, x2: Tensor, { p = 2 }: CdistOptions = {}): Tensor {
  for (const [i, x] of [x1, x2].entries()) {
    if (x.ndim < 2) throw new RuntimeError(`cdist only supports at least 2D tensors, X${i + 1} got: ${x.ndim}D`)
    if (!isFloat(x.dtype)) throw new RuntimeError(`cdist only supports floating-point dtypes, X${i + 1} got: ${scalarName(x.dtype)}`)
  }
  const [k1, k2] = [x1.shape[x1.ndim - 1], x2.shape[x2.ndim - 1]]
  if (k1 !== k2) throw new RuntimeError(`X1 and X2 must have the same number of columns. X1: ${k1} X2: ${k2}`)
  if (!(p >= 0)) throw new RuntimeError('cdist only supports non-negative p values')
  const all = noGrad(() => differences(x1, x2))
  const out = normOf(all, p, [all.ndim - 1], false)
  return record(out, cdistRule, [x1, x2], [x1, x2, out], { p })
}

/** The indices of all pairs of different rows, in order. */
function pairs(n: number): [first: Tensor, second: Tensor] {
  const count = (n * (n - 1)) / 2
  const first = allocateTensor([count], 'int64')
  const second = allocateTensor([count], 'int64')
  for (let i = 0, k = 0; i < n; i++)
    for (let j = i + 1; j < n; j++, k++) {
      first.data[k] = i
      second.data[k] = j
    }
  return [first, second]
}

const pdistRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor], { p: number }>('PdistBackward0', (grad, node) => {
  const [x, out] = node.saved()
  const [first, second] = pairs(x.shape[0] as number)
  const all = sub(indexSelect(x, 0, first), indexSelect(x, 0, second))
  const g = normBackward(grad, all, out, { shape: all.shape, dims: [1], p: node.attrs.p })
  if (g === null) return [mul(x, 0)]
  return [sub(indexSelectAdjoint(g, x.shape, 0, first), indexSelectAdjoint(g, x.shape, 0, second))]
})

/**
 * The distance of each row to each later row, as one vector.
 *
 * Shape: `[n, k]` to `[n (n - 1) / 2]`.
 *
 * @throws RuntimeError unless `x` is a floating-point matrix and `p` is not negative.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pdist.html
 */
export function pdist(x: Tensor, { p = 2 }: { readonly p?: number } = {}): Tensor {
  if (x.ndim !== 2) throw new RuntimeError(`pdist only supports 2D tensors, got: ${x.ndim}D`)
  if (!isFloat(x.dtype)) throw new RuntimeError('pdist only supports floating-point dtypes')
  if (!(p >= 0)) throw new RuntimeError('pdist only supports non-negative p values')
  const [first, second] = pairs(x.shape[0] as number)
  const all = noGrad(() => sub(indexSelect(x, 0, first), indexSelect(x, 0, second)))
  const out = normOf(all, p, [1], false)
  return record(out, pdistRule, [x], [x, out], { p })
}
