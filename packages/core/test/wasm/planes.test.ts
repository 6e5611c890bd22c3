import { describe, expect, it } from 'vitest'
import { reference } from '../../src/backend/reference/index.ts'
import { correlatePlanes, filterPlanes } from '../../src/backend/wasm/planes.ts'
import { contiguousStrides, numelOf } from '../../src/layout.ts'
import { allocateTensor, type Tensor } from '../../src/tensor.ts'
import { randomBits, randomNumbers } from './arena.ts'

/** A view of small whole numbers, with gaps between rows in which nothing may be written. Sums of their products are exact. */
function viewOf(shape: readonly number[], dtype: 'float32' | 'float64', gap: number, seed: number): Tensor {
  const random = randomNumbers(seed)
  const wide = shape.map((n, d) => (d === shape.length - 1 ? n + gap : n))
  const memory = allocateTensor([numelOf(wide) + 2 * gap], dtype, false)
  for (let i = 0; i < memory.data.length; i++) memory.data[i] = Math.round(random() * 9)
  return memory.alias(shape, contiguousStrides(wide), gap)
}

describe.each(['float32', 'float64'] as const)('planes in %s', (dtype) => {
  it('are filtered and correlated as by the reference', () => {
    const bits = randomBits(5)
    const between = (low: number, high: number): number => low + (bits() % (high - low + 1))
    for (let round = 0; round < 150; round++) {
      const [channels, rows, columns, height] = [between(1, 3), between(1, 4), between(1, 4), between(1, 6)]
      const width = between(1, round % 5 === 0 ? 75 : 21)
      const dilation = [between(1, 3), between(1, 3)] as const
      const gap = round % 3
      const what = JSON.stringify({ channels, rows, columns, height, width, dilation, gap })
      const x = viewOf([channels, height + (rows - 1) * dilation[0], width + (columns - 1) * dilation[1]], dtype, gap, round + 1)
      const filters = (): Tensor => viewOf([channels, rows, columns], dtype, 0, round + 2)
      const y = (): Tensor => viewOf([channels, height, width], dtype, gap, round + 3)
      const [got, wanted, gotFilters, wantedFilters] = [y(), y(), filters(), filters()]
      expect(filterPlanes(x, filters(), dilation, got)).toBe(true)
      reference.filterPlanes(x, filters(), dilation, wanted)
      expect(got.data.slice(), what).toEqual(wanted.data.slice())
      expect(correlatePlanes(x, y(), dilation, gotFilters)).toBe(true)
      reference.correlatePlanes(x, y(), dilation, wantedFilters)
      expect(gotFilters.data.slice(), what).toEqual(wantedFilters.data.slice())
    }
  })
})
