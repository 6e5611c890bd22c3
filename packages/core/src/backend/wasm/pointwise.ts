/** Pointwise programs as WebAssembly functions: loops over vectors, whose last elements go through the same code lane by lane. */
import { type DType, itemsize } from '../../dtype.ts'
import type { Program } from '../../expr.ts'
import { type FunctionBuilder, type Local, type MemoryOptions, ModuleBuilder } from './assembler.ts'
import { type Arithmetic, constant, lower } from './lowering.ts'
import {
  laneCount,
  loadLane,
  loadSplat,
  loadVector,
  type OutputDType,
  packed,
  rawLanes,
  storeLane,
  storeVector,
  valueOf,
} from './operands.ts'
import { inputLanes, type Lanes, VectorEmitter } from './vector.ts'

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

/** An operand in memory. */
interface Pointer {
  readonly kind: 'vector' | 'scalar' | 'strided'
  readonly dtype: DType
  /** Where the next elements are. */
  readonly at: Local
  /** Where the row began, in nested loops. */
  readonly row: Local
  /** The distance between elements, of strided operands. */
  readonly step: Local | null
  readonly raw: Lanes
}

const arithmetic = (compute: DType): Arithmetic => (compute === 'float32' ? 'f32x4' : 'f64x2')

const isOutput = (dtype: DType): dtype is OutputDType => dtype === 'float32' || dtype === 'float64' || dtype === 'bool'

/** Instructions in one pass of an unrolled loop, at most about. */
const UNROLLED = 16

/** Everything that the parts of a kernel need to know of it. */
interface Kernel {
  readonly f: FunctionBuilder
  readonly type: Arithmetic
  readonly lanes: number
  readonly output: OutputDType
  readonly count: Local
  readonly out: Local
  readonly pointers: readonly Pointer[]
  readonly emitter: VectorEmitter
  readonly results: readonly Lanes[]
  readonly resultLocals: Local[]
}

/** Computes the results from the inputs, which are in their locals. */
function compute({ f, emitter, results, resultLocals }: Kernel): void {
  emitter.next()
  results.forEach((result, i) => {
    emitter.push(result)
    f.set(resultLocals[i] as Local)
  })
}

/** Moves on by some elements. */
function advance({ f, lanes, output, out, count, pointers }: Kernel, vectors: number): void {
  const n = vectors * lanes
  for (const { kind, at, dtype, step } of pointers) {
    if (kind === 'vector') f.increment(at, n * itemsize(dtype))
    else if (step !== null) f.get(at).get(step).i32(n).op('i32.mul', 'i32.add').set(at)
  }
  f.increment(out, n * itemsize(output)).increment(count, -n)
}

/** Loads the next elements: one per lane, or the first `present` of them. */
function load({ f, type, lanes, count, pointers, emitter }: Kernel, whole: boolean, at: ReadonlyMap<Pointer, Local>): void {
  for (const p of pointers) if (whole && p.kind === 'vector') loadVector(f, p.dtype, type, p.at, 0, emitter.local(p.raw))
  const gathered = pointers.filter((p) => p.kind === 'strided' || (p.kind === 'vector' && !whole))
  if (gathered.length === 0) return
  const gather = (lane: number): void => {
    for (const p of gathered) {
      const { dtype, raw, step } = p
      if (step === null) {
        loadLane(f, dtype, type, p.at, lane * itemsize(dtype), lane, emitter.local(raw))
        continue
      }
      const place = at.get(p) as Local
      if (lane === 0) f.get(p.at).set(place)
      else f.get(place).get(step).op('i32.add').set(place)
      loadLane(f, dtype, type, place, 0, lane, emitter.local(raw))
    }
    if (lane + 1 >= (whole ? lanes : lanes - 1)) return
    if (whole) gather(lane + 1)
    else
      f.get(count)
        .i32(lane + 1)
        .op('i32.gt_s')
        .if(() => gather(lane + 1))
  }
  gather(0)
}

/** Stores the first elements of a vector that is not full. */
function storeRest({ f, lanes, output, count, out, resultLocals }: Kernel): void {
  const put = (lane: number): void => {
    storeLane(f, output, out, lane, resultLocals)
    if (lane + 1 >= lanes - 1) return
    f.get(count)
      .i32(lane + 1)
      .op('i32.gt_s')
      .if(() => put(lane + 1))
  }
  put(0)
}

