/** Comparisons and logic, elementwise; results are `bool`. Every operation here has an in-place form. */
import { pointwise } from '../op.ts'
import type { TensorFirstOp, TensorsOp, UnaryOp } from './types.ts'

/**
 * Whether `x` equals `y`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.eq.html
 */
export const eq: TensorFirstOp = /* @__PURE__ */ pointwise({
  name: 'eq',
  dtype: 'bool',
  tensorFirst: true,
  forward: (x, y) => x.eq(y),
})

/**
 * Whether `x` differs from `y`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.ne.html
 */
export const ne: TensorFirstOp = /* @__PURE__ */ pointwise({
  name: 'ne',
  dtype: 'bool',
  tensorFirst: true,
  forward: (x, y) => x.ne(y),
})

/**
 * Whether `x` is less than `y`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.lt.html
 */
export const lt: TensorFirstOp = /* @__PURE__ */ pointwise({
  name: 'lt',
  dtype: 'bool',
  tensorFirst: true,
  forward: (x, y) => x.lt(y),
})

/**
 * Whether `x` is at most `y`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.le.html
 */
export const le: TensorFirstOp = /* @__PURE__ */ pointwise({
  name: 'le',
  dtype: 'bool',
  tensorFirst: true,
  forward: (x, y) => x.le(y),
})

/**
 * Whether `x` is greater than `y`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.gt.html
 */
export const gt: TensorFirstOp = /* @__PURE__ */ pointwise({
  name: 'gt',
  dtype: 'bool',
  tensorFirst: true,
  forward: (x, y) => x.gt(y),
})

/**
 * Whether `x` is at least `y`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.ge.html
 */
export const ge: TensorFirstOp = /* @__PURE__ */ pointwise({
  name: 'ge',
  dtype: 'bool',
  tensorFirst: true,
  forward: (x, y) => x.ge(y),
})

/**
 * Whether both are not zero, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.logical_and.html
 */
export const logicalAnd: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'logical_and',
  tensors: ['input', 'other'],
  dtype: 'bool',
  forward: (x, y) => x.ne(0).mul(y.ne(0)),
})

/**
 * Whether either is not zero, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.logical_or.html
 */
export const logicalOr: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'logical_or',
  tensors: ['input', 'other'],
  dtype: 'bool',
  forward: (x, y) => x.ne(0).maximum(y.ne(0)),
})

/**
 * Whether exactly one is not zero, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.logical_xor.html
 */
export const logicalXor: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'logical_xor',
  tensors: ['input', 'other'],
  dtype: 'bool',
  forward: (x, y) => x.ne(0).ne(y.ne(0)),
})

/**
 * Whether each element is zero.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.logical_not.html
 */
export const logicalNot: UnaryOp = /* @__PURE__ */ pointwise({ name: 'logical_not', dtype: 'bool', forward: (x) => x.logicalNot() })
