import { DataError, Standardizer, stratifiedSplit } from '@tapegrad/data'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantiles } from '../src/preprocess/statistics.ts'
import { problem, table } from './helpers.ts'

/** Columns of plain numbers as a source. */
function columns(...given: number[][]) {
  const length = given[0]?.length ?? 0
  const rowsOf = (rows?: ArrayLike<number>): number[] => (rows === undefined ? [...Array(length).keys()] : Array.from(rows))
  const into = (values: number[], out?: Float32Array): Float32Array => {
    out?.set(values)
    return out ?? Float32Array.from(values)
  }
  return {
    length,
    featureNames: given.map((_, j) => `f${j}`),
    gather: (rows?: ArrayLike<number>, out?: Float32Array) =>
      into(
        rowsOf(rows).flatMap((i) => given.map((column) => column[i]!)),
        out,
      ),
  }
}

const { NaN: gap } = Number

describe('quantiles', () => {
  it('are those of the sorted values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.float({ noDefaultInfinity: true, min: -1e6, max: 1e6 }), fc.integer({ min: -3, max: 3 })), { maxLength: 60 }),
        (values) => {
          const sorted = values
            .filter((value) => !Number.isNaN(value))
            .map(Math.fround)
            .sort((a, b) => a - b)
          const fractions = [0, 0.25, 0.5, 0.75, 1, 0.1]
          const wanted = fractions.map((fraction) => {
            const position = (sorted.length - 1) * fraction
            const low = Math.floor(position)
            const a = sorted[low] ?? gap
            return sorted.length === 0 ? gap : a + ((sorted[Math.min(low + 1, sorted.length - 1)] ?? gap) - a) * (position - low)
          })
          expect(quantiles(Float32Array.from(values), fractions).map((value) => value + 0)).toEqual(wanted.map((value) => value + 0))
        },
      ),
    )
  })

  it('are quick whatever the order', () => {
    const size = 300_000
    for (const make of [(i: number) => i, (i: number) => size - i, () => 7, (i: number) => i % 2, (i: number) => Math.min(i, size - i)]) {
      const started = performance.now()
      const [median] = quantiles(
        Float32Array.from({ length: size }, (_, i) => make(i)),
        [0.5],
      )
      expect(median).toBeGreaterThanOrEqual(0)
      expect(performance.now() - started).toBeLessThan(1500)
    }
  })
})

describe('Standardizer', () => {
  it('fills with the median of the training rows and scales by their mean and deviation', () => {
    const source = columns([1, 2, 3, gap, 1000], [10, 10, 40, 20, -5])
    const fitted = Standardizer.fit(source, [0, 1, 2, 3])
    expect([...fitted.fill]).toEqual([2, 15])
    expect([...fitted.center]).toEqual([2, 20])
    expect([...fitted.scale]).toEqual([Math.sqrt(0.5), Math.sqrt(150)])
    const values = source.gather()
    expect(fitted.transform(values)).toBe(values)
    expect(values[6]).toBe(0)
    expect(values[8]).toBe(Math.fround(998 / Math.sqrt(0.5)))
    expect(fitted.warnings).toEqual([])
  })

  it('never looks at other rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, min: -1e3, max: 1e3 }), { minLength: 4, maxLength: 30 }),
        fc.float({ noNaN: true }),
        (values, other) => {
          const train = values.map((_, i) => i)
          const first = Standardizer.fit(columns([...values, 0]), train)
          const second = Standardizer.fit(columns([...values, other]), train)
          expect(first.toJSON()).toEqual(second.toJSON())
        },
      ),
    )
  })

  it('gives mean 0 and deviation 1, or the range and quartiles of its mode', () => {
    const column = Array.from({ length: 500 }, (_, i) => 1000 + 50 * Math.sin(i * 1.7) + i / 10)
    const scaled = (mode: 'standard' | 'minmax' | 'robust' | 'none'): Float32Array =>
      Standardizer.fit(columns(column), undefined, { mode }).transform(columns(column).gather())
    const standard = scaled('standard')
    const mean = standard.reduce((sum, value) => sum + value, 0) / standard.length
    expect(mean).toBeCloseTo(0, 6)
    expect(standard.reduce((sum, value) => sum + (value - mean) ** 2, 0) / standard.length).toBeCloseTo(1, 5)
    const minmax = scaled('minmax')
    expect([Math.min(...minmax), Math.max(...minmax)]).toEqual([0, 1])
    const [first, median, third] = quantiles(scaled('robust'), [0.25, 0.5, 0.75])
    expect(median).toBeCloseTo(0, 6)
    expect(third! - first!).toBeCloseTo(1, 6)
    expect([...scaled('none')]).toEqual(column.map(Math.fround))
  })

  it('says what is constant, what has no value in training, and what blurs', () => {
    const time = Array.from({ length: 4 }, (_, i) => 1_700_000_000 + i * 256)
    const source = columns([5, 5, 5, 9], [gap, gap, gap, 1], [0.1, 0.1, gap, 0], time)
    const fitted = Standardizer.fit(source, [0, 1, 2])
    expect(fitted.warnings).toEqual([
      {
        code: 'W_CONSTANT_COLUMN',
        message: '2 columns have a single value in the training rows, so they say nothing and become 0: f0, f2',
      },
      { code: 'W_NO_TRAINING_VALUES', message: '"f1" has no value in the training rows; taken as 0' },
      {
        code: 'W_PRECISION',
        message: '"f3" hardly varies against its size; float32 keeps 7 digits, so subtract a constant in the file (dates, ids)',
      },
    ])
    const values = fitted.transform(source.gather([0, 2]))
    expect([values[0], values[1], values[2], values[4], values[5], values[6]]).toEqual([0, 0, 0, 0, 0, 0])
    expect(values.every(Number.isFinite)).toBe(true)
  })

  it('survives JSON', () => {
    const source = columns([1, 2, gap, 0.1], [1e-30, 3e37, 5, 7])
    for (const mode of ['standard', 'minmax', 'robust', 'none'] as const) {
      const fitted = Standardizer.fit(source, undefined, { mode })
      const again = Standardizer.fromJSON(JSON.parse(JSON.stringify(fitted)))
      expect(again.toJSON()).toEqual(fitted.toJSON())
      expect(again.transform(source.gather())).toEqual(fitted.transform(source.gather()))
    }
    const json = { mode: 'standard' as const, features: ['a'], fill: [0], center: [0], scale: [0] }
    expect(() => Standardizer.fromJSON(json)).toThrow('a scale of 0')
    expect(() => Standardizer.fromJSON({ ...json, scale: [] })).toThrow('needs as many finite numbers each')
    expect(() => Standardizer.fromJSON({ ...json, scale: [1] }).transform(Float32Array.of(1), new Float32Array(0))).toThrow(RangeError)
  })

  it('takes tables', async () => {
    const read = await table('a,b,y\n1,x5,0\n3,x,1\n,x,0\n', { exclude: ['b'] })
    expect(Standardizer.fit(read).toJSON()).toEqual({
      mode: 'standard',
      features: ['a'],
      fill: [2],
      center: [2],
      scale: [Math.sqrt(2 / 3)],
    })
  })
})

