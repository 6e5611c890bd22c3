/** Sparse linear maps along dimensions, whose derivative is the transposed map: resampling, overlapping windows and their sums. */
import { type Rule, rule } from '../autograd/node.ts'
import type { LinePairs } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { contiguousStrides, numelOf } from '../layout.ts'
import { copyOf, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'

/** A map of the lines along `dim`, of `n` elements, to lines of `length`. */
export interface LineMap extends LinePairs {
  readonly dim: number
  readonly n: number
  readonly length: number
}

/** A map without weights, from a list of pairs. */
export function lineMap(dim: number, n: number, length: number, pairs: readonly (readonly [from: number, to: number])[]): LineMap {
  return { dim, n, length, from: Int32Array.from(pairs, (p) => p[0]), to: Int32Array.from(pairs, (p) => p[1]), weight: null }
}

/** The same map backwards. */
export const transposedMap = ({ dim, n, length, from, to, weight }: LineMap): LineMap => ({
  dim,
  n: length,
  length: n,
  from: to,
  to: from,
  weight,
})

/** What shrinks comes first and what grows last; where rows are added as a whole, the outer dimension is the faster one. */
const inOrder = (maps: readonly LineMap[]): LineMap[] => {
  const growth = (m: LineMap): number => m.length / Math.max(m.n, 1)
  return [...maps].sort((a, b) => growth(a) - growth(b) || (growth(a) > 1 ? b.dim - a.dim : a.dim - b.dim))
}

/** The maps one after the other, each along its own dimension; nothing is recorded. */
export function applyMaps(x: Tensor, maps: readonly LineMap[]): Tensor {
  const dense = x.isContiguous() ? x : copyOf(x)
  return inOrder(maps).reduce((from, map) => {
    const { dim, n, length } = map
    const out = allocateTensor(
      from.shape.map((m, d) => (d === dim ? length : m)),
      x.dtype,
    )
    const [outer, inner] = [numelOf(from.shape.slice(0, dim)), numelOf(from.shape.slice(dim + 1))]
    const flat = (t: Tensor, m: number): Tensor => t.alias([outer, m, inner], contiguousStrides([outer, m, inner]))
    if (out.numel() > 0) kernels.mapLines(flat(from, n), map, flat(out, length))
    return out
  }, dense)
}

const mapsRule: Rule<readonly [], readonly LineMap[]> = /* @__PURE__ */ rule('LineMapsBackward0', (grad, node) => [
  mapped(grad, node.attrs.map(transposedMap)),
])

/** The maps one after the other, recorded under PyTorch's name for what they do. */
export function mapped(x: Tensor, maps: readonly LineMap[], name?: string): Tensor {
  return record(applyMaps(x, maps), mapsRule, [x], [], maps, name)
}
