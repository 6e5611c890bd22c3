/** Copies with one part replaced: the inverse of taking that part. */
import { type Rule, rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { RuntimeError } from '../errors.ts'
import { formatShape, type Shape, sameShape } from '../layout.ts'
import { cloneOf, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { type Cut, type DiagonalOptions, diagonal, select, slice } from './slice.ts'
import { asStrided } from './strided.ts'
import { contiguous } from './view.ts'

const partRule: Rule<readonly [], Cut> = /* @__PURE__ */ rule('SliceScatterBackward0', (grad, node) => {
  const cut = node.attrs
  // In order, as a part that is told by its memory is one of ordered memory.
  const g = contiguous(grad)
  const theirs = cut(g)
  return [node.needs(0) ? withPart(g, allocateTensor(theirs.shape, g.dtype), cut) : null, node.needs(1) ? theirs : null]
})

/** A copy of `x` with `src` where `cut` takes its part. */
function withPart(x: Tensor, src: Tensor, cut: Cut, name?: string): Tensor {
  const out = cloneOf(x)
  const part = cut(out)
  if (!sameShape(part.shape, src.shape))
    throw new RuntimeError(
      `expected src to have a size equal to the slice of self. src size = ${formatShape(src.shape)}, slice size = ${formatShape(part.shape)}`,
    )
  kernels.copy(src, part)
  return record(out, partRule, [x, src], [], cut, name)
}

/**
 * A copy of `x` with `src` in place of `select(x, dim, index)`.
 *
 * @throws RuntimeError unless `src` has the shape of that part.
 * @see https://pytorch.org/docs/stable/generated/torch.select_scatter.html
 */
export function selectScatter(x: Tensor, src: Tensor, dim: number, index: number): Tensor {
  return withPart(x, src, (y) => select(y, dim, index), 'SelectScatterBackward0')
}

/**
 * A copy of `x` with `src` in place of `slice(x, dim, start, end, step)`.
 *
 * @throws RuntimeError unless `src` has the shape of that part.
 * @see https://pytorch.org/docs/stable/generated/torch.slice_scatter.html
 */
export function sliceScatter(x: Tensor, src: Tensor, dim = 0, start: number | null = 0, end: number | null = null, step = 1): Tensor {
  return withPart(x, src, (y) => slice(y, dim, start, end, step))
}

/**
 * A copy of `x` with `src` in place of `diagonal(x, options)`.
 *
 * @throws RuntimeError unless `src` has the shape of that diagonal.
 * @see https://pytorch.org/docs/stable/generated/torch.diagonal_scatter.html
 */
export function diagonalScatter(x: Tensor, src: Tensor, options: DiagonalOptions = {}): Tensor {
  return withPart(x, src, (y) => diagonal(y, options), 'DiagonalScatterBackward0')
}

/**
 * A copy of `x`, in order, with `src` in place of `asStrided(x, size, stride, options)`.
 *
 * @throws RuntimeError if that would reach beyond the memory or `src` has another shape.
 * @see https://pytorch.org/docs/stable/generated/torch.as_strided_scatter.html
 */
export function asStridedScatter(
  x: Tensor,
  src: Tensor,
  size: Shape,
  stride: readonly number[],
  { storageOffset = 0 }: { readonly storageOffset?: number | undefined } = {},
): Tensor {
  return withPart(contiguous(x), src, (y) => asStrided(contiguous(y), size, stride, { storageOffset }), 'AsStridedScatterBackward0')
}
