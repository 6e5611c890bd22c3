/** The exponential of a matrix by scaling, a Pade approximant and squaring. */
import { lu, solveFactored } from './lu.ts'

// The coefficients of the diagonal Pade approximant of order 13 (Higham 2005)
const PADE = [
  64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640,
  1323241920, 40840800, 960960, 16380, 182, 1,
]

/** Up to this norm the approximant is exact to the last place. */
const LIMIT = 5.371920351148152

function multiply(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const C = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const a = A[i * n + k] as number
      if (a === 0) continue
      for (let j = 0; j < n; j++) C[i * n + j] = (C[i * n + j] as number) + a * (B[k * n + j] as number)
    }
  return C
}

/** A sum of multiples of matrices, and of the identity. */
function combine(n: number, terms: readonly (readonly [factor: number, matrix: Float64Array])[], diagonal = 0): Float64Array {
  const C = new Float64Array(n * n)
  for (const [factor, M] of terms) for (let i = 0; i < C.length; i++) C[i] = (C[i] as number) + factor * (M[i] as number)
  for (let i = 0; i < n; i++) C[i * (n + 1)] = (C[i * (n + 1)] as number) + diagonal
  return C
}

/** The exponential of an `n` by `n` matrix. */
export function exponential(A: Float64Array, n: number): Float64Array {
  let norm = 0
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += Math.abs(A[i * n + j] as number)
    norm = Math.max(norm, sum)
  }
  if (!Number.isFinite(norm)) return new Float64Array(n * n).fill(Number.NaN)
  const squarings = norm > LIMIT ? Math.ceil(Math.log2(norm / LIMIT)) : 0
  const B = A.map((x) => x / 2 ** squarings)
  const b = (k: number): number => PADE[k] as number
  const B2 = multiply(B, B, n)
  const B4 = multiply(B2, B2, n)
  const B6 = multiply(B4, B2, n)
  const high = (k: number): Float64Array =>
    multiply(
      B6,
      combine(n, [
        [b(k + 6), B6],
        [b(k + 4), B4],
        [b(k + 2), B2],
      ]),
      n,
    )
  const low = (k: number): Float64Array =>
    combine(
      n,
      [
        [b(k), B6],
        [b(k - 2), B4],
        [b(k - 4), B2],
      ],
      b(k - 6),
    )
  const U = multiply(
    B,
    combine(n, [
      [1, high(7)],
      [1, low(7)],
    ]),
    n,
  )
  const V = combine(n, [
    [1, high(6)],
    [1, low(6)],
  ])
  let out: Float64Array = combine(n, [
    [1, V],
    [1, U],
  ])
  const difference = combine(n, [
    [1, V],
    [-1, U],
  ])
  solveFactored(lu(difference, n, n), n, out, n)
  for (let s = 0; s < squarings; s++) out = multiply(out, out, n)
  return out
}
