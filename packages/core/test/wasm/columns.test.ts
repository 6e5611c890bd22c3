import { describe, expect, it } from 'vitest'
import type { Windows } from '../../src/backend/backend.ts'
import { reference } from '../../src/backend/reference/index.ts'
import { col2im, im2col } from '../../src/backend/wasm/columns.ts'
import { contiguousStrides, numelOf } from '../../src/layout.ts'
import { allocateTensor, type Tensor } from '../../src/tensor.ts'
import { randomBits, randomNumbers } from './arena.ts'

/** A view of whole numbers with gaps between rows, in which nothing but its elements may be written. */
function viewOf(shape: readonly number[], dtype: 'float32' | 'float64', gap: number, random: () => number): Tensor {
  const wide = shape.map((n, d) => (d === shape.length - 1 ? n : n + gap))
  const memory = allocateTensor([numelOf(wide) + 2 * gap], dtype, false)
  for (let i = 0; i < memory.data.length; i++) memory.data[i] = Math.round(random() * 100)
  return memory.alias(shape, contiguousStrides(wide), gap)
}

interface Case {
  readonly channels: number
  readonly size: readonly number[]
  readonly kernel: readonly number[]
  readonly places: readonly number[]
  readonly windows: Windows
}

/** Windows of any kind over up to `most` dimensions: within the input, over its edges, wholly outside. */
function anyCase(most: number, bits: () => number): Case {
  const dims = 1 + (bits() % most)
  const several = (low: number, high: number): number[] => Array.from({ length: dims }, () => low + (bits() % (high - low + 1)))
  return {
    channels: 1 + (bits() % 3),
    size: several(1, dims > 2 ? 5 : 21),
    kernel: several(1, dims > 2 ? 2 : 4),
    places: several(1, dims > 2 ? 3 : 19),
    windows: { stride: several(1, 3), padding: several(0, 7).map((n) => n - 2), dilation: several(1, 3) },
  }
}

describe.each(['float32', 'float64'] as const)('columns in %s', (dtype) => {
  it.each([1, 2, 4])('of up to %d dimensions are those of the reference', (most) => {
    const bits = randomBits(17 + most)
    for (let round = 0; round < 100; round++) {
      const { channels, size, kernel, places, windows } = anyCase(most, bits)
      const shape = [channels, ...kernel, ...places]
      const gap = round % 3
      const what = JSON.stringify({ channels, size, kernel, places, windows, gap })
      const x = (): Tensor => viewOf([channels, ...size], dtype, gap, randomNumbers(round + 1))
      const columns = (): Tensor => viewOf(shape, dtype, gap, randomNumbers(round + 2))
      const [wide, plain] = [columns(), columns()]
      expect(im2col(x(), windows, wide)).toBe(true)
      reference.im2col(x(), windows, plain)
      expect(wide.data.slice(), what).toEqual(plain.data.slice())
      const [back, plainBack] = [x(), x()]
      expect(col2im(columns(), windows, back)).toBe(true)
      reference.col2im(columns(), windows, plainBack)
      expect(back.data.slice(), what).toEqual(plainBack.data.slice())
    }
  })
})

it('takes every second number four at a time and reads no further than the row', () => {
  for (let n = 1; n < 20; n++) {
    const x = viewOf([1, 2 * n - 1], 'float32', 0, randomNumbers(n))
    const columns = allocateTensor([1, 1, n], 'float32')
    im2col(x, { stride: [2], padding: [0], dilation: [1] }, columns)
    expect([...columns.data]).toEqual(Array.from({ length: n }, (_, i) => x.data[2 * i]))
  }
})