describe('stratifiedSplit', () => {
  const labels = (no: number, yes: number): Uint8Array => Uint8Array.from({ length: no + yes }, (_, i) => (i < no ? 0 : 1))

  it('is disjoint, complete, stratified to within one row, and repeats itself', () => {
    const fraction = fc.constantFrom(0, 0.1, 0.15, 0.2, 0.3, 0.45)
    fc.assert(
      fc.property(
        fc.integer({ min: 24, max: 300 }),
        fc.integer({ min: 3, max: 200 }),
        fraction,
        fraction,
        fc.integer(),
        (no, yes, val, test, seed) => {
          const given = labels(no, yes)
          const split = stratifiedSplit(given, { val, test, seed })
          const all = [...split.train, ...split.validation, ...split.test]
          expect([...all].sort((a, b) => a - b)).toEqual([...given.keys()])
          for (const [part, share] of [
            [split.validation, val],
            [split.test, test],
            [split.train, 1 - val - test],
          ] as const) {
            expect([...part].sort((a, b) => a - b)).toEqual([...part])
            for (const [label, count] of [
              [0, no],
              [1, yes],
            ] as const) {
              const here = part.filter((row) => given[row] === label).length
              // Three or four rows: the other parts get one each, whatever their share, and training what is left.
              const slack = count < 5 && part === split.train ? 2 : 1
              expect(Math.abs(here - count * share)).toBeLessThanOrEqual(slack + 1e-9)
              if (share > 0) expect(here).toBeGreaterThan(0)
            }
          }
          expect(stratifiedSplit(given, { val, test, seed })).toEqual(split)
        },
      ),
    )
  })

  it('is the split of the design for 400 rows', () => {
    const split = stratifiedSplit(labels(243, 157))
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([280, 40, 80])
    expect(stratifiedSplit(labels(243, 157), { seed: 43 })).not.toEqual(split)
  })

  it('may ignore classes, or keep the order of the file', () => {
    const split = stratifiedSplit(labels(99, 1), { stratify: false, seed: 1n })
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([70, 10, 20])
    const ordered = stratifiedSplit(labels(5, 5), { shuffle: false })
    expect([[...ordered.validation], [...ordered.test]]).toEqual([[7], [8, 9]])
    expect([...ordered.train]).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('16: needs a row of each class for each part', async () => {
    const error = await problem(() => stratifiedSplit(labels(50, 1), { classes: ['sale', 'refund'] }))
    expect([error.code, error.message]).toEqual([
      'E_CLASS_TOO_SMALL',
      'class "refund" has 1 row; a stratified split needs at least 3 (train, validation, test).',
    ])
    expect(error.fix).toBe('Merge or remove it, or pass --no-stratify.')
    expect((await problem(() => stratifiedSplit(labels(50, 1), { val: 0 }))).message).toMatch(
      /class "1" has 1 row; .* at least 2 \(train, test\)/,
    )
    expect(stratifiedSplit(labels(50, 3)).train.length).toBeGreaterThan(0)
  })

  it('29: needs rows for each part', async () => {
    const error = await problem(() => stratifiedSplit(labels(4, 3)))
    expect([error.code, error.message]).toEqual([
      'E_TOO_FEW_ROWS',
      '7 rows are too few for a 70/10/20 split (0 would be left for validation).',
    ])
    expect(error.fix).toBe('Use --val-split 0 --test-split 0.3, or more rows.')
    expect((await problem(() => stratifiedSplit(labels(1, 1), { val: 0, test: 0.5, stratify: false }))).message).toMatch(
      /1 would be left for training/,
    )
    expect((await problem(() => stratifiedSplit([]))).code).toBe('E_TOO_FEW_ROWS')
  })

  it('refuses fractions that make no sense', () => {
    for (const options of [{ val: 0.6, test: 0.5 }, { val: -0.1 }, { test: 1 }, { val: Number.NaN }])
      expect(() => stratifiedSplit(labels(50, 50), options)).toThrow(DataError)
  })
})
