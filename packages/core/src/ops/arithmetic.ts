/** Arithmetic, elementwise. Every operation here has an in-place form: its name with an underscore. */

import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { kernel, overloads, pointwise } from '../op.ts'
import { resultType } from '../promote.ts'
import type { Tensor } from '../tensor.ts'
import type { BinaryOp, Operand, TensorFirstOp, UnaryOp } from './types.ts'

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
  if (alpha === 1) return [addPlain, x, y]
  checkAlpha(x, y, alpha)
  return [addScaled, x, y, alpha]
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
  if (alpha === 1) return [subPlain, x, y]
  checkAlpha(x, y, alpha)
  return [subScaled, x, y, alpha]
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
    if (roundingMode === null) return [divTrue, x, y]
    if (roundingMode !== 'trunc' && roundingMode !== 'floor')
      throw new RuntimeError(`div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${roundingMode as string}'`)
    checkDivisor(x, y)
    return [roundingMode === 'trunc' ? divTrunc : divFloor, x, y]
  },
)

/**
 * `x / y`: another name of `div` without rounding.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.true_divide.html
 */
export const trueDivide: BinaryOp = /* @__PURE__ */ overloads((x, y) => [divTrue, x, y])

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
  return [floorDivideKernel, x, y]
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
  return [remainderKernel, x, y]
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
  return [fmodKernel, x, y]
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
  return [negKernel, x]
})

const powScalar = /* @__PURE__ */ kernel({
  name: 'pow',
  gradFn: 'PowBackward0',
  forward: (x, y) => x.pow(y),
  backward: (grad, _out, x, y) => [grad.mul(x.pow(y.sub(1)).mul(y).where(y.ne(0), 0)), null],
})

const powTensor = /* @__PURE__ */ kernel({
  name: 'pow',
  only: ['number', 'pow'],
  gradFn: (x) => (isScalar(x) ? 'PowBackward2' : 'PowBackward1'),
  forward: (x, y) => x.pow(y),
  backward: (grad, out, x, y) => [
    grad.mul(x.pow(y.sub(1)).mul(y).where(y.ne(0), 0)),
    grad.mul(out.mul(x.log()).where(x.eq(0).mul(y.ge(0)).logicalNot(), 0)),
  ],
})

/**
 * Raises `x` to the power `y`, elementwise.
 *
 * Shape: broadcast of `x` and `y`. Dtypes: any, promoted.
 *
 * @example
 * tensor([1, 2, 3]).pow(2) // tensor([1., 4., 9.])
 * @throws RuntimeError for integers to a negative integer power.
 * @see https://pytorch.org/docs/stable/generated/torch.pow.html
 */
export const pow: BinaryOp = /* @__PURE__ */ overloads((x, y) => {
  if (isScalar(y) && y < 0 && Number.isInteger(y) && !isFloat(resultType(x, y)))
    throw new RuntimeError('Integers to negative integer powers are not allowed.')
  return [isScalar(y) ? powScalar : powTensor, x, y]
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

/**
 * The square of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.square.html
 */
export const square: UnaryOp = /* @__PURE__ */ overloads((x) => [powScalar, x, 2])

/**
 * `1 / x`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.reciprocal.html
 */
export const reciprocal: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'reciprocal',
  gradFn: 'ReciprocalBackward0',
  dtype: 'float',
  forward: (x) => x.reciprocal(),
  backward: (grad, out, _x) => [grad.neg().mul(out.mul(out))],
})

/**
 * The square root of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.sqrt.html
 */
export const sqrt: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'sqrt',
  gradFn: 'SqrtBackward0',
  dtype: 'float',
  forward: (x) => x.sqrt(),
  backward: (grad, out, _x) => [grad.div(out.mul(2))],
})

/**
 * `1 / sqrt(x)`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.rsqrt.html
 */
export const rsqrt: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'rsqrt',
  gradFn: 'RsqrtBackward0',
  dtype: 'float',
  forward: (x) => x.rsqrt(),
  backward: (grad, out, _x) => [grad.mul(-0.5).mul(out.mul(out).mul(out))],
})

/** Bounds of `clamp`; at least one is given. */
export interface ClampOptions {
  readonly min?: Operand | null
  readonly max?: Operand | null
}

const clampBoth = /* @__PURE__ */ kernel({
  name: 'clamp',
  gradFn: (_x, min, max) => (isScalar(min as Operand) && isScalar(max as Operand) ? 'ClampBackward1' : 'ClampBackward0'),
  forward: (x, min, max) => x.maximum(min).minimum(max),
  backward: (grad, _out, x, min, max) => [
    grad.where(x.ge(min).mul(x.le(max)), 0),
    grad.where(min.lt(max).mul(x.lt(min)), 0),
    grad.where(x.gt(max).maximum(max.lt(min)), 0),
  ],
})

const clampLow = /* @__PURE__ */ kernel({
  name: 'clamp',
  gradFn: (_x, min) => (isScalar(min as Operand) ? 'ClampBackward1' : 'ClampBackward0'),
  forward: (x, min) => x.maximum(min),
  backward: (grad, _out, x, min) => [grad.where(x.ge(min), 0), grad.where(x.lt(min), 0)],
})