/** The loop over `count` elements. */
function innerLoop(k: Kernel): void {
  const { f, type, lanes, output, count, out, pointers, emitter, resultLocals } = k
  const strided = pointers.filter((p) => p.kind === 'strided')
  const places = new Map(strided.map((p) => [p, f.local('i32')]))
  const unroll = strided.length > 0 ? 1 : Math.min(4, 2 ** Math.floor(Math.log2(UNROLLED / Math.max(emitter.size, 1))))
  // Loops are tested at their end: engines move constants out of a loop only from code that every way through it passes.
  if (unroll > 1) {
    f.get(count)
      .i32(unroll * lanes)
      .op('i32.ge_s')
    f.if(() =>
      f.loop((again) => {
        for (let u = 0; u < unroll; u++) {
          for (const p of pointers)
            if (p.kind === 'vector') loadVector(f, p.dtype, type, p.at, u * lanes * itemsize(p.dtype), emitter.local(p.raw))
          compute(k)
          storeVector(f, output, type, out, u * lanes * itemsize(output), resultLocals)
        }
        advance(k, unroll)
        f.get(count)
          .i32(unroll * lanes)
          .op('i32.ge_s')
          .brIf(again)
      }),
    )
  }
  f.get(count).i32(0).op('i32.gt_s')
  f.if(() =>
    f.loop((again) => {
      f.get(count).i32(lanes).op('i32.ge_s')
      f.if(
        () => load(k, true, places),
        () => load(k, false, places),
      )
      compute(k)
      f.get(count).i32(lanes).op('i32.ge_s')
      f.if(
        () => {
          storeVector(f, output, type, out, 0, resultLocals)
          advance(k, 1)
          f.get(count).i32(0).op('i32.gt_s').brIf(again)
        },
        () => storeRest(k),
      )
    }),
  )
}

/** Puts what stays the same in the inner loop into place, and runs it. */
function row(k: Kernel): void {
  for (const { kind, dtype, at, raw } of k.pointers) if (kind === 'scalar') loadSplat(k.f, dtype, k.type, at, k.emitter.local(raw))
  k.emitter.prologue()
  innerLoop(k)
}

/** The loops around the rows: counters in the descriptor, moved as an odometer is. */
function nest(k: Kernel, length: Local, descriptor: Local, outRow: Local): void {
  const { f, pointers, out, count } = k
  const steps = pointers.flatMap(({ step }) => step ?? [])
  const [dimension, left, index] = [f.local('i32'), f.local('i32'), f.local('i32')]
  const moved = [outRow, ...pointers.map((p) => p.row)]
  f.get(descriptor).load('i32.load').set(left)
  steps.forEach((step, i) =>
    f
      .get(descriptor)
      .load('i32.load', 4 + 4 * i)
      .set(step),
  )
  f.block((done) =>
    f.loop((nextRow) => {
      f.get(length).set(count).get(outRow).set(out)
      for (const p of pointers) f.get(p.row).set(p.at)
      row(k)
      f.get(descriptor).set(dimension).get(descriptor).load('i32.load').set(left)
      f.loop((carry) => {
        f.get(left).op('i32.eqz').brIf(done)
        f.get(dimension)
          .load('i32.load', 8 + 4 * steps.length)
          .i32(1)
          .op('i32.add')
          .tee(index)
        f.get(dimension)
          .load('i32.load', 4 + 4 * steps.length)
          .op('i32.lt_s')
        f.if(() => {
          f.get(dimension)
            .get(index)
            .store('i32.store', 8 + 4 * steps.length)
          moved.forEach((place, i) => {
            f.get(place)
              .get(dimension)
              .load('i32.load', 12 + 4 * (steps.length + i))
              .op('i32.add')
              .set(place)
          })
          f.br(nextRow)
        })
        f.get(dimension)
          .i32(0)
          .store('i32.store', 8 + 4 * steps.length)
        f.increment(dimension, 4 * (2 + moved.length))
          .increment(left, -1)
          .br(carry)
      })
    }),
  )
}

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
