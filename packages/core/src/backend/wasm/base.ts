/** The base kernels as functions, in the variant that fits the engine. */
import { baseBytes } from './base-bytes.ts'
import { instantiate, validates } from './engine.ts'
import type { Family, Variant } from './families.ts'
import { float64Type } from './float-type.ts'
import { gemmWorkspace } from './gemm.ts'
import { nativeProduct } from './native.ts'

/** The functions that a module exports, by name. */
export type Kernels = Readonly<Record<string, unknown>>

/** A module with one function that multiplies and adds with one rounding: `f32x4.relaxed_madd`. */
const fusedProbe = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11,
]

let fused: boolean | undefined
let deterministic = false

const variant = (): Variant => {
  fused ??= validates(Uint8Array.from(fusedProbe))
  return fused && !deterministic ? 'fused' : 'plain'
}

let loaded: Partial<Record<Family, Kernels>> = {}

/** Bytes of workspace for matrix products: room for the widest tiles that there are. */
export const PRODUCT_WORKSPACE: number = /* @__PURE__ */ Math.max(
  /* @__PURE__ */ gemmWorkspace({ vectors: 4 }),
  /* @__PURE__ */ gemmWorkspace({ type: float64Type }),
)

function load(family: Family): Kernels {
  const usual = (): Kernels => instantiate(baseBytes(family, variant()))
  if (family !== 'gemm' || deterministic) return usual()
  return nativeProduct(() => baseBytes(family, 'paired'), usual, PRODUCT_WORKSPACE) ?? usual()
}

/** The functions of a family. */
export function baseKernels(family: Family): Kernels {
  return (loaded[family] ??= load(family))
}

/**
 * Makes results the same to the last bit on every engine and machine: products are then rounded before they are added, as all engines can do it;
 * else the faster multiply-add with one rounding is used where there is one. On one engine results are always the same from run to run.
 *
 * @example
 * useDeterministicAlgorithms(true)
 * areDeterministicAlgorithmsEnabled() // true
 *
 * @see https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
 */
export function useDeterministicAlgorithms(mode: boolean): void {
  if (mode === deterministic) return
  deterministic = mode
  loaded = {}
}

/**
 * Whether `useDeterministicAlgorithms` is on.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.are_deterministic_algorithms_enabled.html
 */
export function areDeterministicAlgorithmsEnabled(): boolean {
  return deterministic
}
