/** Numbers by their bytes, where they are short and plain. */

import { FLOAT32_LIMIT, POWERS_OF_TEN } from '../number.ts'

const LF = 10
const CR = 13

/** Digits up to which the mantissa is exact in a double. */
const EXACT_DIGITS = 15
/** With more digits, up to here, its relative error stays below {@link SLACK}: two roundings for each digit beyond the exact ones. */
const MOST_DIGITS = 20
const SLACK = 2 ** -48

/**
 * Reads the field that begins at `at` into `out[index]` and returns where it ends; -1, with nothing read, where it is anything but a plain
 * number or empty (NaN).
 *
 * The result is the float32 of the nearest double, as `Number` has it: exact up to 15 digits and powers of ten up to 22; with more digits the
 * double may be a few units off, which is good enough as long as both ends of its error round to the same float32.
 */
export function plainNumber(bytes: Uint8Array, at: number, separator: number, point: number, out: Float32Array, index: number): number {
  let byte = bytes[at]!
  if (byte === separator || byte === LF || byte === CR) {
    out[index] = Number.NaN
    return at
  }
  const negative = byte === 45
  if (negative || byte === 43) byte = bytes[++at]!
  let start = at
  let mantissa = 0
  for (; byte >= 48 && byte <= 57; byte = bytes[++at]!) mantissa = mantissa * 10 + (byte - 48)
  let digits = at - start
  let power = 0
  if (byte === point) {
    start = ++at
    for (byte = bytes[at]!; byte >= 48 && byte <= 57; byte = bytes[++at]!) mantissa = mantissa * 10 + (byte - 48)
    power = start - at
    digits -= power
  }
  if (byte === 101 || byte === 69) {
    const sign = bytes[++at]!
    if (sign === 43 || sign === 45) at++
    const first = at
    let exponent = 0
    for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9 && at - first < 3; digit = bytes[++at]! - 48)
      exponent = exponent * 10 + digit
    if (at === first) return -1
    power += sign === 45 ? -exponent : exponent
    byte = bytes[at]!
  }
  if ((byte !== separator && byte !== LF && byte !== CR) || digits === 0 || digits > MOST_DIGITS || power < -22 || power > 22) return -1
  const value = power < 0 ? mantissa / POWERS_OF_TEN[-power]! : mantissa * POWERS_OF_TEN[power]!
  if (value >= FLOAT32_LIMIT) return -1
  if (digits > EXACT_DIGITS && Math.fround(value * (1 - SLACK)) !== Math.fround(value * (1 + SLACK))) return -1
  out[index] = negative ? -value : value
  return at
}
