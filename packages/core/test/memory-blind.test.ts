import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { full, memoryStats, rand, type Tensor } from '@tapegrad/core'
import { expect, it } from 'vitest'

// As in a browser: nobody can be asked to collect. Before the first collection, which looks for it.
Object.assign(process, { getBuiltinModule: undefined })

const holds = (t: Tensor, value: number): boolean => t.eq(value).all().item<boolean>()

/** 1.5 GB of tensors, of which every thousandth is kept. */
function fill(kept: Tensor[]): void {
  for (let i = 0; i < 150_000; i++) {
    const t = full([2560], i)
    if (i % 1000 === 0) kept.push(t)
  }
}

it('where nothing collects on request, ordinary arrays take over past a budget', async () => {
  const kept: Tensor[] = []
  fill(kept)
  expect(memoryStats().collections).toBe(0)
  const { reserved } = memoryStats()
  expect(reserved).toBeGreaterThan(2 ** 30 - 2 ** 24)
  expect(reserved).toBeLessThan(2 ** 30 + 2 ** 24)
  expect(kept.every((t, i) => holds(t, i * 1000))).toBe(true)

  // What is kept of both kinds works together.
  const [slab, array] = [kept[0] as Tensor, kept.at(-1) as Tensor]
  expect(holds(slab.add(array).mul(2), 298_000)).toBe(true)
  expect(rand([2560]).mul(array).dot(slab.add(1)).item()).toBeGreaterThan(0)

  // So do kernels that need a workspace.
  expect(
    array
      .view([40, 64])
      .mm(slab.view([64, 40]))
      .sum()
      .item(),
  ).toBe(0)
  expect(
    slab
      .add(1)
      .view([40, 64])
      .sum(0)
      .add(array.view([40, 64]))
      .sum()
      .item(),
  ).toBe(2560 * (40 + 149_000))

  // Where the loop yields and the engine collects of its own accord, slabs come back, and what is kept stays.
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  const turn = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 10))
    gc()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await turn()
  fill([])
  await turn()
  expect(memoryStats().inUse).toBeLessThan(2 ** 29)
  fill([])
  expect(memoryStats().reserved).toBeLessThan(2 ** 30 + 2 ** 24)
  expect(kept.every((t, i) => holds(t, i * 1000))).toBe(true)
})
