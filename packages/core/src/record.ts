/** Entering results into the graph, and the few operations that every other is made with: copies, casts, broadcasting and its adjoint. */
import { rebase } from './autograd/inplace.ts'
import { isGradEnabled } from './autograd/mode.ts'
import { type Edge, gradEdge, Node, type Rule, type Saved } from './autograd/node.ts'
import { kernels } from './backend/index.ts'
import { type DType, isFloat, type TypedArray } from './dtype.ts'
import { RuntimeError } from './errors.ts'
import { broadcastStrides, denseStrides, type Shape, sameShape } from './layout.ts'
import type { Operand } from './promote.ts'
import { Storage } from './storage.ts'
import { allocateTensor, Tensor } from './tensor.ts'

/** Whether an operation on these tensors is to be recorded. */
export function recording(inputs: readonly Operand[]): boolean {
  if (!isGradEnabled()) return false
  for (let i = 0; i < inputs.length; i++) {
    const x = inputs[i] as Operand
    if (typeof x !== 'number' && x.requiresGrad) return true
  }
  return false
}

/**
 * The edges to the inputs, null where no gradient is wanted; null as a whole where the operation is not to be recorded, because
 * neither the inputs nor the tensor to be written want one.
 */
export function edgesOf(inputs: readonly Operand[], written: Tensor | null = null): (Edge | null)[] | null {
  if (!isGradEnabled()) return null
  let edges: (Edge | null)[] | null = written?.requiresGrad ? inputs.map(() => null) : null
  for (let i = 0; i < inputs.length; i++) {
    const x = inputs[i] as Operand
    if (typeof x === 'number') continue
    const edge = gradEdge(x)
    if (edge === null) continue
    edges ??= inputs.length === 1 ? [null] : inputs.length === 2 ? [null, null] : new Array<Edge | null>(inputs.length).fill(null)
    edges[i] = edge
  }
  return edges
}

/** Refuses to save what was made in inference mode. */
export function checkSavable(saved: Saved): void {
  for (let i = 0; i < saved.length; i++) {
    const t = saved[i]
    if (t !== null && t !== undefined && typeof t !== 'number' && t.inference)
      throw new RuntimeError(
        'Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`.',
      )
  }
}

/** Makes `out` the recorded result of an operation on `inputs`, if any of them requires a gradient. */
export function record<S extends Saved, A>(
  out: Tensor,
  rule: Rule<S, A>,
  inputs: readonly Operand[],
  saved: S,
  attrs: A,
  name: string = rule.name,
): Tensor {
  if (!isFloat(out.dtype)) return out
  const edges = edgesOf(inputs)
  if (edges === null) return out
  checkSavable(saved)
  const node = new Node(name, rule, edges, saved, attrs)
  out.setHistory(node as unknown as Node, 0)
  node.adopt(out)
  return out
}

/** The same for an operation with several results; those that are not floating point stay outside the graph. */
export function recordAll<S extends Saved, A>(
  outs: readonly Tensor[],
  rule: Rule<S, A>,
  inputs: readonly Operand[],
  saved: S,
  attrs: A,
  name: string = rule.name,
): void {
  const edges = edgesOf(inputs)
  if (edges === null) return
  checkSavable(saved)
  const node = new Node(name, rule, edges, saved, attrs, outs.length)
  outs.forEach((t, i) => {
    if (!isFloat(t.dtype)) return
    t.setHistory(node as unknown as Node, i)
    node.adopt(t)
  })
}

/** A dense copy of the elements, without history. */
export function copyOf(x: Tensor, dtype: DType = x.dtype): Tensor {
  const out = allocateTensor(x.shape, dtype, false)
  kernels.copy(x, out)
  return out
}

/** The elements in order, in an array of their own: what lies in the tensors' memory is only good until that grows. */
export const valuesOf = (x: Tensor, dtype: DType = x.dtype): TypedArray => copyOf(x, dtype).data.slice()

/** Memory for a tensor laid out as `x` is, without its gaps; what stood there before unless `zeroed`. */
export function emptyAs(x: Tensor, dtype: DType = x.dtype, zeroed = false): Tensor {
  return new Tensor(new Storage(dtype, x.numel(), zeroed), dtype, x.shape, denseStrides(x.shape, x.strides), 0)
}

/** A copy of the elements, without history, that keeps the order of the dimensions in memory. */
export function cloneOf(x: Tensor): Tensor {
  const out = emptyAs(x)
  kernels.copy(x, out)
  return out
}

/** A copy of `x` that keeps its place in the graph: what an operation saves of a tensor that it is about to overwrite. */
export function copyWithHistory(x: Tensor): Tensor {
  const out = copyOf(x)
  if (x.gradFn !== null) out.setHistory(x.gradFn, x.outputNr)
  else if (x.requiresGrad) out.requiresGrad = true
  return out
}

/** A copy over the whole of a tensor: what stood there before counts no more. */
const copyRule: Rule<readonly [], undefined> = {
  name: 'CopyBackwards',
  backward: (grad, node) => [node.needs(0) ? zerosLike(grad) : null, grad],
}

const zerosLike = (x: Tensor): Tensor => allocateTensor(x.shape, x.dtype)

/** Copies `source`, which has the shape of `self`, into it and records that. */
export function copyInto(self: Tensor, source: Tensor, name: string = copyRule.name): Tensor {
  const node =
    isFloat(self.dtype) && recording([self, source])
      ? new Node(name, copyRule, [gradEdge(self), gradEdge(castTo(source, self.dtype))], [], undefined)
      : null
  kernels.copy(source, self)
  self.storage.version++
  if (node !== null) rebase(self, node as unknown as Node)
  return self
}

/** Moves a result, and its history, into the tensor whose place it takes. */
export function writeResult(self: Tensor, result: Tensor): Tensor {
  const out = castTo(result, self.dtype)
  if (out.node === null) return copyInto(self, out)
  let kept: Tensor | null = null
  // What the operation saved of the tensor that is about to be overwritten must survive the write.
  result.node?.resave((t) => (t === self ? (kept ??= copyWithHistory(self)) : t))
  if (self.base !== null) return copyInto(self, out)
  kernels.copy(out, self)
  self.storage.version++
  self.setHistory(out.node, out.outputNr)
  return self
}

const expandRule: Rule<readonly [], Shape> = {
  name: 'ExpandBackward0',
  backward: (grad, node) => [sumTo(grad, node.attrs)],
}

/** Broadcasts `x` to `shape` without moving data; `shape` is known to fit. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  const out = x.alias(shape, broadcastStrides(x.shape, x.strides, shape))
  return record(out, expandRule, [x], [], x.shape)
}

const sumToRule: Rule<readonly [], Shape> = {
  name: 'SumBackward1',
  backward: (grad, node) => [expand(grad, node.attrs)],
}

/** Sums `x` down to `shape`: the adjoint of broadcasting. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x
  const out = allocateTensor(shape, x.dtype)
  kernels.reduce('sum', x, out.alias(x.shape, broadcastStrides(shape, out.strides, x.shape)))
  return record(out, sumToRule, [x], [], x.shape)
}

const castRule: Rule<readonly [], DType> = {
  name: 'ToCopyBackward0',
  backward: (grad, node) => [castTo(grad, node.attrs)],
}

/** `x` with another dtype; itself where it has it. */
export function castTo(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x
  return record(copyOf(x, dtype), castRule, [x], [], x.dtype)
}
