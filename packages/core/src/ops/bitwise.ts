/** Operations on the bits of integers and on truth values, elementwise. Every operation here has an in-place form. */
import { kernel, overloads, pointwise } from '../op.ts'
import type { BinaryOp, UnaryOp } from './types.ts'

/**
 * The bits set in both `x` and `y`; logical "and" of truth values.
 *
 * Shape: broadcast of both. Dtypes: integers and `bool`, promoted.
 *
 * @example
 * tensor([6n]).bitwiseAnd(3) // tensor([2])
 * @throws NotImplementedError for floating-point tensors.
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_and.html
 */
export const bitwiseAnd: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'bitwise_and',
  only: ['discrete', 'bitwise_and_cpu'],
  forward: (x, y) => x.bitwiseAnd(y),
})

/**
 * The bits set in `x` or `y`; logical "or" of truth values.
 *
 * @throws NotImplementedError for floating-point tensors.
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_or.html
 */
export const bitwiseOr: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'bitwise_or',
  only: ['discrete', 'bitwise_or_cpu'],
  forward: (x, y) => x.bitwiseOr(y),
})

/**
 * The bits set in exactly one of `x` and `y`; logical "exclusive or" of truth values.
 *
 * @throws NotImplementedError for floating-point tensors.
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_xor.html
 */
export const bitwiseXor: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'bitwise_xor',
  only: ['discrete', 'bitwise_xor_cpu'],
  forward: (x, y) => x.bitwiseXor(y),
})

// In two's complement ~x is -x - 1, at any width.
const complement = /* @__PURE__ */ kernel({
  name: 'bitwise_not',
  only: ['discrete', 'bitwise_not_cpu'],
  forward: (x) => x.neg().sub(1),
})

const negation = /* @__PURE__ */ kernel({ name: 'bitwise_not', dtype: 'bool', forward: (x) => x.logicalNot() })

/**
 * Each bit inverted; logical "not" of truth values.
 *
 * @throws NotImplementedError for floating-point tensors.
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_not.html
 */
export const bitwiseNot: UnaryOp = /* @__PURE__ */ overloads((x) => [x.dtype === 'bool' ? negation : complement, [x]])

/**
 * The bits of `x` moved left by `y`: `x 2^y`, without what overflows.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_left_shift.html
 */
export const bitwiseLeftShift: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'bitwise_left_shift',
  only: ['integer', 'lshift_cpu'],
  forward: (x, y) => x.bitwiseLeftShift(y),
})

/**
 * The bits of `x` moved right by `y`, the sign kept: `x / 2^y` rounded down.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_right_shift.html
 */
export const bitwiseRightShift: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'bitwise_right_shift',
  only: ['integer', 'rshift_cpu'],
  forward: (x, y) => x.bitwiseRightShift(y),
})
