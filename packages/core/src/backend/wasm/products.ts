/** Matrix products as WebAssembly. */
import { itemsize } from '../../dtype.ts'
import type { View } from '../backend.ts'
import { baseKernels, PRODUCT_WORKSPACE } from './base.ts'
import { scratch } from './scratch.ts'

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

/** `out[b] = x[b] @ y[b]`; false where it has to be the reference's work. */
export function matmul(x: View, y: View, out: View): boolean {
  const { dtype } = out
  if ((dtype !== 'float32' && dtype !== 'float64') || x.dtype !== dtype || y.dtype !== dtype) return false
  if (x.pointer === 0 || y.pointer === 0 || out.pointer === 0) return false
  const [batches, m, n] = out.shape as [number, number, number]
  if (n > 1 && out.strides[2] !== 1) return false
  const gemm = baseKernels('gemm')[names[dtype]] as Gemm
  // Before any address is taken: making room may collect what nobody holds any more.
  const workspace = scratch(PRODUCT_WORKSPACE)
  const size = itemsize(dtype)
  const [xBatch, xRow, xColumn] = x.strides as [number, number, number]
  const [yBatch, yRow, yColumn] = y.strides as [number, number, number]
  const [outBatch, outRow] = out.strides as [number, number]
  const at = (v: View): number => v.pointer + v.offset * size
  const k = x.shape[2] as number
  gemm(batches, xBatch, yBatch, outBatch, m, n, k, at(x), xRow, xColumn, at(y), yRow, yColumn, at(out), outRow, 0, workspace)
  return true
}
