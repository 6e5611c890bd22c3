/** Products of tensors summed over shared dimensions, and products of all with all. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { formatShape, normalizeDim, numelOf, type Shape } from '../layout.ts'
import { record } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { dot, matmul, mm } from './linalg.ts'
import { sum } from './reduce.ts'
import { permute, reshape, unsqueeze } from './view.ts'

const vdotRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor]>('VdotBackward0', (grad, node) => {
  const [x, y] = node.saved()
  return [mul(grad, y), mul(grad, x)]
})

/**
 * The sum of the products of two vectors' elements, the first conjugated: `dot` for real numbers.
 *
 * @throws RuntimeError unless both are vectors of one length and dtype.
 * @see https://pytorch.org/docs/stable/generated/torch.vdot.html
 */
export function vdot(x: Tensor, other: Tensor): Tensor {
  const out = noGrad(() => dot(x, other))
  return record(out, vdotRule, [x, other], [x, other], undefined)
}

/** How many dimensions to sum over, or which of each tensor. */
export type ContractedDims = number | readonly [readonly number[], readonly number[]] | readonly (readonly number[])[]

/**
 * The products of `a` and `b` summed over pairs of dimensions: the last `dims` of `a` with the first of `b`, or those listed.
 *
 * Shape: what remains of `a`, then what remains of `b`. A summed dimension of length 1 stretches.
 *
 * @example
 * tensordot(ones([2, 3, 4]), ones([4, 3, 5]), { dims: [[1, 2], [1, 0]] }).shape // [2, 5]
 * @throws RuntimeError if the dimensions do not match.
 * @see https://pytorch.org/docs/stable/generated/torch.tensordot.html
 */
