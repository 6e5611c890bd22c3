/** Pointwise operations as functions, which choose a formula by their arguments and have in-place forms. */
import { type Formula, Kernel } from './pointwise.ts'
import type { Operand } from './promote.ts'
import type { Tensor } from './tensor.ts'

/** A variant and what it is to run on. */
export type Call = readonly [kernel: Kernel, operands: readonly Operand[]]

/** An operation whose in-place form writes straight into its first argument. */
export interface WithInto {
  readonly into: (self: Tensor, ...args: never[]) => Tensor
}

/** Defines a pointwise operation that chooses its variant by its arguments; its in-place form follows. */
export function overloads<A extends unknown[]>(pick: (...args: A) => Call): (...args: A) => Tensor {
  // All of them take at most four arguments, and a rest parameter would be an array for each call.
  const choose = pick as unknown as (a: unknown, b: unknown, c: unknown, d: unknown) => Call
  const run = (a: unknown, b: unknown, c: unknown, d: unknown): Tensor => {
    const call = choose(a, b, c, d)
    return call[0].run(call[1])
  }
  const into = (a: unknown, b: unknown, c: unknown, d: unknown): Tensor => {
    const call = choose(a, b, c, d)
    return call[0].run(call[1], a as Tensor)
  }
  return Object.assign(run, { into }) as unknown as (...args: A) => Tensor
}

/** Defines a pointwise operation from one formula. */
export function pointwise<A extends Operand[]>(formula: Formula): (...args: A) => Tensor {
  const only = new Kernel(formula)
  // Cut to the arity, so that `xs.reduce(mul)` does not pass an index as an operand.
  const pick: (...xs: Operand[]) => Call =
    only.arity === 1
      ? (x) => [only, [x as Operand]]
      : only.arity === 2
        ? (x, y) => [only, [x as Operand, y as Operand]]
        : (...xs) => [only, xs.slice(0, only.arity)]
  return overloads<A>(pick as (...args: A) => Call)
}
