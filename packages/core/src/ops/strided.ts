/** Strided views, and the history of views and bases that are written in place. */

import { CopySlices, type Geometry, type SliceWrite } from '../autograd/inplace.ts'
import { noGrad } from '../autograd/mode.ts'
import { applyNode, Node, rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { itemsize } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { formatShape, numelOf, type Shape } from '../layout.ts'
import { copyOf, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { viewOf } from './alias.ts'
import { add } from './arithmetic.ts'
import { ne } from './compare.ts'
import { fill_ } from './inplace-forms.ts'
import { where } from './where.ts'

/** How a strided view lies in a dense tensor of the base's shape. */
interface Strided {
  readonly base: Geometry
  readonly view: Geometry
}

const asStridedRule = /* @__PURE__ */ rule<readonly [], Strided>('AsStridedBackward0', (grad, node) => [asStridedAdjoint(grad, node.attrs)])

const asStridedAdjointRule = /* @__PURE__ */ rule<readonly [], Strided>('AsStridedBackward0', (grad, node) => [stridedOf(grad, node.attrs)])

/** Memory to hold every element that either geometry reaches, laid out as the storage is. */
function frame({ base, view: part }: Strided): { length: number; origin: number } {
  const reach = (g: Geometry): number =>
    numelOf(g.shape) === 0 ? g.offset : g.shape.reduce((n, d, i) => n + (d - 1) * (g.strides[i] as number), g.offset)
  const origin = Math.min(base.offset, part.offset)
  return { origin, length: Math.max(reach(base), reach(part)) + 1 - origin }
}

/** The gradient of the base from that of the view: each place of memory gathers what its viewers got. */
function asStridedAdjoint(grad: Tensor, attrs: Strided): Tensor {
  const { origin, length } = frame(attrs)
  const memory = allocateTensor([length], grad.dtype)
  const { base, view: part } = attrs
  const index = allocateTensor([length], 'int64')
  for (let i = 0; i < length; i++) index.data[i] = i
  const where = copyOf(index.alias(part.shape, part.strides, part.offset - origin))
  const flat = copyOf(grad)
  const n = grad.numel()
  kernels.scatter('add', memory, 0, where.alias([n], [1]), flat.alias([n], [1]))
  const out = copyOf(memory.alias(base.shape, base.strides, base.offset - origin))
  return record(out, asStridedAdjointRule, [grad], [], attrs)
}

/** The view's part of a gradient of the base. */
function stridedOf(grad: Tensor, attrs: Strided): Tensor {
  const { origin, length } = frame(attrs)
  const memory = allocateTensor([length], grad.dtype)
  const { base, view: part } = attrs
  kernels.copy(grad, memory.alias(base.shape, base.strides, base.offset - origin))
  return record(copyOf(memory.alias(part.shape, part.strides, part.offset - origin)), asStridedRule, [grad], [], attrs)
}

const geometry = (x: Tensor): Geometry => ({ shape: x.shape, strides: x.strides, offset: x.offset })

/**
 * A view with the shape, strides and offset given, whatever they reach in the memory.
 *
 * @throws RuntimeError if the view would reach beyond the memory.
 * @see https://pytorch.org/docs/stable/generated/torch.as_strided.html
 */
export function asStrided(
  x: Tensor,
  size: Shape,
  stride: readonly number[],
  { storageOffset = x.offset }: { readonly storageOffset?: number | undefined } = {},
): Tensor {
  const offset = storageOffset
  if (size.length !== stride.length) throw new RuntimeError('mismatch in length of strides and shape')
  if (stride.some((s) => s < 0))
    throw new RuntimeError(`as_strided: Negative strides are not supported at the moment, got strides: ${formatShape(stride)}`)
  const reach = numelOf(size) === 0 ? 0 : size.reduce((n, d, i) => n + (d - 1) * (stride[i] as number), offset) + 1
  if (reach > x.storage.length)
    throw new RuntimeError(
      `setStorage: sizes ${formatShape(size)}, strides ${formatShape(stride)}, storage offset ${offset}, and itemsize ${itemsize(x.dtype)} requiring a storage size of ${reach * itemsize(x.dtype)} are out of bounds for storage of size ${x.storage.length * itemsize(x.dtype)}`,
    )
  return viewOf(x, size, stride, offset, asStridedRule, { base: geometry(x), view: { shape: size, strides: stride, offset } })
}

/** The node of `view` after its base was written in place: a strided view of what the base is now. */
export function renewHistory(view: Tensor, base: Tensor): Node | null {
  if (base.node === null) return null
  const edge = { node: base.node, index: base.outputNr }
  view.outputNr = 0
  return new Node('AsStridedBackward0', asStridedRule, [edge], [], { base: geometry(base), view: geometry(view) }) as unknown as Node
}

const copySlicesRule = /* @__PURE__ */ rule<readonly [], SliceWrite>('CopySlices', (grad, node) => {
  const { base, view: part, write } = node.attrs
  const attrs = { base, view: part }
  const taken = stridedOf(grad, attrs)
  const [own, ...others] = applyNode(write, [taken])
  // The written part's gradient is replaced by what comes out of the write; the rest passes. Chosen and not subtracted, since it may be infinite.
  const written = noGrad(() => ne(asStridedAdjoint(fill_(allocateTensor(part.shape, grad.dtype), 1), attrs), 0))
  const rest = where(written, 0, grad)
  return [own ? add(rest, asStridedAdjoint(own, attrs)) : rest, ...others]
})

/** Records in the history of the base that one of its views was written. */
export function recordWrite(view: Tensor, base: Tensor, write: Node): void {
  const node = new CopySlices(copySlicesRule, base, { base: geometry(base), view: geometry(view), write })
  base.setHistory(node as unknown as Node, 0)
  view.seenVersion = -1
}
