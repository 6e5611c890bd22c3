/** How a view is made and recorded: what every family of views stands on. */
import { type Rule, rule } from '../autograd/node.ts'
import type { Shape } from '../layout.ts'
import { record, recordAll } from '../op.ts'
import { markView, type Tensor } from '../tensor.ts'

/** A recorded view of `x`. */
export function viewOf<A>(
  x: Tensor,
  shape: Shape,
  strides: readonly number[],
  offset: number,
  r: Rule<readonly [], A>,
  attrs: A,
  name?: string,
): Tensor {
  const out = x.alias(shape, strides, offset)
  markView(out, x)
  return record(out, r, [x], [], attrs, name)
}

/** Several views of one tensor, which share a node and may not be written in place. */
export function viewsOf<A>(x: Tensor, parts: readonly Tensor[], r: Rule<readonly [], A>, attrs: A, name?: string): Tensor[] {
  for (const part of parts) markView(part, x, 'multi')
  recordAll(parts, r, [x], [], attrs, name)
  return [...parts]
}

const aliasRule = /* @__PURE__ */ rule('AliasBackward0', (grad) => [grad])

/** A view of all of `x`. */
export const aliasOf = (x: Tensor): Tensor => viewOf(x, x.shape, x.strides, x.offset, aliasRule, undefined)
