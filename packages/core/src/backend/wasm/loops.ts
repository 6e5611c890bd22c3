/** The loops of pointwise kernels: whole vectors first, then what is left through the same code, lane by lane. */
import { type DType, itemsize } from '../../dtype.ts'
import type { FunctionBuilder, Local } from './assembler.ts'
import type { VectorEmitter } from './emitter.ts'
import type { Arithmetic } from './lowering.ts'
import { loadLane, loadSplat, loadVector, type OutputDType, storeLane, storeVector } from './operands.ts'
import type { Lanes } from './vector.ts'

/** An operand in memory. */
export interface Pointer {
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

/** Instructions in one pass of an unrolled loop, at most about. */
const UNROLLED = 16

/** Everything that the parts of a kernel need to know of it. */
export interface Kernel {
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
export function row(k: Kernel): void {
  for (const { kind, dtype, at, raw } of k.pointers) if (kind === 'scalar') loadSplat(k.f, dtype, k.type, at, k.emitter.local(raw))
  k.emitter.prologue()
  innerLoop(k)
}

/** The loops around the rows: counters in the descriptor, moved as an odometer is. */
export function nest(k: Kernel, length: Local, descriptor: Local, outRow: Local): void {
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
