/** Taking elements by index along one dimension, or from all of them in order. */
import { type Rule, rule } from '../autograd/node.ts'
import type { Combine } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { type DType, scalarName } from '../dtype.ts'
import { IndexError, RuntimeError } from '../errors.ts'
import { broadcastShapes2, formatShape, normalizeDim, numelOf, type Shape } from '../layout.ts'
import { copyOf, expand, record } from '../op.ts'
import { replayable } from '../tape.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { reshape } from './view.ts'

/** A 0-dim tensor as a vector of one element, for kernels that work along a dimension. */
export const lift = (x: Tensor): Tensor => (x.ndim === 0 ? x.alias([1], [1]) : x)

/** The length of a dimension; 1 of a 0-dim tensor. */
export const lengthOf = (x: Tensor, dim: number): number => (x.ndim === 0 ? 1 : (x.shape[dim] as number))

/** Whether a dtype may hold indices. */
export const isIndex = (d: DType): boolean => d === 'int64' || d === 'int32'

/** Refuses indices that point outside. */
export function checkIndices(index: Tensor, n: number, error: (i: number) => Error): void {
  replayable(() => {
    const plain = index.isContiguous() ? index : copyOf(index)
    const { data, offset } = plain
    for (let k = 0, m = index.numel(); k < m; k++) {
      const i = data[offset + k] as number
      if (i < 0 || i >= n) throw error(i)
    }
  }, [index])
}

/** The error of `gather` and `scatter` for an index outside. */
export const outside =
  (dim: number, n: number) =>
  (i: number): Error =>
    new RuntimeError(`index ${i} is out of bounds for dimension ${dim} with size ${n}`)

/** A vector of indices along `dim`, stretched over the other dimensions of `shape`. */
export const alongDim = (index: Tensor, dim: number, shape: Shape): Tensor =>
  shape.length === 0
    ? index
    : expand(
        index.alias(
          shape.map((_, d) => (d === dim ? index.numel() : 1)),
          shape.map((_, d) => (d === dim ? (index.strides[0] ?? 1) : 0)),
        ),
        shape,
      )

/** Where elements were taken along one dimension. */
interface Taken {
  readonly shape: Shape
  readonly dim: number
}

const gatherRule = /* @__PURE__ */ rule<readonly [Tensor], Taken>('GatherBackward0', (grad, node) => [
  scatterZeros(node.attrs.shape, node.attrs.dim, node.saved()[0], grad),
])

/**
 * `out[i][j] = x[index[i][j]][j]` for `dim` 0, and so on.
 *
 * Shape: that of `index`. Dtypes: `index` is `int64` or `int32`.
 *
 * @throws RuntimeError if an index is out of bounds or the numbers of dimensions differ.
 * @see https://pytorch.org/docs/stable/generated/torch.gather.html
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  const at = normalizeDim(dim, x.ndim)
  const out = allocateTensor(index.shape, x.dtype)
  if (index.numel() > 0) {
    if (!isIndex(index.dtype)) throw new RuntimeError('gather(): Expected dtype int32/int64 for index')
    if (Math.max(x.ndim, 1) !== Math.max(index.ndim, 1))
      throw new RuntimeError('Index tensor must have the same number of dimensions as input tensor')
    index.shape.forEach((n, d) => {
      if (d !== at && n > lengthOf(x, d))
        throw new RuntimeError(
          `Size does not match at dimension ${d} expected index ${formatShape(index.shape)} to be no larger than self ${formatShape(x.shape)} apart from dimension ${at}`,
        )
    })
    checkIndices(index, lengthOf(x, at), outside(at, lengthOf(x, at)))
    kernels.gather(lift(x), at, lift(index), lift(out))
  }
  return record(out, gatherRule, [x], [index], { shape: x.shape, dim: at })
}

const scatterZerosRule: Rule<readonly [Tensor], number> = {
  name: 'ScatterAddBackward0',
  backward: (grad, node) => [gather(grad, node.attrs, node.saved()[0])],
}

/** Zeros of `shape` with `source` added at the places that `index` names along `dim`: the adjoint of `gather`. */
export function scatterZeros(shape: Shape, dim: number, index: Tensor, source: Tensor, combine: Combine = 'add'): Tensor {
  const out = allocateTensor(shape, source.dtype)
  if (index.numel() > 0) kernels.scatter(combine, lift(out), dim, lift(index), lift(source))
  return record(out, scatterZerosRule, [source], [index], dim)
}

/** Zeros of `shape` with the parts of `source` added where `index` names them along `dim`: the adjoint of `indexSelect`. */
export const indexSelectAdjoint = (source: Tensor, shape: Shape, dim: number, index: Tensor): Tensor =>
  scatterZeros(shape, dim, alongDim(index, dim, source.shape), source)

