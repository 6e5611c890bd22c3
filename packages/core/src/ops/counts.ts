/** Reductions that look at each element first: sums without NaN, counts of what is not zero, both extremes at once. */
import { rule, ruleAll } from '../autograd/node.ts'
import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { normalizeDim, normalizeDims } from '../layout.ts'
import { castTo, expand, record, recordAll } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { add, div, mul } from './arithmetic.ts'
import { eq, logicalNot } from './compare.ts'
import { isnan } from './number-class.ts'
import { type SumOptions, sum } from './reduce.ts'
import { dimsOf, type Reduced, reduce, restore } from './reduction.ts'
import type { Dims } from './types.ts'

const nansumRule = /* @__PURE__ */ rule<readonly [Tensor], Reduced>('NansumBackward0', (grad, node) => {
  const [x] = node.saved()
  return [mul(expand(restore(grad, node.attrs), node.attrs.shape), logicalNot(isnan(x)))]
})

/**
 * The sum of the elements that are not NaN, over all dimensions or those given.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nansum.html
 */
export function nansum(x: Tensor, dim?: Dims | SumOptions, options?: SumOptions): Tensor {
  const { dim: given, keepdim = false, dtype } = dimsOf(dim, options)
  const to = dtype ?? x.dtype
  if (!isFloat(to)) return sum(x, dim, options)
  const dims = normalizeDims(given, x.ndim)
  const from = castTo(x, to)
  return record(reduce('nansum', from, dims, keepdim, to), nansumRule, [from], [from], { shape: x.shape, dims })
}

/**
 * The mean of the elements that are not NaN; NaN where there are none.
 *
 * @throws RuntimeError for integers.
 * @see https://pytorch.org/docs/stable/generated/torch.nanmean.html
 */
export function nanmean(x: Tensor, dim?: Dims | SumOptions, options?: SumOptions): Tensor {
  if (!isFloat(x.dtype))
    throw new RuntimeError(
      `nanmean(): expected input to have floating point or complex dtype but got ${x.dtype[0]?.toUpperCase()}${x.dtype.slice(1)}`,
    )
  const { dim: given, keepdim = false } = dimsOf(dim, options)
  return div(nansum(x, dim, options), sum(logicalNot(isnan(x)), { dim: given ?? undefined, keepdim }))
}

/**
 * How many elements are not zero, of all or along dimensions.
 *
 * Dtypes: the result is `int64`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.count_nonzero.html
 */
export function countNonzero(x: Tensor, dim?: Dims | { readonly dim?: Dims }): Tensor {
  const { dim: given } = dimsOf(dim, undefined)
  return reduce('countNonzero', x, normalizeDims(given, x.ndim), false, 'int64')
}

/** The extremes of a tensor. */
export type MinMax = { readonly min: Tensor; readonly max: Tensor } & Iterable<Tensor>

const aminmaxRule = /* @__PURE__ */ ruleAll<readonly [Tensor, Tensor, Tensor], Reduced>('AminmaxBackward0', (grads, node) => {
  const [x, min, max] = node.saved()
  const parts = [min, max].map((extreme, i) => {
    const grad = grads[i]
    if (!grad) return null
    const mask = castTo(eq(x, restore(extreme, node.attrs)), x.dtype)
    return mul(div(restore(grad, node.attrs), sum(mask, node.attrs.dims, { keepdim: true })), mask)
  })
  const [low, high] = parts
  return [low && high ? add(low, high) : (low ?? high ?? null)]
})

/**
 * The least and the greatest element, of all or along `dim`; ties share the gradient evenly.
 *
 * @example
 * const { min, max } = tensor([3, 1, 2]).aminmax() // tensor(1.), tensor(3.)
 * @throws RuntimeError if there is nothing to compare.
 * @see https://pytorch.org/docs/stable/generated/torch.aminmax.html
 */
export function aminmax(x: Tensor, { dim, keepdim = false }: { readonly dim?: number | null; readonly keepdim?: boolean } = {}): MinMax {
  const dims = dim === undefined || dim === null ? x.shape.map((_, d) => d) : x.ndim === 0 ? [] : [normalizeDim(dim, x.ndim)]
  if (dims.some((d) => x.shape[d] === 0))
    throw new RuntimeError('aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.')
  const min = reduce('amin', x, dims, keepdim, x.dtype)
  const max = reduce('amax', x, dims, keepdim, x.dtype)
  recordAll([min, max], aminmaxRule, [x], [x, min, max], { shape: x.shape, dims })
  return namedTuple({ min, max })
}
