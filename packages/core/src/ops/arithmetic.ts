/** Arithmetic, elementwise. Every operation here has an in-place form: its name with an underscore. */

import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { kernel, overloads, pointwise } from '../op.ts'
import { resultType } from '../promote.ts'
import type { Tensor } from '../tensor.ts'
import type { BinaryOp, Operand, TensorFirstOp, UnaryOp } from './types.ts'

export * from './blends.ts'
export * from './clamp.ts'
export * from './powers.ts'

const isBool = (x: Operand): boolean => typeof x !== 'number' && x.dtype === 'bool'
const isScalar = (x: Operand): x is number => typeof x === 'number'

/** Options of `add` and `sub`. */
export interface AlphaOptions {
  /** A factor on the second operand. */
  readonly alpha?: number
}

const addPlain = /* @__PURE__ */ kernel({
  name: 'add',
  gradFn: 'AddBackward0',
  forward: (x, y) => x.add(y),
  backward: (grad, _out, _x, _y) => [grad, grad],
})

const addScaled = /* @__PURE__ */ kernel({
  name: 'add',
  gradFn: 'AddBackward0',
  forward: (x, y, alpha) => x.add(y.mul(alpha)),
  backward: (grad, _out, _x, _y, alpha) => [grad, grad.mul(alpha), null],
})

function checkAlpha(x: Operand, y: Operand, alpha: number): void {
  const d = resultType(x, y)
  if (!isFloat(d) && !Number.isInteger(alpha))
    throw new RuntimeError('For integral input tensors, argument alpha must not be a floating point number.')
}

/**
 * Adds `alpha * y` to `x`, elementwise.
 *
 * Shape: broadcast of `x` and `y`. Dtypes: any, promoted.
 *
 * @example
 * add(tensor([1, 2]), tensor([10, 20]), { alpha: 2 }) // tensor([21., 42.])
 * @throws RuntimeError if the shapes do not broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.add.html
 */
export const add: (x: Operand, y: Operand, options?: AlphaOptions) => Tensor = /* @__PURE__ */ overloads((x, y, { alpha = 1 } = {}) => {
  if (alpha === 1) return [addPlain, [x, y]]
  checkAlpha(x, y, alpha)
  return [addScaled, [x, y, alpha]]
})

const subPlain = /* @__PURE__ */ kernel({
  name: 'sub',
  gradFn: (x) => (isScalar(x) ? 'RsubBackward1' : 'SubBackward0'),
  forward: (x, y) => x.sub(y),
  backward: (grad, _out, _x, _y) => [grad, grad.neg()],
})

const subScaled = /* @__PURE__ */ kernel({
  name: 'sub',
  gradFn: 'SubBackward0',
  forward: (x, y, alpha) => x.sub(y.mul(alpha)),
  backward: (grad, _out, _x, _y, alpha) => [grad, grad.mul(alpha.neg()), null],
})

/**
 * Subtracts `alpha * y` from `x`, elementwise.
 *
 * Shape: broadcast of `x` and `y`. Dtypes: any but two `bool`s, promoted.
 *
 * @throws RuntimeError for two bool tensors, or if the shapes do not broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.sub.html
 */
export const sub: (x: Operand, y: Operand, options?: AlphaOptions) => Tensor = /* @__PURE__ */ overloads((x, y, { alpha = 1 } = {}) => {
  if (isBool(x) && isBool(y))
    throw new RuntimeError(
      'Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.',
    )
  if (isBool(x) || isBool(y))
    throw new RuntimeError(
      'Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.',
    )
  if (alpha === 1) return [subPlain, [x, y]]
  checkAlpha(x, y, alpha)
  return [subScaled, [x, y, alpha]]
})

/**
 * Multiplies `x` by `y`, elementwise.
 *
 * Shape: broadcast of `x` and `y`. Dtypes: any, promoted.
 *
 * @throws RuntimeError if the shapes do not broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.mul.html
 */
export const mul: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'mul',
  gradFn: 'MulBackward0',
  forward: (x, y) => x.mul(y),
  backward: (grad, _out, x, y) => [grad.mul(y), grad.mul(x)],
})

/** Options of `div`. */
export interface DivOptions {
  /** `trunc` rounds towards zero as C does, `floor` towards minus infinity as Python's `//` does; null does not round. */
  readonly roundingMode?: 'trunc' | 'floor' | null
}

const divTrue = /* @__PURE__ */ kernel({
  name: 'div',
  gradFn: 'DivBackward0',
  dtype: 'float',
  forward: (x, y) => x.div(y),
  backward: (grad, _out, x, y) => [grad.div(y), grad.neg().mul(x.div(y).div(y))],
})

const divTrunc = /* @__PURE__ */ kernel({
  name: 'div',
  only: ['number', 'div_trunc_cpu'],
  gradFn: 'DivBackward2',
  forward: (x, y) => x.div(y).trunc(),
  backward: (grad, _out, _x, _y) => [grad.mul(0), grad.mul(0)],
})

