/** Instructions on whole numbers, exact beyond the 32 bits of JavaScript's own operators. */

const WORD = 2 ** 32

const small = (x: number): boolean => x >= -(2 ** 31) && x < 2 ** 31

/** A bitwise function of two's complements: one word where both fit in it, else an upper and a lower word. */
export const bitwise =
  (f: (x: number, y: number) => number) =>
  (x: number, y: number): number => {
    if (small(x) && small(y)) return f(x, y)
    const upperX = Math.floor(x / WORD)
    const upperY = Math.floor(y / WORD)
    return f(upperX, upperY) * WORD + (f(x - upperX * WORD, y - upperY * WORD) >>> 0)
  }

/** `x 2^y`; 0 where no bit would be left. What does not fit wraps when it is stored. */
export const shiftLeft = (x: number, y: number): number => (y < 0 || y >= 64 ? 0 : x * 2 ** y + 0)

/** `x / 2^y` rounded down; the sign alone where no bit would be left. */
export const shiftRight = (x: number, y: number): number => (y < 0 || y >= 64 ? (x < 0 ? -1 : 0) : Math.floor(x / 2 ** y))

/** The greatest common divisor; that of 0 and 0 is 0. */
export function gcd(x: number, y: number): number {
  let a = Math.abs(x)
  let b = Math.abs(y)
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
