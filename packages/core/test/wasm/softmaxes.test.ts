import { describe, expect, it } from 'vitest'
import * as reference from '../../src/backend/reference/softmax.ts'
import { nll, nllBackward, softmax, softmaxBackward } from '../../src/backend/wasm/softmaxes.ts'
import { randomBits } from './arena.ts'
import { differs, randomShape, randomView, twin } from './views.ts'

/** Equal but for some roundings of numbers of a size up to `size`. */
const near = (size: number) => (a: number, b: number) =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= 2 ** -21 * Math.max(size, Math.abs(b))

const numbers = (bits: () => number, size: number) => () => Math.fround((bits() / 2 ** 31 - 1) * size)

describe.each(['softmax', 'logSoftmax'] as const)('%s', (kind) => {
  it('along any dimension of any view', () => {
    const bits = randomBits(21)
    for (let t = 0; t < 300; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 2000)
      const dim = bits() % shape.length
      const x = randomView('float32', shape, bits, { source: true, dense: t % 3 === 0 }, numbers(bits, t % 7 === 0 ? 90 : 4))
      const out = randomView('float32', shape, bits, { dense: t % 2 === 0 })
      const want = twin(out)
      reference.softmax(kind, x, dim, want)
      expect(softmax(kind, x, dim, out)).toBe(true)
      const wrong = differs(out, want, near(kind === 'softmax' ? 2 ** -20 : 8))
      if (wrong !== null) expect.fail(`${kind} of [${shape}] strides [${x.strides}] along ${dim}: ${wrong}`)
    }
  })

  it('backward, along any dimension of any view', () => {
    const bits = randomBits(22)
    for (let t = 0; t < 300; t++) {
      const shape = randomShape(bits, 1 + (bits() % 4), 2000)
      const dim = bits() % shape.length
      const layout = { source: true, dense: t % 3 === 0 }
      const grad = randomView('float32', shape, bits, layout, numbers(bits, 2))
      const y = randomView('float32', shape, bits, layout, kind === 'softmax' ? () => bits() / 2 ** 32 : () => (-9 * bits()) / 2 ** 32)
      const out = randomView('float32', shape, bits, { dense: t % 2 === 0 })
      const want = twin(out)
      reference.softmaxBackward(kind, grad, y, dim, want)
      expect(softmaxBackward(kind, grad, y, dim, out)).toBe(true)
      const wrong = differs(out, want, near(shape[dim] as number))
      if (wrong !== null) expect.fail(`${kind} backward of [${shape}] strides [${grad.strides}] and [${y.strides}] along ${dim}: ${wrong}`)
    }
  })

  it('backward, of rows of every small length', () => {
    const bits = randomBits(23)
    for (let columns = 1; columns < 50; columns++) {
      const shape = [3, columns]
      const dense = { dense: true }
      const grad = randomView('float32', shape, bits, dense, numbers(bits, 2))
      const y = randomView('float32', shape, bits, dense, () => -bits() / 2 ** 30)
      const out = randomView('float32', shape, bits, dense)
      const want = twin(out)
      reference.softmaxBackward(kind, grad, y, 1, want)
      expect(softmaxBackward(kind, grad, y, 1, out)).toBe(true)
      expect(differs(out, want, near(columns))).toBe(null)
    }
  })

  it('backward, of special values', () => {
    const bits = randomBits(24)
    for (const special of [Number.NaN, Infinity, -Infinity])
      for (const columns of [1, 2, 5, 9, 20]) {
        const grad = randomView('float32', [2, columns], bits, { dense: true }, numbers(bits, 2))
        const y = randomView('float32', [2, columns], bits, { dense: true }, () => -bits() / 2 ** 30)
        ;(columns % 2 === 0 ? y : grad).data[(columns % 2 === 0 ? y : grad).offset] = special
        const out = randomView('float32', [2, columns], bits, { dense: true })
        const want = twin(out)
        reference.softmaxBackward(kind, grad, y, 1, want)
        expect(softmaxBackward(kind, grad, y, 1, out)).toBe(true)
        expect(differs(out, want, near(columns))).toBe(null)
      }
  })
})

describe.each(['float32', 'float64'] as const)('the likelihood of classes in %s', (dtype) => {
  it('and its gradient, in any layout', () => {
    const bits = randomBits(25)
    for (let t = 0; t < 200; t++) {
      const [outer, classes, inner] = [1 + (bits() % 9), 1 + (bits() % 12), t % 2 === 0 ? 1 : 1 + (bits() % 6)]
      const ignoreIndex = t % 3 === 0 ? 0 : -100
      const x = randomView(dtype, [outer, classes, inner], bits, { source: true }, numbers(bits, 4))
      const spoiled = t % 5 === 0
      const target = randomView('int64', [outer, inner], bits, { source: true }, () =>
        bits() % 6 === 0 ? ignoreIndex : spoiled && bits() % 20 === 0 ? (bits() % 2 === 0 ? -1 : classes) : bits() % classes,
      )
      const weight = t % 4 === 0 ? randomView(dtype, [classes], bits, { dense: true }, () => bits() / 2 ** 32) : null
      const outs = [[outer, inner], [outer, inner], [], []].map((shape) => randomView(dtype, shape, bits, { dense: true }))
      const wants = outs.map(twin)
      const views = { x, target, weight, ignoreIndex }
      const place = reference.nll({ ...views, losses: wants[0]!, weights: wants[1]!, sum: wants[2]!, total: wants[3]! })
      expect(nll({ ...views, losses: outs[0]!, weights: outs[1]!, sum: outs[2]!, total: outs[3]! })).toBe(place)
      if (place >= 0) continue
      for (const [i, out] of outs.entries()) expect(differs(out, wants[i]!, near(2 ** -10))).toBe(null)
      const grad = randomView(dtype, [outer, inner], bits, { source: true }, numbers(bits, 4))
      const out = randomView(dtype, [outer, classes, inner], bits)
      const want = twin(out)
      const back = { grad, divisor: 1 + (bits() % 100), target, ignoreIndex, weights: outs[1]! }
      reference.nllBackward({ ...back, out: want })
      expect(nllBackward({ ...back, out })).toBe(true)
      expect(differs(out, want)).toBe(null)
    }
  })
})
