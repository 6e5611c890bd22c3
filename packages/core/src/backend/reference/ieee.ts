/** Instructions on the binary form of floating-point numbers. */

const f64 = new Float64Array(1)
const words64 = new BigInt64Array(f64.buffer)
const f32 = new Float32Array(1)
const words32 = new Int32Array(f32.buffer)

/** The exponent `e` of `x = m 2^e` with m in [0.5, 1); 0 for zeros, infinities and NaN. */
export function exponent(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return 0
  f64[0] = x
  const biased = Number(((words64[0] as bigint) >> 52n) & 0x7ffn)
  // Subnormal numbers are brought up by 2^54 first.
  return biased === 0 ? exponent(x * 2 ** 54) - 54 : biased - 1022
}

/** The next double after `x` in the direction of `y`. */
export function nextafter(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  if (x === y) return y
  if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE
  f64[0] = x
  words64[0] = (words64[0] as bigint) + (y > x === x > 0 ? 1n : -1n)
  return f64[0] as number
}

/** The next 32-bit number after `x` in the direction of `y`. */
export function nextafter32(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
  if (x === y) return y
  if (x === 0) return y > 0 ? 2 ** -149 : -(2 ** -149)
  f32[0] = x
  words32[0] = (words32[0] as number) + (y > x === x > 0 ? 1 : -1)
  return f32[0] as number
}
