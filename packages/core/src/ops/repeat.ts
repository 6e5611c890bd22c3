/** The same elements several times. */
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import { contiguousStrides, formatShape, normalizeDim, type Shape } from '../layout.ts'
import { copyOf, record, sumTo } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { listOf } from './args.ts'
import { indexSelect } from './indexing.ts'
import { contiguous, expand, flatten, reshape, unsqueeze } from './view.ts'

/** What was repeated how often, with as many dimensions as there are repeats. */
interface Repeated {
  readonly shape: Shape
  readonly own: Shape
  readonly repeats: Shape
}

/** `[r0, n0, r1, n1, ...]`: the result's shape with repeats and lengths apart. */
const apart = (repeats: Shape, own: Shape): number[] => own.flatMap((n, d) => [repeats[d] as number, n])

const repeatRule = /* @__PURE__ */ rule<readonly [], Repeated>('RepeatBackward0', (grad, node) => {
  const { shape, own, repeats } = node.attrs
  const all = reshape(grad, apart(repeats, own))
  return [
    reshape(
      sumTo(
        all,
        own.flatMap((n) => [1, n]),
      ),
      shape,
    ),
  ]
})

/**
 * `x` repeated so many times along each dimension; new dimensions come first.
 *
 * @example
 * tensor([1, 2]).repeat(2, 2) // tensor([[1., 2., 1., 2.], [1., 2., 1., 2.]])
 * @throws RuntimeError if there are fewer repeats than dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.repeat.html
 */
export function repeat(x: Tensor, repeats: number | readonly number[], ...rest: number[]): Tensor {
  const times = listOf(repeats, rest)
  if (times.length < x.ndim)
    throw new RuntimeError('Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor')
  const own = [...new Array<number>(times.length - x.ndim).fill(1), ...x.shape]
  const shape = own.map((n, d) => n * (times[d] as number))
  const negative = shape.find((n) => n < 0)
  if (negative !== undefined) throw new RuntimeError(`Trying to create tensor with negative dimension ${negative}: ${formatShape(shape)}`)
  const out = allocateTensor(shape, x.dtype)
  const plain = x.isContiguous() ? x : copyOf(x)
  const once = own.flatMap((n) => [1, n])
  const all = apart(times, own)
  kernels.copy(plain.alias(once, contiguousStrides(once)), out.alias(all, contiguousStrides(all)))
  return record(out, repeatRule, [x], [], { shape: x.shape, own, repeats: times })
}

/**
 * `x` repeated so many times along each of its last dimensions; where there are fewer repeats than dimensions, the first are not repeated.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.tile.html
 */
export function tile(x: Tensor, dims: number | readonly number[], ...rest: number[]): Tensor {
  const times = listOf(dims, rest)
  return repeat(x, [...new Array<number>(Math.max(x.ndim - times.length, 0)).fill(1), ...times])
}

/** Options of `repeatInterleave`. */
export interface RepeatInterleaveOptions {
  /** The dimension; without one, all elements in order. */
  readonly dim?: number | null | undefined
  /** The length of the result along `dim`, where it is known. */
  readonly outputSize?: number | undefined
}

/** How often each place is named: `[0, 1, 1, 2]` for the repeats 1, 2, 1. */
function placesOf(repeats: Tensor, n: number): Tensor {
  if (repeats.ndim > 1) throw new RuntimeError('repeats must be 0-dim or 1-dim tensor')
  if (repeats.dtype !== 'int64' && repeats.dtype !== 'int32')
    throw new NotImplementedError(`"repeat_interleave_cpu" not implemented for '${scalarName(repeats.dtype)}'`)
  const { data } = copyOf(repeats)
  if (data.length !== n && data.length !== 1) throw new RuntimeError('repeats must have the same size as input along dim')
  const times = (i: number): number => data[data.length === 1 ? 0 : i] as number
  let total = 0
  for (let i = 0; i < n; i++) {
    if (times(i) < 0) throw new RuntimeError('repeats can not be negative')
    total += times(i)
  }
  const out = allocateTensor([total], 'int64')
  for (let i = 0, at = 0; i < n; i++) {
    out.data.fill(i, at, at + times(i))
    at += times(i)
  }
  return out
}

/**
 * `x` with each part along `dim` repeated before the next one comes: as often as a number or, for each part, a tensor says.
 *
 * @example
 * tensor([1, 2]).repeatInterleave(2) // tensor([1., 1., 2., 2.])
 * @throws RuntimeError for negative repeats or a tensor of them that does not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.repeat_interleave.html
 */
export function repeatInterleave(x: Tensor, repeats: number | Tensor, { dim, outputSize }: RepeatInterleaveOptions = {}): Tensor {
  const from = dim === undefined || dim === null ? flatten(x) : x
  const at = normalizeDim(dim ?? 0, from.ndim)
  const n = from.shape[at] ?? 1
  const check = (size: number): void => {
    if (outputSize !== undefined && outputSize !== size)
      throw new RuntimeError(
        typeof repeats === 'number'
          ? `repeat_interleave: Invalid output_size, expected ${size} but got ${outputSize}`
          : 'allocated size does not match required size',
      )
  }
  if (typeof repeats !== 'number') {
    const places = placesOf(repeats, n)
    check(places.numel())
    return indexSelect(from, at, places)
  }
  if (repeats < 0) throw new RuntimeError('Repeats must be non-negative')
  check(n * repeats)
  const all = expand(unsqueeze(from, at + 1), [...from.shape.slice(0, at + 1), repeats, ...from.shape.slice(at + 1)])
  return flatten(contiguous(all), at, at + 1)
}
