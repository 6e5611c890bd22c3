import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  digamma,
  erf,
  erfc,
  erfcx,
  erfinv,
  i0,
  i0e,
  i1,
  i1e,
  igamma,
  igammac,
  lgamma,
  logNdtr,
  ndtri,
  polygamma,
  zeta,
} from '../src/special.ts'

const functions = { digamma, erf, erfc, erfcx, erfinv, i0, i0e, i1, i1e, igamma, igammac, lgamma, logNdtr, ndtri, polygamma, zeta }

type Name = keyof typeof functions
type Row = (number | string)[]

// made by golden/special.py; NaN and the infinities are strings
const reference: Record<Name, { values: Row[]; special: Row[] }> = JSON.parse(
  readFileSync(new URL('golden/special.json', import.meta.url), 'utf8'),
)

/** The largest relative error allowed: what was measured over thousands of points, and some room. */
const tolerance: Record<Name, number> = {
  erf: 3e-16,
  erfc: 5e-16,
  erfcx: 1e-15,
  erfinv: 1e-15,
  ndtri: 1e-15,
  logNdtr: 1e-15,
  lgamma: 4e-15,
  digamma: 2e-15,
  i0: 1e-15,
  i0e: 1e-15,
  i1: 3e-15,
  i1e: 3e-15,
  polygamma: 1e-14,
  zeta: 3e-15,
  igamma: 2e-14,
  igammac: 2e-14,
}

const call = (name: Name, args: number[]): number => (functions[name] as (...args: number[]) => number)(...args)

const relativeError = (actual: number, expected: number): number =>
  Object.is(actual, expected) ? 0 : Math.abs(actual - expected) / Math.abs(expected)

describe.each(Object.keys(reference) as Name[])('%s', (name) => {
  it('is exact to a few units in the last place', () => {
    const wrong = reference[name].values.flatMap((row) => {
      const [expected = NaN, ...args] = row.map(Number).reverse()
      const actual = call(name, args.reverse())
      const error = relativeError(actual, expected)
      return error <= tolerance[name] ? [] : [{ args, actual, expected, error }]
    })
    expect(wrong).toEqual([])
  })

  it('is what PyTorch has at the edges, to the sign of zero', () => {
    const wrong = reference[name].special.flatMap((row) => {
      const [expected = NaN, ...args] = row.map(Number).reverse()
      const actual = call(name, args.reverse())
      return relativeError(actual, expected) <= 1e-12 ? [] : [{ args, actual, expected }]
    })
    expect(wrong).toEqual([])
  })
})

it('has a reference for each function', () => {
  expect(Object.keys(reference).sort()).toEqual(Object.keys(functions).sort())
})
