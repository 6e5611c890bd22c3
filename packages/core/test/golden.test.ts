/** PyTorch's own cases of operations, errors, printing and random streams: what passed goes on passing, and what newly passes is recorded. */
import { expect, it } from 'vitest'
import { compareWithPassed } from '../../../tools/golden/passed.ts'

for (const name of ['ops.jsonl.gz', 'errors.jsonl.gz', 'printing.json', 'rng.json'])
  it(`${name}: every recorded entry passes`, async () => {
    const { lost, unrecorded } = await compareWithPassed(name)
    expect(lost).toEqual([])
    expect(unrecorded, 'record them with: pnpm golden --update').toEqual([])
  }, 120_000)
