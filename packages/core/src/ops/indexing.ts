/** Taking and putting elements by index. */
import { type Rule, rule } from '../autograd/node.ts'
import type { Combine } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { IndexError, RuntimeError } from '../errors.ts'
import { formatShape, normalizeDim, numelOf, type Shape } from '../layout.ts'
import { copyOf, expand, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'

const lift = (x: Tensor): Tensor => (x.ndim === 0 ? x.alias([1], [1]) : x)

/** Refuses indices that point outside. */
function checkIndices(index: Tensor, n: number, message: (i: number) => string): void {
  const plain = index.isContiguous() ? index : copyOf(index)
  for (let k = 0, m = index.numel(); k < m; k++) {
    const i = plain.data[plain.offset + k] as number
    if (i < 0 || i >= n) throw new IndexError(message(i))
  }
}

const gatherRule = /* @__PURE__ */ rule<readonly [Tensor], { shape: Shape; dim: number }>('GatherBackward0', (grad, node) => {
  const [index] = node.saved()
  return [scatterZeros(node.attrs.shape, node.attrs.dim, index, grad, 'add')]
})

/**
 * `out[i][j] = x[index[i][j]][j]` for `dim` 0, and so on.
 *
 * Shape: that of `index`. Dtypes: `index` is `int64`.
 *
 * @throws RuntimeError if an index is out of bounds or the numbers of dimensions differ.
 * @see https://pytorch.org/docs/stable/generated/torch.gather.html
 */
export function gather(x: Tensor, dim: number, index: Tensor): Tensor {
  if (index.dtype !== 'int64' && index.dtype !== 'int32') throw new RuntimeError('gather(): Expected dtype int32/int64 for index')
  const at = normalizeDim(dim, x.ndim)
  if (Math.max(x.ndim, 1) !== Math.max(index.ndim, 1) && index.numel() > 0)
    throw new RuntimeError('Index tensor must have the same number of dimensions as input tensor')
  index.shape.forEach((n, d) => {
    if (d !== at && x.ndim > 0 && n > (x.shape[d] as number))
      throw new RuntimeError(
        `Size does not match at dimension ${d} expected index ${formatShape(index.shape)} to be no larger than self ${formatShape(x.shape)} apart from dimension ${at}`,
      )
  })
  const n = x.ndim === 0 ? 1 : (x.shape[at] as number)
  if (index.numel() > 0) checkIndices(index, n, (i) => `index ${i} is out of bounds for dimension ${at} with size ${n}`)
  const out = allocateTensor(index.shape, x.dtype)
  if (index.numel() > 0) kernels.gather(lift(x), at, lift(index), lift(out))
  return record(out, gatherRule, [x], [index], { shape: x.shape, dim: at })
}

const scatterZerosRule: Rule<readonly [Tensor], number> = {
  name: 'ScatterBackward0',
  backward: (grad, node) => [gather(grad, node.attrs, node.saved()[0])],
}

/** Zeros of `shape` with `source` at the places that `index` names along `dim`: the adjoint of `gather`. */
export function scatterZeros(shape: Shape, dim: number, index: Tensor, source: Tensor, combine: Combine = 'add'): Tensor {
  const out = allocateTensor(shape, source.dtype)
  if (index.numel() > 0) kernels.scatter(combine, lift(out), dim, lift(index), lift(source))
  return record(out, scatterZerosRule, [source], [index], dim)
}

const indexSelectRule = /* @__PURE__ */ rule<readonly [Tensor], { shape: Shape; dim: number }>('IndexSelectBackward0', (grad, node) => {
  const { shape, dim } = node.attrs
  const [index] = node.saved()
  return [scatterZeros(shape, dim, alongDim(index, shape.length, dim, grad.shape), grad, 'add')]
})

/** A vector of indices along `dim`, stretched over the other dimensions. */
const alongDim = (index: Tensor, ndim: number, dim: number, shape: Shape): Tensor =>
  ndim === 0
    ? index
    : expand(
        index.alias(
          shape.map((_, d) => (d === dim ? index.numel() : 1)),
          shape.map((_, d) => (d === dim ? (index.strides[0] ?? 1) : 0)),
        ),
        shape,
      )

/**
 * The parts of `x` along `dim` that `index` names, in its order.
 *
 * @throws IndexError if an index is out of range or `index` is not one-dimensional.
 * @see https://pytorch.org/docs/stable/generated/torch.index_select.html
 */
export function indexSelect(x: Tensor, dim: number, index: Tensor): Tensor {
  const at = normalizeDim(dim, x.ndim)
  if (index.ndim > 1) throw new IndexError('index_select(): Index is supposed to be a vector')
  if (index.dtype !== 'int64' && index.dtype !== 'int32') throw new RuntimeError('index_select(): Expected dtype int32 or int64 for index')
  const n = x.ndim === 0 ? 1 : (x.shape[at] as number)
  checkIndices(index, n, () => 'index out of range in self')
  const shape = x.shape.map((m, d) => (d === at ? index.numel() : m))
  const out = allocateTensor(shape, x.dtype)
  if (numelOf(shape) > 0) kernels.gather(lift(x), at, lift(alongDim(index, x.ndim, at, shape)), lift(out))
  return record(out, indexSelectRule, [x], [index], { shape: x.shape, dim: at })
}
