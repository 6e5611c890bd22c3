/** Numbers as C and Python print them: exact, ties to even, at least two digits of exponent. */

const special = (x: number): string => (Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf')
const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0)

/** |x| as an integer times a power of two. */
function decompose(x: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const fraction = bits & 0xfffffffffffffn
  const biased = Number((bits >> 52n) & 0x7ffn)
  return biased === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 }
}

/** |x| 10^places, rounded to an integer, ties to even. */
function scaled(x: number, places: number): bigint {
  const { mantissa, exponent } = decompose(x)
  const ten = 10n ** BigInt(Math.abs(places))
  const numerator = (mantissa << BigInt(Math.max(exponent, 0))) * (places > 0 ? ten : 1n)
  const denominator = (1n << BigInt(Math.max(-exponent, 0))) * (places > 0 ? 1n : ten)
  const quotient = numerator / denominator
  const twice = 2n * (numerator - quotient * denominator)
  return twice > denominator || (twice === denominator && (quotient & 1n) === 1n) ? quotient + 1n : quotient
}

/** `digits` with a point before the last `places`. */
function withPoint(digits: string, places: number): string {
  if (places === 0) return digits
  const padded = digits.padStart(places + 1, '0')
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`
}

/**
 * `x` with `precision` digits after the point, as C's `%.4f`.
 *
 * @example
 * formatFixed(0.03125, 4) // '0.0312', where toFixed says 0.0313
 */
export function formatFixed(x: number, precision: number): string {
  if (!Number.isFinite(x)) return special(x)
  const magnitude = Math.abs(x)
  const sign = isNegative(x) ? '-' : ''
  // toFixed is exact but for ties, which it rounds up: there x 2^(precision + 1) is an odd integer. And it ends at 10^21.
  if (magnitude < 1e21 && precision <= 100) {
    const tie = (magnitude * 2 ** (precision + 1)) % 2 === 1
    if (!tie) return sign + magnitude.toFixed(precision)
  }
  return sign + withPoint(scaled(x, precision).toString(), precision)
}

/** The exponent with its sign and at least two digits. */
const exponentText = (e: number): string => `e${e < 0 ? '-' : '+'}${Math.abs(e) < 10 ? '0' : ''}${Math.abs(e)}`

/**
 * `x` as a digit, `precision` digits after the point and an exponent, as C's `%.4e`.
 *
 * @example
 * formatExponent(12345, 3) // '1.234e+04'
 */
export function formatExponent(x: number, precision: number): string {
  if (!Number.isFinite(x)) return special(x)
  const magnitude = Math.abs(x)
  const sign = isNegative(x) ? '-' : ''
  if (precision <= 100) {
    const text = magnitude.toExponential(precision)
    const split = text.indexOf('e')
    if (!mayTie(magnitude, precision)) return sign + text.slice(0, split) + exponentText(Number(text.slice(split + 1)))
  }
  // the exponent of the shortest digits; the true one may be lower, that of the rounded number higher
  let exponent = magnitude === 0 ? 0 : Number(magnitude.toExponential().split('e')[1])
  let digits = scaled(x, precision - exponent).toString()
  if (magnitude !== 0 && digits.length !== precision + 1) {
    exponent += digits.length > precision + 1 ? 1 : -1
    digits = scaled(x, precision - exponent).toString()
  }
  return sign + withPoint(digits.padStart(precision + 1, '0'), precision) + exponentText(exponent)
}

/**
 * Whether `x` may stand midway between two numbers of `precision + 1` digits; toExponential then rounds up. Such a number has one digit
 * more, a 5, so it is m 10^k with an integer m: rarely so for other numbers, and those only take the slow path in vain.
 */
function mayTie(x: number, precision: number): boolean {
  if (precision > 14) return true
  const shortest = x.toExponential()
  const split = shortest.indexOf('e')
  const digits = split === 1 ? 1 : split - 1
  return digits === precision + 2 && shortest[split - 1] === '5'
}

/**
 * `x` as Python's `repr` of a float: the shortest digits that give `x` back, with an exponent below 1e-4 and from 1e16 on.
 *
 * @example
 * pyFloat(4) // '4.0'
 * pyFloat(1e16) // '1e+16'
 */
export function pyFloat(x: number): string {
  if (!Number.isFinite(x)) return special(x)
  const magnitude = Math.abs(x)
  const sign = isNegative(x) ? '-' : ''
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
    const [digits, exponent] = magnitude.toExponential().split('e') as [string, string]
    return sign + digits + exponentText(Number(exponent))
  }
  const text = String(magnitude)
  return sign + (text.includes('.') ? text : `${text}.0`)
}

/**
 * `x` as C++ streams print a double: six significant digits, no trailing zeros. So PyTorch's messages write numbers.
 *
 * @example
 * cxxFloat(1e39) // '1e+39'
 */
export function cxxFloat(x: number): string {
  if (!Number.isFinite(x)) return special(x)
  const [digits, exponent] = formatExponent(x, 5).split('e') as [string, string]
  const e = Number(exponent)
  if (e >= -4 && e < 6) return trimZeros(formatFixed(x, 5 - e))
  return trimZeros(digits) + exponentText(e)
}

/** Without the zeros at the end of the fraction. */
function trimZeros(text: string): string {
  if (!text.includes('.')) return text
  let end = text.length
  while (text[end - 1] === '0') end--
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end)
}
