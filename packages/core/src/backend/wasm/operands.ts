/** How elements of each dtype come into vectors and go back to memory. */
import { type DType, itemsize } from '../../dtype.ts'
import type { FunctionBuilder, Local } from './assembler.ts'
import type { Arithmetic, Value } from './lowering.ts'
import type { MemoryOp, Op } from './opcodes.ts'
import { type Lanes, type LaneType, widen } from './vector.ts'

/** The lanes of a vector. */
export const laneCount = (type: Arithmetic): number => (type === 'f32x4' ? 4 : 2)

/** The way from memory into lanes: integers stay integers until they are asked for as numbers. */
interface Loader {
  readonly lanes: LaneType
  /** As many elements as there are lanes. */
  readonly vector: readonly [MemoryOp, ...Op[]]
  /** One element. */
  readonly scalar: readonly [MemoryOp, ...Op[]]
}

const extendSigned = ['i16x8.extend_low_i8x16_s', 'i32x4.extend_low_i16x8_s'] as const
const extendUnsigned = ['i16x8.extend_low_i8x16_u', 'i32x4.extend_low_i16x8_u'] as const

const intoFloats: Readonly<Record<Exclude<DType, 'float64' | 'int64'>, Loader>> = {
  float32: { lanes: 'f32x4', vector: ['v128.load'], scalar: ['f32.load'] },
  int32: { lanes: 'i32x4', vector: ['v128.load'], scalar: ['i32.load'] },
  int16: { lanes: 'i32x4', vector: ['v128.load16x4_s'], scalar: ['i32.load16_s'] },
  int8: { lanes: 'i32x4', vector: ['v128.load32_zero', ...extendSigned], scalar: ['i32.load8_s'] },
  uint8: { lanes: 'i32x4', vector: ['v128.load32_zero', ...extendUnsigned], scalar: ['i32.load8_u'] },
  bool: { lanes: 'i32x4', vector: ['v128.load32_zero', ...extendUnsigned], scalar: ['i32.load8_u'] },
}

const intoDoubles: Readonly<Record<DType, Loader>> = {
  float64: { lanes: 'f64x2', vector: ['v128.load'], scalar: ['f64.load'] },
  int64: { lanes: 'f64x2', vector: ['v128.load'], scalar: ['f64.load'] },
  float32: { lanes: 'f64x2', vector: ['v128.load64_zero', 'f64x2.promote_low_f32x4'], scalar: ['f32.load', 'f64.promote_f32'] },
  int32: { lanes: 'i32x4', vector: ['v128.load64_zero'], scalar: ['i32.load'] },
  int16: { lanes: 'i32x4', vector: ['v128.load32_zero', 'i32x4.extend_low_i16x8_s'], scalar: ['i32.load16_s'] },
  int8: { lanes: 'i32x4', vector: ['v128.load16_splat', ...extendSigned], scalar: ['i32.load8_s'] },
  uint8: { lanes: 'i32x4', vector: ['v128.load16_splat', ...extendUnsigned], scalar: ['i32.load8_u'] },
  bool: { lanes: 'i32x4', vector: ['v128.load16_splat', ...extendUnsigned], scalar: ['i32.load8_u'] },
}

/** Doubles rounded to floats as they are read: they take two loads. */
const doublesIntoFloats: Loader = { lanes: 'f32x4', vector: ['v128.load'], scalar: ['f64.load', 'f32.demote_f64'] }

const isDouble = (dtype: DType): boolean => dtype === 'float64' || dtype === 'int64'

function loader(dtype: DType, type: Arithmetic): Loader {
  if (type === 'f64x2') return intoDoubles[dtype]
  return dtype === 'float64' || dtype === 'int64' ? doublesIntoFloats : intoFloats[dtype]
}

/** The lanes that elements of `dtype` are loaded into. */
export const rawLanes = (dtype: DType, type: Arithmetic): LaneType => loader(dtype, type).lanes

