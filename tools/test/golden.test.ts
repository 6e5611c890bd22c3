/** The golden harness itself, and the golden files that span packages: what passed goes on passing, and what newly passes is recorded. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bind } from '../golden/api.ts'
import { run, show } from '../golden/evaluate.ts'
import { runners } from '../golden/files.ts'
import { compareWithPassed } from '../golden/passed.ts'
import { dataFolder } from '../golden/read.ts'

/** Run with core's tests. */
const elsewhere = ['ops.jsonl.gz', 'errors.jsonl.gz', 'printing.json', 'rng.json']

it('every golden file has a runner', () => {
  expect(readdirSync(dataFolder).sort()).toEqual(Object.keys(runners).sort())
})

for (const name of Object.keys(runners).filter((n) => !elsewhere.includes(n)))
  it(`${name}: every recorded entry passes`, async () => {
    const { lost, unrecorded } = await compareWithPassed(name)
    expect(lost).toEqual([])
    expect(unrecorded, 'record them with: pnpm golden --update').toEqual([])
  }, 120_000)

describe('arguments', () => {
  const bound = (name: string, args: unknown[], kwargs: Record<string, unknown> = {}, first = 0): unknown[] =>
    bind(name, args, new Map(Object.entries(kwargs)), first)

  it('passes what is required by position and the rest as options in camelCase', () => {
    expect(bound('addmm', ['x', 'a', 'b'], { alpha: 2 })).toEqual(['x', 'a', 'b', { alpha: 2 }])
    expect(bound('nn.Conv2d', [3, 8, 3, 2], { padding_mode: 'zeros', device: 'cpu' })).toEqual([
      3,
      8,
      3,
      { stride: 2, paddingMode: 'zeros' },
    ])
    expect(bound('flip', ['x'], { dims: [0] })).toEqual(['x', [0]])
  })

  it('lets `dim` stand first where Python does', () => {
    expect(bound('sum', ['x', 1], { keepdim: true })).toEqual(['x', 1, { keepdim: true }])
    expect(bound('sum', ['x'], { dim: 1 })).toEqual(['x', { dim: 1 }])
    expect(bound('sum', [1], {}, 1)).toEqual([1])
    expect(bound('topk', ['x', 3, -2])).toEqual(['x', 3, { dim: -2 }])
  })

  it('gathers variadic sizes and leaves out None', () => {
    expect(bound('view', [2, 3], {}, 1)).toEqual([[2, 3]])
    expect(bound('view', [[2, 3]], {}, 1)).toEqual([[2, 3]])
    expect(bound('var', ['x'], { dim: null, correction: null })).toEqual(['x'])
    expect(bound('nn.BatchNorm1d', [4, 0.001, null])).toEqual([4, { eps: 0.001, momentum: null }])
  })
})

describe('Python snippets', () => {
  it.each([
    ['2**3-1', '7'],
    ['[1, 2.0, True, None]', '[1, 2.0, True, None]'],
    ['x=torch.ones(2,3)\nx.sum(dim=1)', 'tensor([3., 3.])'],
    ['torch.tensor([1,2])', 'tensor([1, 2])'],
    ['f=lambda a,b: a*b; f(torch.tensor(2.),3)', 'tensor(6.)'],
    ['x=torch.zeros(2)\nfor i in range(3):\n    x+=i\nx', 'tensor([3., 3.])'],
    ['x=torch.ones(1,requires_grad=True)\nwith torch.no_grad():\n    y=x*2\ny', 'tensor([2.])'],
    ['torch.ones(2,3).t().shape', 'torch.Size([3, 2])'],
  ])('%j is %s', (python, expected) => {
    expect(show(run(python))).toBe(expected)
  })

  it('refuses what is outside the subset', () => {
    expect(() => run('while True: pass')).toThrow(SyntaxError)
  })
})
