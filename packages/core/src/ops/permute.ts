/** Views with the dimensions in another order. */
import { rule } from '../autograd/node.ts'
import { RuntimeError } from '../errors.ts'
import { formatShape, normalizeDim } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { viewOf } from './alias.ts'
import { checkMatrices, listOf } from './args.ts'

const permuteRule = /* @__PURE__ */ rule<readonly [], readonly number[]>('PermuteBackward0', (grad, node) => {
  const inverse = new Array<number>(node.attrs.length)
  node.attrs.forEach((from, to) => {
    inverse[from] = to
  })
  return [permute(grad, inverse)]
})

/**
 * A view with the dimensions in another order.
 *
 * @throws RuntimeError if `dims` is not a permutation.
 * @see https://pytorch.org/docs/stable/generated/torch.permute.html
 */
export function permute(x: Tensor, dims: readonly number[] | number, ...rest: number[]): Tensor {
  const given = listOf(dims, rest)
  if (given.length !== x.ndim)
    throw new RuntimeError(
      `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${x.ndim} is not equal to len(dims) = ${given.length}`,
    )
  const order = given.map((d) => normalizeDim(d, x.ndim))
  if (new Set(order).size !== order.length) throw new RuntimeError('permute(): duplicate dims are not allowed.')
  return viewOf(
    x,
    order.map((d) => x.shape[d] as number),
    order.map((d) => x.strides[d] as number),
    x.offset,
    permuteRule,
    order,
  )
}

const transposeRule = /* @__PURE__ */ rule<readonly [], readonly [number, number]>('TransposeBackward0', (grad, node) => [
  transpose(grad, ...node.attrs),
])

function swapped(values: readonly number[], a: number, b: number): readonly number[] {
  if (values.length < 2) return values
  if (values.length === 2 && a !== b) return [values[1] as number, values[0] as number]
  const out = [...values]
  out[a] = values[b] as number
  out[b] = values[a] as number
  return out
}

/**
 * A view with two dimensions exchanged.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.transpose.html
 */
export function transpose(x: Tensor, dim0: number, dim1: number): Tensor {
  const a = normalizeDim(dim0, x.ndim)
  const b = normalizeDim(dim1, x.ndim)
  return viewOf(x, swapped(x.shape, a, b), swapped(x.strides, a, b), x.offset, transposeRule, [a, b])
}

/**
 * Another name of `transpose`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.swapaxes.html
 */
export function swapaxes(x: Tensor, axis0: number, axis1: number): Tensor {
  return transpose(x, axis0, axis1)
}

/**
 * Another name of `transpose`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.swapdims.html
 */
export function swapdims(x: Tensor, dim0: number, dim1: number): Tensor {
  return transpose(x, dim0, dim1)
}

const tRule = /* @__PURE__ */ rule('TBackward0', (grad) => [t(grad)])

/**
 * The transpose of a matrix; vectors and 0-dim tensors stay as they are.
 *
 * @throws RuntimeError for more than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.t.html
 */
export function t(x: Tensor): Tensor {
  if (x.ndim > 2) throw new RuntimeError(`t() expects a tensor with <= 2 dimensions, but self is ${x.ndim}D`)
  const last = Math.max(x.ndim - 1, 0)
  return viewOf(x, swapped(x.shape, 0, last), swapped(x.strides, 0, last), x.offset, tRule, undefined)
}

/**
 * The transpose of each matrix, the last two dimensions exchanged. (Of complex numbers it would also be the conjugate.)
 *
 * @throws RuntimeError for a vector.
 * @see https://pytorch.org/docs/stable/generated/torch.adjoint.html
 */
export function adjoint(x: Tensor): Tensor {
  checkMatrices(x, 'tensor.adjoint()')
  return x.ndim === 0 ? x : transpose(x, -2, -1)
}

/**
 * A view with dimensions moved to new places, the others keeping their order.
 *
 * @throws RuntimeError if a dimension is named twice or the numbers of dimensions differ.
 * @see https://pytorch.org/docs/stable/generated/torch.movedim.html
 */
export function movedim(x: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
  const [given, wanted] = [listOf(source, []), listOf(destination, [])]
  if (given.length !== wanted.length)
    throw new RuntimeError(
      `movedim: Invalid source or destination dims: source (${formatShape(given)} dims) should contain the same number of dims as destination (${formatShape(wanted)} dims)`,
    )
  const from = given.map((d) => normalizeDim(d, x.ndim))
  const to = wanted.map((d) => normalizeDim(d, x.ndim))
  if (new Set(from).size !== from.length) throw new RuntimeError(`movedim: repeated dim in \`source\` (${formatShape(given)})`)
  if (new Set(to).size !== to.length) throw new RuntimeError(`movedim: repeated dim in \`destination\` (${formatShape(wanted)})`)
  const rest = x.shape.map((_, d) => d).filter((d) => !from.includes(d))
  const order = x.shape.map((_, d) => (to.includes(d) ? (from[to.indexOf(d)] as number) : (rest.shift() as number)))
  return permute(x, order)
}

/**
 * Another name of `movedim`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.moveaxis.html
 */
export function moveaxis(x: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
  return movedim(x, source, destination)
}