/** Loaded lanes as a value of a program. */
export function valueOf(raw: Lanes, dtype: DType, type: Arithmetic): Value {
  if (raw.type !== 'i32x4') return { lanes: raw }
  if (type === 'f32x4') {
    const lanes = raw.to('f32x4', 'f32x4.convert_i32x4_s')
    return dtype === 'bool' ? { lanes, mask: raw.ne(0) } : { lanes }
  }
  const lanes = raw.to('f64x2', 'f64x2.convert_low_i32x4_s')
  return dtype === 'bool' ? { lanes, mask: raw.ne(0).to('i64x2', 'i64x2.extend_low_i32x4_s') } : { lanes }
}

/** Loads one element per lane from consecutive places. */
export function loadVector(f: FunctionBuilder, dtype: DType, type: Arithmetic, at: Local, offset: number, into: Local): void {
  const [load, ...convert] = loader(dtype, type).vector
  if (type === 'f32x4' && isDouble(dtype)) {
    for (const part of [0, 16]) {
      f.get(at)
        .load('v128.load', offset + part)
        .op('f32x4.demote_f64x2_zero')
    }
    f.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]).set(into)
    return
  }
  f.get(at).load(load, offset)
  f.op(...convert).set(into)
}

/** Pushes one element as a scalar of the lanes' type. */
function loadScalar(f: FunctionBuilder, dtype: DType, type: Arithmetic, at: Local, offset: number): void {
  const [load, ...convert] = loader(dtype, type).scalar
  f.get(at).load(load, offset)
  f.op(...convert)
}

/** Loads one element into all lanes. */
export function loadSplat(f: FunctionBuilder, dtype: DType, type: Arithmetic, at: Local, into: Local): void {
  loadScalar(f, dtype, type, at, 0)
  f.op(`${rawLanes(dtype, type)}.splat`).set(into)
}

/** Loads one element into one lane; lane 0 fills the others too. */
export function loadLane(f: FunctionBuilder, dtype: DType, type: Arithmetic, at: Local, offset: number, lane: number, into: Local): void {
  if (lane > 0) f.get(into)
  loadScalar(f, dtype, type, at, offset)
  const lanes = rawLanes(dtype, type)
  if (lane > 0) f.lane(`${lanes}.replace_lane`, lane).set(into)
  else f.op(`${lanes}.splat`).set(into)
}

/** The dtypes that results can be stored as. */
export type OutputDType = 'float32' | 'float64' | 'bool'

/** A result in the form of its memory: packed into the lowest bytes of one vector, or filling two. */
export function packed(value: Value, output: OutputDType, type: Arithmetic): Lanes[] {
  const { lanes } = value
  if (output === 'float32') return [type === 'f32x4' ? lanes : lanes.to('f32x4', 'f32x4.demote_f64x2_zero')]
  if (output === 'float64') return type === 'f64x2' ? [lanes] : widen(lanes)
  const mask = value.mask ?? lanes.ne(0)
  // One byte of each lane's mask, then 1 for it.
  const step = type === 'f32x4' ? 4 : 8
  const bytes = Array.from({ length: 16 }, (_, i) => (i * step) % 16)
  const one = mask.as('i32x4').shuffle(mask, bytes)
  return [one.and(0x01010101)]
}

/** Stores one element per lane. */
export function storeVector(f: FunctionBuilder, output: OutputDType, type: Arithmetic, at: Local, offset: number, from: Local[]): void {
  const bytes = laneCount(type) * itemsize(output)
  from.forEach((vector, i) => {
    f.get(at).get(vector)
    if (bytes >= 16) f.store('v128.store', offset + 16 * i)
    else if (bytes === 8) f.laneMemory('v128.store64_lane', 0, offset)
    else if (bytes === 4) f.laneMemory('v128.store32_lane', 0, offset)
    else f.laneMemory('v128.store16_lane', 0, offset)
  })
}

/** Stores the element of one lane in its place. */
export function storeLane(f: FunctionBuilder, output: OutputDType, at: Local, lane: number, from: Local[]): void {
  const size = itemsize(output)
  const perVector = 16 / size
  f.get(at).get(from[Math.floor(lane / perVector)] as Local)
  const store = size === 8 ? 'v128.store64_lane' : size === 4 ? 'v128.store32_lane' : 'v128.store8_lane'
  f.laneMemory(store, lane % perVector, lane * size)
}
