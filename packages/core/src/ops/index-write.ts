/** Writing whole parts by index along one dimension. Every operation here has an in-place form: its name with an underscore. */
import { rule } from '../autograd/node.ts'
import type { Combine } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { castScalar, scalarName } from '../dtype.ts'
import { IndexError, RuntimeError } from '../errors.ts'
import { formatShape, normalizeDim, type Shape } from '../layout.ts'
import { castTo, copyOf, record, sumTo } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { mul, sub } from './arithmetic.ts'
import { alongDim, checkIndices, fromFront, gather, isIndex, lengthOf, lift, positionsOf, take } from './indexing.ts'
import { apart, overwriting } from './overwrite.ts'
import { type IncludeSelfOptions, noteReduction, reduceInto, type ScatterReduction } from './scatter.ts'
import { reshape } from './view.ts'

/** The indices for each element of a source: `index` along `dim`, the same over all other dimensions. */
const placesOf = (index: Tensor, dim: number, source: Shape): Tensor =>
  source.length === 0 ? index.alias([], []) : alongDim(index, dim, source)

/** Combines the parts of `source` into those of `out` that `index` names. */
function write(combine: Combine, out: Tensor, dim: number, index: Tensor, source: Tensor): void {
  if (source.numel() > 0)
    kernels.scatter(combine, lift(out), dim, lift(placesOf(apart(out, index), dim, source.shape)), lift(apart(out, source)))
}

/** What of a gradient belongs to the parts that were written, in the shape of the source. */
const takenAt = (grad: Tensor, dim: number, index: Tensor, source: Shape): Tensor =>
  reshape(gather(grad, dim, placesOf(index, dim, source)), source)

/** What `indexAdd` and `indexReduce` ask of their arguments; the dimension counted from the front. */
function checkParts(name: string, out: Tensor, dim: number, index: Tensor, source: Tensor): number {
  const at = normalizeDim(dim, out.ndim)
  if (index.ndim > 1)
    throw new IndexError(
      `${name}(): Index is supposed to be a vector, but got dim: ${index.ndim} with type: ${scalarName(index.dtype)} and size: ${formatShape(index.shape)}`,
    )
  if (!isIndex(index.dtype)) throw new RuntimeError(`${name}(): Expected dtype int32/int64 for index but got: ${scalarName(index.dtype)}`)
  if (out.dtype !== source.dtype)
    throw new RuntimeError(
      `${name}(): self (${scalarName(out.dtype)}) and source (${scalarName(source.dtype)}) must have the same scalar type`,
    )
  const sameRest = source.ndim === out.ndim && source.shape.every((n, d) => d === at || n === out.shape[d])
  if (!sameRest)
    throw new RuntimeError(
      `source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = ${formatShape(out.shape)} source.shape = ${formatShape(source.shape)}`,
    )
  if (lengthOf(source, at) !== index.numel())
    throw new RuntimeError(
      `${name}(): Number of indices (${index.numel()}) should be equal to source.size(dim): (${lengthOf(source, at)}), for dim: ${at}`,
    )
  checkIndices(index, lengthOf(out, at), () => new IndexError('index out of range in self'))
  return at
}

/** Where parts were written, of what shape the source was, and with what factor. */
interface Written {
  readonly dim: number
  readonly source: Shape
  readonly alpha: number
}

const indexAddRule = /* @__PURE__ */ rule<readonly [Tensor], Written>('IndexAddBackward0', (grad, node) => {
  const { dim, source, alpha } = node.attrs
  const theirs = node.needs(1) ? takenAt(grad, dim, node.saved()[0], source) : null
  return [grad, theirs === null || alpha === 1 ? theirs : mul(theirs, alpha)]
})

/** Options of `indexAdd`. */
export interface IndexAddOptions {
  /** A factor on the source. */
  readonly alpha?: number | undefined
}

/**
 * `x` with `alpha` times the parts of `source` added to those that `index` names along `dim`.
 *
 * @throws RuntimeError if shapes or dtypes do not fit; IndexError for an index out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.index_add_.html
 */
export const indexAdd: (x: Tensor, dim: number, index: Tensor, source: Tensor, options?: IndexAddOptions) => Tensor =
  /* @__PURE__ */ overwriting(
    (out: Tensor, dim: number, index: Tensor, source: Tensor, { alpha = 1 }: IndexAddOptions = {}) =>
      write(
        'add',
        out,
        checkParts('index_add_', out, dim, index, source),
        index,
        alpha === 1 ? source : castTo(mul(source.alias(), alpha), out.dtype),
      ),
    (out, x, dim, index, source, { alpha = 1 } = {}) =>
      record(out, indexAddRule, [x, source], [index], { dim: normalizeDim(dim, x.ndim), source: source.shape, alpha }),
  )

