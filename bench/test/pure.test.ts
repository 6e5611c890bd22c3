/** What the benchmarks decide without any engine or peer: agreement, statistics, choice of cases, command line, table. */
import { describe, expect, it } from 'vitest'
import { disagreement } from '../agreement.ts'
import { higherIsBetter } from '../cases/case.ts'
import { cases } from '../cases/index.ts'
import { hash, logisticData, mlpData, permuted, sampled, transposed, uniform } from '../data.ts'
import { matches } from '../filter.ts'
import { parse } from '../options.ts'
import { digits, markdown, notes, ratio, table } from '../report.ts'
import type { Cell, Row } from '../results.ts'
import { best, median } from '../statistics.ts'

describe('agreement', () => {
  it('takes numbers within 1e-5, relative above 1 and absolute below', () => {
    expect(disagreement([0.5, 1000], [0.500009, 1000.009])).toBeNull()
    expect(disagreement([0.5], [0.50002])).toBe('0.50002, not 0.5')
    expect(disagreement([1000], [1000.02])).toBe('1000.02, not 1000')
  })

  it('names the worst pair and refuses NaN and other lengths', () => {
    expect(disagreement([1, 2, 3], [1.1, 2.5, 3])).toBe('2.5, not 2')
    expect(disagreement([1], [Number.NaN])).toBe('NaN, not 1')
    expect(disagreement([1, 2], [1])).toBe('1 numbers, not 2')
  })
})

describe('statistics', () => {
  it('is the least and the middle', () => {
    expect(best([3, 1, 2])).toBe(1)
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([])).toBeNaN()
  })
})

describe('filter', () => {
  it('looks for words anywhere, for patterns from end to end', () => {
    expect(matches('gemm/64', [])).toBe(true)
    expect(matches('gemm/64x784x128', ['gemm/64'])).toBe(true)
    expect(matches('gemm/64x784x128', ['gemm/*4'])).toBe(false)
    expect(matches('gemm/64', ['mlp', 'gemm/*4'])).toBe(true)
    expect(matches('gemm/64', ['gemm.64'])).toBe(false)
  })
})

describe('cases', () => {
  it('have names of their own, and no group is torn apart', () => {
    const ids = cases.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const groups = ids.map((id) => id.split('/')[0]).filter((group, i, all) => group !== all[i - 1])
    expect(new Set(groups).size).toBe(groups.length)
  })

  it('turn a time into their unit', () => {
    const figureOf = (id: string): number => {
      const found = cases.find((test) => test.id === id)
      return found?.how === 'timed' ? found.figure(2) : Number.NaN
    }
    expect(figureOf('gemm/1024')).toBeCloseTo(1073.74, 2)
    expect(figureOf('elementwise/exp-1e6')).toBe(2)
    expect(figureOf('overhead/recorded-add')).toBe(20_000)
    expect(figureOf('logistic/epoch')).toBe(2 * 3907)
    expect(figureOf('mlp/epoch')).toBe(2 * 937)
  })
})

describe('command line', () => {
  it('reads words, engines and peers', () => {
    expect(parse(['gemm', '--engines', '20,24+revectorize', '--peers', 'torch', '--quick'], '20')).toEqual({
      words: ['gemm'],
      engines: ['20', '24+revectorize'],
      contenders: ['tapegrad', 'torch'],
      rounds: 3,
      quick: true,
      out: null,
      list: false,
    })
    expect(parse(['--peers', 'none'], '22')).toMatchObject({ contenders: ['tapegrad'], engines: ['22'], rounds: 5 })
    expect(parse(['--help'], '20')).toBe('help')
  })

  it('refuses what it does not know', () => {
    expect(() => parse(['--peers', 'theano'], '20')).toThrow('there is no peer theano')
    expect(() => parse(['--rounds', 'many'], '20')).toThrow('--rounds takes a positive number, not many')
    expect(() => parse(['--fast'], '20')).toThrow('--fast')
  })
})

