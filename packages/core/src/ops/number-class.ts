/** What kind of number each element is, and comparison within a tolerance. */
import { noGrad } from '../autograd/mode.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { sameShape } from '../layout.ts'
import { castTo, kernel, pointwise } from '../op.ts'
import { pyType } from '../promote.ts'
import { Tensor } from '../tensor.ts'
import { eq, logicalOr } from './compare.ts'
import type { UnaryOp } from './types.ts'

/**
 * Whether each element is NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isnan.html
 */
export const isnan: UnaryOp = /* @__PURE__ */ pointwise({ name: 'isnan', dtype: 'bool', forward: (x) => x.isnan() })

/**
 * Whether each element is infinite.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isinf.html
 */
export const isinf: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'isinf',
  dtype: 'bool',
  forward: (x) => x.abs().eq(Number.POSITIVE_INFINITY),
})

/**
 * Whether each element is neither infinite nor NaN.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isfinite.html
 */
export const isfinite: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'isfinite',
  dtype: 'bool',
  forward: (x) => x.abs().lt(Number.POSITIVE_INFINITY),
})

/**
 * Whether each element is negative; true for -0.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.signbit.html
 */
export const signbit: UnaryOp = /* @__PURE__ */ pointwise({ name: 'signbit', dtype: 'bool', forward: (x) => x.signbit() })

/**
 * Whether each element is plus infinity.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isposinf.html
 */
export const isposinf: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'isposinf',
  dtype: 'bool',
  forward: (x) => x.eq(Number.POSITIVE_INFINITY),
})

/**
 * Whether each element is minus infinity.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isneginf.html
 */
export const isneginf: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'isneginf',
  dtype: 'bool',
  forward: (x) => x.eq(Number.NEGATIVE_INFINITY),
})

/**
 * Whether each element is real: always true here.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.isreal.html
 */
export const isreal: UnaryOp = /* @__PURE__ */ pointwise({ name: 'isreal', dtype: 'bool', forward: (x) => x.eq(x).maximum(1) })

/** Options of `isclose` and `allclose`. */
export interface CloseOptions {
  /** The difference allowed, as a part of the magnitude of `other` (1e-5). */
  readonly rtol?: number
  /** The difference allowed in any case (1e-8). */
  readonly atol?: number
  /** Whether two NaNs are close. */
  readonly equalNan?: boolean
}

const closeKernel = /* @__PURE__ */ kernel({
  name: 'isclose',
  dtype: 'bool',
  forward: (x, y, rtol, atol, equalNan) =>
    x
      .sub(y)
      .abs()
      .le(y.mul(rtol).abs().add(atol))
      .mul(x.sub(y).abs().lt(Number.POSITIVE_INFINITY))
      .maximum(x.eq(y))
      .maximum(x.isnan().mul(y.isnan()).mul(equalNan)),
})

/** Refuses what two tensors to be compared must not be. */
function checkClose(name: string, x: Tensor, other: Tensor, rtol: number, atol: number): void {
  for (const [i, t] of [x, other].entries())
    if (!(t instanceof Tensor))
      throw new TypeError(`${name}(): argument '${i === 0 ? 'input' : 'other'}' (position ${i + 1}) must be Tensor, not ${pyType(t)}`)
  if (x.dtype !== other.dtype) throw new RuntimeError(`${scalarName(x.dtype)} did not match ${scalarName(other.dtype)}`)
  if (!(rtol >= 0)) throw new RuntimeError(`rtol must be greater than or equal to zero, but got ${rtol}`)
  if (!(atol >= 0)) throw new RuntimeError(`atol must be greater than or equal to zero, but got ${atol}`)
}

/**
 * Whether `|x - other| <= atol + rtol |other|`, elementwise. Equal infinities are close.
 *
 * Shape: broadcast of both. Dtypes: equal.
 *
 * @example
 * isclose(tensor([1, 2]), tensor([1 + 1e-7, 3])) // tensor([ True, False])
 * @throws RuntimeError if the dtypes differ or a tolerance is negative.
 * @see https://pytorch.org/docs/stable/generated/torch.isclose.html
 */
export function isclose(x: Tensor, other: Tensor, { rtol = 1e-5, atol = 1e-8, equalNan = false }: CloseOptions = {}): Tensor {
  checkClose('isclose', x, other, rtol, atol)
  // Integers are compared as such first: a floating-point dtype may not tell neighbours apart.
  const float = (t: Tensor): Tensor => (isFloat(t.dtype) ? t : castTo(t, 'float64'))
  const close = closeKernel.run([float(x), float(other), rtol, atol, equalNan ? 1 : 0])
  return isFloat(x.dtype) ? close : logicalOr(eq(x, other), close)
}

/**
 * Whether all elements are close, as `isclose` tells it.
 *
 * @throws RuntimeError if the dtypes differ or a tolerance is negative.
 * @see https://pytorch.org/docs/stable/generated/torch.allclose.html
 */
export function allclose(x: Tensor, other: Tensor, options: CloseOptions = {}): boolean {
  const { rtol = 1e-5, atol = 1e-8 } = options
  checkClose('allclose', x, other, rtol, atol)
  return noGrad(() => isclose(x, other, options).all().item<boolean>())
}

/**
 * Whether two tensors have one shape and the same elements; a NaN equals nothing.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.equal.html
 */
export function equal(x: Tensor, other: Tensor): boolean {
  return sameShape(x.shape, other.shape) && noGrad(() => eq(x, other).all().item<boolean>())
}
