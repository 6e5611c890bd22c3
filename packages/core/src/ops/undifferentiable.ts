/** Inputs that an operation has no derivative for, and operations that have none at all. */
import { type Rule, rule } from '../autograd/node.ts'
import { NotImplementedError } from '../errors.ts'
import { record } from '../op.ts'
import type { Tensor } from '../tensor.ts'

const refusal = (what: string, name = 'NotImplemented'): Rule<readonly [], undefined> =>
  rule(name, () => {
    throw new NotImplementedError(`the derivative for '${what}' is not implemented.`)
  })

/** `x` itself, but a gradient that arrives at it raises. */
export const undifferentiable = (x: Tensor, what: string): Tensor =>
  x.requiresGrad ? record(x.alias(), refusal(what), [x], [], undefined) : x

/** `out` recorded as made of `x` by an operation without a derivative: a gradient that arrives raises. */
export const refusing = (out: Tensor, x: Tensor, name: string, what: string): Tensor => record(out, refusal(what, name), [x], [], undefined)
