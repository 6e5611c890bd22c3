/** Views as copies: the same elements in memory of their own, under the names that PyTorch gives these operations. */
import type { Node, Rule } from '../autograd/node.ts'
import { cloneOf, record, recordAll } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { aliasOf } from './alias.ts'
import { diagonal, select, slice } from './slice.ts'
import { asStrided } from './strided.ts'
import { unfold } from './unfold.ts'
import { expand, permute, split, splitWithSizes, squeeze, t, transpose, unbind, unsqueeze, view } from './view.ts'

type Bare = Rule<readonly [], unknown>

const ruleOf = (node: Node): Bare => node.rule as unknown as Bare

/** The copying form of a view: its node is the view's, with another name. */
function copying<A extends unknown[]>(look: (x: Tensor, ...args: A) => Tensor): (x: Tensor, ...args: A) => Tensor {
  return (x, ...args) => {
    const seen = look(x, ...args)
    const out = cloneOf(seen)
    const { node } = seen
    return node === null ? out : record(out, ruleOf(node), [x], [], node.attrs, `${node.name}_copy`)
  }
}

/** The same of an operation that gives several views. */
function copyingAll<A extends unknown[]>(look: (x: Tensor, ...args: A) => Tensor[]): (x: Tensor, ...args: A) => Tensor[] {
  return (x, ...args) => {
    const seen = look(x, ...args)
    const out = seen.map(cloneOf)
    const node = seen[0]?.node ?? null
    if (node !== null) recordAll(out, ruleOf(node), [x], [], node.attrs, `${node.name}_copy`)
    return out
  }
}

/** A copy of all of `x`. */
export const aliasCopy: typeof aliasOf = /* @__PURE__ */ copying(aliasOf)

/** A copy of what `asStrided` looks at. */
export const asStridedCopy: typeof asStrided = /* @__PURE__ */ copying(asStrided)

/** A copy of what `diagonal` looks at. */
export const diagonalCopy: typeof diagonal = /* @__PURE__ */ copying(diagonal)

/** A copy of what `expand` looks at: each element as often as it is repeated. */
export const expandCopy: typeof expand = /* @__PURE__ */ copying(expand)

/** A copy of what `permute` looks at. */
export const permuteCopy: typeof permute = /* @__PURE__ */ copying(permute)

/** A copy of what `select` looks at. */
export const selectCopy: typeof select = /* @__PURE__ */ copying(select)

/** A copy of what `slice` looks at. */
export const sliceCopy: typeof slice = /* @__PURE__ */ copying(slice)

/** Copies of what `split` looks at. */
export const splitCopy: typeof split = /* @__PURE__ */ copyingAll(split)

/** Copies of what `splitWithSizes` looks at. */
export const splitWithSizesCopy: typeof splitWithSizes = /* @__PURE__ */ copyingAll(splitWithSizes)

/** A copy of what `squeeze` looks at. */
export const squeezeCopy: typeof squeeze = /* @__PURE__ */ copying(squeeze)

/** A copy of what `t` looks at. */
export const tCopy: typeof t = /* @__PURE__ */ copying(t)

/** A copy of what `transpose` looks at. */
export const transposeCopy: typeof transpose = /* @__PURE__ */ copying(transpose)

/** Copies of what `unbind` looks at. */
export const unbindCopy: typeof unbind = /* @__PURE__ */ copyingAll(unbind)

/** A copy of what `unfold` looks at. */
export const unfoldCopy: typeof unfold = /* @__PURE__ */ copying(unfold)

/** A copy of what `unsqueeze` looks at. */
export const unsqueezeCopy: typeof unsqueeze = /* @__PURE__ */ copying(unsqueeze)

/** A copy of what `view` looks at. */
export const viewCopy: typeof view = /* @__PURE__ */ copying(view)

/**
 * A copy of the elements outside the graph.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.detach.html
 */
export function detachCopy(x: Tensor): Tensor {
  return cloneOf(x)
}
