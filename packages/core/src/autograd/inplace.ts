/** What an in-place operation must check before it writes and record after it. */
import { canCast, type DType, scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { formatShape, isDense, mayOverlap, numelOf, type Shape, sameShape } from '../layout.ts'
import { type Tensor, viewHistory } from '../tensor.ts'
import { isGradEnabled, isInferenceModeEnabled } from './mode.ts'
import { gradEdge, Node, type Rule } from './node.ts'

/** Refuses writes that the graph could not account for. */
export function checkInplace(self: Tensor): void {
  if (!isGradEnabled()) return
  if (self.inference && !isInferenceModeEnabled())
    throw new RuntimeError(
      'Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.',
    )
  const base = self.base
  if (base?.requiresGrad) {
    if (self.creation === 'noGrad')
      throw new RuntimeError(
        "A view was created in no_grad mode and is being modified inplace with grad mode enabled. Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
      )
    if (self.creation === 'multi')
      throw new RuntimeError(
        `Output ${self.outputNr} of ${(self.gradFn as Node).name.replace(/Backward\d*$/, '')} is a view and is being modified inplace. This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.`,
      )
    if (base.isLeaf) throw new RuntimeError('a view of a leaf Variable that requires grad is being used in an in-place operation.')
  }
  if (self.requiresGrad && self.isLeaf) throw new RuntimeError('a leaf Variable that requires grad is being used in an in-place operation.')
}

/** Refuses results that do not fit into the tensor to be written. */
export function checkWritable(self: Tensor, shape: Shape, dtype: DType): void {
  if (!sameShape(self.shape, shape))
    throw new RuntimeError(`output with shape ${formatShape(self.shape)} doesn't match the broadcast shape ${formatShape(shape)}`)
  if (!canCast(dtype, self.dtype))
    throw new RuntimeError(`result type ${scalarName(dtype)} can't be cast to the desired output type ${scalarName(self.dtype)}`)
  if (mayOverlap(self.shape, self.strides))
    throw new RuntimeError(
      'unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.',
    )
}

const reach = (t: Tensor): number => t.shape.reduce((n, d, i) => n + (d - 1) * (t.strides[i] as number), t.offset)

/** Whether writing `self` would overwrite elements of `x` before they are read; dense overlaps are refused as in PyTorch. */
export function overwrites(self: Tensor, x: Tensor): boolean {
  if (x.storage !== self.storage || x === self || numelOf(x.shape) === 0) return false
  const same = x.offset === self.offset && sameShape(x.shape, self.shape) && x.strides.every((s, i) => s === self.strides[i])
  if (same || reach(x) < self.offset || reach(self) < x.offset) return false
  if (isDense(x.shape, x.strides) && isDense(self.shape, self.strides))
    throw new RuntimeError(
      'unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. Please clone() the tensor before performing the operation.',
    )
  return true
}

/** The place in memory of a view, relative to nothing. */
export interface Geometry {
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly offset: number
}

/** A write to a part of the base: the part of the gradient that belongs to the view goes through the write, the rest goes straight on. */
export interface SliceWrite {
  readonly base: Geometry
  readonly view: Geometry
  readonly write: Node
}

/** The node of a base after one of its views was written. */
export class CopySlices extends Node<readonly [], SliceWrite> {
  constructor(rule: Rule<readonly [], SliceWrite>, base: Tensor, attrs: SliceWrite) {
    super('CopySlices', rule, [gradEdge(base), ...attrs.write.edges.slice(1)], [], attrs)
  }

  /** @internal */
  override release(): void {
    this.attrs.write.release()
  }
}

/** Makes `node` the history of `self`, whose memory has just been written. */
export function rebase(self: Tensor, node: Node): void {
  if (self.base === null) self.setHistory(node, 0)
  else viewHistory.write(self, self.base, node)
}
