/** Reductions as WebAssembly: of everything, of rows, of columns. */
import { itemsize } from '../../dtype.ts'
import type { Reduction, View } from '../backend.ts'
import { coalesce } from '../reference/walk.ts'
import { baseKernels } from './base.ts'
import { columnsWorkspace } from './reduce-columns.ts'
import { scratch } from './scratch.ts'
import { type Piece, pieces, worth } from './threads/pieces.ts'
import { callAll, hasThreads, type Kernel } from './threads/pool.ts'

type Rows = (rows: number, columns: number, x: number, xStride: number, out: number) => void
type Columns = (rows: number, columns: number, x: number, xStride: number, out: number, workspace: number) => void

const names = { sum: 'sum', prod: 'prod', amax: 'max', amin: 'min' } as const
const columnNames = { sum: 'sum', amax: 'max', amin: 'min' } as const

/** Numbers from which threads are worth their trouble, and the least that one call has then. */
const MANY = 1 << 16
const PIECE = 1 << 14

/** A long row is reduced in blocks of so many numbers, then their results: with threads or without, so that it rounds in one way only. */
const ROW_BLOCK = 1 << 15
/** So is a matrix with many rows to its columns. */
const COLUMN_BLOCK = 1 << 12

const cut = (length: number, numbers: number, unit: number): readonly Piece[] =>
  hasThreads() && numbers >= MANY ? pieces(length, worth(numbers, PIECE), unit) : [{ from: 0, length }]

interface Matrix {
  readonly rows: number
  readonly columns: number
  /** Its address, and the numbers from row to row. */
  readonly at: number
  readonly step: number
  readonly size: number
}

/** Each row to one number at `out`. */
function reduceRows(run: Rows, { rows, columns, at, step, size }: Matrix, out: number): void {
  const parts = cut(rows, rows * columns, 1)
  if (parts.length === 1) run(rows, columns, at, step, out)
  else
    callAll(
      run as Kernel,
      parts.map(({ from, length }) => [length, columns, at + from * step * size, step, out + from * size]),
    )
}

/** One long row: blocks, what is left, and then their results, which stand at `room`. */
function reduceLong(run: Rows, { columns, at, size }: Matrix, out: number, room: number): void {
  const blocks = Math.floor(columns / ROW_BLOCK)
  const left = columns - blocks * ROW_BLOCK
  reduceRows(run, { rows: blocks, columns: ROW_BLOCK, at, step: ROW_BLOCK, size }, room)
  if (left > 0) run(1, left, at + blocks * ROW_BLOCK * size, left, room + blocks * size)
  run(1, blocks + (left > 0 ? 1 : 0), room, 0, out)
}

/** Each column to one number at `out`. */
function reduceColumns(run: Columns, { rows, columns, at, step, size }: Matrix, out: number, workspace: number): void {
  const parts = cut(columns, rows * columns, 32)
  if (parts.length === 1) run(rows, columns, at, step, out, workspace)
  else
    callAll(
      run as Kernel,
      parts.map(({ from, length }) => [rows, length, at + from * size, step, out + from * size, workspace]),
      5,
    )
}

/** Columns of many rows: blocks of rows, then their results, which stand at `room`. */
function reduceTall(run: Columns, { rows, columns, at, step, size }: Matrix, out: number, room: number): void {
  const blocks = Math.ceil(rows / COLUMN_BLOCK)
  const results = room + columnsWorkspace
  const calls = Array.from({ length: blocks }, (_, i) => [
    Math.min(COLUMN_BLOCK, rows - i * COLUMN_BLOCK),
    columns,
    at + i * COLUMN_BLOCK * step * size,
    step,
    results + i * columns * size,
    room,
  ])
  if (hasThreads()) callAll(run as Kernel, calls, 5)
  else for (const args of calls) run(...(args as Parameters<Columns>))
  run(blocks, columns, results, columns, out, room)
}

/** How a reduction is to be called. */
interface Plan extends Matrix {
  readonly run: Rows | Columns
  readonly byRows: boolean
  /** Whether it is done in blocks. */
  readonly blocks: boolean
  /** Bytes of scratch memory. */
  readonly room: number
  readonly out: number
}

/** What there is to do; null where it has to be the reference's work. */
function plan(kind: Reduction, x: View, out: View): Plan | null {
  const { dtype } = x
  if ((dtype !== 'float32' && dtype !== 'float64') || out.dtype !== dtype || x.pointer === 0 || out.pointer === 0 || !(kind in names))
    return null
  const walk = coalesce(x.shape, [x.strides, out.strides])
  const [xs, os] = walk.strides as [readonly number[], readonly number[]]
  const dims = walk.shape.length
  if (dims > 2 || walk.shape.includes(0) || xs[dims - 1] !== 1) return null
  const rows = dims === 1 ? 1 : (walk.shape[0] as number)
  const columns = walk.shape[dims - 1] as number
  const functions = baseKernels('reductions')
  const size = itemsize(dtype)
  const byRows = os[dims - 1] === 0 && (dims === 1 || os[0] === 1)
  const byColumns = dims === 2 && os[0] === 0 && os[1] === 1 && kind in columnNames
  if (!byRows && !byColumns) return null
  // Products of blocks could leave the range of numbers where the whole does not.
  const blocks = byRows ? rows === 1 && columns >= 4 * ROW_BLOCK && kind !== 'prod' : rows >= 4 * COLUMN_BLOCK
  let room = byRows ? 0 : columnsWorkspace
  if (blocks) room += byRows ? (columns / ROW_BLOCK + 1) * size : Math.ceil(rows / COLUMN_BLOCK) * columns * size
  // Before any address is taken: making room may collect what nobody holds any more.
  if (room > 0) scratch(room)
  return {
    rows,
    columns,
    at: x.pointer + x.offset * size,
    step: dims === 1 ? columns : (xs[0] as number),
    size,
    run: (byRows
      ? functions[`rows ${names[kind as keyof typeof names]} ${dtype}`]
      : functions[`columns ${columnNames[kind as keyof typeof columnNames]} ${dtype}`]) as Rows | Columns,
    byRows,
    blocks,
    room,
    out: out.pointer + out.offset * size,
  }
}

/** Does it. The caller keeps what the addresses in the plan point to. */
function carryOut(p: Plan): void {
  const { blocks, out } = p
  if (p.byRows) {
    if (blocks) reduceLong(p.run as Rows, p, out, scratch(p.room))
    else reduceRows(p.run as Rows, p, out)
  } else if (blocks) reduceTall(p.run as Columns, p, out, scratch(p.room))
  else reduceColumns(p.run as Columns, p, out, scratch(p.room))
}

/** Reduces `x` into `out`; false where it has to be the reference's work. */
export function reduce(kind: Reduction, x: View, out: View): boolean {
  const found = plan(kind, x, out)
  if (found === null) return false
  carryOut(found)
  return true
}

/** The call that `reduce` would make, looked up once; it holds addresses, not the memory. Null where it is the reference's work. */
export function prepareReduce(kind: Reduction, x: View, out: View): (() => void) | null {
  const found = plan(kind, x, out)
  return found === null ? null : () => carryOut(found)
}
