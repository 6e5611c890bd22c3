/** Stable sorts as WebAssembly. */
import type { View } from '../backend.ts'
import { baseKernels } from './base.ts'
import { copy } from './copies.ts'
import { turned } from './plan.ts'
import { release, temporary } from './temporary.ts'

type Sort = (rows: number, n: number, keys: number, order: number, keys2: number, places: number, places2: number) => void

/** Sorts along `dim`, in doubles, which hold the numbers of every dtype; false where it has to be the reference's work. */
export function sort(x: View, dim: number, descending: boolean, values: View, indices: View): boolean {
  if (x.pointer === 0 || values.pointer === 0 || indices.pointer === 0 || indices.dtype !== 'int64' || values.dtype !== x.dtype)
    return false
  if (x.shape.includes(0)) return true
  const n = x.shape[dim] as number
  const lines = turned(x, dim)
  const rows = lines.shape.reduce((m, length) => m * length, 1) / n
  const keys = temporary('float64', lines.shape)
  const order = temporary('int64', lines.shape)
  const [keys2, places] = [temporary('float64', [n]), temporary('int32', [2 * n])]
  let done = keys !== null && order !== null && keys2 !== null && places !== null && copy(lines, keys)
  if (done) {
    const run = baseKernels('sorts')[descending ? 'sort down' : 'sort up'] as Sort
    const [k, o, k2, p] = [keys, order, keys2, places].map((v) => (v as View).pointer) as [number, number, number, number]
    run(rows, n, k, o, k2, p, p + 4 * n)
    done = copy(keys as View, turned(values, dim)) && copy(order as View, turned(indices, dim))
  }
  release(keys, order, keys2, places)
  return done
}
