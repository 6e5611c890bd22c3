import { gzipSync } from 'node:zlib'
import { readTable, streamRows } from '@tapegrad/data/csv'
import { beforeEach, expect, it, vi } from 'vitest'
import { file } from './helpers.ts'

const opened: { readonly fd: number }[] = []

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>()
  const open: typeof actual.open = async (...args) => {
    const handle = await actual.open(...args)
    opened.push(handle)
    return handle
  }
  return { ...actual, open }
})

beforeEach(() => {
  opened.length = 0
})

const good = `a,b,y\n${'1,2,yes\n3,4,no\n'.repeat(100)}`
const workbook = 'PK\u0003\u0004....xl/workbook.xml[Content_Types].xml'
const long = 'a,b,y\n'.concat('1,2,yes\n3,4,no\n'.repeat(200_000))

/** A file that is never closed ends the process on newer engines, whenever its handle is collected. */
it.each<[string, string | Uint8Array]>([
  ['good', good],
  ['good and packed', gzipSync(good)],
  ['empty', ''],
  ['a workbook', Buffer.from(workbook, 'latin1')],
  ['a workbook, packed', gzipSync(Buffer.from(workbook, 'latin1'))],
  ['UTF-16', Buffer.from(`\ufeff${good}`, 'utf16le')],
  ['binary', Uint8Array.from({ length: 256 }, (_, i) => i)],
  ['cut off', gzipSync(good).subarray(0, 50)],
  ['cut off in its head', gzipSync(good).subarray(0, 12)],
  ['damaged', gzipSync(long).fill(7, 500, 600)],
  ['a header with a name twice', 'a,a,y\n1,2,yes\n'],
  ['ragged', `${good}1,2\n`],
  ['ragged and long', long.replace('3,4,no', '3,4')],
  ['an open quote', `${good}1,"2,yes\n`],
  ['one class', 'a,b,y\n1,2,yes\n'],
])('what was opened is closed: %s', async (_, content) => {
  const path = file('rows.csv', content)
  await readTable(path).catch(() => {})
  await readTable(path, { limit: 3 }).catch(() => {})
  const read = async () => {
    for await (const _ of await streamRows(path)) break
  }
  await read().catch(() => {})
  expect(opened.length).toBeGreaterThanOrEqual(6)
  expect(opened.map(({ fd }) => fd)).toEqual(opened.map(() => -1))
})
