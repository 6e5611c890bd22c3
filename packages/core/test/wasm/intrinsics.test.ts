import { describe, expect, it } from 'vitest'
import { binary, unary } from '../../src/backend/reference/instructions.ts'
import type { OperandSignature } from '../../src/backend/wasm/pointwise.ts'
import { compile, type Expr, input, type Program } from '../../src/expr.ts'
import { randomBits } from './arena.ts'
import { instantiate, place, runUnary, specials } from './kernels.ts'

const vector: OperandSignature = { kind: 'vector', dtype: 'float32' }

const floatKernel = (program: Program, operands: readonly OperandSignature[]) => {
  const kernel = instantiate(program, { compute: 'float32', output: 'float32', operands })
  if (kernel === null) throw new Error(`declined: ${program.key}`)
  return kernel
}

/** The distance from the exact value, in units of the last place of a float of its size. */
function ulps(got: number, exact: number): number {
  const unit = 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(exact)))) - 23)
  return Math.abs(got - exact) / unit
}

/** Null where a result will do: the same special value, or near enough; smallest numbers and 0 may stand for each other. */
function wrong(got: number, exact: number, bound: number): string | null {
  const rounded = Math.fround(exact)
  if (Object.is(got, rounded)) return null
  if (Number.isNaN(got) || !Number.isFinite(rounded) || !Number.isFinite(got) || exact === 0) return `${got} instead of ${rounded}`
  if (Object.is(Math.sign(got) < 0, Math.sign(exact) < 0) || Math.abs(exact) < 2 ** -148) {
    const distance = ulps(got, exact)
    return distance <= bound ? null : `${got} instead of ${rounded}, ${distance} units off`
  }
  return `${got} instead of ${rounded}`
}

/** Floats of every exponent: each `step`-th bit pattern, and all around where functions change their ways. */
function sample(step: number): Float32Array {
  const words: number[] = []
  for (let w = 0; w < 2 ** 32; w += step) words.push(w)
  const x = new Float32Array(Uint32Array.from(words).buffer)
  const edges = [
    ...specials,
    0.625,
    0.927734375,
    0.41421356,
    2.4142135,
    Math.SQRT1_2,
    Math.SQRT2,
    88.72283,
    -87.33654,
    -103.97,
    17.3,
    -17.3,
    89.4,
    2 ** 20,
    2 ** 24,
    Math.PI,
    Math.PI / 2,
    2 ** 127,
  ]
  const near = new Float32Array(edges.flatMap((e) => Array.from({ length: 129 }, (_, i) => e * (1 + (i - 64) * 2 ** -24))))
  const all = new Float32Array(x.length + near.length)
  all.set(x)
  all.set(near, x.length)
  return all
}

/** The greatest error of each function, in units of the last place. */
const bounds: Record<string, number> = {
  exp: 1,
  exp2: 1.6,
  expm1: 1.7,
  log: 1,
  log2: 1.4,
  log10: 1.7,
  log1p: 1.5,
  sin: 1.6,
  cos: 1.6,
  tan: 0.51,
  asin: 2,
  acos: 1.3,
  atan: 1.5,
  sinh: 1.5,
  cosh: 1.5,
  tanh: 1.4,
  atanh: 1.2,
  erf: 1.2,
  rsqrt: 1.5,
}

describe('functions of floats stay near the exact value', () => {
  const x = sample(6151)
  it.each(Object.entries(bounds))('%s: %d units in the last place', (name, bound) => {
    const f = unary[name as keyof typeof unary]
    const y = runUnary(floatKernel(compile(input(0)[name as 'exp']()), [vector]), x)
    const failures: string[] = []
    x.forEach((v, i) => {
      const message = wrong(y[i] as number, f(v), bound)
      if (message !== null) failures.push(`${name}(${v}) = ${message}`)
    })
    expect(failures.slice(0, 5)).toEqual([])
  })

  it('sigmoid: a relative error of 1.5e-7', () => {
    const y = runUnary(floatKernel(compile(input(0).sigmoid()), [vector]), x)
    const failures: string[] = []
    x.forEach((v, i) => {
      const exact = 1 / (1 + Math.exp(-v))
      // Below -88.7 the exponential overflows and the result is 0, as in the reference.
      const allowed = v < -88.7 ? 4e-39 : 1.5e-7 * exact + 2 ** -149
      const fits = Object.is(y[i], Math.fround(exact)) || Math.abs((y[i] as number) - exact) <= allowed
      if (!fits) failures.push(`sigmoid(${v}) = ${y[i]} instead of ${exact}`)
    })
    expect(failures.slice(0, 5)).toEqual([])
  })
})

