/** Functions of two numbers, elementwise. Every operation here has an in-place form. */
import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { castTo, kernel, overloads, pointwise } from '../op.ts'
import { pyType, resultType } from '../promote.ts'
import type { Tensor } from '../tensor.ts'
import { mul, pow } from './arithmetic.ts'
import type { BinaryOp, Operand, TensorFirstOp, TensorsOp } from './types.ts'

const isScalar = (x: Operand): x is number => typeof x === 'number'

/**
 * The angle of the point `(y, x)` in radians, from -pi to pi: `atan(x / y)` in the right quadrant.
 *
 * Shape: broadcast of both. Dtypes: integers become floating point.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.atan2.html
 */
export const atan2: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'atan2',
  gradFn: 'Atan2Backward0',
  dtype: 'float',
  tensors: ['input', 'other'],
  forward: (x, y) => x.atan2(y),
  backward: (grad, _out, x, y) => [
    grad.mul(y.mul(x.mul(x).add(y.mul(y)).reciprocal())),
    grad.mul(x.neg().mul(x.mul(x).add(y.mul(y)).reciprocal())),
  ],
})

/**
 * The length of the hypotenuse, `sqrt(x^2 + y^2)`, without overflow on the way.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.hypot.html
 */
export const hypot: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'hypot',
  gradFn: 'HypotBackward0',
  only: ['float', 'hypot_cpu'],
  tensors: ['input', 'other'],
  forward: (x, y) => x.hypot(y),
  backward: (grad, out, x, y) => [grad.mul(x.div(out)), grad.mul(y.div(out))],
})

/**
 * The magnitude of `x` with the sign of `y`; the sign of -0 counts.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.copysign.html
 */
export const copysign: TensorFirstOp = /* @__PURE__ */ pointwise({
  name: 'copysign',
  tensorFirst: true,
  gradFn: (_x, y) => (isScalar(y as Operand) ? 'CopysignBackward1' : 'CopysignBackward0'),
  dtype: 'float',
  forward: (x, y) => x.copysign(y),
  backward: (grad, out, x, _y) => [grad.mul(out.div(x).where(x.ne(0), 0)), grad.mul(0)],
})

const heavisideKernel = /* @__PURE__ */ kernel({
  name: 'heaviside',
  tensors: ['input', 'values'],
  forward: (x, values) => values.where(x.eq(0), x.gt(0)),
})

/**
 * The step function: 0 where `x` is negative, 1 where it is positive, `values` where it is 0.
 *
 * @throws RuntimeError if the dtypes differ.
 * @see https://pytorch.org/docs/stable/generated/torch.heaviside.html
 */
export const heaviside: TensorsOp = /* @__PURE__ */ overloads((x, values) => {
  if (!isScalar(x) && !isScalar(values) && x.dtype !== values.dtype)
    throw new RuntimeError('heaviside is not yet implemented for tensors with different dtypes.')
  return [heavisideKernel, [x, values]]
})

/**
 * `x log(y)`, which is 0 where `x` is 0, unless `y` is NaN.
 *
 * @see https://pytorch.org/docs/stable/special.html#torch.special.xlogy
 */
export const xlogy: BinaryOp = /* @__PURE__ */ pointwise({
  name: 'xlogy',
  gradFn: (x, y) => (isScalar(x as Operand) ? 'XlogyBackward1' : isScalar(y as Operand) ? 'XlogyBackward2' : 'XlogyBackward0'),
  dtype: 'float',
  forward: (x, y) => x.mul(y.log()).where(x.ne(0).maximum(y.isnan()), 0),
  backward: (grad, _out, x, y) => [
    grad
      .mul(y.log())
      .where(grad.ne(0).maximum(y.isnan()), 0)
      .where(x.eq(0).mul(y.le(0)).logicalNot(), 0),
    grad.mul(x).div(y),
  ],
})

/**
 * `x 2^other`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.ldexp.html
 */
export function ldexp(x: Tensor, other: Tensor): Tensor {
  for (const [i, t] of [x, other].entries())
    if (isScalar(t))
      throw new TypeError(`ldexp(): argument '${i === 0 ? 'input' : 'other'}' (position ${i + 1}) must be Tensor, not ${pyType(t)}`)
  const power = pow(2, isFloat(other.dtype) ? other : castTo(other, 'float32'))
  return mul(x, power)
}

/**
 * `x` to the power `exponent` in `float64`, whatever the dtypes.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.float_power.html
 */
export function floatPower(x: Operand, exponent: Operand): Tensor {
  const double = (t: Operand): Operand => (isScalar(t) ? t : castTo(t, 'float64'))
  if (isScalar(x) && isScalar(exponent))
    throw new TypeError(
      `float_power() received an invalid combination of arguments - got (${pyType(x)}, ${pyType(exponent)}), but expected one of:\n * (Tensor, ...)`,
    )
  return pow(double(x), double(exponent))
}

const nextafter64 = /* @__PURE__ */ kernel({
  name: 'nextafter',
  gradFn: 'NextafterBackward0',
  only: ['float', 'nextafter_cpu'],
  tensors: ['input', 'other'],
  forward: (x, y) => x.nextafter(y),
  backward: (grad, _out, x, y) => [grad.where(x.ne(y), 0), grad.mul(0)],
})

const nextafter32 = /* @__PURE__ */ kernel({
  name: 'nextafter',
  gradFn: 'NextafterBackward0',
  only: ['float', 'nextafter_cpu'],
  tensors: ['input', 'other'],
  forward: (x, y) => x.nextafter32(y),
  backward: (grad, _out, x, y) => [grad.where(x.ne(y), 0), grad.mul(0)],
})

/**
 * The next number that the dtype can hold after `x` in the direction of `y`; its gradient is that of `x`.
 *
 * @throws NotImplementedError for integers.
 * @see https://pytorch.org/docs/stable/generated/torch.nextafter.html
 */
export const nextafter: TensorsOp = /* @__PURE__ */ overloads((x, y) => [
  resultType(x, y) === 'float64' ? nextafter64 : nextafter32,
  [x, y],
])

/**
 * The greatest common divisor of integers, elementwise; 0 of two zeros.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.gcd.html
 */
export const gcd: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'gcd',
  only: ['integer', 'gcd_cpu'],
  tensors: ['input', 'other'],
  forward: (x, y) => x.gcd(y),
})

/**
 * The least common multiple of integers, elementwise; 0 if either is 0.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.lcm.html
 */
export const lcm: TensorsOp = /* @__PURE__ */ pointwise({
  name: 'lcm',
  only: ['integer', 'lcm_cpu'],
  tensors: ['input', 'other'],
  forward: (x, y) => x.div(x.gcd(y)).mul(y).abs().where(x.gcd(y).ne(0), 0),
})
