/** Reductions over dimensions. */
import { NOTHING, type Rule, rule } from '../autograd/node.ts'
import type { ArgReduction, View } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { type DType, isFloat, scalarName } from '../dtype.ts'
import { IndexError, NotImplementedError, RuntimeError } from '../errors.ts'
import { contiguousStrides, normalizeDim, normalizeDims, numelOf } from '../layout.ts'
import { castTo, expand, kernel, record, recordAll } from '../op.ts'
import { pyType } from '../promote.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { div, mul } from './arithmetic.ts'
import { eq } from './compare.ts'
import { maximum, minimum } from './pairs.ts'
import { pickedRule, type ValuesIndices } from './picked.ts'
import { countOf, dimsOf, type Reduced, reduce, reducedShape, restore } from './reduction.ts'
import type { Dims, ReduceOptions } from './types.ts'
import { reshape } from './view.ts'

export type { ValuesIndices }

/** Options of `sum`, `mean` and `prod`. */
export interface SumOptions extends ReduceOptions {
  /** Convert to this dtype first. */
  readonly dtype?: DType | undefined
}

const sumRule = /* @__PURE__ */ rule<readonly [], Reduced>('SumBackward0', (grad, node) => [
  expand(restore(grad, node.attrs), node.attrs.shape),
])

/**
 * The sum of the elements, over all dimensions or those given.
 *
 * Dtypes: `bool` and integers sum to `int64`.
 *
 * @example
 * tensor([[1, 2], [3, 4]]).sum(1) // tensor([3., 7.])
 * @see https://pytorch.org/docs/stable/generated/torch.sum.html
 */
export function sum(x: Tensor, dim?: Dims | SumOptions, options?: SumOptions): Tensor {
  const { dim: given, keepdim = false, dtype } = dimsOf(dim, options)
  const dims = normalizeDims(given, x.ndim)
  const to = dtype ?? (isFloat(x.dtype) ? x.dtype : 'int64')
  const from = isFloat(to) ? castTo(x, to) : x
  const out = reduce('sum', from, dims, keepdim, to)
  return record(out, sumRule, [from], NOTHING, { shape: x.shape, dims }, given === undefined ? 'SumBackward0' : 'SumBackward1')
}

const meanRule = /* @__PURE__ */ rule<readonly [], Reduced>('MeanBackward0', (grad, node) => {
  return [div(expand(restore(grad, node.attrs), node.attrs.shape), countOf(node.attrs))]
})

/**
 * The mean of the elements, over all dimensions or those given; NaN of no elements.
 *
 * @example
 * tensor([1, 2, 3]).mean() // tensor(2.)
 * @throws RuntimeError for integer tensors, unless a floating-point `dtype` is given.
 * @see https://pytorch.org/docs/stable/generated/torch.mean.html
 */
export function mean(x: Tensor, dim?: Dims | SumOptions, options?: SumOptions): Tensor {
  const { dim: given, keepdim = false, dtype = x.dtype } = dimsOf(dim, options)
  if (!isFloat(dtype))
    throw new RuntimeError(
      `mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ${scalarName(dtype)}`,
    )
  const dims = normalizeDims(given, x.ndim)
  const from = castTo(x, dtype)
  const attrs = { shape: x.shape, dims }
  const out = reduce('sum', from, dims, keepdim, dtype)
  // In place: nobody has seen it yet.
  kernels.map(quotient.program, dtype, out, [out, countOf(attrs)])
  return record(out, meanRule, [from], NOTHING, attrs, given === undefined ? 'MeanBackward0' : 'MeanBackward1')
}

const quotient = /* @__PURE__ */ kernel({ name: 'div', forward: (x, n) => x.div(n) })

/** The extremes along dimensions share their gradient evenly among ties. */
const extremeRule = (name: string): Rule<readonly [Tensor, Tensor], Reduced> =>
  rule(name, (grad, node) => {
    const [x, out] = node.saved()
    const mask = castTo(eq(x, restore(out, node.attrs)), x.dtype)
    const ties = sum(mask, node.attrs.dims, { keepdim: true })
    return [mul(div(restore(grad, node.attrs), ties), mask)]
  })

