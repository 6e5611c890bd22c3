/** Exact fused multiply-add, which JavaScript lacks and PyTorch's random streams depend on to the bit. */

const { fround } = Math

/**
 * `a * b + c` rounded once to float32, for float32 arguments.
 *
 * The product is exact in a double; only a sum that falls on the midpoint of two neighbouring floats can be led astray by its own rounding.
 */
export function fma32(a: number, b: number, c: number): number {
  const product = a * b
  const sum = product + c
  const rounded = fround(sum)
  const rest = sum - rounded
  const other = rounded + 2 * rest // the float on the far side, when the sum is a midpoint; no float otherwise
  if (rest === 0 || fround(other) !== other) return rounded
  const error = sumError(product, c, sum)
  if (error === 0) return rounded
  return error > 0 === other > rounded ? other : rounded
}

/** What rounding took from `x + y = sum` (Knuth's TwoSum). */
function sumError(x: number, y: number, sum: number): number {
  const back = sum - x
  return x - (sum - back) + (y - back)
}

/** 2^27 + 1: splits a double into two halves of 26 bits (Dekker). */
const SPLIT = 0x8000001
/** Outside of these the halves overflow or the error of the product underflows. */
const HUGE = 2 ** 990
const TINY = 2 ** -960

const f64 = new Float64Array(1)
const words = new Uint32Array(f64.buffer)

/** `x + y` rounded to odd: an inexact sum takes whichever neighbour has an odd last bit, so that a later rounding cannot err. */
function addToOdd(x: number, y: number): number {
  const sum = x + y
  const error = sumError(x, y, sum)
  if (error === 0) return sum
  f64[0] = sum
  if (((words[0] as number) & 1) === 0) {
    if (error > 0 === sum > 0) words[0] = (words[0] as number) | 1
    else {
      if (words[0] === 0) words[1] = (words[1] as number) - 1
      words[0] = (words[0] as number) - 1
    }
  }
  return f64[0] as number
}

/**
 * `a * b + c` rounded once to float64.
 *
 * Exact unless a factor, the product or `c` is beyond 2^990 or the product is below 2^-960, where it is the plain `a * b + c`.
 *
 * @see https://doi.org/10.1109/TC.2007.70819 (Boldo and Melquiond, Emulation of a FMA and correctly rounded sums)
 */
export function fma64(a: number, b: number, c: number): number {
  const high = a * b
  const magnitude = Math.abs(high)
  const largest = Math.max(magnitude, Math.abs(a), Math.abs(b), Math.abs(c))
  if (!(magnitude > TINY && largest < HUGE)) return high + c
  const aTop = SPLIT * a - (SPLIT * a - a)
  const bTop = SPLIT * b - (SPLIT * b - b)
  const aRest = a - aTop
  const bRest = b - bTop
  const low = aRest * bRest - (high - aTop * bTop - aRest * bTop - aTop * bRest)
  const middle = c + low
  const middleError = sumError(c, low, middle)
  const top = high + middle
  const topError = sumError(high, middle, top)
  return top + addToOdd(middleError, topError)
}