const divFloor = /* @__PURE__ */ kernel({
  name: 'div',
  only: ['number', 'div_floor_cpu'],
  gradFn: 'DivBackward2',
  forward: (x, y) => x.floorDivide(y),
  backward: (grad, _out, _x, _y) => [grad.mul(0), grad.mul(0)],
})

/** Integers have no infinity to return. */
function checkDivisor(x: Operand, y: Operand): void {
  if (isFloat(resultType(x, y))) return
  const zero = isScalar(y) ? y === 0 : y.eq(0).any().item<boolean>()
  if (zero) throw new RuntimeError('ZeroDivisionError')
}

/**
 * Divides `x` by `y`, elementwise.
 *
 * Shape: broadcast of `x` and `y`. Dtypes: integers become floating point unless a `roundingMode` is given.
 *
 * @throws RuntimeError for an unknown rounding mode or an integer division by zero.
 * @see https://pytorch.org/docs/stable/generated/torch.div.html
 */
export const div: (x: Operand, y: Operand, options?: DivOptions) => Tensor = /* @__PURE__ */ overloads(
  (x, y, { roundingMode = null } = {}) => {
    if (roundingMode === null) return [divTrue, [x, y]]
    if (roundingMode !== 'trunc' && roundingMode !== 'floor')
      throw new RuntimeError(`div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${roundingMode as string}'`)
    checkDivisor(x, y)
    return [roundingMode === 'trunc' ? divTrunc : divFloor, [x, y]]
  },
)

/**
 * `x / y`: another name of `div` without rounding.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.true_divide.html
 */
export const trueDivide: BinaryOp = /* @__PURE__ */ overloads((x, y) => [divTrue, [x, y]])

const floorDivideKernel = /* @__PURE__ */ kernel({
  name: 'floor_divide',
  only: ['number', 'div_floor_cpu'],
  forward: (x, y) => x.floorDivide(y),
})

/**
 * Divides `x` by `y` and rounds towards minus infinity, elementwise. Not differentiable.
 *
 * @throws RuntimeError for an integer division by zero.
 * @see https://pytorch.org/docs/stable/generated/torch.floor_divide.html
 */
export const floorDivide: BinaryOp = /* @__PURE__ */ overloads((x, y) => {
  checkDivisor(x, y)
  return [floorDivideKernel, [x, y]]
})

const remainderKernel = /* @__PURE__ */ kernel({
  name: 'remainder',
  only: ['number', 'remainder_cpu'],
  gradFn: (_x, y) => (isScalar(y) ? 'RemainderBackward0' : 'RemainderBackward1'),
  forward: (x, y) => x.remainder(y),
  backward: (grad, _out, x, y) => [grad, grad.neg().mul(x.floorDivide(y))],
})

/**
 * The remainder of `x / y` with the sign of `y`, as Python's `%`: `x - floor(x / y) * y`.
 *
 * @throws RuntimeError for an integer division by zero.
 * @see https://pytorch.org/docs/stable/generated/torch.remainder.html
 */
export const remainder: BinaryOp = /* @__PURE__ */ overloads((x, y) => {
  checkDivisor(x, y)
  return [remainderKernel, [x, y]]
})

const fmodKernel = /* @__PURE__ */ kernel({
  name: 'fmod',
  tensorFirst: true,
  only: ['number', 'fmod_cpu'],
  gradFn: (_x, y) => (isScalar(y) ? 'FmodBackward0' : 'FmodBackward1'),
  forward: (x, y) => x.fmod(y),
  backward: (grad, _out, x, y) => [grad, grad.neg().mul(x.div(y).trunc())],
})

/**
 * The remainder of `x / y` with the sign of `x`, as C's `fmod`.
 *
 * @throws RuntimeError for an integer division by zero.
 * @see https://pytorch.org/docs/stable/generated/torch.fmod.html
 */
export const fmod: TensorFirstOp = /* @__PURE__ */ overloads((x, y) => {
  checkDivisor(x, y)
  return [fmodKernel, [x, y]]
})

const negKernel = /* @__PURE__ */ kernel({
  name: 'neg',
  gradFn: 'NegBackward0',
  forward: (x) => x.neg(),
  backward: (grad, _out, _x) => [grad.neg()],
})

/**
 * The negative of each element.
 *
 * @throws RuntimeError for a bool tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.neg.html
 */
export const neg: UnaryOp = /* @__PURE__ */ overloads((x) => {
  if (isBool(x))
    throw new RuntimeError(
      'Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.',
    )
  return [negKernel, [x]]
})

/**
 * The absolute value of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.abs.html
 */
export const abs: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'abs',
  only: ['number', 'abs_cpu'],
  gradFn: 'AbsBackward0',
  forward: (x) => x.abs(),
  backward: (grad, _out, x) => [grad.mul(x.sign())],
})

/**
 * -1, 0 or 1 by the sign of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.sign.html
 */
export const sign: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'sign',
  gradFn: 'SignBackward0',
  forward: (x) => x.sign(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

/**
 * -1, 0 or 1 by the sign of each element: `sign` by another name.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.sgn.html
 */
export const sgn: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'sgn',
  gradFn: 'SgnBackward0',
  forward: (x) => x.sign(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})
