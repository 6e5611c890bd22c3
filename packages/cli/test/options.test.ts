import { describe, expect, test } from 'vitest'
import { CliError } from '../src/errors.ts'
import { parsePredict } from '../src/options/predict.ts'
import { parseTrain, TRAIN_DEFAULTS } from '../src/options/train.ts'

const parse = (...argv: string[]): ReturnType<typeof parseTrain> => parseTrain(argv, 'train')

function refusal(...argv: string[]): CliError {
  try {
    parse(...argv)
  } catch (error) {
    if (error instanceof CliError) return error
    throw error
  }
  throw new Error(`${argv.join(' ')} was accepted`)
}

describe('flags of train', () => {
  test('only --data is needed', () => {
    const options = parse('--data', 'x.csv')
    expect(options).toMatchObject({
      data: 'x.csv',
      optimizer: 'adam',
      lr: 0.01,
      batchSize: 32,
      valSplit: 0.1,
      testSplit: 0.2,
      seed: 42,
      threads: 1,
      scale: 'standard',
    })
    expect(options).toMatchObject({
      json: false,
      quiet: false,
      force: false,
      progress: true,
      header: true,
      stratify: true,
      missing: 'impute',
    })
    expect(options.epochs).toBeUndefined()
    expect(TRAIN_DEFAULTS.epochs).toBe(100)
  })

  test('short forms', () => {
    expect(parse('-d', 'x', '-t', 'y', '-o', 'out', '-fq')).toMatchObject({ data: 'x', target: 'y', out: 'out', force: true, quiet: true })
  })

  test('values', () => {
    expect(
      parse('-d', '-', '--lr=1e-3', '--epochs', '5', '--batch-size', 'full', '--no-progress', '--seed', '0', '--threads', '2'),
    ).toMatchObject({
      data: '-',
      lr: 0.001,
      epochs: 5,
      batchSize: 'full',
      progress: false,
      seed: 0,
      threads: 2,
    })
    expect(parse('-d', 'x', '--features', 'a,"b, ""c""", d', '--features', 'e').features).toEqual(['a', 'b, "c"', 'd', 'e'])
    expect(parse('-d', 'x', '--delimiter', 'tab', '--quote', 'none')).toMatchObject({ delimiter: '\t', quote: 'none' })
  })

  test.each([
    [['--lr', 'abc'], '--lr needs a number above 0, got "abc".'],
    [['--lr', '0'], '--lr needs a number above 0, got "0".'],
    [['--lr', '-1'], '--lr needs a number above 0, got "-1".'],
    [['--lr', '1e999'], '--lr needs a number above 0, got "1e999".'],
    [['--lr', '0x10'], '--lr needs a number above 0, got "0x10".'],
    [['--lr', ''], '--lr needs a number above 0, got "".'],
    [['--epochs', '1.5'], '--epochs needs a whole number from 1 on, got "1.5".'],
    [['--epochs', '0'], '--epochs needs a whole number from 1 on, got "0".'],
    [['--batch-size', 'half'], '--batch-size needs a whole number from 1 on, or full, got "half".'],
    [['--momentum', '-0.1'], '--momentum needs a number from 0 on, got "-0.1".'],
    [['--weight-decay', 'NaN'], '--weight-decay needs a number from 0 on, got "NaN".'],
    [['--val-split', '1'], '--val-split needs a fraction from 0 up to (not including) 1, got "1".'],
    [['--test-split', '20%'], '--test-split needs a fraction from 0 up to (not including) 1, got "20%".'],
    [['--patience', '-1'], '--patience needs a whole number from 0 on, got "-1".'],
    [['--threads', '0'], '--threads needs a whole number from 1 to 64, got "0".'],
    [['--seed', 'x'], '--seed needs a whole number from 0 on, got "x".'],
    [['--features', ','], '--features needs names of columns with commas between them, got ",".'],
    [['--delimiter', 'ab'], '--delimiter needs one character, tab, or auto, got "ab".'],
  ])('%j is refused', (argv, message) => {
    const error = refusal('-d', 'x', ...argv)
    expect([error.code, error.exitCode, error.message]).toEqual(['E_BAD_VALUE', 2, message])
  })

  test('a decimal comma, a misspelt word and a missing value get a hint', () => {
    expect(refusal('-d', 'x', '--lr', '0,01').fix).toBe('write a point instead of the comma: --lr 0.01')
    expect(refusal('-d', 'x', '--optimizer', 'adm').fix).toBe('did you mean --optimizer adam?')
    expect(refusal('--data').message).toBe('--data needs a value.')
    expect(refusal('--data', '--target', 'y').message).toBe('--data needs a file name, or -, got "--target".')
  })

  test('unknown flags and stray words', () => {
    const flag = refusal('-d', 'x', '--epoch', '3')
    expect([flag.code, flag.message, flag.fix]).toEqual(['E_UNKNOWN_OPTION', 'unknown option --epoch.', 'did you mean --epochs?'])
    expect(refusal('-d', 'x', '--epoch=3').fix).toBe('did you mean --epochs?')
    expect(refusal('-d', 'x', '--frobnicate').fix).toBe('see train --help')
    expect(refusal('x.csv')).toMatchObject({ code: 'E_EXTRA_ARGUMENT', fix: 'did you mean --data x.csv?' })
    expect(refusal('--seed', '1')).toMatchObject({ code: 'E_MISSING_OPTION', fix: 'train --data file.csv' })
  })

  test('splits must leave something', () => {
    expect(refusal('-d', 'x', '--val-split', '0.5', '--test-split', '0.5').message).toBe(
      '--val-split and --test-split add up to 1; nothing would be left to train on.',
    )
  })
})

describe('flags of predict', () => {
  test('model and data are needed', () => {
    expect(parsePredict(['-m', 'run', '-d', '-'], 'tapegrad predict')).toMatchObject({
      model: 'run',
      data: '-',
      out: undefined,
      force: false,
    })
    expect(() => parsePredict(['-d', 'x'], 'tapegrad predict')).toThrow('--model is missing.')
    expect(() => parsePredict(['-m', 'x'], 'tapegrad predict')).toThrow('--data is missing.')
  })

  test('columns can be renamed', () => {
    expect([...parsePredict(['-m', 'm', '-d', 'd', '--rename', 'a=b,c=d'], 'p').rename]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    expect(() => parsePredict(['-m', 'm', '-d', 'd', '--rename', 'a'], 'p')).toThrow('--rename needs pairs like n_visits=visits, got "a".')
  })
})
