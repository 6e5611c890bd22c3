/** Sliding windows. */
import { rule } from '../autograd/node.ts'
import { RuntimeError } from '../errors.ts'
import { normalizeDim, type Shape } from '../layout.ts'
import { sumTo } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { viewOf } from './alias.ts'
import { indexSelectAdjoint } from './indexing.ts'
import { movedim } from './permute.ts'
import { reshape } from './view.ts'

/** Where windows were taken. */
interface Windows {
  readonly shape: Shape
  readonly dim: number
  readonly size: number
  readonly step: number
}

const unfoldRule = /* @__PURE__ */ rule<readonly [], Windows>('UnfoldBackward0', (grad, node) => {
  const { shape, dim, size, step } = node.attrs
  if (shape.length === 0) return [sumTo(grad, shape)]
  const windows = grad.shape[dim] as number
  // Window and place in it become one dimension; each place of the input gathers what all its windows got.
  const index = allocateTensor([windows * size], 'int64')
  for (let w = 0; w < windows; w++) for (let i = 0; i < size; i++) index.data[w * size + i] = w * step + i
  const merged = shape.map((n, d) => (d === dim ? windows * size : n))
  return [indexSelectAdjoint(reshape(movedim(grad, -1, dim + 1), merged), shape, dim, index)]
})

/**
 * A view of all windows of `size` elements along `dim`, each `step` after the one before, as a last dimension.
 *
 * Shape: `n` along `dim` becomes `(n - size) / step + 1`, rounded down; `size` is appended.
 *
 * @example
 * arange(4).unfold(0, 2, 1) // tensor([[0, 1], [1, 2], [2, 3]])
 * @throws RuntimeError if `size` is longer than the dimension or `step` is not greater than 0.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.unfold.html
 */
export function unfold(x: Tensor, dim: number, size: number, step: number): Tensor {
  const at = normalizeDim(dim, x.ndim)
  const n = x.ndim === 0 ? 1 : (x.shape[at] as number)
  if (size < 0) throw new RuntimeError(`size is ${size} but must be >= 0`)
  if (size > n) throw new RuntimeError(`maximum size for tensor at dimension ${at} is ${n} but size is ${size}`)
  if (!(step > 0)) throw new RuntimeError(`step is ${step} but must be > 0`)
  const windows = Math.floor((n - size) / step) + 1
  const own = x.strides[at] ?? 1
  const shape = [...(x.ndim === 0 ? [] : x.shape.map((m, d) => (d === at ? windows : m))), size]
  const strides = [...(x.ndim === 0 ? [] : x.strides.map((s, d) => (d === at ? s * step : s))), own]
  return viewOf(x, shape, strides, x.offset, unfoldRule, { shape: x.shape, dim: at, size, step })
}
