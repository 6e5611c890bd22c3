import { rand, setWarningHandler, useDeterministicAlgorithms } from '@tapegrad/core'
import { afterEach, describe, expect, it } from 'vitest'

/** Products made under a wish, and the warnings that came with them; the kernels are loaded anew for each. */
function under(wish: string | undefined, run: () => Float32Array): { values: Float32Array; warnings: string[] } {
  const warnings: string[] = []
  const before = setWarningHandler((message) => void warnings.push(message))
  if (wish === undefined) delete process.env['TAPEGRAD_NATIVE']
  else process.env['TAPEGRAD_NATIVE'] = wish
  useDeterministicAlgorithms(true)
  useDeterministicAlgorithms(false)
  try {
    return { values: run(), warnings }
  } finally {
    setWarningHandler(before)
  }
}

afterEach(() => {
  delete process.env['TAPEGRAD_NATIVE']
  useDeterministicAlgorithms(true)
  useDeterministicAlgorithms(false)
})

describe('vectors of 256 bits by request', () => {
  const [a, b] = [rand([100, 300]), rand([300, 70])]
  const product = (): Float32Array => a.mm(b).toArray() as Float32Array

  it('give the same numbers, or a warning that says why there are none', () => {
    const usual = under(undefined, product)
    expect(usual.warnings).toEqual([])
    const { values, warnings } = under('avx2', product)
    expect(values).toEqual(usual.values)
    const [major = 0] = process.versions.node.split('.').map(Number)
    if (major >= 24 && process.arch === 'x64') expect(warnings).toEqual([])
    else expect(warnings).toEqual([expect.stringMatching(/^TAPEGRAD_NATIVE=avx2 is ignored: it takes /)])
  })

  it('of other widths are refused in words', () => {
    expect(under('avx512', product).warnings).toEqual(["TAPEGRAD_NATIVE=avx512 is ignored: 'avx2' is all that there is"])
  })
})