const indexSelectRule = /* @__PURE__ */ rule<readonly [Tensor], Taken>('IndexSelectBackward0', (grad, node) => [
  indexSelectAdjoint(grad, node.attrs.shape, node.attrs.dim, node.saved()[0]),
])

/**
 * The parts of `x` along `dim` that `index` names, in its order.
 *
 * @throws IndexError if an index is out of range or `index` is not one-dimensional.
 * @see https://pytorch.org/docs/stable/generated/torch.index_select.html
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  const at = normalizeDim(dim, x.ndim)
  if (index.ndim > 1) throw new IndexError('index_select(): Index is supposed to be a vector')
  if (!isIndex(index.dtype)) throw new RuntimeError('index_select(): Expected dtype int32 or int64 for index')
  checkIndices(index, lengthOf(x, at), () => new IndexError('index out of range in self'))
  const shape = x.shape.map((m, d) => (d === at ? index.numel() : m))
  const out = allocateTensor(shape, x.dtype)
  if (numelOf(shape) > 0) kernels.gather(lift(x), at, lift(alongDim(index, at, shape)), lift(out))
  return record(out, indexSelectRule, [x], [index], { shape: x.shape, dim: at })
}

/** A copy of indices from `-n` up to `n`, all counted from the front. */
export function fromFront(index: Tensor, n: number, error: (i: number) => Error): Tensor {
  const plain = copyOf(index, 'int64')
  const turn = (): void => {
    const { data } = plain
    for (let k = 0; k < data.length; k++) {
      const i = data[k] as number
      if (i < -n || i >= n) throw error(i)
      if (i < 0) data[k] = i + n
    }
  }
  replayable(turn, [], [plain])
  return plain
}

/** Indices into all elements of `x`, as a vector and counted from the front. */
export function positionsOf(index: Tensor, n: number, name: string): Tensor {
  if (index.dtype !== 'int64') throw new RuntimeError(`${name}(): Expected a long tensor for index, but got ${scalarName(index.dtype)}`)
  const places = fromFront(index, n, (i) => new IndexError(`out of range: tried to access index ${i} on a tensor of ${n} elements.`))
  return places.alias([index.numel()], [1])
}

const takeRule = /* @__PURE__ */ rule<readonly [Tensor], Shape>('TakeBackward0', (grad, node) => {
  const shape = node.attrs
  return [reshape(scatterZeros([numelOf(shape)], 0, node.saved()[0], reshape(grad, [-1])), shape)]
})

/**
 * The elements at `index`, counted through all of `x` in order.
 *
 * Shape: that of `index`. Dtypes: `index` is `int64`.
 *
 * @example
 * tensor([[4, 3], [2, 1]]).take(tensor([0, -1], { dtype: 'int64' })) // tensor([4., 1.])
 * @throws IndexError if an index is out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.take.html
 */
export function take(x: Tensor, index: Tensor): Tensor {
  const n = x.numel()
  if (n === 0 && index.numel() > 0) throw new IndexError('take(): tried to take from an empty tensor')
  const places = positionsOf(index, n, 'take')
  const out = allocateTensor(index.shape, x.dtype)
  const plain = x.isContiguous() ? x : copyOf(x)
  if (index.numel() > 0) kernels.gather(plain.alias([n], [1]), 0, places, out.alias(places.shape, [1]))
  return record(out, takeRule, [x], [places], x.shape)
}

/**
 * The elements of `x` at `indices` along `dim`, both broadcast over the other dimensions; without `dim`, from all of `x` in order.
 *
 * @throws RuntimeError unless `indices` is `int64` and has as many dimensions as `x`.
 * @see https://pytorch.org/docs/stable/generated/torch.take_along_dim.html
 */
export function takeAlongDim(x: Tensor, indices: Tensor, { dim }: { readonly dim?: number | undefined } = {}): Tensor {
  if (indices.dtype !== 'int64')
    throw new RuntimeError(`torch.take_along_dim(): dtype of indices should be Long but got ${scalarName(indices.dtype)}`)
  if (dim === undefined) return gather(reshape(x, [-1]), 0, reshape(indices, [-1]))
  if (x.ndim !== indices.ndim)
    throw new RuntimeError(
      `torch.take_along_dim(): input and indices should have the same number of dimensions, but got ${x.ndim} dimensions for input, and ${indices.ndim} dimensions for indices`,
    )
  const at = normalizeDim(dim, x.ndim)
  const common = broadcastShapes2(
    x.shape.map((n, d) => (d === at ? 1 : n)),
    indices.shape.map((n, d) => (d === at ? 1 : n)),
  )
  const full = (t: Tensor): Tensor =>
    expand(
      t,
      common.map((n, d) => (d === at ? (t.shape[d] as number) : n)),
    )
  return gather(full(x), at, fromFront(full(indices), x.shape[at] as number, outside(at, x.shape[at] as number)))
}
