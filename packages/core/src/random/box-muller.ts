/**
 * The Box-Muller transform as PyTorch computes it: over blocks of sixteen, in float32 with the single-precision polynomials of Cephes and
 * every multiply-add fused (its AVX2 kernel), in float64 with logarithm, sine and cosine rounded as nearly correctly as libm's.
 */
import { log, log1m, sinCos } from './accurate.ts'
import { fma32, fma64 } from './fma.ts'
import type { Mt19937 } from './mt19937.ts'

const { fround } = Math

/** The numbers that one block transforms; the first half are radii, the second half angles, before. */
export const BLOCK = 16
const HALF = 8

// log: Cephes' polynomial for log(1 + x) = x - x^2/2 + x^3 P(x) on sqrt(1/2) - 1 .. sqrt(2) - 1
const L0 = fround(7.0376836292e-2)
const L1 = fround(-1.151461031e-1)
const L2 = fround(1.167699874e-1)
const L3 = fround(-1.2420140846e-1)
const L4 = fround(1.4249322787e-1)
const L5 = fround(-1.6668057665e-1)
const L6 = fround(2.0000714765e-1)
const L7 = fround(-2.4999993993e-1)
const L8 = fround(3.3333331174e-1)
const SQRT_HALF = fround(Math.SQRT1_2)
/** log 2 in two parts, the higher with few enough bits that its multiples are exact. */
const LN2_HIGH = fround(0.693359375)
const LN2_LOW = fround(-2.1219444e-4)

const lanes = new Float32Array(HALF)
const laneBits = new Uint32Array(lanes.buffer)

/** Replaces the lanes by their logarithms; each is in (0, 1]. */
function logLanes(): void {
  for (let j = 0; j < HALF; j++) {
    const bits = laneBits[j] as number
    let exponent = (bits >>> 23) - 126
    laneBits[j] = (bits & 0x007fffff) | 0x3f000000 // the mantissa, in [1/2, 1)
    let x = lanes[j] as number
    if (x < SQRT_HALF) {
      exponent -= 1
      x = fround(fround(x - 1) + x)
    } else x = fround(x - 1)
    const z = fround(x * x)
    let y = fma32(L0, x, L1)
    y = fma32(y, x, L2)
    y = fma32(y, x, L3)
    y = fma32(y, x, L4)
    y = fma32(y, x, L5)
    y = fma32(y, x, L6)
    y = fma32(y, x, L7)
    y = fma32(y, x, L8)
    y = fround(y * x)
    y = fma32(y, z, fround(exponent * LN2_LOW))
    y = fma32(-z, 0.5, y)
    lanes[j] = fma32(exponent, LN2_HIGH, fround(x + y))
  }
}

// sine and cosine: the angle less a multiple of pi/4 (in three parts), then polynomials on -pi/4 .. pi/4
const FOUR_OVER_PI = fround(1.27323954473516)
const P1 = fround(-0.78515625)
const P2 = fround(-0.00024187564849853516)
const P3 = fround(-3.774894977445941e-8)
const S0 = fround(-1.9515295891e-4)
const S1 = fround(8.3321608736e-3)
const S2 = fround(-1.6666654611e-1)
const C0 = fround(2.443315711809948e-5)
const C1 = fround(-0.001388731625493765)
const C2 = fround(4.166664568298827e-2)

const sines = new Float32Array(HALF)
const cosines = new Float32Array(HALF)

/** Puts the sines and cosines of the lanes, each in [0, 2 pi), beside them. */
function sinCosLanes(): void {
  for (let j = 0; j < HALF; j++) {
    const angle = lanes[j] as number
    const octant = (Math.trunc(fround(angle * FOUR_OVER_PI)) + 1) & ~1
    let x = fma32(octant, P1, angle)
    x = fma32(octant, P2, x)
    x = fma32(octant, P3, x)
    const z = fround(x * x)
    let c = fma32(C0, z, C1)
    c = fma32(c, z, C2)
    c = fround(c * z)
    c = fma32(c, z, -fround(z * 0.5))
    c = fround(c + 1)
    let s = fma32(S0, z, S1)
    s = fma32(s, z, S2)
    s = fround(s * z)
    s = fma32(s, x, x)
    const swapped = (octant & 2) !== 0
    const sine = swapped ? c : s
    const cosine = swapped ? s : c
    sines[j] = octant & 4 ? -sine : sine
    cosines[j] = (octant - 2) & 4 ? cosine : -cosine
  }
}

const TWO_PI32 = fround(2 * Math.PI)

/** Turns the sixteen uniform numbers from `start` on into normal ones of the given mean and standard deviation (both float32). */
export function boxMuller32(data: Float32Array, start: number, mean: number, std: number): void {
  for (let j = 0; j < HALF; j++) lanes[j] = 1 - (data[start + j] as number)
  logLanes()
  for (let j = 0; j < HALF; j++) {
    data[start + j] = Math.sqrt(-2 * (lanes[j] as number))
    lanes[j] = TWO_PI32 * (data[start + HALF + j] as number)
  }
  sinCosLanes()
  for (let j = 0; j < HALF; j++) {
    const radius = data[start + j] as number
    data[start + j] = fma32(fround(radius * (cosines[j] as number)), std, mean)
    data[start + HALF + j] = fma32(fround(radius * (sines[j] as number)), std, mean)
  }
}

const pair = new Float64Array(2)

/** The same in float64. */
export function boxMuller64(data: Float64Array, start: number, mean: number, std: number): void {
  for (let j = start; j < start + HALF; j++) {
    const radius = Math.sqrt(-2 * log(1 - (data[j] as number)))
    sinCos(2 * Math.PI * (data[j + HALF] as number), pair)
    data[j] = fma64(radius * (pair[1] as number), std, mean)
    data[j + HALF] = fma64(radius * (pair[0] as number), std, mean)
  }
}

/**
 * One standard normal number. They are drawn in pairs: the second of a pair stays with the engine, as part of its state, for the next call.
 */
export function normal(engine: Mt19937): number {
  const cached = engine.cachedNormal
  if (cached !== null) {
    engine.cachedNormal = null
    return cached
  }
  const u1 = engine.uniform53()
  const u2 = engine.uniform53()
  const radius = Math.sqrt(-2 * log1m(u2))
  sinCos(2 * Math.PI * u1, pair)
  engine.cachedNormal = radius * (pair[0] as number)
  return radius * (pair[1] as number)
}
