/** Arithmetic on three tensors, elementwise. Every operation here has an in-place form. */
import { isFloat } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { kernel, overloads } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { Operand } from './types.ts'

const isScalar = (x: Operand): x is number => typeof x === 'number'

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
  [x, end, weight],
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
  (x, a, b, { value = 1 } = {}) => [addcmulKernel, [x, a, b, value]],
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
    return [addcdivKernel, [x, a, b, value]]
  },
)
