/** Choosing between two tensors, element by element. */
import { scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { pointwise } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { nonzero } from './nonzero.ts'
import type { Operand } from './types.ts'

const choose: (x: Operand, condition: Tensor, y: Operand) => Tensor = /* @__PURE__ */ pointwise({
  name: 'where',
  gradFn: 'WhereBackward0',
  forward: (x, condition, y) => x.where(condition, y),
  backward: (grad, _out, _x, condition, _y) => [grad.where(condition, 0), null, grad.where(condition.logicalNot(), 0)],
})

/**
 * `x` where `condition` holds, else `y`; of the condition alone, where it holds, as `nonzero` with `asTuple` tells.
 *
 * Shape: broadcast of all three. Dtypes: `x` and `y` promoted; `condition` is `bool`.
 *
 * @example
 * where(tensor([true, false]), tensor([1, 2]), 0) // tensor([1., 0.])
 * @throws RuntimeError if `condition` is not `bool` or `uint8`.
 * @see https://pytorch.org/docs/stable/generated/torch.where.html
 */
export function where(condition: Tensor): Tensor[]
export function where(condition: Tensor, x: Operand, y: Operand): Tensor
export function where(condition: Tensor, x?: Operand, y?: Operand): Tensor | Tensor[] {
  if (x === undefined || y === undefined) return nonzero(condition, { asTuple: true })
  if (condition.dtype !== 'bool' && condition.dtype !== 'uint8')
    throw new RuntimeError(`where expected condition to be a boolean tensor, but got a tensor with dtype ${scalarName(condition.dtype)}`)
  return choose(x, condition, y)
}

/**
 * The method form: the tensor itself where `condition` holds, else `y`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.where.html
 */
export function whereSelf(x: Tensor, condition: Tensor, y: Operand): Tensor {
  return where(condition, x, y)
}