const amaxRule = /* @__PURE__ */ extremeRule('AmaxBackward0')
const aminRule = /* @__PURE__ */ extremeRule('AminBackward0')

function extreme(kind: 'amax' | 'amin', x: Tensor, { dim: given, keepdim = false }: ReduceOptions, name?: string): Tensor {
  const dims = normalizeDims(given, x.ndim)
  for (const d of dims)
    if (x.shape[d] === 0)
      throw given === undefined
        ? new RuntimeError(
            name === undefined
              ? `${kind}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`
              : `${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
          )
        : new IndexError(`${kind}(): Expected reduction dim ${d} to have non-zero size.`)
  const out = reduce(kind, x, dims, keepdim, x.dtype)
  const named = name === 'max' ? 'MaxBackward1' : name === 'min' ? 'MinBackward1' : undefined
  return record(out, kind === 'amax' ? amaxRule : aminRule, [x], [x, out], { shape: x.shape, dims }, named)
}

/**
 * The greatest element over dimensions; ties share the gradient evenly.
 *
 * @throws IndexError for a dimension of length 0.
 * @see https://pytorch.org/docs/stable/generated/torch.amax.html
 */
export function amax(x: Tensor, dim?: Dims | ReduceOptions, options?: ReduceOptions): Tensor {
  return extreme('amax', x, dimsOf(dim, options))
}

/**
 * The least element over dimensions; ties share the gradient evenly.
 *
 * @throws IndexError for a dimension of length 0.
 * @see https://pytorch.org/docs/stable/generated/torch.amin.html
 */
export function amin(x: Tensor, dim?: Dims | ReduceOptions, options?: ReduceOptions): Tensor {
  return extreme('amin', x, dimsOf(dim, options))
}

/** Options of `max`, `min`, `argmax` and `argmin`. */
export interface DimOptions {
  readonly dim?: number | undefined
  readonly keepdim?: boolean | undefined
}

const maxRule = /* @__PURE__ */ pickedRule('MaxBackward0')
const minRule = /* @__PURE__ */ pickedRule('MinBackward0')

/** Runs an arg-reduction kernel over one dimension. */
function pick(
  kind: ArgReduction,
  x: Tensor,
  dim: number,
  keepdim: boolean,
  wantValues: boolean,
): { values: Tensor | null; indices: Tensor } {
  const shape = reducedShape(x.shape, [dim], true)
  const indices = allocateTensor(shape, 'int64')
  const values = wantValues ? allocateTensor(shape, x.dtype) : null
  const view: View = x.ndim === 0 ? x.alias([1], [1], x.offset) : x
  const lift = (t: Tensor): Tensor => (x.ndim === 0 ? t.alias([1], [1]) : t)
  kernels.argReduce(kind, view, dim, values === null ? null : lift(values), lift(indices))
  const squeeze = (t: Tensor): Tensor =>
    keepdim || x.ndim === 0 ? t : t.alias(reducedShape(x.shape, [dim], false), contiguousStrides(reducedShape(x.shape, [dim], false)))
  return { values: values === null ? null : squeeze(values), indices: squeeze(indices) }
}

function extremeAlong(kind: ArgReduction, x: Tensor, dim: number, keepdim: boolean): ValuesIndices {
  const at = normalizeDim(dim, x.ndim)
  if (x.ndim > 0 && x.shape[at] === 0) throw new IndexError(`${kind}(): Expected reduction dim ${at} to have non-zero size.`)
  const { values, indices } = pick(kind, x, at, keepdim, true) as { values: Tensor; indices: Tensor }
  recordAll([values, indices], kind === 'max' ? maxRule : minRule, [x], [indices], {
    shape: x.shape,
    dim: at,
    keepdim: keepdim || x.ndim === 0,
  })
  return namedTuple({ values, indices })
}

/** The three meanings of `max` and `min`: of everything, along a dimension, of two tensors. */
interface Extreme {
  (x: Tensor): Tensor
  (x: Tensor, y: Tensor): Tensor
  (x: Tensor, dim: number, options?: { keepdim?: boolean }): ValuesIndices
  (x: Tensor, options: { dim: number; keepdim?: boolean }): ValuesIndices
}

const extremeOf = (kind: ArgReduction, pair: (x: Tensor, y: Tensor) => Tensor): Extreme =>
  ((x: Tensor, arg?: number | Tensor | DimOptions, options?: { keepdim?: boolean }): Tensor | ValuesIndices => {
    if (typeof x === 'number')
      throw new TypeError(
        `${kind}() received an invalid combination of arguments - got (${[x, arg].map(pyType).join(', ')}), but expected one of:\n * (Tensor, ...)`,
      )
    if (arg === undefined) return extreme(kind === 'max' ? 'amax' : 'amin', x, {}, kind)
    if (typeof arg === 'number') return extremeAlong(kind, x, arg, options?.keepdim ?? false)
    if ('storage' in arg) return pair(x, arg)
    return arg.dim === undefined
      ? extreme(kind === 'max' ? 'amax' : 'amin', x, {}, kind)
      : extremeAlong(kind, x, arg.dim, arg.keepdim ?? false)
  }) as Extreme

/**
 * The greatest element; along `dim` the greatest elements and their indices; with a second tensor the elementwise maximum.
 *
 * @example
 * const { values, indices } = tensor([[1, 5], [7, 2]]).max(1)
 * @throws RuntimeError for an empty tensor without `dim`; IndexError for a dimension of length 0.
 * @see https://pytorch.org/docs/stable/generated/torch.max.html
 */
export const max: Extreme = /* @__PURE__ */ extremeOf('max', (x, y) => maximum(x, y))

/**
 * The least element; along `dim` the least elements and their indices; with a second tensor the elementwise minimum.
 *
 * @throws RuntimeError for an empty tensor without `dim`; IndexError for a dimension of length 0.
 * @see https://pytorch.org/docs/stable/generated/torch.min.html
 */
export const min: Extreme = /* @__PURE__ */ extremeOf('min', (x, y) => minimum(x, y))

function argExtreme(kind: ArgReduction, x: Tensor, dim: number | DimOptions | undefined, options: DimOptions | undefined): Tensor {
  const { dim: given, keepdim = false } = typeof dim === 'number' ? { ...options, dim } : (dim ?? {})
  if (x.dtype === 'bool') throw new NotImplementedError(`"arg${kind}_cpu" not implemented for 'Bool'`)
  if (given === undefined) {
    if (x.numel() === 0)
      throw new IndexError(
        `arg${kind}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
      )
    const flat = pick(kind, reshape(x.alias(), [numelOf(x.shape)]), 0, false, false).indices
    return keepdim
      ? reshape(
          flat,
          x.shape.map(() => 1),
        )
      : flat
  }
  const at = normalizeDim(given, x.ndim)
  if (x.ndim > 0 && x.shape[at] === 0) throw new IndexError(`arg${kind}(): Expected reduction dim ${at} to have non-zero size.`)
  return pick(kind, x, at, keepdim, false).indices
}

