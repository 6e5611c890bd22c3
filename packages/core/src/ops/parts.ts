/** Parts of a number: its mantissa and exponent, its angle, itself. */
import { noGrad } from '../autograd/mode.ts'
import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { castTo, kernel, pointwise } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import type { UnaryOp } from './types.ts'

const exponentKernel = /* @__PURE__ */ kernel({ name: 'frexp', forward: (x) => x.exponent() })

const mantissaKernel = /* @__PURE__ */ kernel({
  name: 'frexp',
  gradFn: 'FrexpBackward0',
  // In two steps, as 2^e itself may be just too large.
  forward: (x, e) => x.div(e.sub(1).exp2()).mul(0.5),
  backward: (grad, _out, _x, e) => [grad.div(e.exp2()), null],
})

/** A number as mantissa and exponent. */
export type MantissaExponent = { readonly mantissa: Tensor; readonly exponent: Tensor } & Iterable<Tensor>

/**
 * Each element as `mantissa 2^exponent` with a mantissa in [0.5, 1), or 0.
 *
 * Dtypes: floating point; exponents are `int32`.
 *
 * @example
 * const { mantissa, exponent } = tensor([6]).frexp() // tensor([0.7500]), tensor([3], dtype=torch.int32)
 * @throws RuntimeError for integers.
 * @see https://pytorch.org/docs/stable/generated/torch.frexp.html
 */
export function frexp(x: Tensor): MantissaExponent {
  if (!isFloat(x.dtype)) throw new RuntimeError('torch.frexp() only supports floating-point dtypes')
  const e = noGrad(() => exponentKernel.run([x]))
  return namedTuple({ mantissa: mantissaKernel.run([x, e]), exponent: castTo(e, 'int32') })
}

/**
 * The angle of a real number: pi where it is negative, else 0; NaN of NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.angle.html
 */
export const angle: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'angle',
  gradFn: 'AngleBackward0',
  dtype: 'float',
  forward: (x) => x.lt(0).mul(Math.PI).where(x.isnan().logicalNot(), x),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

/**
 * The tensor itself: `+x`.
 *
 * @throws RuntimeError for a bool tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.positive.html
 */
export function positive(x: Tensor): Tensor {
  if (x.dtype === 'bool') throw new RuntimeError('The `+` operator, on a bool tensor is not supported.')
  return x
}

/**
 * The real part: the tensor itself.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.real.html
 */
export function real(x: Tensor): Tensor {
  return x
}

/**
 * The complex conjugate: the tensor itself.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.conj.html
 */
export function conj(x: Tensor): Tensor {
  return x
}

/**
 * The complex conjugate, as a tensor that shares no memory in PyTorch for complex numbers: the tensor itself.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.conj_physical.html
 */
export function conjPhysical(x: Tensor): Tensor {
  return x
}
