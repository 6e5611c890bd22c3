/**
 * The base kernels: modules whose bytes are the same in every process, and are therefore made when the package is built.
 * A family of kernels is one line in the list; `baseKernels(family)` has its functions.
 */
import type { ModuleBuilder } from './assembler.ts'
import { emitColumns } from './columns-kernel.ts'
import { emitCopies } from './copy.ts'
import { emitFill } from './fill.ts'
import { float32Type, float64Type } from './float-type.ts'
import { emitGathers } from './gather.ts'
import { emitBatchedGemm, emitGemm } from './gemm.ts'
import { emitMapLines } from './lines.ts'
import { emitNll, emitNllBackward } from './nll.ts'
import { emitCorrelatePlanes, emitFilterPlanes } from './planes-kernel.ts'
import { emitRowReduction } from './reduce.ts'
import { emitColumnReduction } from './reduce-columns.ts'
import { emitScans } from './scan.ts'
import { emitSoftmax } from './softmax.ts'
import { emitSoftmaxBackward } from './softmax-backward.ts'
import { emitSorts } from './sort.ts'
import { emitPool } from './windows.ts'

/** What the code may count on. */
export interface Features {
  /** Multiply-add in one instruction, with one rounding. */
  readonly fma: boolean
  /** An engine that joins neighbouring vectors into one of twice the width. */
  readonly pairs: boolean
}

export type Variant = 'plain' | 'fused' | 'paired'

/** The sets of features that there are modules for; families that make no difference between them are kept once. */
export const variants: Readonly<Record<Variant, Features>> = {
  plain: { fma: false, pairs: false },
  fused: { fma: true, pairs: false },
  paired: { fma: true, pairs: true },
}

/** Adds the kernels of a family to a module. */
type Emit = (module: ModuleBuilder, features: Features) => unknown

const types = { float32: float32Type, float64: float64Type } as const

const gemm: Emit = (module, { fma, pairs }) => {
  for (const [dtype, type] of Object.entries(types)) {
    // Wider tiles for float64 too would make every bundle larger for little.
    const one = emitGemm(module, { name: dtype, type, fma, vectors: pairs && dtype === 'float32' ? 4 : 2 })
    emitBatchedGemm(module, one, `${dtype} batches`, type)
  }
}

const reductions: Emit = (module) => {
  for (const [dtype, type] of Object.entries(types)) {
    for (const name of ['sum', 'prod', 'max', 'min'] as const) emitRowReduction(module, name, { type, name: `rows ${name} ${dtype}` })
    for (const name of ['sum', 'max', 'min'] as const) emitColumnReduction(module, name, { type, name: `columns ${name} ${dtype}` })
  }
}

const softmax: Emit = (module) => {
  for (const name of ['softmax', 'logSoftmax']) {
    emitSoftmax(module, name === 'logSoftmax', name)
    emitSoftmaxBackward(module, name === 'logSoftmax', `${name}Backward`)
  }
  for (const type of Object.values(types)) {
    emitNll(module, type, `nll ${type.bits}`)
    emitNllBackward(module, type, `nllBackward ${type.bits}`)
  }
}

const columns: Emit = (module) => {
  for (const direction of ['im2col', 'col2im'] as const)
    for (const [dtype, type] of Object.entries(types)) emitColumns(module, direction, `${direction} ${dtype}`, type)
}

const planes: Emit = (module, { fma }) => {
  for (const [dtype, type] of Object.entries(types)) {
    emitFilterPlanes(module, `filter ${dtype}`, type, fma)
    emitCorrelatePlanes(module, `correlate ${dtype}`, type, fma)
  }
}

const pooling: Emit = (module) => {
  for (const type of Object.values(types)) {
    for (const kind of ['max', 'sum'] as const)
      for (const step of [1, 2, 'any'] as const) emitPool(module, kind, { type, step, name: `${kind} ${step} ${type.bits}` })
    emitMapLines(module, { type, name: `lines ${type.bits}` })
  }
}

export type Family =
  | 'fill'
  | 'copies'
  | 'gemm'
  | 'reductions'
  | 'softmax'
  | 'gathers'
  | 'scans'
  | 'columns'
  | 'planes'
  | 'pooling'
  | 'sorts'

/** One line a family. */
export const families: Readonly<Record<Family, Emit>> = {
  fill: emitFill,
  copies: emitCopies,
  gemm,
  reductions,
  softmax,
  gathers: emitGathers,
  scans: emitScans,
  columns,
  planes,
  pooling,
  sorts: emitSorts,
}
