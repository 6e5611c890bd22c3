/** Reductions as WebAssembly: of everything, of rows, of columns. */
import { itemsize } from '../../dtype.ts'
import type { Reduction, View } from '../backend.ts'
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
  rows: number
  columns: number
  step: number
  /** How the output steps along the rows and columns of the input. */
  outRow: number
  outColumn: number
  at: number
  size: number
  out: number
  run: Rows | Columns | null
  byRows: boolean
  /** Whether it is done in blocks. */
  blocks: boolean
  /** Bytes of scratch memory. */
  room: number
}

/** The plan of the call under way; one for all calls, since nothing is to be allocated on the way. */
const plan: Plan = {
  rows: 1,
  columns: 1,
  step: 0,
  outRow: 0,
  outColumn: 0,
  at: 0,
  size: 4,
  out: 0,
  run: null,
  byRows: true,
  blocks: false,
  room: 0,
}

/** Takes the dimensions of `x` and `out` together to rows and columns, where they step alike; false where that cannot be, or nothing is there. */
function asMatrix({ shape, strides }: View, out: View): boolean {
  let dims = 0
  let [rows, columns, step, outRow, outColumn] = [1, 1, 0, 0, 0]
  for (let d = shape.length - 1; d >= 0; d--) {
    const n = shape[d] as number
    if (n === 0) return false
    if (n === 1) continue
    const x = strides[d] as number
    const o = out.strides[d] as number
    if (dims === 0) {
      if (x !== 1) return false
      columns = n
      outColumn = o
      dims = 1
    } else if (dims === 1 && x === columns && o === columns * outColumn) columns *= n
    else if (dims === 1) {
      rows = n
      step = x
      outRow = o
      dims = 2
    } else if (x === rows * step && o === rows * outRow) rows *= n
    else return false
  }
  plan.rows = rows
  plan.columns = columns
  plan.step = dims === 2 ? step : columns
  plan.outRow = outRow
  plan.outColumn = outColumn
  return true
}

type Known = Partial<Record<Reduction, unknown>>

// The kernels by kind, since putting their names together costs more than a small reduction does.
const rowKernels: Readonly<Record<'float32' | 'float64', Known>> = { float32: {}, float64: {} }
const columnKernels: Readonly<Record<'float32' | 'float64', Known>> = { float32: {}, float64: {} }

const kernelOf = (known: Known, kind: Reduction, name: () => string): unknown => (known[kind] ??= baseKernels('reductions')[name()])

/** Fills the plan; false where it has to be the reference's work. */
function survey(kind: Reduction, x: View, out: View): boolean {
  const { dtype } = x
  if ((dtype !== 'float32' && dtype !== 'float64') || out.dtype !== dtype || x.pointer === 0 || out.pointer === 0 || !(kind in names))
    return false
  if (!asMatrix(x, out)) return false
  const { rows, columns, outRow, outColumn } = plan
  const size = itemsize(dtype)
  const byRows = outColumn === 0 && (rows === 1 || outRow === 1)
  const byColumns = rows > 1 && outRow === 0 && outColumn === 1 && kind in columnNames
  if (!byRows && !byColumns) return false
  // Products of blocks could leave the range of numbers where the whole does not.
  const blocks = byRows ? rows === 1 && columns >= 4 * ROW_BLOCK && kind !== 'prod' : rows >= 4 * COLUMN_BLOCK
  let room = byRows ? 0 : columnsWorkspace
  if (blocks) room += byRows ? (columns / ROW_BLOCK + 1) * size : Math.ceil(rows / COLUMN_BLOCK) * columns * size
  // Before any address is taken: making room may collect what nobody holds any more.
  if (room > 0) scratch(room)
  plan.size = size
  plan.byRows = byRows
  plan.blocks = blocks
  plan.room = room
  plan.at = x.pointer + x.offset * size
  plan.out = out.pointer + out.offset * size
  plan.run = (
    byRows
      ? kernelOf(rowKernels[dtype], kind, () => `rows ${names[kind as keyof typeof names]} ${dtype}`)
      : kernelOf(columnKernels[dtype], kind, () => `columns ${columnNames[kind as keyof typeof columnNames]} ${dtype}`)
  ) as Rows | Columns
  return true
}

/** Does it. The caller keeps what the addresses in the plan point to. */
function carryOut(p: Plan): void {
  const { rows, columns, at, step, out, room } = p
  if (p.byRows) {
    const run = p.run as Rows
    if (p.blocks) reduceLong(run, p, out, scratch(room))
    else if (rows * columns < MANY) run(rows, columns, at, step, out)
    else reduceRows(run, p, out)
  } else {
    const run = p.run as Columns
    if (p.blocks) reduceTall(run, p, out, scratch(room))
    else if (rows * columns < MANY) run(rows, columns, at, step, out, scratch(room))
    else reduceColumns(run, p, out, scratch(room))
  }
}

/** Reduces `x` into `out`; false where it has to be the reference's work. */
export function reduce(kind: Reduction, x: View, out: View): boolean {
  if (!survey(kind, x, out)) return false
  carryOut(plan)
  return true
}

/** The call that `reduce` would make, looked up once; it holds addresses, not the memory. Null where it is the reference's work. */
export function prepareReduce(kind: Reduction, x: View, out: View): (() => void) | null {
  if (!survey(kind, x, out)) return null
  const own = { ...plan }
  return () => carryOut(own)
}