const indexCopyRule = /* @__PURE__ */ rule<readonly [Tensor], Written>('IndexCopyBackward0', (grad, node) => {
  const { dim, source } = node.attrs
  const [index] = node.saved()
  return [node.needs(0) ? indexFill(grad, dim, index, 0) : null, node.needs(1) ? takenAt(grad, dim, index, source) : null]
})

/** What `indexCopy` asks of its arguments, in its own words. */
function checkCopied(out: Tensor, dim: number, index: Tensor, source: Tensor): number {
  const at = normalizeDim(dim, out.ndim)
  if (index.ndim > 1) throw new IndexError(`index_copy_(): Index should have dimension 1 or 0 (got ${index.ndim})`)
  if (index.dtype !== 'int64') throw new RuntimeError(`index_copy_(): Expected a long tensor for index, but got ${scalarName(index.dtype)}`)
  if (out.dtype !== source.dtype)
    throw new RuntimeError(
      `index_copy_(): self and source expected to have the same dtype, but got (self) ${scalarName(out.dtype)} and (source) ${scalarName(source.dtype)}`,
    )
  const rest = (shape: Shape): Shape => shape.filter((_, d) => d !== at)
  const [own, theirs] = [rest(out.shape), rest(source.shape)]
  if (source.ndim !== out.ndim || own.some((n, d) => n !== theirs[d]))
    throw new RuntimeError(
      `index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: ${own.join(' ')} at dimension ${at} and source slice shape: ${theirs.join(' ')} at dimension ${at}.`,
    )
  if (lengthOf(source, at) !== index.numel())
    throw new IndexError(
      `index_copy_(): Number of indices (${index.numel()}) should be equal to source.size(dim) (${lengthOf(source, at)})`,
    )
  const n = lengthOf(out, at)
  checkIndices(index, n, (i) => new IndexError(`index_copy_(): index ${i} is out of bounds for dimension ${at} with size ${n}`))
  return at
}

/**
 * `x` with the parts of `source` in place of those that `index` names along `dim`.
 *
 * @throws RuntimeError or IndexError if shapes or dtypes do not fit; IndexError for an index out of bounds.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.index_copy_.html
 */
export const indexCopy: (x: Tensor, dim: number, index: Tensor, source: Tensor) => Tensor = /* @__PURE__ */ overwriting(
  (out: Tensor, dim: number, index: Tensor, source: Tensor) => write('set', out, checkCopied(out, dim, index, source), index, source),
  (out, x, dim, index, source) =>
    record(out, indexCopyRule, [x, source], [index], { dim: normalizeDim(dim, x.ndim), source: source.shape, alpha: 1 }),
)

const indexFillRule = /* @__PURE__ */ rule<readonly [Tensor], number>('IndexFillBackward0', (grad, node) => {
  const outside = indexFill(grad, node.attrs, node.saved()[0], 0)
  // What is not outside went to the value, once however often a part is named.
  return [node.needs(0) ? outside : null, node.needs(1) ? sumTo(sub(grad, outside), []) : null]
})

/**
 * `x` with `value` in the parts that `index` names along `dim`.
 *
 * @throws IndexError for an index that is not `int64` or out of bounds; RuntimeError for a value with dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.index_fill_.html
 */
export const indexFill: (x: Tensor, dim: number, index: Tensor, value: number | Tensor) => Tensor = /* @__PURE__ */ overwriting(
  (out: Tensor, dim: number, index: Tensor, value: number | Tensor) => {
    if (typeof value !== 'number' && value.ndim > 0)
      throw new RuntimeError(`index_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.ndim} dimension(s).`)
    if (!isIndex(index.dtype)) throw new IndexError('index_fill_(): Expected dtype int64 for index.')
    if (index.ndim > 1) throw new RuntimeError('Index has to be a vector/scalar')
    const at = normalizeDim(dim, out.ndim)
    const one = typeof value === 'number' ? allocateTensor([], out.dtype) : copyOf(value, out.dtype)
    if (typeof value === 'number') one.data[0] = castScalar(value, out.dtype)
    const shape = out.shape.map((n, d) => (d === at ? index.numel() : n))
    const n = lengthOf(out, at)
    const places = fromFront(index, n, (i) => new IndexError(`index ${i} is out of bounds for dimension ${at} with size ${n}`))
    if (out.ndim > 0 || index.numel() > 0)
      write(
        'set',
        out,
        at,
        places,
        one.alias(
          shape,
          shape.map(() => 0),
        ),
      )
  },
  (out, x, dim, index, value) =>
    record(
      out,
      indexFillRule,
      [x, value],
      [index],
      normalizeDim(dim, x.ndim),
      typeof value === 'number' ? 'IndexFillBackward0' : 'IndexFillBackward1',
    ),
)

