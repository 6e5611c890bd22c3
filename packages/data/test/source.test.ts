import { createHash } from 'node:crypto'
import { readFileSync, truncateSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { DataError, openSource, readTable, type Source } from '@tapegrad/data/csv'
import { describe, expect, it } from 'vitest'
import { chunks, file, pipe, problem, table } from './helpers.ts'

const csv = `a,b,y\n${Array.from({ length: 2000 }, (_, i) => `${i * 7},${Math.sin(i)},${i % 2}\n`).join('')}`

async function bytesOf(source: Source): Promise<string> {
  const parts: Buffer[] = []
  for await (const chunk of source) parts.push(Buffer.from(chunk))
  return Buffer.concat(parts).toString()
}

describe('openSource', () => {
  it('gives the bytes of a file and says where it stands', async () => {
    const path = file('t.csv', `\ufeff${csv}`)
    const source = await openSource(path, { fingerprint: true })
    expect([source.name, source.size, source.bytesRead, source.sha256]).toEqual([path, csv.length + 3, 0, null])
    expect(await bytesOf(source)).toBe(csv)
    expect([source.bytesRead, source.gzip]).toEqual([csv.length + 3, false])
    expect(source.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'))
    await expect(bytesOf(source)).rejects.toThrow('was read already')
  })

  it('drops a byte order mark however it is cut', async () => {
    for (const size of [1, 2, 3, 4, 100]) expect(await bytesOf(await pipe('\ufeffa,b\n1,\ufeff2\n', size))).toBe('a,b\n1,\ufeff2\n')
  })

  it('stops at an abort signal', async () => {
    const abort = new AbortController()
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a,b\n')
      for (;;) {
        yield Buffer.from('1,2\n')
        abort.abort(new Error('enough'))
      }
    }
    const source = await openSource('-', { stdin: endless(), signal: abort.signal })
    await expect(readTable(source)).rejects.toThrow('enough')
  })

  it('notices a file that became shorter while it was read', async () => {
    const path = file('t.csv', csv)
    const source = await openSource(path)
    truncateSync(path, 5000)
    expect((await problem(bytesOf(source))).message).toMatch(/became shorter while it was read \(\d+ bytes when opened, 5000 when read\)/)
  })

  it('reports progress', async () => {
    const seen: [number, number][] = []
    await readTable(await pipe(csv, 10_000), { onProgress: (bytes, rows) => seen.push([bytes, rows]) })
    expect(seen.length).toBeGreaterThan(4)
    expect(seen.at(-1)![0]).toBe(csv.length)
    expect(seen.at(-1)![1]).toBeGreaterThan(1900)
  })
})

describe('gzip', () => {
  const zipped = gzipSync(csv)

  it('is known by its content, whatever the name', async () => {
    for (const name of ['t.csv.gz', 't.csv']) {
      const read = await readTable(file(name, zipped), { fingerprint: true })
      expect([read.length, read.origin.gzip, read.origin.bytes]).toEqual([2000, true, zipped.length])
      expect(read.origin.sha256).toBe(createHash('sha256').update(zipped).digest('hex'))
    }
    expect((await readTable(file('plain.csv.gz', csv))).length).toBe(2000)
    for (const size of [1, 17, 1000]) expect((await table(zipped, {}, size)).length).toBe(2000)
  })

  it('may have several members', async () => {
    const half = csv.indexOf('\n', csv.length / 2) + 1
    const members = Buffer.concat([gzipSync(csv.slice(0, half)), gzipSync(csv.slice(half))])
    expect((await table(members)).length).toBe(2000)
    expect((await table(Buffer.concat([zipped, Buffer.alloc(512)]))).length).toBe(2000)
  })

  it('must be whole', async () => {
    for (let i = 1; i <= 20; i++) {
      const cut = zipped.subarray(0, Math.max(3, Math.floor((zipped.length * i) / 21)))
      const error = await problem(table(cut))
      expect([error.code, error.message]).toEqual(['E_GZIP', '"stdin" is cut off: its compressed data end too early.'])
    }
  })

  it('must be undamaged', async () => {
    const crc = Buffer.from(zipped)
    crc[crc.length - 8]! ^= 1
    expect((await problem(table(crc))).code).toBe('E_GZIP')
    const middle = Buffer.from(zipped)
    middle[middle.length >> 1]! ^= 0xff
    expect((await problem(table(middle))).kind).toBe('data')
    const junk = Buffer.concat([zipped, Buffer.from('this is no gzip member')])
    await expect(table(junk)).rejects.toBeInstanceOf(DataError)
  })

  it('must not explode', async () => {
    const zeros = gzipSync(Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(100 << 20, '0,0\n')]))
    expect(zeros.length).toBeLessThan(300_000)
    expect((await problem(table(zeros))).code).toBe('E_TOO_LARGE')
    expect(
      (await problem(openSource('-', { stdin: chunks(zipped), maxBytes: 20_000 }).then((source) => readTable(source)))).message,
    ).toMatch(/grows suspiciously when unpacked/)
    const trusting = await openSource('-', { stdin: chunks(gzipSync(`a,y\n${'1,0\n2,1\n'.repeat(100_000)}`)), maxRatio: 1 })
    expect((await readTable(trusting)).length).toBe(200_000)
  })

  it('is not nested, and no archive', async () => {
    expect((await problem(table(gzipSync(zipped)))).message).toBe('"stdin" was compressed twice.')
    const tar = Buffer.alloc(1024)
    tar.write('t.csv')
    tar.write('ustar', 257)
    expect((await problem(table(gzipSync(tar)))).message).toBe('"stdin" is a tar archive, not CSV.')
    expect((await problem(table(gzipSync('')))).message).toBe('"stdin" is empty (nothing inside the gzip file).')
  })
})
