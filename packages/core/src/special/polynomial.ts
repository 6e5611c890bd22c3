/** Evaluates `c[0] + c[1] x + c[2] x^2 + ...` by Horner's rule. */
export function polynomial(x: number, c: readonly number[]): number {
  let sum = 0
  for (let i = c.length - 1; i >= 0; i--) sum = sum * x + c[i]!
  return sum
}

/** Evaluates `c[n-1] T_0(y/2)/2 + c[n-2] T_1(y/2) + ...` by Clenshaw's recurrence: the coefficients run from the highest degree down. */
export function chebyshev(y: number, c: readonly number[]): number {
  let b0 = 0
  let b1 = 0
  let b2 = 0
  for (let i = 0; i < c.length; i++) {
    b2 = b1
    b1 = b0
    b0 = y * b1 - b2 + c[i]!
  }
  return 0.5 * (b0 - b2)
}
