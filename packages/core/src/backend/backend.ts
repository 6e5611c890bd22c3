/** The seam under the operations: what a machine must offer. Types only. */
import type { DType, TypedArray } from '../dtype.ts'
import type { Program } from '../expr.ts'
import type { Shape } from '../layout.ts'

/** Typed memory seen through a layout; tensors are such views. */
export interface View {
  readonly data: TypedArray
  readonly dtype: DType
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly offset: number
  /** Where the memory begins in the WebAssembly memory, in bytes; 0 where it lies elsewhere. */
  readonly pointer: number
}

/** A reduction to one value; `out` has the input's shape with stride 0 along the reduced dimensions. */
export type Reduction = 'sum' | 'prod' | 'amax' | 'amin' | 'any' | 'all' | 'nansum' | 'countNonzero'

/** A reduction along one dimension that also tells where the value stood. */
export type ArgReduction = 'max' | 'min'

/** A running reduction along one dimension. */
export type Scan = 'cumsum' | 'cumprod' | 'logcumsumexp'

/** How a scatter combines what falls on one place. */
export type Combine = 'set' | 'add' | 'mul' | 'amax' | 'amin'

/** The windows along one dimension: window `i` has the elements `start[i]`, `start[i] + step`, ... before `end[i]`. */
export interface Windows {
  readonly start: Int32Array
  readonly end: Int32Array
  readonly step: number
}

/** The windows along depth, height and width. */
export type Windows3 = readonly [depth: Windows, height: Windows, width: Windows]

/** A sparse linear map of lines: element `to[p]` gains `weight[p]` times element `from[p]`; a weight of null is 1 throughout. */
export interface LinePairs {
  readonly from: Int32Array
  readonly to: Int32Array
  readonly weight: Float64Array | null
}

/**
 * Kernels over views. Shapes are checked by the operations before they call; outputs never overlap inputs unless they are the same view.
 * The reference implements everything plainly; a faster backend may decline a call by returning false, and the reference runs instead.
 */
export interface Backend {
  /** Runs a pointwise program in the arithmetic of `compute`: `out[i] = program(inputs[0][i], ...)`, inputs broadcast to `out.shape`. */
  map(program: Program, compute: DType, out: View, inputs: readonly (View | number)[]): void
  /** Copies, converting from dtype to dtype; `from` is broadcast to `to.shape` and may have negative strides. */
  copy(from: View, to: View): void
  /** Reduces `x` into `out`, whose shape is `x.shape` and whose strides are 0 where elements are combined. */
  reduce(kind: Reduction, x: View, out: View): void
  /** The extreme along `dim` and its index; `values` and `indices` have length 1 there. NaN wins; the first of equals is told. */
  argReduce(kind: ArgReduction, x: View, dim: number, values: View | null, indices: View): void
  /** `out[b] = x[b] @ y[b]` over `[b, m, k]`, `[b, k, n]` and `[b, m, n]`. */
  matmul(x: View, y: View, out: View): void
  /** `out[i] = combine of x[..i] along dim`. */
  scan(kind: Scan, x: View, dim: number, out: View): void
  /** The running extreme along `dim` and where it stands: the last of equals. NaN wins. */
  argScan(kind: ArgReduction, x: View, dim: number, values: View, indices: View): void
  /** `out[i][j] = x[index[i][j]][j]` along `dim`. */
  gather(x: View, dim: number, index: View, out: View): void
  /** `out[index[i][j]][j] = combine(out[...], source[i][j])` along `dim`. */
  scatter(combine: Combine, out: View, dim: number, index: View, source: View): void
  /** Stable sort along `dim`. NaN counts as the greatest. */
  sort(x: View, dim: number, descending: boolean, values: View, indices: View): void
  /** The greatest of each window of dense `[planes, depth, height, width]`, and where it stands in its plane: the first of equals. The last NaN wins. */
  maxPool(x: View, windows: Windows3, values: View, indices: View): void
  /** The sum of each window of dense `[planes, depth, height, width]`, divided by `divisor`. */
  sumPool(x: View, windows: Windows3, divisor: number, out: View): void
  /** `out[o][to[p]][i] += weight[p] * x[o][from[p]][i]` for each pair in order, over dense `[outer, n, inner]`. */
  mapLines(x: View, pairs: LinePairs, out: View): void
}