const atLeast = /* @__PURE__ */ kernel({
  name: 'clamp_min',
  gradFn: (_x, min) => (isScalar(min as Operand) ? 'ClampMinBackward0' : 'ClampMinBackward1'),
  forward: (x, min) => x.maximum(min),
  backward: (grad, _out, x, min) => [grad.where(x.ge(min), 0), grad.where(x.lt(min), 0)],
})

const clampHigh = /* @__PURE__ */ kernel({
  name: 'clamp',
  gradFn: (_x, max) => (isScalar(max as Operand) ? 'ClampBackward1' : 'ClampBackward0'),
  forward: (x, max) => x.minimum(max),
  backward: (grad, _out, x, max) => [grad.where(x.le(max), 0), grad.where(x.gt(max), 0)],
})

const atMost = /* @__PURE__ */ kernel({
  name: 'clamp_max',
  gradFn: (_x, max) => (isScalar(max as Operand) ? 'ClampMaxBackward0' : 'ClampMaxBackward1'),
  forward: (x, max) => x.minimum(max),
  backward: (grad, _out, x, max) => [grad.where(x.le(max), 0), grad.where(x.gt(max), 0)],
})

/**
 * Limits each element to `[min, max]`; `max` wins where the bounds cross.
 *
 * @example
 * tensor([-1, 0.5, 2]).clamp({ min: 0, max: 1 }) // tensor([0.0000, 0.5000, 1.0000])
 * @throws RuntimeError if neither bound is given.
 * @see https://pytorch.org/docs/stable/generated/torch.clamp.html
 */
export const clamp: (x: Tensor, options?: ClampOptions) => Tensor = /* @__PURE__ */ overloads((x, { min = null, max = null } = {}) => {
  if (min !== null && max !== null) return [clampBoth, x, min, max]
  if (min !== null) return [clampLow, x, min]
  if (max !== null) return [clampHigh, x, max]
  throw new RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
})

/**
 * Raises each element to at least `min`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.clamp.html
 */
export const clampMin: (x: Tensor, min: Operand) => Tensor = /* @__PURE__ */ overloads((x, min) => [atLeast, x, min])

/**
 * Lowers each element to at most `max`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.clamp.html
 */
export const clampMax: (x: Tensor, max: Operand) => Tensor = /* @__PURE__ */ overloads((x, max) => [atMost, x, max])

const lerpKernel = /* @__PURE__ */ kernel({
  name: 'lerp',
  only: ['float', 'lerp_kernel_scalar'],
  gradFn: (_x, _y, weight) => (isScalar(weight as Operand) ? 'LerpBackward0' : 'LerpBackward1'),
  // Two forms, so that weight 0 gives the start and weight 1 the end exactly.
  forward: (x, y, weight) => x.add(weight.mul(y.sub(x))).where(weight.abs().lt(0.5), y.sub(y.sub(x).mul(weight.neg().add(1)))),
  backward: (grad, _out, x, y, weight) => [grad.mul(weight.neg().add(1)), grad.mul(weight), grad.mul(y.sub(x))],
})

/**
 * Interpolates from `x` to `end`: `x + weight * (end - x)`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.lerp.html
 */
export const lerp: (x: Tensor, end: Tensor, weight: Operand) => Tensor = /* @__PURE__ */ overloads((x, end, weight) => [
  lerpKernel,
  x,
  end,
  weight,
])

/** Options of `addcmul` and `addcdiv`. */
export interface ValueOptions {
  /** A factor on the product or quotient. */
  readonly value?: number
}

const addcmulKernel = /* @__PURE__ */ kernel({
  name: 'addcmul',
  only: ['number', 'addcmul_cpu_out'],
  gradFn: 'AddcmulBackward0',
  forward: (x, a, b, value) => x.add(a.mul(b).mul(value)),
  backward: (grad, _out, _x, a, b, value) => [grad, grad.mul(b.mul(value)), grad.mul(a.mul(value)), null],
})

/**
 * `x + value * a * b`, elementwise.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.addcmul.html
 */
export const addcmul: (x: Tensor, a: Operand, b: Operand, options?: ValueOptions) => Tensor = /* @__PURE__ */ overloads(
  (x, a, b, { value = 1 } = {}) => [addcmulKernel, x, a, b, value],
)

const addcdivKernel = /* @__PURE__ */ kernel({
  name: 'addcdiv',
  gradFn: 'AddcdivBackward0',
  forward: (x, a, b, value) => x.add(a.div(b).mul(value)),
  backward: (grad, _out, _x, a, b, value) => [grad, grad.mul(value.div(b)), grad.neg().mul(value.mul(a).div(b.mul(b))), null],
})

/**
 * `x + value * a / b`, elementwise.
 *
 * @throws RuntimeError for integer tensors.
 * @see https://pytorch.org/docs/stable/generated/torch.addcdiv.html
 */
export const addcdiv: (x: Tensor, a: Tensor, b: Tensor, options?: ValueOptions) => Tensor = /* @__PURE__ */ overloads(
  (x, a, b, { value = 1 } = {}) => {
    if (!isFloat(a.dtype) && !isFloat(b.dtype))
      throw new RuntimeError(
        'Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.',
      )
    return [addcdivKernel, x, a, b, value]
  },
)
