/** Products added to a tensor: `beta * input + alpha * product`. */
import { noGrad } from '../autograd/mode.ts'
import { type Rule, rule } from '../autograd/node.ts'
import { isFloat, promoteTypes } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import type { Shape } from '../layout.ts'
import { castTo, record, sumTo } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { type AddmmOptions, bmm, mv, outer } from './linalg.ts'
import { sum } from './reduce.ts'
import { expand, t, transpose, unsqueeze } from './view.ts'

/** What the backward needs to know of `beta * input + alpha * product`. */
interface Scales {
  readonly beta: number
  readonly alpha: number
  /** The shape of `input`, which was broadcast. */
  readonly shape: Shape
}

const times = (x: Tensor, by: number): Tensor => (by === 1 ? x : mul(x, by))

/** Declares the backward of `beta * input + alpha * f(x, y)` from the gradients of `f`. */
const scaledRule = (
  name: string,
  toX: (grad: Tensor, x: Tensor, y: Tensor) => Tensor,
  toY: (grad: Tensor, x: Tensor, y: Tensor) => Tensor,
): Rule<readonly [Tensor, Tensor], Scales> =>
  rule(name, (grad, node) => {
    const [x, y] = node.saved()
    const { beta, alpha, shape } = node.attrs
    return [
      node.needs(0) ? times(sumTo(grad, shape), beta) : null,
      node.needs(1) ? times(toX(grad, x, y), alpha) : null,
      node.needs(2) ? times(toY(grad, x, y), alpha) : null,
    ]
  })

/** Adds a product, computed without a graph, to `input` and records both as one operation. */
function addTo(
  input: Tensor,
  product: Tensor,
  x: Tensor,
  y: Tensor,
  r: Rule<readonly [Tensor, Tensor], Scales>,
  { beta = 1, alpha = 1 }: AddmmOptions,
): Tensor {
  const out = noGrad(() => {
    const scaled = times(product, alpha)
    // With beta 0 not even a NaN of `input` counts.
    const sum = beta === 0 ? scaled : add(scaled, times(expand(input, product.shape), beta))
    return castTo(sum, promoteTypes(input.dtype, product.dtype))
  })
  return record(out, r, [input, x, y], [x, y], { beta, alpha, shape: input.shape })
}

const addmvRule = /* @__PURE__ */ scaledRule(
  'AddmvBackward0',
  (grad, _mat, vec) => outer(grad, vec),
  (grad, mat) => mv(t(mat), grad),
)

/**
 * `beta * input + alpha * (mat @ vec)`.
 *
 * Shape: `[n]` (or what broadcasts to it), `[n, m]` and `[m]` to `[n]`.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.addmv.html
 */
export function addmv(input: Tensor, mat: Tensor, vec: Tensor, options: AddmmOptions = {}): Tensor {
  if (mat.ndim !== 2 || vec.ndim !== 1 || input.ndim > 1)
    throw new RuntimeError(`vector + matrix @ vector expected, got ${input.ndim}, ${mat.ndim}, ${vec.ndim}`)
  return addTo(
    input,
    noGrad(() => mv(mat, vec)),
    mat,
    vec,
    addmvRule,
    options,
  )
}

const addrRule = /* @__PURE__ */ scaledRule(
  'AddrBackward0',
  (grad, _x, y) => mv(grad, y),
  (grad, x) => mv(t(grad), x),
)

/**
 * `beta * input + alpha * outer(vec1, vec2)`.
 *
 * Shape: `[n, m]` (or what broadcasts to it), `[n]` and `[m]` to `[n, m]`.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.addr.html
 */
export function addr(input: Tensor, vec1: Tensor, vec2: Tensor, options: AddmmOptions = {}): Tensor {
  if (vec1.ndim !== 1) throw new RuntimeError(`addr: Expected 1-D argument vec1, but got ${vec1.ndim}-D`)
  if (vec2.ndim !== 1) throw new RuntimeError(`addr: Expected 1-D argument vec2, but got ${vec2.ndim}-D`)
  return addTo(
    input,
    noGrad(() => outer(vec1, vec2)),
    vec1,
    vec2,
    addrRule,
    options,
  )
}

const baddbmmRule = /* @__PURE__ */ scaledRule(
  'BaddbmmBackward0',
  (grad, _x, y) => bmm(grad, transpose(y, 1, 2)),
  (grad, x) => bmm(transpose(x, 1, 2), grad),
)

/**
 * `beta * input + alpha * (batch1 @ batch2)`, batch by batch.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.baddbmm.html
 */
export function baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options: AddmmOptions = {}): Tensor {
  return addTo(
    input,
    noGrad(() => bmm(batch1, batch2)),
    batch1,
    batch2,
    baddbmmRule,
    options,
  )
}

/** The gradient of a sum over batches, for each of them. */
const forEachBatch = (grad: Tensor, batches: Tensor): Tensor => expand(unsqueeze(grad, 0), [batches.shape[0] as number, ...grad.shape])

/** The elements in doubles, if they are floating point. */
const wide = (x: Tensor): Tensor => (isFloat(x.dtype) ? castTo(x, 'float64') : x)

const addbmmRule = /* @__PURE__ */ scaledRule(
  'AddbmmBackward0',
  (grad, x, y) => bmm(forEachBatch(grad, x), transpose(y, 1, 2)),
  (grad, x) => bmm(transpose(x, 1, 2), forEachBatch(grad, x)),
)

/**
 * `beta * input + alpha * (the sum over batches of batch1 @ batch2)`.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.addbmm.html
 */
export function addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options: AddmmOptions = {}): Tensor {
  return addTo(
    input,
    // The batches may cancel each other: summed in doubles, rounded once.
    noGrad(() => castTo(sum(bmm(wide(batch1), wide(batch2)), 0), batch1.dtype)),
    batch1,
    batch2,
    addbmmRule,
    options,
  )
}