const reductions: readonly string[] = ['prod', 'mean', 'amax', 'amin']

/**
 * `x` with the product, mean, greatest or least of all parts of `source` that `index` sends to a part along `dim`.
 *
 * @throws RuntimeError for an unknown reduction or if shapes or dtypes do not fit; IndexError for an index out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.index_reduce_.html
 */
export const indexReduce: (
  x: Tensor,
  dim: number,
  index: Tensor,
  source: Tensor,
  reduce: Exclude<ScatterReduction, 'sum'>,
  options?: IncludeSelfOptions,
) => Tensor = /* @__PURE__ */ overwriting(
  (
    out: Tensor,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduce: Exclude<ScatterReduction, 'sum'>,
    { includeSelf = true }: IncludeSelfOptions = {},
  ) => {
    if (!reductions.includes(reduce))
      throw new RuntimeError(`index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ${reduce as string}.`)
    const at = checkParts('index_reduce_', out, dim, index, source)
    reduceInto(out, at, placesOf(index, at, source.shape), source, reduce, includeSelf)
  },
  (out, x, dim, index, source, reduce, { includeSelf = true } = {}) => {
    const at = normalizeDim(dim, x.ndim)
    return noteReduction(out, x, at, placesOf(index, at, source.shape), source, reduce, includeSelf, 'IndexReduceBackward0')
  },
)

const putRule = /* @__PURE__ */ rule<readonly [Tensor], { readonly source: Shape; readonly accumulate: boolean }>(
  'PutBackward0',
  (grad, node) => {
    const [places] = node.saved()
    const { source, accumulate } = node.attrs
    const nothing = (): Tensor => allocateTensor(places.shape, grad.dtype)
    return [
      node.needs(0) ? (accumulate ? grad : put(grad, places, nothing())) : null,
      node.needs(1) ? reshape(take(grad, places), source) : null,
    ]
  },
)

/** Options of `put`. */
export interface PutOptions {
  /** Adds to what stands there instead of replacing it. */
  readonly accumulate?: boolean | undefined
}

/**
 * `x` with the elements of `source` at `index`, counted through all of `x` in order.
 *
 * Dtypes: those of `x` and `source` are equal; `index` is `int64`.
 *
 * @throws IndexError if an index is out of range or there are not as many indices as elements of `source`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.put_.html
 */
export const put: (x: Tensor, index: Tensor, source: Tensor, options?: PutOptions) => Tensor = /* @__PURE__ */ overwriting(
  (out: Tensor, index: Tensor, source: Tensor, { accumulate = false }: PutOptions = {}) => {
    if (source.numel() !== index.numel())
      throw new IndexError(
        `put_(): Expected source and index to have the same number of elements, but got source.numel() = ${source.numel()}, index.numel() = ${index.numel()}`,
      )
    if (source.dtype !== out.dtype)
      throw new RuntimeError(
        `put_(): self and source expected to have the same dtype, but got self.dtype = ${scalarName(out.dtype)} and source.dtype = ${scalarName(source.dtype)}`,
      )
    const n = out.numel()
    const places = positionsOf(index, n, 'put_')
    if (places.numel() === 0) return
    // The places count elements in order; where memory has another order, a copy that is in order is written and copied back.
    const ordered = out.isContiguous() ? out : copyOf(out)
    const values = copyOf(source).alias(places.shape, [1])
    kernels.scatter(accumulate ? 'add' : 'set', ordered.alias([n], [1]), 0, places, values)
    if (ordered !== out) kernels.copy(ordered, out)
  },
  (out, x, index, source, { accumulate = false } = {}) =>
    record(out, putRule, [x, source], [positionsOf(index, x.numel(), 'put_')], { source: source.shape, accumulate }),
)