describe('powers', () => {
  /** Compares with the reference over pairs. */
  function check(pairs: readonly (readonly [number, number])[], bound: number, constant?: number): string[] {
    const x = Float32Array.from(pairs, (p) => p[0])
    const y = Float32Array.from(pairs, (p) => p[1])
    const program = compile(input(0).pow(input(1)))
    const kernel = floatKernel(program, [vector, constant === undefined ? vector : { kind: 'constant', value: constant }])
    const failures: string[] = []
    const chunk = 100_000
    for (let from = 0; from < x.length; from += chunk) {
      const xs = x.subarray(from, from + chunk)
      const ys = y.subarray(from, from + chunk)
      const got =
        constant === undefined ? runBinary(kernel, xs, ys) : runUnary((n, out, a) => kernel(n as number, out as number, a as number), xs)
      xs.forEach((v, i) => {
        const e = constant ?? (ys[i] as number)
        const message = wrong(got[i] as number, binary.pow(v, e), bound)
        if (message !== null) failures.push(`pow(${v}, ${e}) = ${message}`)
      })
    }
    return failures.slice(0, 5)
  }

  function runBinary(kernel: (...args: number[]) => void, x: Float32Array, y: Float32Array): Float32Array {
    runUnary(() => {}, new Float32Array(0))
    const [a, b, out] = [place(x), place(y), place(new Float32Array(x.length))]
    kernel(x.length, out.at, a.at, b.at)
    return (out.data as Float32Array).slice()
  }

  const bases = [...specials, 2, 3, -2, 1 / 3, 0.99999994, 1.0000001, 8388609.5, 33554433]
  const exponents = [...specials, 2, 3, 4, -2, 5, -5, 1 / 3, 127, 128, -126, -149, -150, 8388607, -8388607, 16777217]

  it('of special values', () => {
    expect(
      check(
        bases.flatMap((x) => exponents.map((y) => [x, y] as const)),
        2,
      ),
    ).toEqual([])
  })

  it('of any values', () => {
    const bits = randomBits(43)
    const words = new Uint32Array(1)
    const float = new Float32Array(words.buffer)
    const anyFloat = (): number => {
      words[0] = bits()
      return float[0] as number
    }
    const unit = () => bits() / 2 ** 32
    expect(
      check(
        Array.from({ length: 50_000 }, () => [anyFloat(), anyFloat()] as const),
        2,
      ),
    ).toEqual([])
    expect(
      check(
        Array.from({ length: 200_000 }, () => [unit() * 10, (unit() - 0.5) * 80] as const),
        2,
      ),
    ).toEqual([])
    expect(
      check(
        Array.from({ length: 100_000 }, () => [1 + (unit() - 0.5) * 1e-3, (unit() - 0.5) * 1e5] as const),
        2,
      ),
    ).toEqual([])
    expect(
      check(
        Array.from({ length: 100_000 }, () => [(unit() - 0.5) * 20, Math.floor((unit() - 0.5) * 40)] as const),
        2,
      ),
    ).toEqual([])
  })

  it.each([0, 1, 2, 3, 4, -1, -2, 0.5, -0.5, 2.5])('with the exponent %d', (e) => {
    const pairs = Array.from(sample(60013), (x) => [x, e] as const)
    expect(check(pairs, [0, 1, 2, 3, 4, -1, -2, 0.5].includes(e) ? 0.5001 : 2, e)).toEqual([])
  })

  it('fold exponents that are computed from constants', () => {
    // The derivative of x^y by x, for y = 3.
    const x = input(0)
    const y = input(1)
    const program = compile(x.pow(y.sub(1)).mul(y).where(y.ne(0), 0))
    const kernel = floatKernel(program, [vector, { kind: 'constant', value: 3 }])
    const got = runUnary((n, out, a) => kernel(n as number, out as number, a as number), Float32Array.of(1, 2, -3, 0.5))
    expect([...got]).toEqual([3, 12, 27, 0.75])
  })
})

describe('the last elements', () => {
  it('have the bits that they would have in whole vectors', () => {
    const x = Float32Array.from({ length: 71 }, (_, i) => Math.fround(Math.sin(i * 12.9898) * 40))
    const formulas: Record<string, Expr> = Object.fromEntries(Object.keys(bounds).map((name) => [name, input(0)[name as 'exp']()]))
    formulas['pow'] = input(0).abs().pow(1.7)
    formulas['gelu'] = input(0).mul(0.5).mul(input(0).mul(Math.SQRT1_2).erf().add(1))
    formulas['softplus'] = input(0).abs().neg().exp().log1p()
    for (const [name, formula] of Object.entries(formulas)) {
      const kernel = floatKernel(compile(formula), [vector])
      const padded = new Float32Array(80)
      padded.set(x)
      const whole = runUnary(kernel, padded)
      for (let n = 1; n <= 71; n++) expect(runUnary(kernel, x.slice(0, n)), name).toEqual(whole.slice(0, n))
    }
  })
})
