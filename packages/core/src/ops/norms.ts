/** Norms of vectors: over all elements or along dimensions. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { type DType, isFloat, scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { normalizeDims } from '../layout.ts'
import { castTo, kernel, record } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { abs, div, mul, pow, sgn, sqrt } from './arithmetic.ts'
import { eq, logicalOr } from './compare.ts'
import { isnan } from './number-class.ts'
import { sum } from './reduce.ts'
import { type Reduced, reduce, restore } from './reduction.ts'
import type { Dims, Operand, ReduceOptions } from './types.ts'
import { where } from './where.ts'

const square = /* @__PURE__ */ kernel({ name: 'linalg_vector_norm', forward: (x) => x.mul(x) })
const powered = /* @__PURE__ */ kernel({ name: 'linalg_vector_norm', forward: (x, p) => x.abs().pow(p) })

/** The `p`-norm over `dims`, without a graph. */
export function normOf(x: Tensor, p: number, dims: readonly number[], keepdim: boolean): Tensor {
  return noGrad(() => {
    if (p === 0) return castTo(reduce('countNonzero', x, dims, keepdim, 'int64'), x.dtype)
    if (p === 1) return reduce('sum', abs(x), dims, keepdim, x.dtype)
    if (p === 2) return sqrt(reduce('sum', square.run([x]), dims, keepdim, x.dtype))
    if (p === Number.POSITIVE_INFINITY) return reduce('amax', abs(x), dims, keepdim, x.dtype)
    if (p === Number.NEGATIVE_INFINITY) return reduce('amin', abs(x), dims, keepdim, x.dtype)
    return pow(reduce('sum', powered.run([x, p]), dims, keepdim, x.dtype), 1 / p)
  })
}

/** What the backward of a norm needs to know. */
export interface NormAttrs extends Reduced {
  readonly p: number
}

/** The gradient of a norm; where the norm is 0 and has none, 0 is taken. Null for the number of elements that are not 0. */
export function normBackward(grad: Tensor, x: Tensor, out: Tensor, attrs: NormAttrs): Tensor | null {
  const { p, dims } = attrs
  const g = restore(grad, attrs)
  const norm = restore(out, attrs)
  const zeroWhere = (condition: Tensor, t: Operand): Tensor => where(condition, 0, t)
  if (p === 0) return null
  if (p === 1) return mul(g, sgn(x))
  if (p === 2) return mul(g, zeroWhere(eq(norm, 0), div(x, norm)))
  if (Math.abs(p) === Number.POSITIVE_INFINITY) {
    const size = abs(x)
    const extreme = noGrad(() => castTo(logicalOr(eq(size, norm), isnan(size)), x.dtype))
    return mul(sgn(x), mul(div(g, sum(extreme, dims, { keepdim: true })), extreme))
  }
  if (p < 1) return mul(mul(sgn(x), zeroWhere(eq(x, 0), pow(abs(x), p - 1))), mul(g, pow(norm, 1 - p)))
  const scale = zeroWhere(eq(norm, 0), div(g, pow(norm, p - 1)))
  return mul(p < 2 ? mul(sgn(x), pow(abs(x), p - 1)) : mul(x, pow(abs(x), p - 2)), scale)
}

const vectorNormRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor], NormAttrs>('LinalgVectorNormBackward0', (grad, node) => {
  const [x, out] = node.saved()
  return [normBackward(grad, x, out, node.attrs)]
})

/** The recorded `p`-norm of a floating-point tensor over `dims`. */
export function recordedNorm(x: Tensor, p: number, dims: readonly number[], keepdim: boolean, name?: string): Tensor {
  const out = normOf(x, p, dims, keepdim)
  return record(out, vectorNormRule, [x], [x, out], { shape: x.shape, dims, p }, name)
}

/** Options of `linalg.vectorNorm`. */
export interface VectorNormOptions extends ReduceOptions {
  /** The order: 2 by default. */
  readonly ord?: number | undefined
  /** Convert to this dtype first. */
  readonly dtype?: DType | undefined
}

/**
 * The norm of order `ord` over all elements or along dimensions: `(sum of |x|^ord)^(1/ord)`; the greatest magnitude for
 * infinity, the least for minus infinity, the number of elements that are not 0 for 0.
 *
 * @example
 * linalg.vectorNorm(tensor([3, 4])) // tensor(5.)
 * @throws RuntimeError for integers, or where there are no elements and the order has no value for that.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html
 */
export function vectorNorm(x: Tensor, { ord = 2, dim, keepdim = false, dtype }: VectorNormOptions = {}): Tensor {
  if (!isFloat(x.dtype))
    throw new RuntimeError(`linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${scalarName(x.dtype)}`)
  if (dtype !== undefined && !isFloat(dtype))
    throw new RuntimeError(`linalg.vector_norm: dtype should be floating point or complex, but got ${scalarName(dtype)}`)
  const dims = normalizeDims(dim, x.ndim)
  if (ord < 0 || ord === Number.POSITIVE_INFINITY) checkIdentity(x, ord, dim, dims)
  return recordedNorm(castTo(x, dtype ?? x.dtype), ord, dims, keepdim)
}

/** Refuses an extreme of nothing. */
function checkIdentity(x: Tensor, ord: number, dim: Dims | undefined, dims: readonly number[]): void {
  const name = Number.isFinite(ord) ? ord : ord > 0 ? 'inf' : '-inf'
  for (const d of dims)
    if (x.shape[d] === 0)
      throw new RuntimeError(
        dim === undefined || (typeof dim !== 'number' && dim.length === 0)
          ? `linalg.vector_norm cannot compute the ${name} norm on an empty tensor because the operation does not have an identity`
          : `linalg.vector_norm cannot compute the ${name} norm on the dimension ${d} because this dimension is empty and the operation does not have an identity`,
      )
}

/** @internal Refuses integers, in the words of `norm`. */
export function checkFloat(x: Tensor): void {
  if (!isFloat(x.dtype))
    throw new RuntimeError(`norm(): input dtype should be either floating point or complex. Got ${scalarName(x.dtype)} instead.`)
}
