import { areDeterministicAlgorithmsEnabled, rand, useDeterministicAlgorithms } from '@tapegrad/core'
import { describe, expect, it } from 'vitest'
import { baseBytes } from '../../src/backend/wasm/base-bytes.ts'
import { type Family, families, type Variant, variants } from '../../src/backend/wasm/families.ts'
import { embedded } from '../../tools/embed.ts'
import { Arena, hasRelaxed } from './arena.ts'

describe('base kernels', () => {
  it('in a bundle are to the byte what is emitted from source', async () => {
    const bundled = (await import(`data:text/javascript,${encodeURIComponent(embedded())}`)) as { baseBytes: typeof baseBytes }
    for (const family of Object.keys(families) as Family[])
      for (const variant of Object.keys(variants) as Variant[])
        expect(Buffer.compare(bundled.baseBytes(family, variant), baseBytes(family, variant)), `${family} ${variant}`).toBe(0)
  })

  it('are valid modules, fused ones where the engine has the instruction', () => {
    for (const family of Object.keys(families) as Family[])
      for (const [variant, { fma }] of Object.entries(variants))
        if (!fma || hasRelaxed) expect(WebAssembly.validate(baseBytes(family, variant as Variant)), `${family} ${variant}`).toBe(true)
  })

  it('round products first in deterministic mode', () => {
    const [a, b] = [rand([40, 70]), rand([70, 50])]
    const usual = a.mm(b)
    useDeterministicAlgorithms(true)
    try {
      expect(areDeterministicAlgorithmsEnabled()).toBe(true)
      const exact = a.mm(b)
      const [row, column] = [a.toArray() as Float32Array, b.toArray() as Float32Array]
      let sum = 0
      for (let p = 0; p < 70; p++) sum = Math.fround(sum + Math.fround((row[p] as number) * (column[p * 50] as number)))
      expect((exact.toArray() as Float32Array)[0]).toBe(sum)
      expect(exact.allclose(usual)).toBe(true)
    } finally {
      useDeterministicAlgorithms(false)
    }
    expect(areDeterministicAlgorithmsEnabled()).toBe(false)
    expect(a.mm(b).equal(usual)).toBe(true)
  })
})

const exportsOf = (arena: Arena, bytes: Uint8Array<ArrayBuffer>): WebAssembly.Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: arena.memory } }).exports

describe('filling', () => {
  it('reaches what was asked for, and the next multiple of 16 at most', () => {
    const arena = new Arena(4)
    const fill = exportsOf(arena, baseBytes('fill', 'plain'))['fill'] as (at: number, bytes: number, value: number) => void
    for (const bytes of [0, 1, 16, 17, 1008, 1023, 1024, 1025, 70_000]) {
      arena.reset()
      const at = arena.room(Math.ceil(bytes / 16) * 16, 16)
      const memory = new Uint8Array(arena.memory.buffer)
      for (const value of [0xff, 0]) {
        fill(at, bytes, value)
        expect(memory.subarray(at, at + bytes).every((x) => x === value)).toBe(true)
        expect(arena.broken()).toBeNull()
      }
    }
  })
})
