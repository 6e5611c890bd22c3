/** Matrix products as WebAssembly. */
import { itemsize } from '../../dtype.ts'
import type { View } from '../backend.ts'
import { ModuleBuilder } from './assembler.ts'
import { instantiate, validates } from './engine.ts'
import { float64Type } from './float-type.ts'
import { emitGemm, gemmWorkspace } from './gemm.ts'
import { scratch } from './scratch.ts'

type Gemm = (
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

/** The functions of both dtypes: with fused multiply-add where the engine has it. */
interface Products {
  readonly float32: Gemm
  readonly float64: Gemm
  readonly workspace: number
}

let products: Products | null = null

function build(): Products {
  const bytesOf = (fma: boolean): Uint8Array => {
    const module = new ModuleBuilder()
    emitGemm(module, { name: 'float32', fma })
    emitGemm(module, { name: 'float64', type: float64Type, fma })
    return module.build()
  }
  const fused = bytesOf(true)
  const exports = instantiate(validates(fused) ? fused : bytesOf(false))
  return {
    float32: exports['float32'] as Gemm,
    float64: exports['float64'] as Gemm,
    workspace: Math.max(gemmWorkspace(), gemmWorkspace({ type: float64Type })),
  }
}

/** `out[b] = x[b] @ y[b]`; false where it has to be the reference's work. */
export function matmul(x: View, y: View, out: View): boolean {
  const { dtype } = out
  if ((dtype !== 'float32' && dtype !== 'float64') || x.dtype !== dtype || y.dtype !== dtype) return false
  if (x.pointer === 0 || y.pointer === 0 || out.pointer === 0) return false
  // Where the matrices' own dimensions begin.
  const d = out.shape.length - 2
  const batches = d === 0 ? 1 : (out.shape[0] as number)
  const m = out.shape[d] as number
  const n = out.shape[d + 1] as number
  if (n > 1 && out.strides[d + 1] !== 1) return false
  products ??= build()
  const gemm = products[dtype]
  const workspace = scratch(products.workspace)
  const size = itemsize(dtype)
  const at = (v: View, b: number): number => v.pointer + (v.offset + (b === 0 ? 0 : b * (v.strides[0] as number))) * size
  for (let b = 0; b < batches; b++)
    gemm(
      m,
      n,
      x.shape[d + 1] as number,
      at(x, b),
      x.strides[d] as number,
      x.strides[d + 1] as number,
      at(y, b),
      y.strides[d] as number,
      y.strides[d + 1] as number,
      at(out, b),
      out.strides[d] as number,
      0,
      workspace,
    )
  return true
}
