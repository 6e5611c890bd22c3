import { describe, expect, test } from 'vitest'
import { labelled, wrap } from '../src/report/lines.ts'
import { type Results, shellWord, writeResults } from '../src/report/results.ts'
import { table } from '../src/report/table.ts'
import { Output } from '../src/terminal/output.ts'
import { textWidth } from '../src/text.ts'
import { accuracyInterval, baselineOf, metricsOf } from '../src/training/evaluate.ts'
import { Memory } from './world.ts'

const labels = Uint8Array.from([0, 0, 0, 1, 1])
const logits = Float32Array.from([-2, -1, 1, 2, -0.5])

describe('metrics', () => {
  test('are those of the textbook', () => {
    const measured = metricsOf(logits, labels, 0.5)
    expect(measured).toMatchObject({
      rows: 5,
      accuracy: 0.6,
      precision: 0.5,
      recall: 0.5,
      f1: 0.5,
      confusion: [
        [2, 1],
        [1, 1],
      ],
    })
    expect(measured.rocAuc).toBeCloseTo(5 / 6, 12)
    const losses = [0.126928, 0.313262, 1.313262, 0.126928, 0.974077]
    expect(measured.logLoss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 5, 5)
  })

  test('stay finite where the model is certain and wrong', () => {
    expect(metricsOf(Float32Array.from([500]), Uint8Array.from([0]), 0.5).logLoss).toBe(500)
  })

  test('ROC AUC of a single class does not exist', () => {
    expect(metricsOf(Float32Array.from([1, 2]), Uint8Array.from([1, 1]), 0.5).rocAuc).toBeNull()
  })

  test('the baseline has seen the training labels only', () => {
    const rare = baselineOf(Uint8Array.of(0, 0, 0, 1), labels)
    expect(rare).toMatchObject({ accuracy: 0.6, rocAuc: 0.5, f1: 0, recall: 0 })
    expect(rare.logLoss).toBeCloseTo(-(2 * Math.log(0.25) + 3 * Math.log(0.75)) / 5, 12)
    const common = baselineOf(Uint8Array.of(0, 1, 1, 1), labels)
    expect(common).toMatchObject({ accuracy: 0.4, precision: 0.4, recall: 1 })
    expect(common.f1).toBeCloseTo((2 * 0.4) / 1.4, 12)
  })

  test('the interval of the accuracy is honest about few rows', () => {
    const [low, high] = accuracyInterval(metricsOf(logits, labels, 0.5))
    expect([low, high].map((x) => Number(x.toFixed(3)))).toEqual([0.231, 0.882])
  })
})

describe('layout', () => {
  test('lines break between words and hang', () => {
    expect(labelled('features', 'age, income, visits, tenure', 30)).toEqual(['  features  age, income,', '            visits, tenure'])
    expect(wrap('a b\u00a0c d', 3)).toEqual(['a', 'b c', 'd'])
    expect(wrap('unbreakable', 3)).toEqual(['unbreakable'])
  })

  test('tables give way', () => {
    const rows = [
      ['', 'train', 'test'],
      ['F1 (positive)', '0.661', '0.678'],
    ]
    expect(table(rows, 80)).toEqual(['                train    test', 'F1 (positive)   0.661   0.678'])
    expect(table(rows, 20)).toEqual(['         train  test', 'F1 (pos… 0.661 0.678'])
  })

  test('words for a shell', () => {
    expect(shellWord('runs/a-1')).toBe('runs/a-1')
    expect(shellWord("my run's")).toBe("'my run'\\''s'")
  })
})

const measured = metricsOf(logits, labels, 0.5)
const results: Results = {
  target: 'churn\u001b[2Jed',
  classes: ['no', 'yes, with a very long label indeed'],
  metrics: { train: measured, validation: measured, test: measured },
  baselines: { train: null, validation: null, test: baselineOf(Uint8Array.of(0, 0, 0, 1), labels) },
  judged: 'test',
  always: 'no',
  verdict: 'This model is no better than guessing: its log-loss 0.700 is not below 0.690, which the class rates alone reach.',
  coefficients: [
    { feature: 'age', weight: 1.21, oddsRatio: Math.exp(1.21) },
    { feature: 'a_rather_long_name_of_a_column', weight: -0.94, oddsRatio: Math.exp(-0.94) },
    { feature: 'zero', weight: 0, oddsRatio: 1 },
  ],
  run: 'runs/x',
  program: 'tapegrad',
}

function written(columns: number, env: Record<string, string> = {}): string[] {
  const stream = new Memory({ columns })
  writeResults(new Output(stream, env), results)
  return stream.text.split('\n')
}

describe('results', () => {
  test.each([40, 56, 80, 120])('fit into %i columns, with nothing that steers the terminal', (columns) => {
    const lines = written(columns)
    for (const line of lines.filter((each) => !/^(?:Saved|Next)/.test(each))) expect(textWidth(line), line).toBeLessThanOrEqual(columns)
    expect(lines.join('\n')).not.toContain('\u001b')
  })

  test('begin with the verdict', () => {
    expect(written(80)[0]).toMatch(/^This model is no better than guessing/)
  })

  test('stand beside the baseline', () => {
    const text = written(80).join('\n')
    expect(text).toMatch(/train +valid +test +baseline\*/)
    expect(text).toMatch(/accuracy +0\.600 +0\.600 +0\.600 +0\.600/)
    expect(text).toMatch(/ROC AUC +0\.833 +0\.833 +0\.833 +0\.500/)
    expect(text).toContain('* on the test rows: always "no"; log-loss: the class rates')
    expect(text).toMatch(/age +\+1\.21 +█+ +3\.35/)
    expect(text).toMatch(/a_rather.* −0\.94 +█+ +0\.391/)
  })

  test('in plain letters in the C locale', () => {
    expect(written(80, { LC_ALL: 'C' }).join('\n').replaceAll('…', '')).toMatch(/^[\n -~]*$/)
  })
})
