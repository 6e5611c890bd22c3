/** Broadcasting several tensors against each other, and all combinations of their elements. */
import { RuntimeError, warnOnce } from '../errors.ts'
import { broadcastShapes2, formatShape, type Shape } from '../layout.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { stack } from './join.ts'
import { maskedSelect } from './nonzero.ts'
import { expand, reshape, view } from './view.ts'

/**
 * The shape that all broadcast to; the shapes may come one by one or as one array.
 *
 * @example
 * broadcastShapes([5, 1], [3]) // [5, 3]
 * @throws RuntimeError if they do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.broadcast_shapes.html
 */
export function broadcastShapes(...shapes: readonly Shape[] | readonly [readonly Shape[]]): Shape {
  const [first] = shapes
  const all =
    shapes.length === 1 && (first as readonly unknown[]).every(Array.isArray) ? (first as readonly Shape[]) : (shapes as readonly Shape[])
  try {
    return all.reduce<Shape>(broadcastShapes2, [])
  } catch {
    throw new RuntimeError('Shape mismatch: objects cannot be broadcast to a single shape')
  }
}

/**
 * Views of the tensors stretched to the shape that all broadcast to.
 *
 * @throws RuntimeError if the shapes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.broadcast_tensors.html
 */
export function broadcastTensors(tensors: readonly Tensor[]): Tensor[] {
  const shape = tensors.reduce<Shape>((s, x) => broadcastShapes2(s, x.shape), [])
  return tensors.map((x) => expand(x, shape))
}

/** Options of `meshgrid`. */
export interface MeshgridOptions {
  /** `ij` gives `[m, n]` for vectors of lengths m and n, `xy` gives `[n, m]`. */
  readonly indexing?: 'ij' | 'xy' | undefined
}

/**
 * The coordinates of a grid: for each vector a tensor with one dimension per vector, in which it varies along its own.
 *
 * @throws RuntimeError for tensors of more than one dimension or of different dtypes.
 * @see https://pytorch.org/docs/stable/generated/torch.meshgrid.html
 */
export function meshgrid(tensors: readonly Tensor[], { indexing }: MeshgridOptions = {}): Tensor[] {
  const [first] = tensors
  if (first === undefined) throw new RuntimeError('meshgrid expects a non-empty TensorList')
  if (indexing === undefined) warnOnce('torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.')
  else if (indexing !== 'ij' && indexing !== 'xy')
    throw new RuntimeError(`torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${indexing as string}`)
  for (const x of tensors) {
    if (x.dtype !== first.dtype) throw new RuntimeError('meshgrid expects all tensors to have the same dtype')
    if (x.ndim > 1) throw new RuntimeError(`torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${x.shape.join(' ')}`)
  }
  // `xy` is `ij` with the first two axes exchanged.
  const axes = tensors.map((_, i) => (indexing === 'xy' && i < 2 && tensors.length > 1 ? 1 - i : i))
  const shape = new Array<number>(tensors.length)
  tensors.forEach((x, i) => {
    shape[axes[i] as number] = x.numel()
  })
  return tensors.map((x, i) =>
    expand(
      view(
        x,
        tensors.map((_, d) => (d === axes[i] ? x.numel() : 1)),
      ),
      shape,
    ),
  )
}

function checkVector(x: Tensor): void {
  if (x.ndim !== 1) throw new RuntimeError(`Expect a 1D vector, but got shape ${formatShape(x.shape)}`)
}

/**
 * All ways to take one element of each vector, a row each; a single vector comes back as it is.
 *
 * @throws RuntimeError for tensors that are no vectors.
 * @see https://pytorch.org/docs/stable/generated/torch.cartesian_prod.html
 */
export function cartesianProd(tensors: readonly Tensor[]): Tensor {
  tensors.forEach(checkVector)
  const [only] = tensors
  if (only !== undefined && tensors.length === 1) return only
  return stack(
    meshgrid(tensors, { indexing: 'ij' }).map((x) => reshape(x, [-1])),
    1,
  )
}

/** Options of `combinations`. */
export interface CombinationsOptions {
  /** How many elements to take. */
  readonly r?: number | undefined
  /** Whether an element may be taken more than once. */
  readonly withReplacement?: boolean | undefined
}

/**
 * All ways to take `r` elements of a vector in its order, a row each.
 *
 * @throws RuntimeError for a tensor that is no vector or a negative `r`.
 * @see https://pytorch.org/docs/stable/generated/torch.combinations.html
 */
export function combinations(x: Tensor, { r = 2, withReplacement = false }: CombinationsOptions = {}): Tensor {
  checkVector(x)
  if (r < 0) throw new RuntimeError(`Expect a non-negative number, but got ${r}`)
  if (r === 0) return allocateTensor([0], x.dtype)
  const n = x.numel()
  const mask = allocateTensor(new Array<number>(r).fill(n), 'bool')
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = inOrder(i, n, r, withReplacement) ? 1 : 0
  const grids = meshgrid(new Array<Tensor>(r).fill(x), { indexing: 'ij' })
  return stack(
    grids.map((g) => maskedSelect(g, mask)),
    1,
  )
}

/** Whether the `r` digits of `i` in base `n` rise, or with `equal` do not fall. */
function inOrder(i: number, n: number, r: number, equal: boolean): boolean {
  for (let k = 1, above = i % n, rest = Math.floor(i / n); k < r; k++, rest = Math.floor(rest / n)) {
    const digit = rest % n
    if (digit > above || (digit === above && !equal)) return false
    above = digit
  }
  return true
}
