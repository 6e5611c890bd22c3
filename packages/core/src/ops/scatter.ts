/** Writing elements by index along one dimension. Every operation here has an in-place form: its name with an underscore. */
import { type Node, type Rule, rule } from '../autograd/node.ts'
import type { Combine } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { castScalar, isFloat, scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import { formatShape, normalizeDim, sameShape } from '../layout.ts'
import { castTo, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, div, mul } from './arithmetic.ts'
import { eq, logicalAnd } from './compare.ts'
import { checkIndices, gather, isIndex, lengthOf, lift, outside } from './indexing.ts'
import { maskedFill } from './masked.ts'
import { apart, overwriting } from './overwrite.ts'
import { type Cut, slice, zerosAround } from './slice.ts'
import { where } from './where.ts'

/** How `scatterReduce` combines what falls on one place. */
export type ScatterReduction = 'sum' | 'prod' | 'mean' | 'amax' | 'amin'

/** A number as a 0-dim tensor. */
function scalar(value: number, like: Tensor): Tensor {
  const out = allocateTensor([], like.dtype)
  out.data[0] = castScalar(value, like.dtype)
  return out
}

const filled = (value: number, like: Tensor): Tensor => {
  const out = allocateTensor(like.shape, like.dtype)
  out.data.fill(castScalar(value, like.dtype))
  return out
}

/** `source` as a tensor that can be read wherever `index` has a place. */
const readable = (source: Tensor | number, index: Tensor, out: Tensor): Tensor =>
  typeof source === 'number'
    ? scalar(source, out).alias(
        index.shape,
        index.shape.map(() => 0),
      )
    : source

/** The dimension counted from the front, once all arguments are found to fit. */
function checkScatter(out: Tensor, dim: number, index: Tensor, source: Tensor | number): number {
  const at = normalizeDim(dim, out.ndim)
  const given = typeof source === 'number' ? null : source
  if (given !== null && given.dtype !== out.dtype) throw new RuntimeError('scatter(): Expected self.dtype to be equal to src.dtype')
  if (index.numel() === 0) return at
  if (!isIndex(index.dtype)) throw new RuntimeError('scatter(): Expected dtype int32/int64 for index')
  const ndim = Math.max(out.ndim, 1)
  if (Math.max(index.ndim, 1) !== ndim) throw new RuntimeError('Index tensor must have the same number of dimensions as self tensor')
  if (given !== null && Math.max(given.ndim, 1) !== ndim)
    throw new RuntimeError('Index tensor must have the same number of dimensions as src tensor')
  const fits = index.shape.every((n, d) => (d === at || n <= lengthOf(out, d)) && (given === null || n <= lengthOf(given, d)))
  if (!fits)
    throw new RuntimeError(
      `Expected index ${formatShape(index.shape)} to be no larger than self ${formatShape(out.shape)} apart from dimension ${at}${
        given === null ? '' : ` and to be no larger size than src ${formatShape(given.shape)}`
      }`,
    )
  checkIndices(index, lengthOf(out, at), outside(at, lengthOf(out, at)))
  return at
}

/** Combines what `source` has for each place of `index` into `out`. */
function write(combine: Combine, out: Tensor, dim: number, index: Tensor, source: Tensor): void {
  if (index.numel() > 0) kernels.scatter(combine, lift(out), dim, lift(apart(out, index)), lift(apart(out, source)))
}

/** Which part of a larger source is read: as much as there are indices. */
const partOf =
  (index: Tensor): Cut =>
  (source) =>
    sameShape(source.shape, index.shape) ? source : index.shape.reduce((part, n, d) => slice(part, d, 0, n), source)

/** The gradient of the source from that of what was read of it. */
const aroundPart = (grad: Tensor, source: Tensor['shape'], index: Tensor): Tensor =>
  sameShape(source, index.shape) ? grad : zerosAround(grad, source, partOf(index))

/** Where and from what shape of source was scattered. */
interface Scattered {
  readonly dim: number
  readonly source: Tensor['shape']
}

const scatterRule = /* @__PURE__ */ rule<readonly [Tensor], Scattered>('ScatterBackward0', (grad, node) => {
  const [index] = node.saved()
  const { dim, source } = node.attrs
  return [node.needs(0) ? scatter(grad, dim, index, 0) : null, node.needs(1) ? aroundPart(gather(grad, dim, index), source, index) : null]
})

const scatterAddRule = /* @__PURE__ */ rule<readonly [Tensor], Scattered>('ScatterAddBackward0', (grad, node) => {
  const [index] = node.saved()
  const { dim, source } = node.attrs
  return [node.needs(0) ? grad : null, node.needs(1) ? aroundPart(gather(grad, dim, index), source, index) : null]
})

/** Options of `scatter`. */
export interface ScatterOptions {
  /** Adds to or multiplies what stands there instead of replacing it. */
  readonly reduce?: 'add' | 'multiply' | null | undefined
}

const combines: Readonly<Record<string, Combine>> = { add: 'add', multiply: 'mul' }

/**
 * `x` with `out[index[i][j]][j] = src[i][j]` for `dim` 0, and so on; the last of several values for one place counts.
 *
 * Dtypes: that of `x` and of a tensor `src` are equal; `index` is `int64` or `int32`.
 *
 * @throws RuntimeError if an index is out of bounds or the shapes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_.html
 */
export const scatter: (x: Tensor, dim: number, index: Tensor, src: Tensor | number, options?: ScatterOptions) => Tensor =
  /* @__PURE__ */ overwriting(
    (out: Tensor, dim: number, index: Tensor, src: Tensor | number, { reduce = null }: ScatterOptions = {}) => {
      const combine = reduce === null ? 'set' : combines[reduce]
      if (combine === undefined) throw new RuntimeError('reduce argument must be either add or multiply.')
      write(combine, out, checkScatter(out, dim, index, src), index, readable(src, index, out))
    },
    (out, x, dim, index, src, { reduce = null } = {}) => {
      const at = normalizeDim(dim, x.ndim)
      const source = readable(src, index, out)
      const attrs = { dim: at, source: source.shape }
      if (reduce === 'multiply') return noteReduction(out, x, at, index, source, 'prod', true, 'ScatterBackward2')
      const name = typeof src === 'number' ? 'ScatterBackward1' : 'ScatterBackward0'
      return record(
        out,
        reduce === 'add' ? scatterAddRule : scatterRule,
        [x, src],
        [index],
        attrs,
        reduce === null ? name : 'ScatterBackward2',
      )
    },
  )

/**
 * `x` with `out[index[i][j]][j] += src[i][j]` for `dim` 0, and so on.
 *
 * @throws RuntimeError if an index is out of bounds or the shapes or dtypes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_add_.html
 */
export const scatterAdd: (x: Tensor, dim: number, index: Tensor, src: Tensor) => Tensor = /* @__PURE__ */ overwriting(
  (out: Tensor, dim: number, index: Tensor, src: Tensor) => write('add', out, checkScatter(out, dim, index, src), index, src),
  (out, x, dim, index, src) => record(out, scatterAddRule, [x, src], [index], { dim: normalizeDim(dim, x.ndim), source: src.shape }),
)

/** What the backward of a reduction needs beside its tensors. */
interface Reduced {
  readonly dim: number
  readonly kind: ScatterReduction
  readonly includeSelf: boolean
}

type ReducedNode = Node<readonly [Tensor, Tensor, Tensor, Tensor], Reduced>

/** The gradients of `x` and of what was read of the source; `x` counts everywhere. */
function reductionAdjoints(grad: Tensor, node: ReducedNode): [Tensor, Tensor] {
  const [x, index, given, out] = node.saved()
  const { dim, kind, includeSelf } = node.attrs
  const source = partOf(index)(given)
  const taken = (t: Tensor): Tensor => gather(t, dim, index)
  const again = (y: Tensor, s: Tensor): Tensor => scatterReduce(y, dim, index, s, kind, { includeSelf })
  switch (kind) {
    case 'sum':
      return [grad, taken(grad)]
    case 'mean': {
      const sums = scatterAdd(filled(includeSelf ? 1 : 0, x), dim, index, filled(1, source))
      const counts = maskedFill(sums, eq(sums, 0), 1)
      return [div(grad, counts), div(taken(grad), taken(counts))]
    }
    case 'prod': {
      // Where one factor is zero, its gradient is the product of the others, found by taking 1 for it; where several are, all gradients vanish.
      const ones = maskedFill(x, eq(x, 0), 1)
      const zero = eq(source, 0)
      const zeros = taken(scatterAdd(filled(0, x), dim, index, castTo(zero, x.dtype)))
      const only = logicalAnd(zero, eq(zeros, 1))
      const others = taken(mul(grad, again(x, maskedFill(source, only, 1))))
      return [div(mul(grad, again(ones, source)), ones), where(only, others, div(taken(mul(grad, out)), maskedFill(source, zero, 1)))]
    }
    default: {
      const own = castTo(eq(x, out), x.dtype)
      const theirs = castTo(eq(source, taken(out)), x.dtype)
      const share = div(grad, scatterAdd(own, dim, index, theirs))
      return [mul(own, share), mul(theirs, taken(share))]
    }
  }
}

const reductionRule: Rule<readonly [Tensor, Tensor, Tensor, Tensor], Reduced> = /* @__PURE__ */ rule(
  'ScatterReduceBackward0',
  (grad, node) => {
    const [, index, source] = node.saved()
    const { dim, includeSelf } = node.attrs
    const [own, theirs] = reductionAdjoints(grad, node)
    return [
      node.needs(0) ? (includeSelf ? own : scatter(own, dim, index, 0)) : null,
      node.needs(1) ? aroundPart(theirs, source.shape, index) : null,
    ]
  },
)

/** Puts a reduction of `x` and `source` into the graph; a source without a gradient may be of any kind. */
export const noteReduction = (
  out: Tensor,
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  kind: ScatterReduction,
  includeSelf: boolean,
  name?: string,
): Tensor => record(out, reductionRule, [x, source], [x, index, source, out], { dim, kind, includeSelf }, name)

const kernelOf: Readonly<Record<ScatterReduction, Combine>> = { sum: 'add', mean: 'add', prod: 'mul', amax: 'amax', amin: 'amin' }

/** Reduces `source` into `out`; without `includeSelf`, what stood in the places that `index` names does not count. */
export function reduceInto(out: Tensor, dim: number, index: Tensor, source: Tensor, kind: ScatterReduction, includeSelf: boolean): void {
  if (kind === 'mean' && out.dtype === 'bool')
    throw new NotImplementedError(`"scatter_gather_tensor_cpu_reduce_mean" not implemented for '${scalarName(out.dtype)}'`)
  if (!includeSelf) {
    // One of the values themselves is where the search for the greatest or least may start.
    const start = kind === 'amax' || kind === 'amin' ? source : readable(kind === 'prod' ? 1 : 0, index, out)
    write('set', out, dim, index, start)
  }
  write(kernelOf[kind], out, dim, index, source)
  if (kind !== 'mean') return
  const counts = filled(includeSelf ? 1 : 0, out)
  write('add', counts, dim, index, readable(1, index, out))
  const plain = out.alias()
  const divisors = add(counts, eq(counts, 0))
  kernels.copy(isFloat(out.dtype) ? div(plain, divisors) : div(plain, divisors, { roundingMode: 'floor' }), out)
}

/** Options of `scatterReduce` and `indexReduce`. */
export interface IncludeSelfOptions {
  /** Whether what stands in a place counts beside what falls on it; it does by default. */
  readonly includeSelf?: boolean | undefined
}

/**
 * `x` with the sum, product, mean, greatest or least of all values that `index` sends to a place along `dim`.
 *
 * Dtypes: those of `x` and `src` are equal; means of integers are rounded down.
 *
 * @throws RuntimeError for an unknown reduction, an index out of bounds, or shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.scatter_reduce_.html
 */
export const scatterReduce: (
  x: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor,
  reduce: ScatterReduction,
  options?: IncludeSelfOptions,
) => Tensor = /* @__PURE__ */ overwriting(
  (out: Tensor, dim: number, index: Tensor, src: Tensor, reduce: ScatterReduction, { includeSelf = true }: IncludeSelfOptions = {}) => {
    if (!(reduce in kernelOf)) throw new RuntimeError('reduce argument must be either sum, prod, mean, amax or amin.')
    reduceInto(out, checkScatter(out, dim, index, src), index, src, reduce, includeSelf)
  },
  (out, x, dim, index, src, reduce, { includeSelf = true } = {}) =>
    noteReduction(out, x, normalizeDim(dim, x.ndim), index, src, reduce, includeSelf),
)