/**
 * Where the greatest element stands: in the flattened tensor, or along `dim`. The first of equals.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.argmax.html
 */
export function argmax(x: Tensor, dim?: number | DimOptions, options?: DimOptions): Tensor {
  return argExtreme('max', x, dim, options)
}

/**
 * Where the least element stands: in the flattened tensor, or along `dim`. The first of equals.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.argmin.html
 */
export function argmin(x: Tensor, dim?: number | DimOptions, options?: DimOptions): Tensor {
  return argExtreme('min', x, dim, options)
}

/** `uint8` answers in kind, as it does in PyTorch; all else in `bool`. */
const truth = (x: Tensor): DType => (x.dtype === 'uint8' ? 'uint8' : 'bool')

/**
 * Whether any element is not zero.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.any.html
 */
export function any(x: Tensor, dim?: Dims | ReduceOptions, options?: ReduceOptions): Tensor {
  const { dim: given, keepdim = false } = dimsOf(dim, options)
  return reduce('any', x, normalizeDims(given, x.ndim), keepdim, truth(x))
}

/**
 * Whether all elements are not zero.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.all.html
 */
export function all(x: Tensor, dim?: Dims | ReduceOptions, options?: ReduceOptions): Tensor {
  const { dim: given, keepdim = false } = dimsOf(dim, options)
  return reduce('all', x, normalizeDims(given, x.ndim), keepdim, truth(x))
}
