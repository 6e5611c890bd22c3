/** Kernels of the user's own making: a formula over numbers becomes one pass over memory. */
import type { Num } from './expr.ts'
import { kernel } from './pointwise.ts'
import type { Operand } from './promote.ts'
import type { Tensor } from './tensor.ts'

export type { Num }

/** A formula over numbers: what it is run over, symbols or tensors, is not its concern. */
export type NumberFormula = <T extends Num<T>>(...xs: T[]) => T

/**
 * Compiles a formula into one kernel, which writes its results into the first tensor that it is called with, in place.
 *
 * `out[i] = formula(xs[0][i], xs[1][i], ...)`. The formula is made of the methods of its arguments and plain numbers; it sees no values, so it
 * cannot branch on them: `x.where(condition, y)` chooses. Nothing is recorded. Optimizers are written with it.
 * Shape: the operands broadcast to the shape of `out`, which may be one of them. Dtypes: those of `out`, promoted.
 *
 * @example
 * const update = elementwise((p, grad, velocity, lr) => p.sub(grad.add(velocity).mul(lr)))
 * update(p, p, grad, velocity, 0.1)
 * @throws RuntimeError if the operands do not broadcast to `out`, or, while recording, `out` is a leaf that requires a gradient.
 * @see https://docs.cupy.dev/en/stable/reference/generated/cupy.ElementwiseKernel.html
 */
export function elementwise(formula: NumberFormula): (out: Tensor, ...operands: Operand[]) => Tensor {
  const compiled = kernel({ name: 'elementwise', forward: formula })
  return (out, ...operands) => compiled.run(operands, out)
}
