/**
 * Logarithm, sine and cosine in double-double arithmetic, rounded at the end: correct in all but a few cases in a
 * hundred thousand.
 *
 * `Math.log` and its kin differ between engines in the last place; random numbers must not.
 */
import { fma64 } from './fma.ts'

const f64 = new Float64Array(1)
const words = new Uint32Array(f64.buffer)

const THIRD = 1 / 3
const THIRD_REST = 2 ** -54 / 3 // 1/3 less its double
const LN2_HIGH = 0.6931471803691238 // 32 bits: its multiples are exact
const LN2_LOW = 1.9082149292705877e-10

/** The natural logarithm of a normal number `x > 0`. */
export function log(x: number): number {
  f64[0] = x
  const top = words[1] as number
  let exponent = (top >>> 20) - 1023
  words[1] = (top & 0xfffff) | 0x3ff00000
  let m = f64[0] as number
  if (m > Math.SQRT2) {
    m /= 2
    exponent += 1
  }
  if (m === 1) return exponent * Math.LN2
  // log m = 2 atanh s = 2 s (1 + z (1/3 + z (1/5 + z / 7 + ...))), s = (m - 1) / (m + 1), z = s^2
  const f = m - 1
  const d = 2 + f
  const dRest = f - (d - 2)
  const s = f / d
  const sRest = (fma64(-s, d, f) - s * dRest) / d
  const z = s * s
  const zRest = fma64(s, s, -z) + 2 * s * sRest
  let q = 1 / 27
  for (let k = 25; k >= 5; k -= 2) q = q * z + 1 / k
  const zq = z * q
  const p = THIRD + zq
  const pRest = zq - (p - THIRD) + (THIRD_REST + zRest * 0.2)
  const t = z * p
  const tRest = fma64(z, p, -t) + (z * pRest + zRest * p)
  const u = s * t
  const uRest = fma64(s, t, -u) + (s * tRest + sRest * t)
  const v = s + u
  const vRest = u - (v - s) + (sRest + uRest)
  if (exponent === 0) return 2 * (v + vRest)
  const e = exponent * LN2_HIGH
  const sum = e + 2 * v
  return sum + (2 * v - (sum - e) + (2 * vRest + exponent * LN2_LOW))
}

// pi/2 in three parts: 33 bits, 33 bits, 53 bits
const HALF_PI1 = 1.5707963267341256
const HALF_PI2 = 6.077100506303966e-11
const HALF_PI3 = 2.0222662487959506e-21

const SIXTH_REST = 2 ** -55 / 3 // 1/6 less its double
const C120 = 1 / 120
const C120_REST = 1.1564823173178714e-19
const C24 = 1 / 24
const C24_REST = 2.3129646346357427e-18

/**
 * Writes the sine and the cosine of `angle`, in [0, 2 pi], to `out[0]` and `out[1]`.
 */
export function sinCos(angle: number, out: Float64Array): void {
  const quarter = Math.round(angle * (2 / Math.PI))
  const near = angle - quarter * HALF_PI1
  const w = quarter * HALF_PI2
  const high = near - w
  const low = near - (high + (near - high)) + (near - high - w) - quarter * HALF_PI3
  const r = high + low
  const rRest = high - r + low
  const z = r * r
  const zRest = fma64(r, r, -z) + 2 * r * rRest
  const sine = sinReduced(r, rRest, z, zRest)
  const cosine = cosReduced(z, zRest)
  const odd = (quarter & 1) !== 0
  const first = odd ? cosine : sine
  const second = odd ? sine : cosine
  out[0] = quarter & 2 ? -first : first
  out[1] = (quarter + 1) & 2 ? -second : second
}

/** sin r = r - r z (1/6 - z (1/120 - z (1/5040 - ...))), z = r^2, |r| <= pi/4. */
function sinReduced(r: number, rRest: number, z: number, zRest: number): number {
  let q = 0
  for (let k = 20; k >= 6; k -= 2) q = (1 - z * q) / (k * (k + 1)) // q = 1/42 (1 - z/72 (1 - ...))
  const tail = z * q * C120
  const a = C120 - tail
  const aRest = C120 - a - tail + C120_REST
  const b = z * a
  const bRest = fma64(z, a, -b) + (z * aRest + zRest * a)
  const c = 1 / 6 - b
  const cRest = 1 / 6 - c - b + (SIXTH_REST - bRest)
  const d = z * c
  const dRest = fma64(z, c, -d) + (z * cRest + zRest * c)
  const e = r * d
  const eRest = fma64(r, d, -e) + (r * dRest + rRest * d)
  const sum = r - e
  return sum + (r - sum - e + (rRest - eRest))
}

/** cos r = 1 - z (1/2 - z (1/24 - z (1/720 - ...))). */
function cosReduced(z: number, zRest: number): number {
  let q = 0
  for (let k = 19; k >= 5; k -= 2) q = (1 - z * q) / (k * (k + 1)) // q = 1/30 (1 - z/56 (1 - ...))
  const tail = z * q * C24
  const a = C24 - tail
  const aRest = C24 - a - tail + C24_REST
  const b = z * a
  const bRest = fma64(z, a, -b) + (z * aRest + zRest * a)
  const c = 0.5 - b
  const cRest = 0.5 - c - b - bRest
  const d = z * c
  const dRest = fma64(z, c, -d) + (z * cRest + zRest * c)
  const sum = 1 - d
  return sum + (1 - sum - d - dRest)
}

/** The coefficients of fdlibm's minimax polynomial for log(1 + f), s = f / (2 + f), in powers of s^2. */
const P1 = 0.6666666666666735
const P2 = 0.3999999999940942
const P3 = 0.2857142874366239
const P4 = 0.22222198432149784
const P5 = 0.1818357216161805
const P6 = 0.15313837699209373
const P7 = 0.14798198605116586

/**
 * log(1 - u) for a multiple `u` of 2^-53 in [0, 1), with the roundings of the C library's `log1p`: within one unit in the last place.
 *
 * @see https://www.netlib.org/fdlibm/s_log1p.c
 */
export function log1m(u: number): number {
  if (u < 2 ** -29) return -u - u * u * 0.5
  let exponent = 0
  let f = -u
  if (u >= 0.2928934097290039) {
    f64[0] = 1 - u // exact
    const top = words[1] as number
    const mantissa = top & 0xfffff
    const upper = mantissa >= 0x6a09e
    words[1] = mantissa | (upper ? 0x3fe00000 : 0x3ff00000)
    exponent = (top >>> 20) - (upper ? 1022 : 1023)
    f = (f64[0] as number) - 1
  }
  const half = 0.5 * f * f
  const s = f / (2 + f)
  const z = s * s
  const z2 = z * z
  const z4 = z2 * z2
  const r = z * P1 + z2 * (P2 + z * P3) + z4 * (P4 + z * P5) + z4 * z2 * (P6 + z * P7)
  if (exponent === 0) return f - (half - s * (half + r))
  return exponent * LN2_HIGH - (half - (s * (half + r) + exponent * LN2_LOW) - f)
}
