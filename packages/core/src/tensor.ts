/** `class Tensor`: storage seen through a layout, and its place in the graph. No math. */

import type * as access from './access.ts'
import type * as methods from './autograd/methods.ts'
import { isGradEnabled, isInferenceModeEnabled } from './autograd/mode.ts'
import type { AccumulateGrad, Node } from './autograd/node.ts'
import type { View } from './backend/backend.ts'
import type * as creation from './create-methods.ts'
import { cName, type DType, isFloat, scalarName, type TypedArray } from './dtype.ts'
import { RuntimeError, warn } from './errors.ts'
import { contiguousStrides, formatShape, isContiguous, numelOf, type Shape, sameShape } from './layout.ts'
import type * as arithmetic from './ops/arithmetic.ts'
import type * as binary from './ops/binary.ts'
import type * as bitwise from './ops/bitwise.ts'
import type * as compare from './ops/compare.ts'
import type * as gamma from './ops/gamma.ts'
import type * as ops from './ops/index.ts'
import type * as fills from './ops/inplace-forms.ts'
import type * as math from './ops/math.ts'
import type * as overwriting from './ops/overwriting.ts'
import type * as rounding from './ops/rounding.ts'
import type * as transposed from './ops/transposed.ts'
import type * as trigonometry from './ops/trigonometry.ts'
import type * as random from './random-methods.ts'
import { Storage } from './storage.ts'
import { tape } from './tape.ts'

/** A function without its first argument; of up to four overloads, each. */
type Method<F> = F extends {
  (x: infer _X, ...rest: infer A): infer R
  (x: infer _Y, ...rest: infer B): infer S
  (x: infer _Z, ...rest: infer C): infer T
  (x: infer _W, ...rest: infer D): infer U
}
  ? { (...rest: A): R; (...rest: B): S; (...rest: C): T; (...rest: D): U }
  : F extends {
        (x: infer _X, ...rest: infer A): infer R
        (x: infer _Y, ...rest: infer B): infer S
        (x: infer _Z, ...rest: infer C): infer T
      }
    ? { (...rest: A): R; (...rest: B): S; (...rest: C): T }
    : F extends { (x: infer _X, ...rest: infer A): infer R; (x: infer _Y, ...rest: infer B): infer S }
      ? { (...rest: A): R; (...rest: B): S }
      : F extends (x: infer _X, ...rest: infer A) => infer R
        ? (...rest: A) => R
        : never

/** Every operation `(x: Tensor, ...rest) => R` is also a method `x.op(...rest) => R`. */
type Methods<Ops> = {
  [K in keyof Ops]: Method<Ops[K]>
}

/** Every pointwise operation of these families has an in-place form `x.op_(...rest)`. */
type InplaceMethods<Ops> = {
  [K in `${keyof Ops & string}_`]: K extends `${infer Name}_`
    ? Name extends keyof Ops
      ? Ops[Name] extends (x: infer _X, ...rest: infer Rest) => Tensor
        ? (...rest: Rest) => Tensor
        : never
      : never
    : never
}

/** Operations that are properties: `x.T`. */
type Properties<Ops> = {
  readonly [K in keyof Ops]: Ops[K] extends (x: infer _X) => infer R ? R : never
}

/** How a view came to be, which decides whether it may be written in place under recording. */
export type Creation = 'default' | 'noGrad' | 'multi' | 'inference'

export interface Tensor
  extends Methods<typeof ops>,
    InplaceMethods<typeof arithmetic>,
    InplaceMethods<typeof binary>,
    InplaceMethods<typeof bitwise>,
    InplaceMethods<typeof compare>,
    InplaceMethods<typeof gamma>,
    InplaceMethods<typeof math>,
    InplaceMethods<typeof overwriting>,
    InplaceMethods<typeof rounding>,
    InplaceMethods<typeof trigonometry>,
    Methods<typeof fills>,
    Methods<typeof methods>,
    Methods<typeof access>,
    Methods<typeof creation>,
    Methods<typeof random>,
    Properties<typeof transposed> {
  [Symbol.iterator](): IterableIterator<Tensor>
}

const nonLeafGrad =
  "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more informations."

/** A leaf that wants a gradient. */
const REQUIRES_GRAD = 1
/** Nobody has been shown the gradient, which the engine made. */
const OWNS_GRAD = 2
/** A non-leaf that keeps its gradient. */
const RETAINS = 4
/** The warning about `.grad` of a non-leaf was given. */
const WARNED = 8
const INFERENCE = 16
/** The gradient's memory will be written again. */
const LENT = 32

/** @internal How a gradient gets memory of its own; filled in by what stands above. */
export const gradientMemory: { copy: (grad: Tensor) => Tensor } = { copy: (grad) => grad }

