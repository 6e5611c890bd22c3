import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AtomicFile, writeAtomic } from '../src/artifacts/atomic.ts'
import { writeError } from '../src/artifacts/file-errors.ts'
import { folderName, RunFolder } from '../src/artifacts/run-folder.ts'
import { newFolder } from './world.ts'

/** The user without rights. */
const NOBODY = 65534

const now = new Date(2026, 10, 22, 6, 15, 0)

describe('atomic files', () => {
  test('appear whole, and nothing else stays', async () => {
    const folder = newFolder()
    await writeAtomic(join(folder, 'a.txt'), 'one')
    await writeAtomic(join(folder, 'a.txt'), new TextEncoder().encode('two'))
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('two')
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  test('are invisible until they are complete, and vanish when given up', async () => {
    const folder = newFolder({ 'a.txt': 'old' })
    const file = await AtomicFile.create(join(folder, 'a.txt'))
    await file.write('new')
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('old')
    await file.discard()
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })

  test('where writing fails the old file stays', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'a.txt'))
    await expect(writeAtomic(join(folder, 'a.txt'), 'x')).rejects.toThrow()
    expect(readdirSync(folder)).toEqual(['a.txt'])
  })
})

describe('the folder of a run', () => {
  const request = (cwd: string, more: object = {}): Parameters<typeof RunFolder.claim>[0] => ({
    out: undefined,
    force: false,
    dataName: 'data/churn.csv',
    cwd,
    now,
    ...more,
  })

  test('is named after time and table, and never used twice', async () => {
    const cwd = newFolder()
    const first = await RunFolder.claim(request(cwd))
    const second = await RunFolder.claim(request(cwd))
    expect([first.shown, second.shown]).toEqual(['runs/20261122-061500-churn', 'runs/20261122-061500-churn-2'])
  })

  test('goes away with its parents where nothing came to be in it', async () => {
    const cwd = newFolder()
    await (await RunFolder.claim(request(cwd))).discardIfEmpty()
    await (await RunFolder.claim(request(cwd, { out: 'a/b/c' }))).discardIfEmpty()
    expect(readdirSync(cwd)).toEqual([])
    mkdirSync(join(cwd, 'mine'))
    await (await RunFolder.claim(request(cwd, { out: 'mine' }))).discardIfEmpty()
    expect(readdirSync(cwd)).toEqual(['mine'])
  })

  test('holds all files of a write or none', async () => {
    const cwd = newFolder()
    const folder = await RunFolder.claim(request(cwd, { out: 'r' }))
    mkdirSync(join(cwd, 'r/b'))
    const files = new Map([
      ['a', 'x'],
      ['b/c', 'y'],
    ])
    await folder.write(files)
    expect(readdirSync(join(cwd, 'r')).sort()).toEqual(['a', 'b'])
    writeFileSync(join(cwd, 'r/file'), '')
    await expect(
      folder.write(
        new Map([
          ['a', 'changed'],
          ['file/c', 'y'],
        ]),
      ),
    ).rejects.toMatchObject({ code: 'E_NOT_A_FOLDER', exitCode: 5 })
    expect(readFileSync(join(cwd, 'r/a'), 'utf8')).toBe('x')
    expect(readdirSync(join(cwd, 'r')).sort()).toEqual(['a', 'b', 'file'])
  })

  test('is not taken from another run', async () => {
    const cwd = newFolder()
    mkdirSync(join(cwd, 'r'))
    writeFileSync(join(cwd, 'r/metrics.json'), '{}')
    await expect(RunFolder.claim(request(cwd, { out: 'r' }))).rejects.toMatchObject({
      code: 'E_OUT_EXISTS',
      message: 'r already holds metrics.json.',
    })
    writeFileSync(join(cwd, 'r/model.safetensors'), '')
    await expect(RunFolder.claim(request(cwd, { out: 'r' }))).rejects.toThrow(/^r already holds a model \(\w{3} \d+\)\.$/)
    expect((await RunFolder.claim(request(cwd, { out: 'r', force: true }))).shown).toBe('r')
  })

  test('cannot be below a file', async () => {
    const cwd = newFolder({ taken: '' })
    const error = await RunFolder.claim(request(cwd, { out: 'taken/run' })).catch((e: unknown) => e)
    expect(error).toMatchObject({ exitCode: 5, message: 'cannot write taken/run: a file is in the way of the folder.' })
  })

  test('30: cannot be where we may not write', async () => {
    const cwd = newFolder()
    const root = process.getuid?.() === 0
    // Nothing is forbidden to root, so root steps down for a moment.
    if (root) chownSync(cwd, NOBODY, NOBODY)
    chmodSync(cwd, 0o500)
    if (root) process.seteuid?.(NOBODY)
    try {
      await expect(RunFolder.claim(request(cwd))).rejects.toMatchObject({
        code: 'E_PERMISSION',
        message: 'cannot write runs/: permission denied.',
      })
    } finally {
      if (root) process.seteuid?.(0)
      chmodSync(cwd, 0o700)
    }
  })

  test('its name holds nothing but plain letters', () => {
    expect(folderName('../../etc/My dätä.csv.gz')).toBe('My-da-ta')
    expect(folderName('C:\\data\\x.tsv')).toBe('x')
    expect(folderName('.csv')).toBe('table')
    expect(folderName('\u001b[2J.csv')).toBe('2J')
  })
})

test('refusals of the file system in words', () => {
  const of = (code: string): unknown => writeError(Object.assign(new Error('x'), { code }), 'runs/')
  expect(of('EACCES')).toMatchObject({
    code: 'E_PERMISSION',
    message: 'cannot write runs/: permission denied.',
    fix: 'choose another place with --out.',
  })
  expect(of('ENOSPC')).toMatchObject({ code: 'E_DISK_FULL', message: 'cannot write runs/: the disk is full.', exitCode: 5 })
  expect(of('EROFS')).toMatchObject({ code: 'E_PERMISSION', message: 'cannot write runs/: the file system is read-only.' })
})

test('files of a run can be read by others as usual', async () => {
  const folder = newFolder()
  await writeAtomic(join(folder, 'a'), '')
  writeFileSync(join(folder, 'b'), '')
  expect(statSync(join(folder, 'a')).mode).toBe(statSync(join(folder, 'b')).mode)
})
