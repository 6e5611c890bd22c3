import { describe, expect, it } from 'vitest'
import { copy as reference } from '../../src/backend/reference/pointwise.ts'
import { copy } from '../../src/backend/wasm/copies.ts'
import { type DType, dtypes } from '../../src/dtype.ts'
import { contiguousStrides } from '../../src/layout.ts'
import { Storage } from '../../src/storage.ts'
import { Tensor } from '../../src/tensor.ts'
import { randomBits } from './arena.ts'
import { differs, randomShape, randomView, twin } from './views.ts'

/** Copies with both; both may refuse with the same error. */
function check(from: Tensor, to: Tensor): void {
  const want = twin(to)
  let error: unknown = null
  try {
    reference(from, want)
  } catch (e) {
    error = e
  }
  const done = copy(from, to)
  if (error !== null) {
    expect(done).toBe(false)
    return
  }
  expect(done).toBe(true)
  const wrong = differs(to, want)
  if (wrong !== null) expect.fail(`copy of ${from.dtype} [${from.shape}] strides [${from.strides}]: ${wrong}`)
}

/** A number that every dtype from int8 on can hold. */
const small = (dtype: DType, bits: () => number): number =>
  dtype === 'bool' ? bits() % 2 : dtype === 'uint8' ? bits() % 100 : (bits() % 200) - 100

describe('copies between layouts', () => {
  it.each(dtypes)('of %s', (dtype) => {
    const bits = randomBits(11)
    for (let t = 0; t < 150; t++) {
      const shape = randomShape(bits, bits() % 5, 3000)
      check(
        randomView(dtype, shape, bits, { source: true, dense: bits() % 3 === 0 }),
        randomView(dtype, shape, bits, { dense: bits() % 2 === 0 }),
      )
    }
  })

  it.each(['float32', 'float64', 'uint8'] as const)('of transposed matrices of every small size, %s', (dtype) => {
    const bits = randomBits(5)
    for (let rows = 1; rows < 36; rows++)
      for (const columns of [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 33]) {
        const stride = rows + (columns % 3)
        const plain = randomView(dtype, [columns, stride], bits, { dense: true })
        check(plain.alias([rows, columns], [1, stride]), randomView(dtype, [rows, columns], bits, { dense: true }))
      }
  })

  it('of transposed matrices in stacks, and of four dimensions in another order', () => {
    const bits = randomBits(6)
    for (const order of [
      [0, 2, 1, 3],
      [0, 2, 3, 1],
      [3, 1, 2, 0],
      [1, 0, 3, 2],
    ]) {
      const shape = [3, 5, 18, 6]
      const strides = contiguousStrides(shape)
      const x = randomView('float32', shape, bits, { dense: true })
      const view = x.alias(
        order.map((d) => shape[d] as number),
        order.map((d) => strides[d] as number),
      )
      check(view, randomView('float32', view.shape, bits, { dense: true }))
      check(randomView('float32', view.shape, bits, { dense: true }), view)
    }
  })

  it('of long runs, and of one number', () => {
    const bits = randomBits(7)
    for (const dtype of ['float32', 'int64', 'bool'] as const)
      for (const n of [1, 63, 64, 65, 1000, 40_001]) {
        check(randomView(dtype, [n], bits, { dense: true }), randomView(dtype, [n], bits, { dense: true }))
        check(randomView(dtype, [1], bits).alias([n], [0]), randomView(dtype, [n], bits, { dense: true }))
        check(randomView(dtype, [], bits), randomView(dtype, [3, n], bits, { dense: true }))
      }
  })

  it('broadcasts', () => {
    const bits = randomBits(8)
    for (const from of [[1, 7], [5, 1], [7], [1, 1], []]) {
      check(randomView('float32', from, bits), randomView('float32', [5, 7], bits))
      check(randomView('int32', from, bits), randomView('float64', [5, 7], bits))
    }
  })

  it('leaves alone what has no element', () => {
    const bits = randomBits(9)
    check(randomView('float32', [0, 4], bits), randomView('float32', [0, 4], bits))
    check(randomView('float32', [4, 0], bits), randomView('int64', [4, 0], bits))
  })

  it('leaves results that overlap themselves, and memory of its own, to the reference', () => {
    const x = new Tensor(new Storage('float32', 4), 'float32', [4], [1], 0)
    expect(copy(x, new Tensor(new Storage('float32', 1), 'float32', [4], [0], 0))).toBe(false)
  })
})

describe('conversions', () => {
  it.each(dtypes.flatMap((from) => dtypes.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
    const bits = randomBits(13)
    for (let t = 0; t < 30; t++) {
      const shape = randomShape(bits, bits() % 4, 300)
      const layout = { source: true, dense: t % 3 === 0 }
      check(
        randomView(from, shape, bits, layout, () => small(from, bits)),
        randomView(to, shape, bits, { dense: t % 2 === 0 }),
      )
    }
    // Special values: those without a place in `to` are refused as the reference refuses them, or left to it.
    for (let t = 0; t < 60; t++) {
      const x = randomView(from, [1 + (t % 7)], bits)
      const out = randomView(to, x.shape, bits)
      const want = twin(out)
      let fails = false
      try {
        reference(x, want)
      } catch {
        fails = true
      }
      const done = copy(x, out)
      if (fails) expect(done).toBe(false)
      else if (done) expect(differs(out, want)).toBe(null)
    }
  })

  it('rounds -0 to the integer 0', () => {
    const x = randomView('float64', [6], randomBits(1), { dense: true }, () => -0.5)
    const out = randomView('int64', [6], randomBits(2), { dense: true })
    expect(copy(x, out)).toBe(true)
    expect(Object.is(out.data[out.offset], 0)).toBe(true)
  })
})
