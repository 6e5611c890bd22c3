/** WebAssembly's instructions by their names in the specification. */

/** Runs of consecutive opcodes; `_` stands for one that nothing here needs. */
const plain = [
  [0x45, 'i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u'],
  [0x50, 'i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u'],
  [0x5b, 'f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge'],
  [0x67, 'i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u'],
  [0x71, 'i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr'],
  [0x79, 'i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u'],
  [0x83, 'i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr'],
  [0x8b, 'f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt'],
  [0x92, 'f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign'],
  [0x99, 'f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt'],
  [0xa0, 'f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign'],
  [0xa7, 'i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u'],
  [0xae, 'i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u'],
  [0xb2, 'f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u f32.demote_f64'],
  [0xb7, 'f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32'],
  [0xbc, 'i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64'],
  [0x0f, 'return'],
  [0x1a, 'drop select'],
] as const

/** Runs behind the prefix 0xfd: the vector instructions, the relaxed ones from 0x100. */
const simd = [
  [14, 'i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat'],
  [35, 'i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u'],
  [45, 'i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u'],
  [55, 'i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u'],
  [65, 'f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge'],
  [77, 'v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true'],
  [94, 'f32x4.demote_f64x2_zero f64x2.promote_low_f32x4'],
  [96, 'i8x16.abs i8x16.neg i8x16.popcnt i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u'],
  [103, 'f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest i8x16.shl i8x16.shr_s i8x16.shr_u i8x16.add _ _ i8x16.sub'],
  [116, 'f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc'],
  [128, 'i16x8.abs i16x8.neg _ i16x8.all_true i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u'],
  [135, 'i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u'],
  [139, 'i16x8.shl i16x8.shr_s i16x8.shr_u i16x8.add _ _ i16x8.sub _ _ f64x2.nearest i16x8.mul'],
  [160, 'i32x4.abs i32x4.neg _ i32x4.all_true i32x4.bitmask'],
  [167, 'i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u'],
  [171, 'i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add _ _ i32x4.sub _ _ _ i32x4.mul'],
  [182, 'i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u'],
  [192, 'i64x2.abs i64x2.neg _ i64x2.all_true i64x2.bitmask'],
  [199, 'i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u'],
  [203, 'i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add _ _ i64x2.sub _ _ _ i64x2.mul'],
  [214, 'i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s'],
  [224, 'f32x4.abs f32x4.neg _ f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax'],
  [236, 'f64x2.abs f64x2.neg _ f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax'],
  [248, 'i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u'],
  [252, 'i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u'],
  [0x105, 'f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd'],
] as const

/** Loads and stores, which carry an offset. */
const plainMemory = [
  [0x28, 'i32.load i64.load f32.load f64.load i32.load8_s i32.load8_u i32.load16_s i32.load16_u'],
  [0x30, 'i64.load8_s i64.load8_u i64.load16_s i64.load16_u i64.load32_s i64.load32_u'],
  [0x36, 'i32.store i64.store f32.store f64.store i32.store8 i32.store16 i64.store8 i64.store16 i64.store32'],
] as const

const simdMemory = [
  [0, 'v128.load v128.load8x8_s v128.load8x8_u v128.load16x4_s v128.load16x4_u v128.load32x2_s v128.load32x2_u'],
  [7, 'v128.load8_splat v128.load16_splat v128.load32_splat v128.load64_splat v128.store'],
  [92, 'v128.load32_zero v128.load64_zero'],
] as const

/** Runs behind the prefix 0xfc, and the memory that they work on. */
const bulk = [[11, 'memory.fill']] as const

/** Instructions that carry the number of a lane. */
const lanes = [
  [21, 'i8x16.extract_lane_s i8x16.extract_lane_u i8x16.replace_lane i16x8.extract_lane_s i16x8.extract_lane_u i16x8.replace_lane'],
  [27, 'i32x4.extract_lane i32x4.replace_lane i64x2.extract_lane i64x2.replace_lane'],
  [31, 'f32x4.extract_lane f32x4.replace_lane f64x2.extract_lane f64x2.replace_lane'],
] as const

/** Loads and stores of one lane: an offset and the number of the lane. */
const laneMemory = [
  [84, 'v128.load8_lane v128.load16_lane v128.load32_lane v128.load64_lane'],
  [88, 'v128.store8_lane v128.store16_lane v128.store32_lane v128.store64_lane'],
] as const

type Words<S extends string> = S extends `${infer Head} ${infer Tail}` ? Head | Words<Tail> : S
type Table = readonly (readonly [number, string])[]
type Names<T extends Table> = Exclude<Words<T[number][1]>, '_'>

/** An instruction without immediates, named as in the specification. */
export type Op = Names<typeof plain> | Names<typeof simd> | Names<typeof bulk>

/** A load or store. */
export type MemoryOp = Names<typeof plainMemory> | Names<typeof simdMemory>

/** An instruction on one lane of a vector. */
export type LaneOp = Names<typeof lanes>

/** A load or store of one lane of a vector. */
export type LaneMemoryOp = Names<typeof laneMemory>

/** The bytes of each instruction, without its immediates. */
export const opcodes: ReadonlyMap<string, readonly number[]> = /* @__PURE__ */ (() => {
  const map = new Map<string, readonly number[]>()
  const add = (table: Table, encode: (code: number) => readonly number[]) => {
    for (const [first, names] of table) names.split(' ').forEach((name, i) => map.set(name, encode(first + i)))
  }
  const vector = (code: number) => (code < 128 ? [0xfd, code] : [0xfd, (code & 127) | 128, code >> 7])
  add(plain, (code) => [code])
  add(plainMemory, (code) => [code])
  add(bulk, (code) => [0xfc, code, 0])
  for (const table of [simd, simdMemory, lanes, laneMemory]) add(table, vector)
  map.delete('_')
  return map
})()
