import { arange, empty, full, memoryStats, ones, rand, type Tensor, tensor } from '@tapegrad/core'
import { describe, expect, it } from 'vitest'

const MB = 2 ** 20

/** Every element is what was put there. */
const holds = (t: Tensor, value: number): boolean => t.eq(value).all().item<boolean>()

describe('memory belongs to the garbage collector', () => {
  it('is used again inside one synchronous loop, and what is held keeps its values', () => {
    const kept: Tensor[] = []
    for (let i = 0; i < 200_000; i++) {
      const t = full([2560], i)
      if (i % 1000 === 0) kept.push(t)
    }
    // 2 GB went by; a fraction of it is enough.
    expect(memoryStats().reserved).toBeLessThan(700 * MB)
    expect(memoryStats().collections).toBeGreaterThan(0)
    expect(kept.every((t, i) => holds(t, i * 1000))).toBe(true)
  })

  it('is used again where the loop yields', async () => {
    const before = memoryStats().reserved
    const kept: Tensor[] = []
    for (let i = 0; i < 40_000; i++) {
      const t = full([2560], i)
      if (i % 1000 === 0) {
        kept.push(t)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    expect(memoryStats().reserved).toBeLessThan(Math.max(before, 700 * MB))
    expect(kept.every((t, i) => holds(t, i * 1000))).toBe(true)
  })

  it('of every size is used again, and views keep the whole alive', () => {
    const kept: { view: Tensor; value: number }[] = []
    const sizes = [1, 7, 100, 5000, 20_000, 100_000, 1_000_000]
    for (let i = 0; i < 4000; i++) {
      const t = full([sizes[i % sizes.length] as number], i % 4093)
      if (i % 100 === 0) kept.push({ view: t.slice(0, t.numel() - 1), value: i % 4093 })
    }
    expect(kept.every(({ view, value }) => view.item() === value)).toBe(true)
    expect(memoryStats().reserved).toBeLessThan(1500 * MB)
  })

  it('of more than 4 GiB is refused, and what stands is left alone', () => {
    const t = tensor([1, 2, 3])
    for (const n of [2 ** 30, 2 ** 31, 2 ** 32, 2 ** 40])
      expect(() => empty([n])).toThrow(`out of memory: you tried to allocate ${4 * n} bytes\n  help: a tensor has to fit into the 4 GiB`)
    const kept: Tensor[] = []
    const fill = (): void => {
      // 1 GB a piece.
      for (let i = 0; i < 5; i++) kept.push(empty([2 ** 28 - 2 ** 20]))
    }
    expect(fill).toThrow(
      /of the 4 GiB that WebAssembly can address, \d+ bytes are held by \d+ tensors that are still reachable, the largest of 1/,
    )
    kept.length = 0
    expect(
      full([2 ** 26], 2)
        .sum()
        .item(),
    ).toBe(2 ** 27)
    expect(t.tolist()).toEqual([1, 2, 3])
  })

  it('keeps arrays valid that were asked for before the memory grew', () => {
    const t = tensor([1, 2, 3])
    void t.data
    const large = full([40_000_000], 5)
    expect(t.tolist()).toEqual([1, 2, 3])
    expect([...(t.data as Float32Array)]).toEqual([1, 2, 3])
    expect(large.slice(0, 39_999_999).item()).toBe(5)
  })

  it('does not fill up over training steps in one synchronous loop', () => {
    const x = rand([32, 30])
    const w = rand([30, 1]).requiresGrad_()
    const step = (): number => {
      const loss = x.mm(w).sigmoid().mean()
      w.grad = null
      loss.backward()
      return loss.item()
    }
    for (let i = 0; i < 2000; i++) step()
    const before = memoryStats().reserved
    for (let i = 0; i < 20_000; i++) step()
    expect(memoryStats().reserved).toBeLessThanOrEqual(Math.max(before, 128 * MB))
  })

  it('holds the workspaces of kernels above 2 GiB as well', () => {
    const held = [1, 2, 3].map(() => empty([3 * 2 ** 26]))
    // Larger than any workspace before: it is placed anew, behind what is held.
    expect(ones([1, 4000]).expand([16_384, 4000]).contiguous().sum(0).sum().item()).toBe(16_384 * 4000)
    const x = arange(6, { dtype: 'float32' }).view([2, 3])
    expect(x.add(tensor([[0], [10]])).tolist()).toEqual([
      [0, 1, 2],
      [13, 14, 15],
    ])
    expect(
      x
        .t()
        .mul(tensor([1, 10]))
        .tolist(),
    ).toEqual([
      [0, 30],
      [1, 40],
      [2, 50],
    ])
    expect(held.length).toBe(3)
  })
})
