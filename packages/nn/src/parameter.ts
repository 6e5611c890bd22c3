/** The two kinds of tensors that a module keeps: what it learns, and what it remembers. */
import { Tensor } from '@tapegrad/core'

/**
 * A tensor that a module learns: as a field of a `Module` it is found by `parameters()` and saved by `stateDict()`.
 *
 * Shares its memory with `data`, and starts a history of its own.
 *
 * @example
 * const w = new Parameter(tensor([1, 2]))
 * String(w) // 'Parameter containing:\ntensor([1., 2.], requires_grad=True)'
 * @throws RuntimeError if it is to require gradients and the dtype is not a floating-point one.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
 */
export class Parameter extends Tensor {
  constructor(data: Tensor, requiresGrad = true) {
    super(data.storage, data.dtype, data.shape, data.strides, data.offset)
    if (requiresGrad) this.requiresGrad = true
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`
  }
}

/** Options of `Buffer`. */
export interface BufferOptions {
  /** Whether the state dict contains it. Default: true. */
  persistent?: boolean
}

/**
 * A tensor that a module keeps but does not learn, a running mean for example: part of the state dict unless `persistent` is false.
 *
 * Shares its memory with `data`. Update it in place (`mean.copy_(...)`): assigning a plain tensor to the field would end its being a buffer.
 *
 * @example
 * class Centre extends Module {
 *   readonly mean = new Buffer(zeros([3]))
 *   forward(x: Tensor) { return x.sub(this.mean) }
 * }
 * @see https://pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
 */
export class Buffer extends Tensor {
  /** Whether the state dict contains it. */
  readonly persistent: boolean

  constructor(data: Tensor, { persistent = true }: BufferOptions = {}) {
    super(data.storage, data.dtype, data.shape, data.strides, data.offset)
    this.persistent = persistent
  }
}
