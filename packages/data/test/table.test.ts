import { readTable } from '@tapegrad/data/csv'
import { describe, expect, it } from 'vitest'
import { matchesGlob } from '../src/table/header.ts'
import { nearest, printable } from '../src/text.ts'
import { file, table } from './helpers.ts'

describe('choosing columns', () => {
  const rows = '1,2,3,0\n4,5,6,1\n'

  it('takes the only column named as targets are, else the last', async () => {
    for (const [header, name, by] of [
      ['a,Label,b,c', 'Label', 'name'],
      ['y,b,c,d', 'y', 'name'],
      ['a,target,class,d', 'd', 'last'],
      ['a,b,c,d', 'd', 'last'],
    ]) {
      const { target } = await table(`${header}\n${rows}`)
      expect([target.name, target.chosenBy]).toEqual([name, by])
    }
    expect((await table(`a,label,b,c\n${rows}`)).target.reason).toBe('the only column called "label"')
    expect((await table(`a,b,c,d\n${rows}`)).target.reason).toBe('the last column')
  })

  it('does not take a column that was left out or named as a feature', async () => {
    expect((await table(`a,b,c,d\n${rows}`, { exclude: ['d'] })).target).toMatchObject({
      name: 'c',
      reason: 'the last column that is not a feature or left out',
    })
    const named = await table(`y,b,c,d\n${rows}`, { exclude: ['y'] })
    expect([named.target.name, named.featureNames]).toEqual(['d', ['b', 'c']])
    expect((await table(`a,b,c,d\n${rows}`, { features: ['d', 'a'] })).target.name).toBe('c')
  })

  it('finds the target anywhere, by name or by number', async () => {
    for (const [target, name, features] of [
      ['b', 'b', ['a', 'c', 'd']],
      ['#1', 'a', ['b', 'c', 'd']],
      ['#-1', 'd', ['a', 'b', 'c']],
      ['#-4', 'a', ['b', 'c', 'd']],
    ] as const) {
      const read = await table(`a,b,c,d\n${rows}`, { target })
      expect([read.target.name, read.featureNames]).toEqual([name, features])
    }
    expect((await table('#2,x,y\n1,2,0\n3,4,1\n', { target: '#2' })).target.name).toBe('#2')
  })

  it('selects features by names, globs and numbers, in the order of the file', async () => {
    const header = 'q_1,q_2,r_1,zip,y'
    const csv = `${header}\n1,2,3,4,0\n5,6,7,8,1\n`
    const names = async (options: { features?: string[]; exclude?: string[] }): Promise<string[]> =>
      (await table(csv, options)).featureNames
    expect(await names({ features: ['zip', 'q_*'] })).toEqual(['q_1', 'q_2', 'zip'])
    expect(await names({ exclude: ['?_1', '#4'] })).toEqual(['q_2'])
    expect(await names({ features: ['*'], exclude: ['#-2'] })).toEqual(['q_1', 'q_2', 'r_1'])
    const read = await table(csv, { features: ['zip', 'q_2'] })
    expect([...read.gather()]).toEqual([2, 4, 6, 8])
    expect([...read.gather([1])]).toEqual([6, 8])
    expect([...read.column(1)]).toEqual([4, 8])
    expect([...read.gatherLabels([1, 0])]).toEqual([1, 0])
  })

  it('reads text in columns that are left out without a word', async () => {
    expect((await table('id,a,y\nx,1,0\n"y, z",2,1\n', { exclude: ['id'] })).featureNames).toEqual(['a'])
  })

  it('matches globs', () => {
    for (const [glob, text, yes] of [
      ['*', '', true],
      ['a*c', 'abbc', true],
      ['a*c', 'abbd', false],
      ['*_1', 'q_1', true],
      ['?', 'ab', false],
      ['*a*b*', 'xxaxxbxx', true],
      ['**a', 'a', true],
      ['a.c', 'abc', false],
    ] as const) {
      expect(matchesGlob(text, glob)).toBe(yes)
    }
    const started = performance.now()
    expect(matchesGlob('a'.repeat(5000), `${'a*'.repeat(30)}b`)).toBe(false)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('two classes', () => {
  const csv = (...labels: string[]): string => `a,y\n${labels.map((label, i) => `${i},${label}\n`).join('')}`

  it.each([
    [['no', 'yes', 'no'], ['no', 'yes'], 'the rarer label'],
    [['yes', 'no', 'yes'], ['yes', 'no'], 'the rarer label'],
    [['b', 'a'], ['a', 'b'], 'both are equally frequent; the later one in the alphabet'],
    [['1', '0', '1', '1'], ['0', '1'], 'the larger number'],
    [['2.0', '1', '2', '1.0'], ['1', '2.0'], 'the larger number'],
    [['-1', '+1'], ['-1', '+1'], 'the larger number'],
    [['10', '9'], ['9', '10'], 'the larger number'],
    [[' yes', 'no ', 'no'], ['no', 'yes'], 'the rarer label'],
  ])('%j become %j', async (labels, classes, reason) => {
    const { target, labels: values } = await table(csv(...labels))
    expect([target.classes, target.positiveReason]).toEqual([classes, reason])
    expect(target.counts[1]).toBe(values.reduce((sum, value) => sum + value, 0))
    expect(target.counts[0] + target.counts[1]).toBe(labels.length)
  })

  it('takes the positive label that was asked for', async () => {
    const read = await table(csv('no', 'yes', 'no'), { positive: 'no' })
    expect([read.target.classes, read.target.positiveReason, [...read.labels]]).toEqual([['yes', 'no'], 'as given', [1, 0, 1]])
    expect((await table(csv('0', '1.0', '1'), { positive: '0.0' })).target.classes).toEqual(['1.0', '0'])
  })

  it('learns one of many against the rest', async () => {
    const { target, labels } = await table(csv('basic', 'plus', 'pro', 'basic'), { positive: 'plus' })
    expect([...labels]).toEqual([0, 1, 0, 0])
    expect(target).toMatchObject({
      classes: ['not plus', 'plus'],
      counts: [3, 1],
      rest: true,
      positiveReason: 'as given, against all others',
    })
    expect(target.labels).toEqual([
      { label: 'basic', count: 2 },
      { label: 'plus', count: 1 },
      { label: 'pro', count: 1 },
    ])
    const many = await table(`a,y\n${Array.from({ length: 3000 }, (_, i) => `1,c${i}\n1,c0\n`).join('')}`, { positive: 'c0' })
    expect(many.target.counts).toEqual([2999, 3001])
  })

  it('keeps odd labels as they are', async () => {
    const { target } = await table(csv('__proto__', 'constructor', 'constructor'))
    expect(target.classes).toEqual(['constructor', '__proto__'])
  })

  it('reads another file as the model knows it', async () => {
    const first = await table('a,b,y\n1,2,no\n3,4,yes\n5,6,no\n')
    const schema = JSON.parse(JSON.stringify(first.schema))
    expect(schema).toEqual({ features: ['a', 'b'], target: 'y', classes: ['no', 'yes'], numeric: false, rest: false })
    const second = await table('y,extra,b,a\nyes,x,4,\n', { like: schema })
    expect([second.featureNames, [...second.gather()], [...second.labels]]).toEqual([['a', 'b'], [Number.NaN, 4], [1]])
    const numeric = (await table('a,y\n1,0\n2,1\n')).schema
    expect([...(await table('a,y\n1,1.0\n2,1\n3,0.0\n', { like: numeric })).labels]).toEqual([1, 1, 0])
    const rest = (await table('a,y\n1,x\n2,y\n3,z\n', { positive: 'y' })).schema
    expect([...(await table('a,y\n1,y\n2,unheard\n', { like: rest })).labels]).toEqual([1, 0])
  })
})

describe('values', () => {
  it('counts what is missing, by marker', async () => {
    const read = await table('a,b,y\n,1,0\nNA,2,1\n n/a ,NaN,0\n?,null,1\n5,None,0\n', {
      naValues: ['NA', 'n/a', 'NaN', '?', 'null', 'None'],
    })
    expect(read.features).toEqual([
      { name: 'a', column: 0, missing: 4 },
      { name: 'b', column: 1, missing: 3 },
    ])
    expect([...read.column(0)]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 5])
  })

  it('leaves out columns without any value, aloud', async () => {
    const read = await table('a,b,c,y\n1,,NA,0\n2,,,1\n')
    expect(read.featureNames).toEqual(['a'])
    expect(read.warnings).toEqual([{ code: 'W_EMPTY_COLUMN', message: '2 columns have no value in any row (b, c); left out' }])
    await expect(table('a,y\n,0\n,1\n')).rejects.toThrow('has no value in any of its columns to learn from (a)')
  })

  it('remarks on a column that counts the rows', async () => {
    const csv = `id,a,y\n${Array.from({ length: 30 }, (_, i) => `${i + 1},${i * i},${i % 2}\n`).join('')}`
    expect((await table(csv)).warnings.map(({ code }) => code)).toEqual(['W_ROW_NUMBER'])
    expect((await table(csv, { exclude: ['id'] })).warnings).toEqual([])
  })

  it('reads quoted headers, numbers and labels', async () => {
    const read = await table('"age, years","in""come",label\n"52","1e3","yes"\n"",2.5,"no, never"\n')
    expect(read.featureNames).toEqual(['age, years', 'in"come'])
    expect([...read.gather()]).toEqual([52, 1000, Number.NaN, 2.5])
    expect(read.target.classes).toEqual(['no, never', 'yes'])
  })

  it('reads a file without a header', async () => {
    const read = await table('1,2,x\n3,4,y\n', { header: false, target: '#-1' })
    expect([read.header, read.length, read.target.name]).toEqual([['column 1', 'column 2', 'column 3'], 2, 'column 3'])
  })

  it('stops after as many rows as were asked for', async () => {
    expect((await table('a,y\n1,0\n2,1\n3,0\n"', { limit: 2 })).length).toBe(2)
  })

  it('reads wide tables', async () => {
    const width = 20_000
    const header = Array.from({ length: width }, (_, i) => `f${i}`).join(',')
    const row = Array.from({ length: width }, (_, i) => i).join(',')
    const read = await table(`${header},y\n${row},0\n${row},1\n`)
    expect([read.features.length, read.length, read.gather([1])[width - 1]]).toEqual([width, 2, width - 1])
  })

  it('refuses rows and columns that do not exist, and lets go of values', async () => {
    const read = await table('a,y\n1,0\n2,1\n')
    expect(() => read.gather([2])).toThrow('there is no row 2; the table has 2')
    expect(() => read.gather([-1])).toThrow(RangeError)
    expect(() => read.column(1)).toThrow('there is no feature 1; the table has 1')
    read.free()
    expect(() => read.gather([0])).toThrow(RangeError)
    expect(read.labels).toHaveLength(2)
  })

  it('reads a .tsv without being told', async () => {
    expect((await readTable(file('t.tsv', 'a\ty\n1\t0\n2\t1\n'))).origin.delimiter).toBe('\t')
  })
})

describe('hostile sizes', () => {
  it('take time linear in the length of a cell', async () => {
    const time = async (cell: string): Promise<number> => {
      const started = performance.now()
      await table(`a,b,y\n1,2,0\n${cell},4,1\n`, { exclude: ['a'] })
      return performance.now() - started
    }
    for (const cell of ['7'.repeat(1e6), ' '.repeat(1e6), `"${'""'.repeat(5e5)}"`, `"${','.repeat(1e6)}"`, `"${'\r\n'.repeat(5e5)}"`]) {
      expect(await time(cell)).toBeLessThan(4000)
    }
  })

  it('read ten thousand times ten columns', async () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `f${i}`)
    const row = names.map((_, i) => i % 10).join(',')
    const read = await table(`${names.join(',')},y\n${row},0\n${row},1\n`)
    expect(read.features).toHaveLength(100_000)
    const again = await table(`${names.join(',')},y\n${row},1\n`, { like: read.schema })
    expect(again.gather()[99_999]).toBe(9)
  })
})

describe('words', () => {
  it('finds the nearest name', () => {
    expect(nearest('Churn', ['age', 'churned'])).toBe('churned')
    expect(nearest('chrun.csv', ['churn.csv', 'other.csv'])).toBe('churn.csv')
    expect(nearest('visits', ['n_visits', 'age'])).toBe('n_visits')
    expect(nearest('AGE', ['cage', 'age'])).toBe('age')
    expect(nearest('zzz', ['age'])).toBeUndefined()
    expect(nearest('', ['age'])).toBeUndefined()
  })

  it('makes text printable', () => {
    expect(printable('a\u001b[2Jb\u0085\u009b\r\n\tc\u202e\u2028')).toBe('a[2Jbc')
    expect(printable('x'.repeat(100), 10)).toBe(`${'x'.repeat(10)}…`)
    expect(printable('naïve 😀 表')).toBe('naïve 😀 表')
  })
})
