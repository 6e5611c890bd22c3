/** Where elements are not zero, and taking them. */
import { RuntimeError, ValueError } from '../errors.ts'
import { broadcastShapes2 } from '../layout.ts'
import { copyOf, expand } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { type Places, takeAt } from './places.ts'

/** The places of the elements of `x` that are not zero, in order. */
export function coordinates(x: Tensor): Places {
  const { data } = copyOf(x)
  let count = 0
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) count++
  const found = new Float64Array(count)
  for (let i = 0, k = 0; i < data.length; i++) if (data[i] !== 0) found[k++] = i
  let step = data.length
  const indices = x.shape.map((n) => {
    step /= Math.max(n, 1)
    const index = allocateTensor([count], 'int64')
    for (let k = 0; k < count; k++) index.data[k] = Math.floor((found[k] as number) / step) % n
    return index
  })
  return { dims: x.shape.map((_, d) => d), indices, shape: [count], at: 0 }
}

/**
 * The indices of all elements that are not zero, a row each; with `asTuple`, a vector per dimension, as indexing takes them.
 *
 * Shape: `[count, ndim]`. Dtypes: `int64`.
 *
 * @example
 * tensor([[0, 2], [3, 0]]).nonzero() // tensor([[0, 1], [1, 0]])
 * @see https://pytorch.org/docs/stable/generated/torch.nonzero.html
 */
export function nonzero(x: Tensor, options: { readonly asTuple: true }): Tensor[]
export function nonzero(x: Tensor, options?: { readonly asTuple?: false | undefined }): Tensor
export function nonzero(x: Tensor, { asTuple = false }: { readonly asTuple?: boolean | undefined } = {}): Tensor | Tensor[] {
  // A 0-dim tensor counts as a vector here.
  if (asTuple) return [...coordinates(x.ndim === 0 ? x.alias([1], [1]) : x).indices]
  const { indices, shape } = coordinates(x)
  const n = shape[0] as number
  const out = allocateTensor([n, x.ndim], 'int64')
  indices.forEach((index, d) => {
    for (let k = 0; k < n; k++) out.data[k * x.ndim + d] = index.data[k] as number
  })
  return out
}

/**
 * The indices of all elements that are not zero, a row each.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.argwhere.html
 */
export function argwhere(x: Tensor): Tensor {
  return nonzero(x)
}

/** Options of `nonzeroStatic`. */
export interface NonzeroStaticOptions {
  /** The number of rows of the result. */
  readonly size: number
  /** What stands in rows that are left over. */
  readonly fillValue?: number | undefined
}

/**
 * The indices of the first `size` elements that are not zero, a row each; rows of `fillValue` where there are fewer.
 *
 * @throws ValueError for a negative size.
 * @see https://pytorch.org/docs/stable/generated/torch.nonzero_static.html
 */
export function nonzeroStatic(x: Tensor, { size, fillValue = -1 }: NonzeroStaticOptions): Tensor {
  if (size < 0) throw new ValueError(`nonzero_static: 'size' must be an non-negative integer`)
  const found = nonzero(x)
  const out = allocateTensor([size, x.ndim], 'int64')
  out.data.fill(fillValue)
  out.data.set(found.data.subarray(0, size * x.ndim))
  return out
}

/**
 * The elements of `x` where `mask` holds, in order.
 *
 * Shape: `x` and `mask` broadcast; the result is a vector.
 *
 * @example
 * tensor([1, 2, 3]).maskedSelect(tensor([true, false, true])) // tensor([1., 3.])
 * @throws RuntimeError unless `mask` is `bool` or `uint8`.
 * @see https://pytorch.org/docs/stable/generated/torch.masked_select.html
 */
export function maskedSelect(x: Tensor, mask: Tensor): Tensor {
  if (mask.dtype !== 'bool' && mask.dtype !== 'uint8') throw new RuntimeError('masked_select: expected BoolTensor or ByteTensor for mask')
  const shape = broadcastShapes2(x.shape, mask.shape)
  return takeAt(expand(x, shape), coordinates(expand(mask, shape)), 'MaskedSelectBackward0')
}
