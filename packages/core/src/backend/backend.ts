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

/** Softmax or its logarithm. */
export type Softmax = 'softmax' | 'logSoftmax'

/** What the negative log-likelihood of classes reads and writes. */
export interface Nll {
  /** Log-probabilities: `[outer, classes, inner]`. */
  readonly x: View
  /** Classes: `[outer, inner]`, `int64`. */
  readonly target: View
  /** A factor per class. */
  readonly weight: View | null
  /** The target that counts nothing. */
  readonly ignoreIndex: number
  /** Dense, one per target: `-x[target] weight[target]`, and the weights themselves. */
  readonly losses: View
  readonly weights: View
  /** One element each: the sums of both. */
  readonly sum: View
  readonly total: View
}

/** What its gradient reads and writes. */
export interface NllBackward {
  /** The gradient of each loss: `[outer, inner]`. */
  readonly grad: View
  /** What each is divided by. */
  readonly divisor: number
  readonly target: View
  readonly ignoreIndex: number
  readonly weights: View
  /** Zeros: `[outer, classes, inner]`. */
  readonly out: View
}

/** How a scatter combines what falls on one place. */
export type Combine = 'set' | 'add' | 'mul' | 'amax' | 'amin'

/** How windows lie over the dimensions of a view that come after its first: a number for each of them. */
export interface Windows {
  /** Steps from one window to the next. */
  readonly stride: readonly number[]
  /** How far before the first element the first window begins; negative where it begins behind it. */
  readonly padding: readonly number[]
  /** Steps between neighbours in a window. */
  readonly dilation: readonly number[]
}

/** The windows along one dimension: window `i` has the elements `start[i]`, `start[i] + step`, ... before `end[i]`. */
export interface Spans {
  readonly start: Int32Array
  readonly end: Int32Array
  readonly step: number
}

/** The windows along depth, height and width. */
export type Spans3 = readonly [depth: Spans, height: Spans, width: Spans]

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
  /** `out = sum(program(inputs...)) / divisor` over all elements of `shape`, which the inputs broadcast to; `out` has one element of dtype `compute`. */
  mapReduce(program: Program, compute: DType, shape: Shape, inputs: readonly (View | number)[], divisor: number, out: View): void
  /** Copies, converting from dtype to dtype; `from` is broadcast to `to.shape` and may have negative strides. */
  copy(from: View, to: View): void
  /** Reduces `x` into `out`, whose shape is `x.shape` and whose strides are 0 where elements are combined. */
  reduce(kind: Reduction, x: View, out: View): void
  /** The extreme along `dim` and its index; `values` and `indices` have length 1 there. NaN wins; the first of equals is told. */
  argReduce(kind: ArgReduction, x: View, dim: number, values: View | null, indices: View): void
  /** `out[b] = x[b] @ y[b]` over `[b, m, k]`, `[b, k, n]` and `[b, m, n]`; or over single matrices, without `b`. */
  matmul(x: View, y: View, out: View): void
  /** `out[i] = combine of x[..i] along dim`. */
  scan(kind: Scan, x: View, dim: number, out: View): void
  /** The running extreme along `dim` and where it stands: the last of equals. NaN wins. */
  argScan(kind: ArgReduction, x: View, dim: number, values: View, indices: View): void
  /** `out[i][j] = x[index[i][j]][j]` along `dim`. */
  gather(x: View, dim: number, index: View, out: View): void
  /** `out[index[i][j]][j] = combine(out[...], source[i][j])` along `dim`. */
  scatter(combine: Combine, out: View, dim: number, index: View, source: View): void
  /** `exp(x)` over the sum of `exp(x)` along `dim`, or its logarithm. */
  softmax(kind: Softmax, x: View, dim: number, out: View): void
  /** The gradient of `softmax` from its result: `y (g - sum(g y))`, or `g - exp(y) sum(g)`. */
  softmaxBackward(kind: Softmax, grad: View, result: View, dim: number, out: View): void
  /** The negative log-likelihood; tells the place of the first target that is no class, -1 if none is. */
  nll(views: Nll): number
  /** Its gradient, written where the targets are. */
  nllBackward(views: NllBackward): void
  /** Stable sort along `dim`. NaN counts as the greatest. */
  sort(x: View, dim: number, descending: boolean, values: View, indices: View): void
  /**
   * Each window as a column: `columns[c, ...k, ...o] = x[c, ...(o * stride + k * dilation - padding)]`, 0 where that lies outside.
   * Shapes: `[c, ...size]` to `[c, ...kernel, ...places]`.
   */
  im2col(x: View, windows: Windows, columns: View): void
  /** The adjoint of `im2col`, added to what stands in `x`. */
  col2im(columns: View, windows: Windows, x: View): void
  /** A filter for each plane: `y[c, i, j] = the sum of filters[c, k, l] * x[c, i + k * dilation[0], j + l * dilation[1]]`, all within `x`. */
  filterPlanes(x: View, filters: View, dilation: readonly number[], y: View): void
  /** The adjoint of `filterPlanes` in the filters, added to what stands in them. */
  correlatePlanes(x: View, y: View, dilation: readonly number[], filters: View): void
  /** The greatest of each window of dense `[planes, depth, height, width]`, and where it stands in its plane: the first of equals. The last NaN wins. */
  maxPool(x: View, windows: Spans3, values: View, indices: View): void
  /** The sum of each window of dense `[planes, depth, height, width]`, divided by `divisor`. */
  sumPool(x: View, windows: Spans3, divisor: number, out: View): void
  /** `out[o][to[p]][i] += weight[p] * x[o][from[p]][i]` for each pair in order, over dense `[outer, n, inner]`. */
  mapLines(x: View, pairs: LinePairs, out: View): void
}