export function tensordot(a: Tensor, b: Tensor, options: ContractedDims | { readonly dims?: ContractedDims } = {}): Tensor {
  const dims =
    typeof options === 'number' || Array.isArray(options) ? (options as ContractedDims) : ((options as { dims?: ContractedDims }).dims ?? 2)
  if (typeof dims === 'number' && dims < 0) throw new RuntimeError(`tensordot expects dims >= 0, but got dims=${dims}`)
  if (typeof dims === 'number' && dims > Math.min(a.ndim, b.ndim))
    throw new RuntimeError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${dims}`)
  const range = (from: number, n: number): number[] => Array.from({ length: n }, (_, i) => from + i)
  const [given1, given2] =
    typeof dims === 'number' ? [range(a.ndim - dims, dims), range(0, dims)] : (dims as readonly (readonly number[])[])
  const dims1 = (given1 as readonly number[]).map((d) => normalizeDim(d, a.ndim))
  const dims2 = (given2 as readonly number[]).map((d) => normalizeDim(d, b.ndim))
  if (dims1.length !== dims2.length) throw new RuntimeError('both dimension lists should have same length')
  let [x, y] = [a, b]
  dims1.forEach((d1, i) => {
    const d2 = dims2[i] as number
    const [n1, n2] = [x.shape[d1] as number, y.shape[d2] as number]
    if (n1 === n2) return
    if (n2 === 1) x = sum(x, d1, { keepdim: true })
    else if (n1 === 1) y = sum(y, d2, { keepdim: true })
    else
      throw new RuntimeError(
        `contracted dimensions need to match, but first has size ${n1} in dim ${d1} and second has size ${n2} in dim ${d2}`,
      )
  })
  const rest1 = range(0, a.ndim).filter((d) => !dims1.includes(d))
  const rest2 = range(0, b.ndim).filter((d) => !dims2.includes(d))
  const k = numelOf(dims1.map((d) => x.shape[d] as number))
  const left = rest1.map((d) => x.shape[d] as number)
  const right = rest2.map((d) => y.shape[d] as number)
  const product = mm(
    reshape(permute(x, [...rest1, ...dims1]), [numelOf(left), k]),
    reshape(permute(y, [...dims2, ...rest2]), [k, numelOf(right)]),
  )
  return reshape(product, [...left, ...right])
}

/**
 * The sums of products over the last dimension of both; the product where either is 0-dim.
 *
 * Shape: that of both without their last dimensions, one after the other.
 *
 * @throws RuntimeError if the last dimensions differ in length.
 * @see https://pytorch.org/docs/stable/generated/torch.inner.html
 */
export function inner(x: Tensor, other: Tensor): Tensor {
  if (x.ndim === 0 || other.ndim === 0) return mul(x, other)
  if (x.shape[x.ndim - 1] !== other.shape[other.ndim - 1])
    throw new RuntimeError(
      `inner() the last dimension must match on both input tensors but got shapes ${formatShape(x.shape)} and ${formatShape(other.shape)}`,
    )
  return tensordot(x, other, [[-1], [-1]])
}

const unsafeViewRule = /* @__PURE__ */ rule<readonly [], Shape>('UnsafeViewBackward0', (grad, node) => [reshape(grad, node.attrs)])

/** `x` in another shape; nobody else holds it, so that the result need not be known as a view. */
function unsafeView(x: Tensor, shape: Shape): Tensor {
  const out = noGrad(() => reshape(x, shape)).alias()
  return record(out, unsafeViewRule, [x], [], x.shape)
}

/**
 * The Kronecker product: each element of `x` times all of `other`, block by block.
 *
 * Shape: the lengths multiply, dimension by dimension from the right.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.kron.html
 */
export function kron(x: Tensor, other: Tensor): Tensor {
  const n = Math.max(x.ndim, other.ndim)
  const padded = (t: Tensor): number[] => [...new Array<number>(n - t.ndim).fill(1), ...t.shape]
  const [a, b] = [padded(x), padded(other)]
  const product = mul(
    reshape(
      x,
      a.flatMap((m) => [m, 1]),
    ),
    reshape(
      other,
      b.flatMap((m) => [1, m]),
    ),
  )
  return unsafeView(
    product,
    a.map((m, d) => m * (b[d] as number)),
  )
}

/**
 * The sums of products of vectors along `dim`.
 *
 * Shape: broadcast of both, without `dim`.
 *
 * @throws RuntimeError for integers, or if the vectors differ in length.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.vecdot.html
 */
export function vecdot(x: Tensor, y: Tensor, { dim = -1 }: { readonly dim?: number } = {}): Tensor {
  for (const v of [x, y])
    if (!isFloat(v.dtype))
      throw new RuntimeError(`linalg.vecdot: Expected a floating point or complex tensor as input. Got ${scalarName(v.dtype)}`)
  return sum(mul(x, y), dim)
}

/**
 * `x1 @ weight[k] @ x2 + bias[k]` for each `k`: the map of a bilinear layer.
 *
 * Shape: `[..., n]`, `[..., m]`, `[out, n, m]` and `[out]` to `[..., out]`.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
 */
export function bilinear(x1: Tensor, x2: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  if (x1.ndim !== x2.ndim) throw new RuntimeError(`bilinear(): input dimensions do not match: got ${x1.ndim} and ${x2.ndim}`)
  const [out, n, m] = weight.shape as [number, number, number]
  if (x1.shape[x1.ndim - 1] !== n)
    throw new RuntimeError(`bilinear(): input1 size does not match weight size: got ${x1.shape[x1.ndim - 1]} but expected ${n}`)
  if (x2.shape[x2.ndim - 1] !== m)
    throw new RuntimeError(`bilinear(): input2 size does not match weight size: got ${x2.shape[x2.ndim - 1]} but expected ${m}`)
  const lead = x1.shape.slice(0, -1)
  const rows = numelOf(lead)
  const half = reshape(matmul(reshape(x1, [rows, n]), reshape(permute(weight, [1, 0, 2]), [n, out * m])), [rows, out, m])
  const product = reshape(sum(mul(half, unsqueeze(reshape(x2, [rows, m]), 1)), -1), [...lead, out])
  return bias === null ? product : add(product, bias)
}
