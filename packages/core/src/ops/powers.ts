/** Powers and roots, elementwise. Every operation here has an in-place form. */
import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import type { Num } from '../expr.ts'
import { type Call, type Kernel, kernel, overloads, pointwise } from '../op.ts'
import { resultType } from '../promote.ts'
import type { BinaryOp, Operand, UnaryOp } from './types.ts'

const isScalar = (x: Operand): x is number => typeof x === 'number'

const powScalar = /* @__PURE__ */ kernel({
  name: 'pow',
  gradFn: 'PowBackward0',
  forward: (x, y) => x.pow(y),
  backward: (grad, _out, x, y) => [grad.mul(x.pow(y.sub(1)).mul(y).where(y.ne(0), 0)), null],
})

/** A power that takes no logarithm, and its derivative. */
const shortcut = (forward: <T extends Num<T>>(x: T) => T, derivative: <T extends Num<T>>(x: T) => T): Kernel =>
  kernel({
    name: 'pow',
    gradFn: 'PowBackward0',
    forward,
    backward: (grad, _out, x) => [grad.mul(derivative(x))],
  })

/** The exponents that PyTorch has short ways for, too. */
const shortcuts: ReadonlyMap<number, Kernel> = /* @__PURE__ */ new Map([
  [
    2,
    /* @__PURE__ */ shortcut(
      (x) => x.mul(x),
      (x) => x.mul(2),
    ),
  ],
  [
    3,
    /* @__PURE__ */ shortcut(
      (x) => x.mul(x).mul(x),
      (x) => x.mul(x).mul(3),
    ),
  ],
  [
    0.5,
    /* @__PURE__ */ shortcut(
      (x) => x.sqrt(),
      (x) => x.rsqrt().mul(0.5),
    ),
  ],
  [
    -0.5,
    /* @__PURE__ */ shortcut(
      (x) => x.rsqrt(),
      (x) => x.rsqrt().div(x).mul(-0.5),
    ),
  ],
  [
    -1,
    /* @__PURE__ */ shortcut(
      (x) => x.reciprocal(),
      (x) => x.mul(x).reciprocal().neg(),
    ),
  ],
  [
    -2,
    /* @__PURE__ */ shortcut(
      (x) => x.mul(x).reciprocal(),
      (x) => x.mul(x).mul(x).reciprocal().mul(-2),
    ),
  ],
])

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
  if (!isScalar(y)) return [powTensor, [x, y]]
  return powerOf(x, y)
})

function powerOf(x: Operand, y: number): Call {
  const short = !isScalar(x) && isFloat(x.dtype) ? shortcuts.get(y) : undefined
  return short === undefined ? [powScalar, [x, y]] : [short, [x]]
}

/**
 * The square of each element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.square.html
 */
export const square: UnaryOp = /* @__PURE__ */ overloads((x) => powerOf(x, 2))

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