describe('data', () => {
  it('is the same everywhere', () => {
    expect([hash(0, 0), hash(1, 0), hash(1, 1), hash(7, 123_456)]).toEqual([0, 1834104592, 742688469, 2402906323])
    const x = uniform(3, 1000)
    expect([...x].every((v) => v >= -1 && v < 1)).toBe(true)
    expect(Math.abs(sampled(x)[7]!)).toBeLessThan(0.05)
  })

  it('has labels that can be learnt', () => {
    const { y } = logisticData({ kind: 'logistic', rows: 200, features: 3, batch: 10, lr: 1, checked: 1 })
    expect(y.filter((v) => v === 1).length).toBeGreaterThan(60)
    expect(y.filter((v) => v === 0).length).toBeGreaterThan(60)
    const { x, labels } = mlpData({ kind: 'mlp', rows: 9, features: 20, hidden: 2, classes: 10, batch: 3, lr: 1, checked: 1 })
    labels.forEach((label, i) => expect(Math.min(x[i * 20 + label]!, x[i * 20 + label + 10]!)).toBeGreaterThanOrEqual(0))
  })

  it('is laid out anew', () => {
    const matrix = Float32Array.from([1, 2, 3, 4, 5, 6])
    expect([...transposed(matrix, 2)]).toEqual([1, 4, 2, 5, 3, 6])
    expect([...permuted(matrix, [2, 3], [1, 0])]).toEqual([1, 4, 2, 5, 3, 6])
    const cube = Float32Array.from({ length: 24 }, (_, i) => i)
    expect([...permuted(permuted(cube, [2, 3, 4], [2, 0, 1]), [4, 2, 3], [1, 2, 0])]).toEqual([...cube])
  })
})

describe('table', () => {
  const ok = (contender: string, value: number, more: Partial<Cell> = {}): Cell => {
    return { contender, status: 'ok', best: value, median: value * 2, rounds: 5, ...more }
  }
  const rows: Row[] = [
    {
      id: 'gemm/a',
      label: 'a | b',
      unit: 'GFLOP/s',
      cells: [
        ok('tapegrad', 50),
        ok('torch', 25),
        ok('jax-js', 10),
        { contender: 'js-pytorch', status: 'differs', why: '1, not 2' },
        { contender: 'brain.js', status: 'missing', why: 'cannot' },
      ],
    },
    {
      id: 'gemm/b',
      label: 'b',
      unit: 'us',
      cells: [
        ok('tapegrad', 2),
        { contender: 'torch', status: 'failed', why: 'out of luck' },
        ok('jax-js', 1, { apart: 'not the same' }),
        ok('js-pytorch', 4),
        { contender: 'brain.js', status: 'missing', why: 'cannot' },
      ],
    },
  ]

  it('shows three digits', () => {
    expect([0, 0.01234, 1.2345, 12.345, 123.45, 12345, Number.NaN].map(digits)).toEqual([
      '0',
      '0.0123',
      '1.23',
      '12.3',
      '123',
      '12345',
      'NaN',
    ])
  })

  it('divides the better way round, and by nobody who stands apart', () => {
    expect(higherIsBetter('GFLOP/s')).toBe(true)
    expect(ratio(rows[0]!, ['torch'])).toBe('2.00 x')
    expect(ratio(rows[1]!, ['jax-js', 'js-pytorch'])).toBe('2.00 x')
    expect(ratio(rows[1]!, ['torch'])).toBe('-')
  })

  it('has a column for everybody who did something, and no time where the loss differs', () => {
    expect(table(rows).split('\n')).toEqual([
      '|  | unit | tapegrad | torch | jax-js | js-pytorch | against PyTorch | against the best JS peer |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      '| a \\| b | GFLOP/s | 50.0 (100) | 25.0 (50.0) | 10.0 (20.0) | loss differs | 2.00 x | 5.00 x |',
      '| b | us | 2.00 (4.00) | failed | 1.00 (2.00) * | 4.00 (8.00) | - | 2.00 x |',
    ])
  })

  it('says why', () => {
    expect(notes(rows)).toEqual([
      '- js-pytorch: loss differs: 1, not 2 (a)',
      '- brain.js: cannot',
      '- torch: failed: out of luck (b)',
      '- jax-js *: not the same',
    ])
  })

  it('names engine, flags, machine and command', () => {
    const text = markdown({
      date: '2026-01-01',
      command: 'pnpm bench gemm',
      machine: 'a processor',
      rounds: 5,
      versions: { tapegrad: '0.1.0' },
      engines: [{ name: '24+revectorize', version: 'v24.0.0', v8: '13.6', flags: ['--fast'], rows }],
    })
    expect(text).toContain('## Node v24.0.0, V8 13.6, `--fast`\n\n### Matrix products\n\n|  |')
    expect(text).toContain('- Command: `pnpm bench gemm`\n- Machine: a processor\n')
  })
})