/** @internal How views and bases learn of in-place writes; filled in by the view operations, which stand above. */
export const viewHistory: {
  /** The node of a view whose base was written. */
  renew: (view: Tensor, base: Tensor) => Node | null
  /** Records that `view` was written by `node` in the history of its base. */
  write: (view: Tensor, base: Tensor, node: Node) => void
} = { renew: () => null, write: () => {} }

/**
 * An n-dimensional array with automatic differentiation. Made by `tensor`, `zeros`, `rand` and the like, never by `new`.
 *
 * @see https://pytorch.org/docs/stable/tensors.html
 */
export class Tensor implements View {
  /** The memory, shared with views. */
  readonly storage: Storage
  /** The type of the elements. */
  readonly dtype: DType
  /** The lengths of the dimensions. */
  readonly shape: Shape
  /** Elements to step over in memory per dimension. */
  readonly strides: readonly number[]
  /** Where the first element stands in memory. */
  readonly offset: number

  /** @internal The recorded operation that made this tensor. */
  node: Node | null = null
  /** @internal */ outputNr = 0
  /** @internal */ accumulator: AccumulateGrad | null = null
  /** @internal The tensor that this one is a differentiable view of. */
  base: Tensor | null = null
  /** @internal */ creation: Creation = 'default'
  /** @internal The version of the memory at which `node` was right; of interest for views only. */
  seenVersion = 0
  #grad: Tensor | null = null
  /** What is so or not, a bit each: tensors are made all the time, and smaller ones are made faster. */
  #flags: number

  constructor(storage: Storage, dtype: DType, shape: Shape, strides: readonly number[], offset: number) {
    this.storage = storage
    this.dtype = dtype
    this.shape = shape
    this.strides = strides
    this.offset = offset
    this.#flags = isInferenceModeEnabled() ? INFERENCE : 0
  }

