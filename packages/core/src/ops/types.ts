/** The shapes of operations' signatures. Types only. */
import type { Operand } from '../promote.ts'
import type { Tensor } from '../tensor.ts'

export type { Operand }

/** An operation on one tensor. */
export type UnaryOp = (x: Tensor) => Tensor

/** An operation on two tensors, or a tensor and a number. */
export type BinaryOp = (x: Operand, y: Operand) => Tensor

/** An operation on a tensor and another, or a number. */
export type TensorFirstOp = (x: Tensor, y: Operand) => Tensor

/** An operation on two tensors, where a plain number will not do. */
export type TensorsOp = (x: Tensor, y: Tensor) => Tensor

/** A dimension, several, or (absent) all. */
export type Dims = number | readonly number[]

/** Options of reductions. */
export interface ReduceOptions {
  /** Dimensions to reduce; all of them by default. */
  readonly dim?: Dims | undefined
  /** Keep the reduced dimensions with length 1. */
  readonly keepdim?: boolean | undefined
}
