/** Pointwise programs as WebAssembly functions. */
import type { DType } from '../../dtype.ts'
import type { Program } from '../../expr.ts'
import { type FunctionBuilder, type Local, type MemoryOptions, ModuleBuilder } from './assembler.ts'
import { VectorEmitter } from './emitter.ts'
import { type Kernel, nest, type Pointer, row } from './loops.ts'
import { type Arithmetic, constant, lower } from './lowering.ts'
import { laneCount, type OutputDType, packed, rawLanes, valueOf } from './operands.ts'
import { inputLanes, type Lanes } from './vector.ts'

/** How one operand of a kernel is given. */
export type OperandSignature =
  /** Elements side by side along the inner dimension; a broadcast row is such an operand whose outer strides are 0. */
  | { readonly kind: 'vector'; readonly dtype: DType }
  /** One element in memory for a whole pass of the inner dimension. */
  | { readonly kind: 'scalar'; readonly dtype: DType }
  /** Elements at a distance that the descriptor tells. */
  | { readonly kind: 'strided'; readonly dtype: DType }
  /** A number passed as an argument, already cast to the dtype that the kernel computes in. */
  | { readonly kind: 'immediate' }
  /** A number known when the kernel is made. */
  | { readonly kind: 'constant'; readonly value: number }

/** What a kernel is specialised for beside its program. */
export interface Signature {
  /** `float32` computes in floats, everything else in doubles, as the reference does. */
  readonly compute: DType
  readonly output: DType
  /** One per input of the program. */
  readonly operands: readonly OperandSignature[]
  /** Whether loops run around the inner one, as a descriptor tells; needed for strided operands. */
  readonly nested?: boolean
}

/** A kernel to be put into a module. */
export interface KernelSpec {
  readonly name: string
  readonly program: Program
  readonly signature: Signature
}

/** Names a signature for caches. */
export const signatureKey = ({ compute, output, operands, nested = false }: Signature): string =>
  [
    compute === 'float32' ? 'f32' : 'f64',
    output,
    nested ? 'nested' : 'flat',
    ...operands.map((o) =>
      o.kind === 'constant' ? `=${Object.is(o.value, -0) ? '-0' : o.value}` : o.kind === 'immediate' ? '#' : `${o.kind}:${o.dtype}`,
    ),
  ].join(' ')

const arithmetic = (compute: DType): Arithmetic => (compute === 'float32' ? 'f32x4' : 'f64x2')

const isOutput = (dtype: DType): dtype is OutputDType => dtype === 'float32' || dtype === 'float64' || dtype === 'bool'

/** The words that tell a nested kernel how to walk; the counters among them are 0 before and after each call. */
export function describe(
  /** The lengths of the outer dimensions, outermost first. */
  shape: readonly number[],
  /** The distances in bytes along them: of the output, then of each operand in memory. */
  strides: readonly (readonly number[])[],
  /** The distances in bytes between the elements of each strided operand. */
  steps: readonly number[] = [],
): Int32Array {
  const words = [shape.length, ...steps]
  // A step along a dimension also undoes the whole way along the dimensions inside it.
  const undo = strides.map(() => 0)
  for (let d = shape.length - 1; d >= 0; d--) {
    words.push(shape[d] as number, 0)
    strides.forEach((s, k) => {
      words.push((s[d] as number) - (undo[k] as number))
      undo[k] = (undo[k] as number) + (s[d] as number) * ((shape[d] as number) - 1)
    })
  }
  return Int32Array.from(words)
}

/**
 * Adds the kernel of a program to a module; null, and nothing added, where there is no vector code for it: the reference runs then.
 *
 * Its parameters, all i32 but the immediates: the number of elements (of a row), in nested kernels the address of the descriptor,
 * the address of the output, then per operand its address or number; constants have none. The output is contiguous along the inner
 * dimension; it may be the same memory as an operand of the same dtype and strides, else it overlaps none.
 */
export function emitPointwiseFunction(module: ModuleBuilder, { name, program, signature }: KernelSpec): FunctionBuilder | null {
  const { output, operands, nested = false } = signature
  const type = arithmetic(signature.compute)
  if (!isOutput(output)) return null
  const inputs = operands.map((o) => {
    if (o.kind === 'constant') return { value: constant(type, o.value), raw: null }
    if (o.kind === 'immediate') {
      const raw = inputLanes(type, true)
      return { value: { lanes: raw }, raw }
    }
    const raw = inputLanes(rawLanes(o.dtype, type), o.kind === 'scalar')
    return { value: valueOf(raw, o.dtype, type), raw }
  })
  const result = lower(
    program,
    type,
    inputs.map((x) => x.value),
  )
  if (result === null) return null
  const results = packed(result, output, type)

  const passed = operands.filter((o) => o.kind !== 'constant')
  const scalarType = type === 'f32x4' ? 'f32' : 'f64'
  const f = module.function(name, [
    'i32',
    ...(nested ? (['i32'] as const) : []),
    'i32',
    ...passed.map((o) => (o.kind === 'immediate' ? scalarType : 'i32')),
  ])
  const params = [...f.params]
  const length = params.shift() as Local
  const descriptor = nested ? (params.shift() as Local) : null
  const outRow = params.shift() as Local
  const emitter = new VectorEmitter(module, f, results)
  const pointers: Pointer[] = []
  operands.forEach((o, i) => {
    if (o.kind === 'constant') return
    const param = params.shift() as Local
    const raw = inputs[i]?.raw as Lanes
    if (o.kind === 'immediate') f.get(param).op(`${type}.splat`).set(emitter.local(raw))
    else {
      const at = nested ? f.local('i32') : param
      pointers.push({ kind: o.kind, dtype: o.dtype, at, row: param, step: o.kind === 'strided' ? f.local('i32') : null, raw })
    }
  })
  const k: Kernel = {
    f,
    type,
    lanes: laneCount(type),
    output,
    count: nested ? f.local('i32') : length,
    out: nested ? f.local('i32') : outRow,
    pointers,
    emitter,
    results,
    resultLocals: results.map(() => f.local('v128')),
  }
  if (descriptor === null) row(k)
  else nest(k, length, descriptor, outRow)
  return f
}

/** The bytes of a module with one kernel, exported as `kernel`; null where there is no vector code for the program. */
export function emitPointwise(program: Program, signature: Signature, memory: MemoryOptions = {}): Uint8Array<ArrayBuffer> | null {
  const module = new ModuleBuilder(memory)
  return emitPointwiseFunction(module, { name: 'kernel', program, signature }) === null ? null : module.build()
}

/** The bytes of a module with many kernels, each exported by its name; those without vector code are left out. */
export function pointwiseModule(kernels: readonly KernelSpec[], memory: MemoryOptions = {}): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder(memory)
  for (const kernel of kernels) emitPointwiseFunction(module, kernel)
  return module.build()
}
