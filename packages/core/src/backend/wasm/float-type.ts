/** What kernels over floating-point vectors share: the two lane types with their instructions, and loops. */
import type { FunctionBuilder, Local } from './assembler.ts'

/** A floating-point type as scalar and as lanes of a 128-bit vector. */
export type FloatType =
  | { readonly scalar: 'f32'; readonly vector: 'f32x4'; readonly bits: 32; readonly count: 4; readonly size: 4; readonly shift: 2 }
  | { readonly scalar: 'f64'; readonly vector: 'f64x2'; readonly bits: 64; readonly count: 2; readonly size: 8; readonly shift: 3 }

/** Four float32 to a vector. */
export const float32Type: FloatType = { scalar: 'f32', vector: 'f32x4', bits: 32, count: 4, size: 4, shift: 2 }

/** Two float64 to a vector. */
export const float64Type: FloatType = { scalar: 'f64', vector: 'f64x2', bits: 64, count: 2, size: 8, shift: 3 }

/** The dtypes that have lanes, by name. */
export const floatTypes: Readonly<Record<'float32' | 'float64', FloatType>> = { float32: float32Type, float64: float64Type }

/** `sum += x * y` in vectors: one rounding with `fma`, else two. */
export function multiplyAdd(f: FunctionBuilder, type: FloatType, fma: boolean, sum: Local, x: Local, y: Local): void {
  const v = type.vector
  if (fma) f.get(x).get(y).get(sum).op(`${v}.relaxed_madd`).set(sum)
  else f.get(sum).get(x).get(y).op(`${v}.mul`, `${v}.add`).set(sum)
}

/** Pushes a scalar constant. */
export function scalarConstant(f: FunctionBuilder, type: FloatType, x: number): void {
  if (type.scalar === 'f32') f.f32(x)
  else f.f64(x)
}

/** Pushes a vector with the same number in every lane. */
export function vectorConstant(f: FunctionBuilder, type: FloatType, x: number): void {
  if (type.scalar === 'f32') f.f32x4(x)
  else f.f64x2(x)
}

/** Repeats `body` while `n >= step`, taking `step` off `n` each time. */
export function countDown(f: FunctionBuilder, n: Local, step: number, body: () => void): void {
  // Tested once before and then at the bottom: one branch an iteration. With a step of 1 the remainder is 0 and needs no comparison.
  const more = () => (step === 1 ? f.get(n) : f.get(n).i32(step).op('i32.ge_s'))
  more().if(() =>
    f.loop((next) => {
      body()
      f.increment(n, -step)
      more().brIf(next)
    }),
  )
}

/** `for (i = 0; i < n; i += step)`, where `step` is a number or a local that `body` may set. */
export function countUp(f: FunctionBuilder, i: Local, n: Local, step: number | Local, body: () => void): void {
  f.i32(0).set(i)
  f.block((done) =>
    f.loop((next) => {
      f.get(i).get(n).op('i32.ge_s').brIf(done)
      body()
      f.get(i)
      if (typeof step === 'number') f.i32(step)
      else f.get(step)
      f.op('i32.add').set(i).br(next)
    }),
  )
}

/** Bytes of a shuffle that puts the given lanes together: 0 to count - 1 of the first vector, then those of the second. */
export function laneShuffle(type: FloatType, picks: readonly number[]): number[] {
  return picks.flatMap((lane) => Array.from({ length: type.size }, (_, byte) => lane * type.size + byte))
}

/** Pushes `base + index * step + ...`. */
export function address(
  f: FunctionBuilder,
  base: Local,
  ...terms: readonly (readonly [index: Local, step: Local | number])[]
): FunctionBuilder {
  f.get(base)
  for (const [index, step] of terms) {
    f.get(index)
    if (typeof step === 'number') f.i32(step)
    else f.get(step)
    f.op('i32.mul', 'i32.add')
  }
  return f
}

/** Sets `out = min(x - y, limit)` in signed integers. */
export function remaining(f: FunctionBuilder, out: Local, x: Local, y: Local, limit: Local | number): FunctionBuilder {
  const bound = () => (typeof limit === 'number' ? f.i32(limit) : f.get(limit))
  f.get(x).get(y).op('i32.sub').tee(out)
  bound().get(out)
  bound()
  return f.op('i32.lt_s', 'select').set(out)
}
