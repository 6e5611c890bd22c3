/** Inputs that an operation has no derivative for. */
import { type Rule, rule } from '../autograd/node.ts'
import { NotImplementedError } from '../errors.ts'
import { record } from '../op.ts'
import type { Tensor } from '../tensor.ts'

const refusal = (what: string): Rule<readonly [], undefined> =>
  rule('NotImplemented', () => {
    throw new NotImplementedError(`the derivative for '${what}' is not implemented.`)
  })

/** `x` itself, but a gradient that arrives at it raises. */
export const undifferentiable = (x: Tensor, what: string): Tensor =>
  x.requiresGrad ? record(x.alias(), refusal(what), [x], [], undefined) : x
