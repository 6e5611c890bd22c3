import { describe, expect, it } from 'vitest'
import { sort as reference } from '../../src/backend/reference/indexing.ts'
import { sort } from '../../src/backend/wasm/sorts.ts'
import { dtypes } from '../../src/dtype.ts'
import { randomBits } from './arena.ts'
import { differs, randomShape, randomView, twin } from './views.ts'

describe.each([false, true])('sorting, descending %s', (descending) => {
  it.each(dtypes)('of %s along any dimension of any view', (dtype) => {
    const bits = randomBits(81)
    for (let t = 0; t < 60; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 800)
      const dim = bits() % shape.length
      // Special values among them, or many equals.
      const value = t % 2 === 0 ? undefined : () => (dtype === 'bool' ? bits() % 2 : bits() % 5)
      const x = randomView(dtype, shape, bits, { source: true, dense: t % 3 === 0 }, value)
      const [values, indices] = [randomView(dtype, shape, bits), randomView('int64', shape, bits)]
      const [wantValues, wantIndices] = [twin(values), twin(indices)]
      reference(x, dim, descending, wantValues, wantIndices)
      expect(sort(x, dim, descending, values, indices)).toBe(true)
      const wrong = differs(values, wantValues) ?? differs(indices, wantIndices)
      if (wrong !== null) expect.fail(`of [${shape}] along ${dim}: ${wrong}`)
    }
  })

  it('of rows of every small length', () => {
    const bits = randomBits(82)
    for (let n = 1; n < 70; n++) {
      const x = randomView('float32', [2, n], bits, { dense: true })
      const [values, indices] = [randomView('float32', [2, n], bits), randomView('int64', [2, n], bits)]
      const [wantValues, wantIndices] = [twin(values), twin(indices)]
      reference(x, 1, descending, wantValues, wantIndices)
      expect(sort(x, 1, descending, values, indices)).toBe(true)
      expect(differs(values, wantValues) ?? differs(indices, wantIndices)).toBe(null)
    }
  })
})
