/** Doubles as exact fractions: the reference for what rounds. */

/** m 2^e */
export interface Dyadic {
  m: bigint
  e: number
}

const view = new DataView(new ArrayBuffer(8))

/** A finite double, exactly. */
export function dyadic(x: number): Dyadic {
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const biased = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const m = biased === 0 ? fraction : fraction | (1n << 52n)
  return { m: bits >> 63n ? -m : m, e: Math.max(biased, 1) - 1075 }
}

const multiply = (a: Dyadic, b: Dyadic): Dyadic => ({ m: a.m * b.m, e: a.e + b.e })

function add(a: Dyadic, b: Dyadic): Dyadic {
  const e = Math.min(a.e, b.e)
  return { m: (a.m << BigInt(a.e - e)) + (b.m << BigInt(b.e - e)), e }
}

/** a b + c, exactly. */
export const multiplyAdd = (a: number, b: number, c: number): Dyadic => add(multiply(dyadic(a), dyadic(b)), dyadic(c))

/** The nearest number of `bits` significant bits and no bit below 2^`lowest`, ties to even; zero is +0. */
export function round({ m, e }: Dyadic, bits: number, lowest: number): number {
  const negative = m < 0n
  let magnitude = negative ? -m : m
  const shift = Math.max(magnitude.toString(2).length - bits, lowest - e)
  if (shift > 0) {
    const half = 1n << BigInt(shift - 1)
    const rest = magnitude & (2n * half - 1n)
    magnitude >>= BigInt(shift)
    if (rest > half || (rest === half && magnitude & 1n)) magnitude += 1n
    e += shift
  }
  // in two steps, as 2 ** e alone may overflow or vanish; the product is exact
  const near = Math.max(-1000, Math.min(900, e))
  const value = Number(magnitude) * 2 ** near * 2 ** (e - near)
  return negative ? -value : value
}

/**
 * Whether a decimal text is `x` correctly rounded to its last printed place, ties to even.
 * `unit` is the exponent of ten of that place.
 */
export function isRounded(x: number, text: string, unit: number): boolean {
  const [mantissa, exponent = '0'] = text.split('e') as [string, string?]
  const places = mantissa.includes('.') ? mantissa.length - mantissa.indexOf('.') - 1 : 0
  if (Number(exponent) - places !== unit) return false
  const digits = BigInt(mantissa.replace('.', ''))
  const { m, e } = dyadic(x)
  // compare 2 |x - digits 10^unit| with 10^unit, all times 2^-e 10^-unit where negative
  const two = 1n << BigInt(Math.abs(e))
  const ten = 10n ** BigInt(Math.abs(unit))
  const exact = m * (e > 0 ? two : 1n) * (unit < 0 ? ten : 1n)
  const step = (e < 0 ? two : 1n) * (unit > 0 ? ten : 1n)
  const difference = exact - digits * step
  const twice = 2n * (difference < 0n ? -difference : difference)
  return twice < step || (twice === step && digits % 2n === 0n)
}
