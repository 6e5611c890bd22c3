/** What a row says of an operation, and the kinds of rows that come up often. */
import { type DType, type Tensor, tensor } from '../../src/index.ts'

/** How an operation is called in tests, and what is to be expected. */
export interface Row {
  /** Shapes of the tensors it is called with, first and foremost; all of them are varied, differentiated and cast. */
  readonly shapes: readonly (readonly number[])[]
  /** What follows the tensors. */
  readonly rest?: readonly unknown[]
  /** The call, where it is not `op(...tensors, ...rest)`. */
  readonly call?: (...xs: Tensor[]) => Tensor | Iterable<Tensor>
  /** Values lie between `low` and `high`, away from kinks and poles. Default: -2 and 2. */
  readonly low?: number
  readonly high?: number
  /** PyTorch's name of the node, or null where the operation is not differentiable. */
  readonly gradFn: string | null
  /** The dtype of the result for inputs of one dtype. Default: the same. */
  readonly result?: (d: DType) => DType
  /** The dtypes that are refused, with an error of ours. Default: none. */
  readonly refuses?: readonly DType[]
  /** What a row leaves out, with its reason. */
  readonly skip?: { readonly grad?: string; readonly gradgrad?: string; readonly inplace?: string; readonly views?: string }
  /** Calls that must raise, with the first line of the message. */
  readonly errors?: readonly { readonly call: (x: typeof tensor) => unknown; readonly message: string }[]
}

/** Rows by operation; several where it has several forms. */
export type Rows = Readonly<Record<string, Row | readonly Row[]>>

/** Shapes of a row's tensors. */
export const of = (...shapes: readonly (readonly number[])[]): readonly (readonly number[])[] => shapes

export const floating = (d: DType): DType => (d === 'float32' || d === 'float64' ? d : 'float32')
export const truth = (): DType => 'bool'
export const indices = (): DType => 'int64'
export const counted = (d: DType): DType => (d === 'bool' ? 'int64' : d)
export const summed = (d: DType): DType => (d === 'float32' || d === 'float64' ? d : 'int64')
export const integers: readonly DType[] = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64']

/** A smooth function of one tensor that is real-valued whatever it is given. */
export const smooth = (gradFn: string, low = -2, high = 2, rest: readonly unknown[] = []): Row => ({
  shapes: of([3, 4]),
  low,
  high,
  rest,
  gradFn,
  result: floating,
})
/** A function of one tensor that keeps the dtype. */
export const unary = (gradFn: string, more: Partial<Row> = {}): Row => ({ shapes: of([3, 4]), gradFn, ...more })
/** An operation on two tensors that broadcast. */
export const binary = (gradFn: string, more: Partial<Row> = {}): Row => ({ shapes: of([3, 4], [4]), gradFn, ...more })
export const comparison: Row = { shapes: of([3, 4], [4]), gradFn: null, result: truth }
/** An operation that only looks at the same elements in another way. */
export const look = (gradFn: string, shape: readonly number[], ...rest: unknown[]): Row => ({ shapes: [shape], rest, gradFn })

export const mismatch = (a: readonly number[], b: readonly number[]): string =>
  `The size of tensor a (${a.at(-1)}) must match the size of tensor b (${b.at(-1)}) at non-singleton dimension ${a.length - 1}`
/** Truth values in the shape of most rows. */
export const condition = tensor([
  [true, false, true, false],
  [false, false, true, true],
  [true, true, false, false],
])

/** A constant in the shape and dtype of `x`. */
export const like = (x: Tensor, value: number): Tensor => x.detach().mul(0).add(value)
