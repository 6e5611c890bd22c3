/** Matrix products as WebAssembly. */
import { itemsize } from '../../dtype.ts'
import type { View } from '../backend.ts'
import { baseKernels, PRODUCT_WORKSPACE } from './base.ts'
import { scratch } from './scratch.ts'
import { pieces, worth } from './threads/pieces.ts'
import { callAll, hasThreads, type Kernel } from './threads/pool.ts'

type Gemm = (
  batches: number,
  aStride: number,
  bStride: number,
  cStride: number,
  m: number,
  n: number,
  k: number,
  a: number,
  aRow: number,
  aColumn: number,
  b: number,
  bRow: number,
  bColumn: number,
  c: number,
  cRow: number,
  accumulate: number,
  workspace: number,
) => void

const names = { float32: 'float32 batches', float64: 'float64 batches' } as const

/** Multiplications that one piece has at least. */
const PIECE = 1 << 17

/** Rows of a piece: whole tiles of 5 or 6 rows, and more than are multiplied by dot products, which round in another order. */
const ROWS = 30
/** Columns of a piece: whole tiles. */
const COLUMNS = 32

/** Cuts products into pieces of C: in how many along the rows and the columns, so that they are about square. */
function grid(m: number, n: number, count: number): [rows: number, columns: number] {
  let [rows, columns] = [1, 1]
  while (rows * columns < count) {
    const [tall, wide] = [m / rows >= 2 * ROWS, n / columns >= 2 * COLUMNS]
    if (!tall && !wide) break
    if (tall && (!wide || m / rows > n / columns)) rows++
    else columns++
  }
  return [rows, columns]
}

/**
 * The products in pieces, as arguments of calls: each has some of the products, or a block of C of one. Every number of C is summed along k in the same order
 * wherever its block begins and ends.
 */
function inPieces(args: readonly number[], size: number): number[][] {
  const [batches, aStride, bStride, cStride, m, n, k, a, aRow, , b, , bColumn, c, cRow] = args as number[] & { length: 17 }
  const [all, rowStep, columnStep] = [batches as number, (aRow as number) * size, (bColumn as number) * size]
  const count = worth(all * (m as number) * (n as number) * (k as number), PIECE)
  const [rows, columns] = all >= count ? [1, 1] : grid(m as number, n as number, Math.ceil(count / all))
  const calls: number[][] = []
  for (const batch of pieces(all, all >= count ? count : all, 1))
    for (const row of rows > 1 ? pieces(m as number, rows, ROWS) : [{ from: 0, length: m as number }])
      for (const column of columns > 1 ? pieces(n as number, columns, COLUMNS) : [{ from: 0, length: n as number }]) {
        const call = [...args]
        call[0] = batch.length
        call[4] = row.length
        call[5] = column.length
        call[7] = (a as number) + batch.from * (aStride as number) * size + row.from * rowStep
        call[10] = (b as number) + batch.from * (bStride as number) * size + column.from * columnStep
        call[13] = (c as number) + batch.from * (cStride as number) * size + (row.from * (cRow as number) + column.from) * size
        calls.push(call)
      }
  return calls
}

/** `out[b] = x[b] @ y[b]`; false where it has to be the reference's work. */
export function matmul(x: View, y: View, out: View): boolean {
  const { dtype } = out
  if ((dtype !== 'float32' && dtype !== 'float64') || x.dtype !== dtype || y.dtype !== dtype) return false
  if (x.pointer === 0 || y.pointer === 0 || out.pointer === 0) return false
  // Where the matrices' own dimensions begin: a single matrix is a batch of one.
  const d = out.shape.length - 2
  const batches = d === 0 ? 1 : (out.shape[0] as number)
  const xBatch = d === 0 ? 0 : (x.strides[0] as number)
  const yBatch = d === 0 ? 0 : (y.strides[0] as number)
  const outBatch = d === 0 ? 0 : (out.strides[0] as number)
  const m = out.shape[d] as number
  const n = out.shape[d + 1] as number
  const k = x.shape[d + 1] as number
  if (n > 1 && out.strides[d + 1] !== 1) return false
  const gemm = baseKernels('gemm')[names[dtype]] as Gemm
  // Before any address is taken: making room may collect what nobody holds any more.
  const workspace = scratch(PRODUCT_WORKSPACE)
  const size = itemsize(dtype)
  const xAt = x.pointer + x.offset * size
  const yAt = y.pointer + y.offset * size
  const outAt = out.pointer + out.offset * size
  const xRow = x.strides[d] as number
  const xColumn = x.strides[d + 1] as number
  const yRow = y.strides[d] as number
  const yColumn = y.strides[d + 1] as number
  const outRow = out.strides[d] as number
  if (hasThreads() && batches * m * n * k >= 2 * PIECE) {
    const args = [batches, xBatch, yBatch, outBatch, m, n, k, xAt, xRow, xColumn, yAt, yRow, yColumn, outAt, outRow, 0, workspace]
    callAll(gemm as Kernel, inPieces(args, size), args.length - 1)
    return true
  }
  gemm(batches, xBatch, yBatch, outBatch, m, n, k, xAt, xRow, xColumn, yAt, yRow, yColumn, outAt, outRow, 0, workspace)
  return true
}
