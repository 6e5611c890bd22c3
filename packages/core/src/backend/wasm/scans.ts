/** Extremes with their places, and running sums and products, along one dimension. */

import { itemsize } from '../../dtype.ts'
import type { ArgReduction, Scan, View } from '../backend.ts'
import { baseKernels } from './base.ts'
import { copy } from './copies.ts'
import { Plan, turned } from './plan.ts'
import { release, temporary } from './temporary.ts'

type Run = (...args: number[]) => number

/** Of the source, of the first result and of the second. */
const plan = /* @__PURE__ */ new Plan(3)

/** Elements from which on a source that is not contiguous along the dimension is copied so that it is. */
const MANY = 4096

const firstByte = (x: View): number => x.pointer + x.offset * itemsize(x.dtype)

/** The strides of the other dimensions. */
const without = (x: View, dim: number): number[] => x.strides.filter((_, d) => d !== dim)

/** Plans the walk over the lines along `dim`; the source comes back contiguous along it where that pays; null where there is no memory. */
function lines(x: View, dim: number, first: View, second: View): View | null {
  const n = x.shape[dim] as number
  let source = x
  let at = dim
  if (x.strides[dim] !== 1 && n >= 16 && n * first.shape.reduce((m, k, d) => (d === dim ? m : m * k), 1) >= MANY) {
    const line = turned(x, dim)
    const dense = temporary(x.dtype, line.shape)
    if (dense === null || !copy(line, dense)) return null
    source = dense
    at = line.shape.length - 1
  }
  const rest = x.shape.filter((_, d) => d !== dim)
  plan.set(rest, [without(source, at), without(first, dim), without(second, dim)])
  return source
}

/** Calls `run` once per two dimensions of lines, with their lengths, and per view the address and the strides in bytes. */
function eachPlane(sizes: readonly number[], starts: readonly number[], run: (lengths: number[], views: number[][]) => void): void {
  const { n, strides, dims } = plan
  plan.outer(2, (offsets) => {
    const lengths = [n[dims - 2] as number, n[dims - 1] as number]
    run(
      lengths,
      strides.map((s, k) => {
        const size = sizes[k] as number
        const at = (starts[k] as number) + (offsets[k] as number) * size
        return [at, (s[dims - 2] as number) * size, (s[dims - 1] as number) * size]
      }),
    )
  })
}

/** The dtypes that comparisons as floats do justice to. */
const comparable = (x: View): boolean => x.dtype === 'float32' || x.dtype === 'float64' || x.dtype === 'int64'

/** The extreme along `dim` and its index; false where it has to be the reference's work. */
export function argReduce(kind: ArgReduction, x: View, dim: number, values: View | null, indices: View): boolean {
  if (!comparable(x) || x.pointer === 0 || indices.pointer === 0 || indices.dtype !== 'int64') return false
  if (values !== null && (values.pointer === 0 || values.dtype !== x.dtype)) return false
  if (x.shape.includes(0)) return false
  const source = lines(x, dim, values ?? indices, indices)
  if (source === null) return false
  const size = itemsize(x.dtype)
  const f = baseKernels('scans')[`${kind} ${size}`] as Run
  const step = (source === x ? (x.strides[dim] as number) : 1) * size
  const starts = [firstByte(source), values === null ? 0 : firstByte(values), firstByte(indices)]
  eachPlane([size, size, 8], starts, ([n0, n1], [from, first, second]) => {
    const [v, v0, v1] = values === null ? [0, 0, 0] : (first as [number, number, number])
    f(n0 as number, n1 as number, x.shape[dim] as number, ...(from as [number, number, number]), step, v, v0, v1, ...(second as number[]))
  })
  release(source)
  return true
}

/** The running extreme along `dim` and its index; false where it has to be the reference's work. */
export function argScan(kind: ArgReduction, x: View, dim: number, values: View, indices: View): boolean {
  if (!comparable(x) || values.dtype !== x.dtype || indices.dtype !== 'int64') return false
  if (x.pointer === 0 || values.pointer === 0 || indices.pointer === 0 || x.shape.includes(0)) return false
  plan.set(
    x.shape.filter((_, d) => d !== dim),
    [without(x, dim), without(values, dim), without(indices, dim)],
  )
  const size = itemsize(x.dtype)
  const f = baseKernels('scans')[`running ${kind} ${size}`] as Run
  const steps = [(x.strides[dim] as number) * size, (values.strides[dim] as number) * size, (indices.strides[dim] as number) * 8]
  eachPlane([size, size, 8], [firstByte(x), firstByte(values), firstByte(indices)], ([n0, n1], views) => {
    f(n0 as number, n1 as number, x.shape[dim] as number, ...views.flatMap((v, k) => [...v, steps[k] as number]))
  })
  return true
}

/** `out[i] = combination of x[..i] along dim`; false where it has to be the reference's work. */
export function scan(kind: Scan, x: View, dim: number, out: View): boolean {
  if (kind === 'logcumsumexp' || !comparable(x) || out.dtype !== x.dtype || x.pointer === 0 || out.pointer === 0) return false
  if (x.shape.includes(0)) return true
  const strides = without(out, dim)
  plan.set(
    x.shape.filter((_, d) => d !== dim),
    [without(x, dim), strides, strides],
  )
  const size = itemsize(x.dtype)
  const f = baseKernels('scans')[`${kind} ${size}`] as Run
  const [xStep, outStep] = [(x.strides[dim] as number) * size, (out.strides[dim] as number) * size]
  // Past this magnitude doubles are no exact integers.
  const limit = x.dtype === 'int64' ? 2 ** 53 : Number.POSITIVE_INFINITY
  let bad = 0
  eachPlane([size, size, size], [firstByte(x), firstByte(out), firstByte(out)], ([n0, n1], [from, to]) => {
    const n = x.shape[dim] as number
    bad |= f(n0 as number, n1 as number, n, limit, ...(from as number[]), xStep, ...(to as number[]), outStep)
  })
  return bad === 0
}