  #set(flag: number, value: boolean): void {
    this.#flags = value ? this.#flags | flag : this.#flags & ~flag
  }

  /** @internal Whether it was made in inference mode. */
  get inference(): boolean {
    return (this.#flags & INFERENCE) !== 0
  }

  /** The memory itself, shared; `toArray()` copies. */
  get data(): TypedArray {
    return this.storage.data
  }

  /** @internal Where the memory begins among all tensors' memory. */
  get pointer(): number {
    return this.storage.pointer
  }

  /** The number of dimensions. */
  get ndim(): number {
    return this.shape.length
  }

  /** The number of elements. */
  numel(): number {
    return numelOf(this.shape)
  }

  /** Elements to step over in memory, per dimension. */
  stride(): number[] {
    return [...this.strides]
  }

  /**
   * The value of a tensor of one element: a number, or a truth value of a `bool` tensor (say `item<boolean>()` there).
   *
   * @example
   * tensor([[2.5]]).item() // 2.5
   * @throws RuntimeError if there is not exactly one element.
   * @see https://pytorch.org/docs/stable/generated/torch.Tensor.item.html
   */
  item<T extends number | boolean = number>(): T {
    if (this.numel() !== 1) throw new RuntimeError(`a Tensor with ${this.numel()} elements cannot be converted to Scalar`)
    const value = this.storage.get(this.offset)
    return (this.dtype === 'bool' ? value !== 0 : value) as T
  }

  /** Whether the elements stand in memory in order and without gaps. */
  isContiguous(): boolean {
    return isContiguous(this.shape, this.strides)
  }

  /** Whether the dtype is a floating-point one. */
  isFloatingPoint(): boolean {
    return isFloat(this.dtype)
  }

  /** The operation that made this tensor, or null: `y.gradFn?.name` is `PowBackward0`, for example. */
  get gradFn(): Node | null {
    if (this.base !== null && this.seenVersion !== this.storage.version) {
      this.seenVersion = this.storage.version
      if (this.base.requiresGrad) this.node = viewHistory.renew(this, this.base)
    }
    return this.node
  }

  /** Whether this tensor was made by the user and not by a recorded operation. */
  get isLeaf(): boolean {
    return this.gradFn === null
  }

  /** Whether gradients flow to this tensor. */
  get requiresGrad(): boolean {
    return (this.#flags & REQUIRES_GRAD) !== 0 || this.gradFn !== null
  }

  set requiresGrad(value: boolean) {
    if (value && !isFloat(this.dtype)) throw new RuntimeError('only Tensors of floating point and complex dtype can require gradients')
    this.#setRequiresGrad(value)
  }

  /**
   * Starts or stops asking for gradients, in place.
   *
   * @see https://pytorch.org/docs/stable/generated/torch.Tensor.requires_grad_.html
   */
  requiresGrad_(value = true): this {
    if (value && !isFloat(this.dtype)) throw new RuntimeError('only Tensors of floating point dtype can require gradients')
    this.#setRequiresGrad(value)
    return this
  }

  #setRequiresGrad(value: boolean): void {
    if (this.gradFn !== null) {
      if (!value)
        throw new RuntimeError(
          "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
        )
      return
    }
    if (value && this.inference && !isInferenceModeEnabled())
      throw new RuntimeError('Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.')
    this.#set(REQUIRES_GRAD, value)
  }

  /** The gradient gathered so far; null before the first backward and after `zeroGrad`. */
  get grad(): Tensor | null {
    if (this.#grad === null && (this.#flags & (RETAINS | WARNED)) === 0 && this.gradFn !== null) {
      this.#set(WARNED, true)
      warn(nonLeafGrad)
    }
    if (tape !== null) return tape.gradientOf(this)
    this.keepGradient()
    return this.#grad
  }

  set grad(value: Tensor | null) {
    if (value !== null) {
      if (!(value instanceof Tensor))
        throw new TypeError(`assigned grad expected to be a Tensor or None but got grad of type ${typeof value}`)
      if (value === this) throw new RuntimeError("can't assign Variable as its own grad")
      if (value.dtype !== this.dtype)
        throw new RuntimeError(
          `attempting to assign a gradient with dtype '${cName(value.dtype)}' to a tensor with grad_dtype '${scalarName(this.dtype)}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they match.`,
        )
      if (!sameShape(value.shape, this.shape))
        throw new RuntimeError(
          `attempting to assign a gradient of size '${formatShape(value.shape)}' to a tensor of size '${formatShape(this.shape)}'. Please ensure that the gradient and the tensor are the same size`,
        )
      value.storage.held = true
    }
    if (tape === null) this.assignGradient(value)
    else tape.assign(this, value)
  }

  /** @internal Sets the gradient, whose fitness is known, and lets go of the memory of one that only this tensor knew. */
  assignGradient(value: Tensor | null): void {
    if (this.#flags & OWNS_GRAD) this.#grad?.storage.free()
    this.#set(OWNS_GRAD | LENT, false)
    this.#grad = value
  }

  /** @internal The gradient without the warning, for the engine, and for optimizers that let go of it again. */
  get gradient(): Tensor | null {
    return this.#grad
  }

  /** @internal */
  set gradient(value: Tensor | null) {
    this.#set(OWNS_GRAD | LENT, false)
    this.#grad = value
  }

  /** @internal Takes over a gradient that nothing else refers to: its memory is free as soon as another takes its place, unless it was asked for. */
  adoptGradient(value: Tensor): void {
    this.#set(OWNS_GRAD, true)
    this.#grad = value
  }

  /** @internal Takes a gradient whose memory will be written again; it gets memory of its own when somebody asks for it. */
  lendGradient(value: Tensor): void {
    this.#set(OWNS_GRAD, false)
    this.#set(LENT, true)
    this.#grad = value
  }

  /** @internal Makes the gradient one that may be held for good. */
  keepGradient(): void {
    const lent = (this.#flags & LENT) !== 0
    this.#set(OWNS_GRAD | LENT, false)
    if (lent && this.#grad !== null) this.#grad = gradientMemory.copy(this.#grad)
  }

  /** @internal Whether this non-leaf keeps its gradient. */
  get retains(): boolean {
    return (this.#flags & RETAINS) !== 0
  }

  /** @internal */
  set retains(value: boolean) {
    this.#set(RETAINS, value)
  }

  /** @internal Makes this tensor output `index` of `node`. */
  setHistory(node: Node, index: number): void {
    this.node = node
    this.outputNr = index
    this.seenVersion = this.storage.version
  }

  /** @internal Another shape over the same memory, row by row: for `resize_` alone, which the graph never sees. */
  relayout(shape: Shape): void {
    Object.assign(this, { shape, strides: contiguousStrides(shape) })
  }

  /** @internal A tensor over the same memory with a layout of its own and no history. */
  alias(shape: Shape = this.shape, strides: readonly number[] = this.strides, offset: number = this.offset): Tensor {
    return new Tensor(this.storage, this.dtype, shape, strides, offset)
  }
}

/** @internal A dense tensor of zeros, or of whatever the caller is about to write. */
export function allocateTensor(shape: Shape, dtype: DType, zeroed = true): Tensor {
  return new Tensor(new Storage(dtype, numelOf(shape), zeroed), dtype, shape, contiguousStrides(shape), 0)
}

/** @internal Registers `view` as a differentiable view of `x`. */
export function markView(view: Tensor, x: Tensor, creation?: Creation): Tensor {
  view.base = x.base ?? x
  view.seenVersion = view.storage.version
  view.creation = isInferenceModeEnabled()
    ? 'inference'
    : isGradEnabled()
      ? x.base !== null && x.creation !== 'default'
        ? x.creation
        : (creation ?? 'default')
      : 'noGrad'
  return view
}
