import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { version } from '../src/version.ts'
import { call, newFolder } from './world.ts'

const cwd = newFolder()

describe('tapegrad', () => {
  test('knows its version', async () => {
    const manifest = JSON.parse(readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../package.json'), 'utf8'))
    expect(version).toBe(manifest.version)
    for (const argv of [['-V'], ['--version'], ['train', '-V'], ['predict', '--model', 'x', '--version']]) {
      expect(await call(cwd, argv)).toEqual({ code: 0, out: `${version}\n`, err: '' })
    }
  })

  test('help is on stdout, wins anywhere, and begins with examples', async () => {
    for (const argv of [
      ['train', '--help'],
      ['train', '--lr', 'abc', '-h'],
      ['help', 'train'],
    ]) {
      const { code, out, err } = await call(cwd, argv)
      expect([code, err]).toEqual([0, ''])
      expect(out.indexOf('Examples:')).toBeLessThan(out.indexOf('--data <file>'))
      for (const flag of [
        '--target',
        '--positive',
        '--features',
        '--exclude',
        '--epochs',
        '--lr',
        '--batch-size',
        '--optimizer',
        '--momentum',
        '--weight-decay',
        '--val-split',
        '--test-split',
        '--patience',
        '--seed',
        '--scale',
        '--out',
        '--force',
        '--json',
        '--quiet',
        '--no-progress',
        '--help',
        '--version',
      ]) {
        expect(out).toContain(flag)
      }
    }
    expect((await call(cwd, ['--help'])).out).toContain('predict')
  })

  test.each([40, 80, 200])('help fits into %i columns', async (columns) => {
    for (const command of ['train', 'predict']) {
      const { out } = await call(cwd, [command, '--help'], { columns, tty: true })
      const lines = out.split('\n').filter((line) => !/^ {2}\S/.test(line))
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(Math.max(60, columns))
    }
  })

  test('without arguments it shows how it is meant', async () => {
    expect(await call(cwd, [])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Commands:') })
    expect(await call(cwd, ['train'])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('tapegrad train --data churn.csv') })
  })

  test('calls itself as it was called', async () => {
    const { out } = await call(cwd, ['train', '--help'], { options: { alias: 'train' } })
    expect(out).toContain('\n  train --data churn.csv')
    expect((await call(cwd, ['train', '--help'], { options: { program: 'npm start --' } })).out).toContain(
      'npm start -- train --data churn.csv',
    )
  })

  test('unknown commands', async () => {
    expect(await call(cwd, ['trian'])).toEqual({
      code: 2,
      out: '',
      err: 'error[E_UNKNOWN_COMMAND]: unknown command "trian".\n  fix: did you mean train?\n',
    })
    expect(await call(cwd, ['xyz'])).toEqual({
      code: 2,
      out: '',
      err: 'error[E_UNKNOWN_COMMAND]: unknown command "xyz".\n  fix: commands: train, predict\n',
    })
    expect((await call(cwd, ['--data', 'x.csv'])).err).toContain('a command comes first: tapegrad train --data file.csv')
  })

  test('--json marks errors of flags as well', async () => {
    const { code, out } = await call(cwd, ['train', '--lr', 'x', '--json'])
    expect([code, JSON.parse(out).error.code]).toEqual([2, 'E_BAD_VALUE'])
  })
})
