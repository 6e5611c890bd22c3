/** From the gradient of a pointwise result to those of its operands. */
import { isGradEnabled } from './autograd/mode.ts'
import { NOTHING, type Node, type Rule, type Saved } from './autograd/node.ts'
import { kernels } from './backend/index.ts'
import { castScalar, type DType } from './dtype.ts'
import type { Program } from './expr.ts'
import { isDense, type Shape, sameShape } from './layout.ts'
import type { Kernel } from './pointwise.ts'
import type { Operand } from './promote.ts'
import { castTo, expand, sumTo } from './record.ts'
import { Storage } from './storage.ts'
import { allocateTensor, Tensor } from './tensor.ts'

/** A tensor for a pointwise result: laid out as the inputs where they agree, so that a transposed input gives a transposed output. */
export function allocateLike(shape: Shape, dtype: DType, operands: readonly Operand[]): Tensor {
  let model: Tensor | null = null
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i] as Operand
    if (typeof x === 'number') continue
    if (!sameShape(x.shape, shape)) {
      if (x.shape.length === 0) continue
      return allocateTensor(shape, dtype, false)
    }
    if (model === null) model = x
    else if (!sameStrides(model, x)) return allocateTensor(shape, dtype, false)
  }
  if (model === null || !isDense(shape, model.strides)) return allocateTensor(shape, dtype, false)
  return new Tensor(new Storage(dtype, model.numel(), false), dtype, shape, model.strides, 0)
}

const sameStrides = (x: Tensor, y: Tensor): boolean => sameShape(x.strides, y.strides)

/** The adjoint of one operand: `grad` itself needs no kernel. */
export interface Adjoint {
  readonly program: Program
  readonly identity: boolean
}

/** What a pointwise node remembers beside its tensors. */
export interface PointwiseAttrs {
  readonly kernel: Kernel
  readonly compute: DType
  /** The shapes and dtypes of the operands, null for numbers; absent where all have the shape of the result and the dtype computed in. */
  readonly shapes: readonly (Shape | null)[] | null
  readonly dtypes: readonly (DType | null)[] | null
}

/** The output and the operands of a formula, null where no adjoint that will run reads them. */
export function savedOf(reads: number, out: Tensor | null, operands: readonly Operand[]): readonly (Operand | null)[] {
  if (reads < 2) return NOTHING
  const saved: (Operand | null)[] = [reads & 2 ? out : null]
  for (let i = 0; i < operands.length; i++) saved.push(reads & (4 << i) ? (operands[i] as Operand) : null)
  return saved
}

/** A plain number as a tensor of the dtype that the operation computes in, for backward formulas that run over tensors. */
function scalarTensor(value: number, dtype: DType): Tensor {
  const out = allocateTensor([], dtype)
  out.storage.set(0, castScalar(value, dtype))
  return out
}

/**
 * The gradients of a formula's operands. Without recording each is one kernel; with it, the same formula runs over tensors.
 * `saved` holds the output and the operands, null where the formula does not read them.
 */
export function pullback(grad: Tensor, saved: Saved, attrs: PointwiseAttrs, node: Pick<Node, 'needs'>): (Tensor | null)[] {
  if (isGradEnabled()) return recordedPullback(grad, saved, attrs, node)
  const { kernel, compute } = attrs
  const { adjoints } = kernel
  const grads: (Tensor | null)[] = []
  for (let i = 0; i < adjoints.length; i++) {
    const adjoint = adjoints[i] as Adjoint | null
    if (adjoint === null || !node.needs(i)) grads.push(null)
    else if (adjoint.identity) grads.push(finish(grad, i, attrs))
    else {
      const { slots } = adjoint.program
      const inputs: Operand[] = []
      for (let k = 0; k < slots.length; k++) inputs.push(slots[k] === 0 ? grad : (saved[(slots[k] as number) - 1] as Operand))
      const out = allocateLike(grad.shape, grad.dtype, inputs)
      kernels.map(adjoint.program, compute, out, inputs)
      grads.push(finish(out, i, attrs))
    }
  }
  return grads
}

/** The same as a part of the graph: the formula runs as a whole, over tensors. */
function recordedPullback(grad: Tensor, saved: Saved, attrs: PointwiseAttrs, node: Pick<Node, 'needs'>): (Tensor | null)[] {
  const { kernel, compute } = attrs
  // What was not saved, because no gradient that is wanted reads it, stands in as NaN.
  const xs = Array.from({ length: kernel.arity + 1 }, (_, i) => {
    const t = saved[i] ?? Number.NaN
    return typeof t === 'number' ? scalarTensor(t, compute) : t
  })
  const backward = kernel.formula.backward as unknown as (...xs: Tensor[]) => (Tensor | null)[]
  return backward(grad, ...xs).map((g, i) => (g === null || !node.needs(i) ? null : finish(expand(g, grad.shape), i, attrs)))
}

/** Takes a gradient from the shape and dtype of the result to those of operand `i`. */
const finish = (g: Tensor, i: number, { shapes, dtypes }: PointwiseAttrs): Tensor =>
  shapes === null || dtypes === null ? g : castTo(sumTo(g, shapes[i] as Shape), dtypes[i] as DType)

/** The node of every pointwise operation. */
export const pointwiseRule: Rule<Saved, PointwiseAttrs> = {
  name: 'PointwiseBackward0',
  backward: (grad, node) => pullback(grad, node.saved(), node.attrs, node),
}

/** What `pullback` needs to know of a call. */
export function pointwiseAttrs(kernel: Kernel, compute: DType, operands: readonly Operand[], out: Shape): PointwiseAttrs {
  let plain = true
  for (let i = 0; i < operands.length && plain; i++) {
    const x = operands[i] as Operand
    plain = typeof x === 'number' || (x.dtype === compute && sameShape(x.shape, out))
  }
  if (plain) return kernel.plain(compute)
  return {
    kernel,
    compute,
    shapes: operands.map((x) => (typeof x === 'number' ? null : x.shape)),
    dtypes: operands.map((x) => (typeof x === 'number' ? null : x.dtype)),
  }
}
