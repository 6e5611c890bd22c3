import { memoryStats } from '@tapegrad/core'
import { expect, it } from 'vitest'
import { Twins } from './twins.ts'

/** Runs over two collections and as many steps again; the bytes reserved between and after. Every value is checked on the way. */
async function reserved(between: (() => Promise<void>) | null): Promise<{ warm: number; end: number }> {
  const twins = new Twins()
  const first = memoryStats().collections
  while (memoryStats().collections < first + 2) {
    twins.run(1000)
    if (between !== null) await between()
  }
  const warm = memoryStats().reserved
  for (let steps = twins.steps; steps > 0; steps -= 1000) {
    twins.run(1000)
    if (between !== null) await between()
  }
  return { warm, end: memoryStats().reserved }
}

it('thousands of training steps in one synchronous loop take no more memory than the first', async () => {
  const { warm, end } = await reserved(null)
  expect(end).toBe(warm)
})

it('nor do they where the loop yields', async () => {
  const { warm, end } = await reserved(() => new Promise((resolve) => setImmediate(resolve)))
  expect(end).toBe(warm)
})
