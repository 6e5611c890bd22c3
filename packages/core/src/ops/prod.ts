/** The product of the elements. */
import { isGradEnabled } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { isFloat } from '../dtype.ts'
import { normalizeDim } from '../layout.ts'
import { castTo, expand, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { div, mul } from './arithmetic.ts'
import { eq } from './compare.ts'
import { any, type SumOptions, sum } from './reduce.ts'
import { dimsOf, type Reduced, reduce, restore } from './reduction.ts'
import { reshape, unsqueeze } from './view.ts'
import { where } from './where.ts'

/**
 * For each element the product of the others along the last dimension, differentiable any number of times:
 * the product over a square in which each row leaves out one element.
 */
export function productsOfOthers(x: Tensor): Tensor {
  const n = x.shape[x.ndim - 1] as number
  const diagonal = allocateTensor([n, n], 'bool')
  for (let i = 0; i < n; i++) diagonal.data[i * (n + 1)] = 1
  const square = expand(unsqueeze(x, -2), [...x.shape.slice(0, -1), n, n])
  return prod(where(diagonal, 1, square), -1)
}

/** The same for plain values, in one pass: a single zero leaves only its own place, several leave none. */
function othersOf(x: Tensor, attrs: Reduced): Tensor {
  const zero = eq(x, 0)
  const zeros = sum(zero, attrs.dims, { keepdim: true })
  const rest = where(zero, 1, x)
  const product = reduce('prod', rest, attrs.dims, true, x.dtype)
  return where(eq(zeros, 0), div(product, rest), where(mul(zero, eq(zeros, 1)), product, 0))
}

const prodRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor], Reduced>('ProdBackward0', (grad, node) => {
  const [x, out] = node.saved()
  const { shape, dims } = node.attrs
  const g = restore(grad, node.attrs)
  if (shape.length === 0) return [grad]
  if (!any(eq(x, 0)).item<boolean>()) return [mul(g, div(restore(out, node.attrs), x))]
  if (!isGradEnabled()) return [mul(g, othersOf(x, node.attrs))]
  if (dims.length > 1) return [mul(g, reshape(productsOfOthers(reshape(x, [-1])), shape))]
  const dim = dims[0] as number
  return [mul(g, productsOfOthers(x.transpose(dim, -1)).transpose(dim, -1))]
})

/**
 * The product of the elements, of all or along `dim`; 1 of no elements.
 *
 * Dtypes: `bool` and integers multiply to `int64`.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).prod(1) // tensor([ 2., 12.])
 * @see https://pytorch.org/docs/stable/generated/torch.prod.html
 */
export function prod(x: Tensor, dim?: number | SumOptions, options?: SumOptions): Tensor {
  const { dim: given, keepdim = false, dtype } = dimsOf(dim, options)
  const all = x.shape.map((_, d) => d)
  const dims = typeof given === 'number' ? all.filter((d) => d === normalizeDim(given, x.ndim)) : all
  const to = dtype ?? (isFloat(x.dtype) ? x.dtype : 'int64')
  const from = isFloat(to) || dtype !== undefined ? castTo(x, to) : x
  const out = reduce('prod', from, dims, keepdim, to)
  return record(out, prodRule, [from], [from, out], { shape: x.shape, dims }, given === undefined ? 'ProdBackward0' : 'ProdBackward1')
}
