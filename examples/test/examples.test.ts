import { expect, it } from 'vitest'

/** What an example prints. */
async function printed(load: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = []
  const { log } = console
  console.log = (...values) =>
    lines.push(
      ...values
        .map((v) => (typeof v === 'string' ? v : v.toString()))
        .join(' ')
        .split('\n'),
    )
  try {
    await load()
  } finally {
    console.log = log
  }
  return lines
}

it('the logistic neuron learns what it learns in PyTorch', async () => {
  // The same program in PyTorch, from the same seed, prints these lines.
  expect(await printed(() => import('../logistic-neuron.ts'))).toEqual([
    'epoch 20  loss 0.0772',
    'epoch 40  loss 0.0662',
    'epoch 60  loss 0.0625',
    'epoch 80  loss 0.0605',
    'epoch 100  loss 0.0590',
    '561 of 569 right',
  ])
})

it('two layers learn exclusive or', async () => {
  const lines = await printed(() => import('../xor.ts'))
  const losses = lines.flatMap((line) => /^step \d+ {2}loss (\S+)$/.exec(line)?.[1] ?? []).map(Number)
  expect(losses).toHaveLength(3)
  expect(losses.at(-1)).toBeLessThan(0.01)
  expect(lines[0]).toBe('Sequential(')
})
