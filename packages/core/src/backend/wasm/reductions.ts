/** Reductions as WebAssembly: of everything, of rows, of columns. */
import { itemsize } from '../../dtype.ts'
import type { Reduction, View } from '../backend.ts'
import { coalesce } from '../reference/walk.ts'
import { baseKernels } from './base.ts'
import { columnsWorkspace } from './reduce-columns.ts'
import { scratch } from './scratch.ts'

type Rows = (rows: number, columns: number, x: number, xStride: number, out: number) => void
type Columns = (rows: number, columns: number, x: number, xStride: number, out: number, workspace: number) => void

const names = { sum: 'sum', prod: 'prod', amax: 'max', amin: 'min' } as const
const columnNames = { sum: 'sum', amax: 'max', amin: 'min' } as const

/** Reduces `x` into `out`; false where it has to be the reference's work. */
export function reduce(kind: Reduction, x: View, out: View): boolean {
  const { dtype } = x
  if ((dtype !== 'float32' && dtype !== 'float64') || out.dtype !== dtype || x.pointer === 0 || out.pointer === 0 || !(kind in names))
    return false
  const walk = coalesce(x.shape, [x.strides, out.strides])
  const [xs, os] = walk.strides as [readonly number[], readonly number[]]
  const dims = walk.shape.length
  if (dims > 2 || walk.shape.includes(0) || xs[dims - 1] !== 1) return false
  const rows = dims === 1 ? 1 : (walk.shape[0] as number)
  const columns = walk.shape[dims - 1] as number
  const step = dims === 1 ? columns : (xs[0] as number)
  const functions = baseKernels('reductions')
  // Before any address is taken: making room may collect what nobody holds any more.
  const workspace = scratch(columnsWorkspace)
  const size = itemsize(dtype)
  const at = x.pointer + x.offset * size
  const to = out.pointer + out.offset * size
  if (os[dims - 1] === 0 && (dims === 1 || os[0] === 1)) {
    const run = functions[`rows ${names[kind as keyof typeof names]} ${dtype}`] as Rows
    run(rows, columns, at, step, to)
    return true
  }
  if (dims === 2 && os[0] === 0 && os[1] === 1 && kind in columnNames) {
    const run = functions[`columns ${columnNames[kind as keyof typeof columnNames]} ${dtype}`] as Columns
    run(rows, columns, at, step, to, workspace)
    return true
  }
  return false
}
