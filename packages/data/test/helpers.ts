import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataError, openSource, type ReadTableOptions, readTable, type Source, streamRows, type Table } from '@tapegrad/data/csv'

const folder = mkdtempSync(join(tmpdir(), 'tapegrad-data-'))

/** A file in a folder of its own, by its path. */
export function file(name: string, content: string | Uint8Array): string {
  const path = join(mkdtempSync(join(folder, 'f')), name)
  writeFileSync(path, content)
  return path
}

/** The bytes as a pipe gives them, cut after every `size` bytes (or where `cuts` says). */
export async function* chunks(content: string | Uint8Array, size: number | readonly number[] = 65536): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const cuts =
    typeof size === 'number' ? Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => (i + 1) * size) : [...size, bytes.length]
  let start = 0
  for (const cut of cuts) {
    yield Buffer.from(bytes.subarray(start, cut))
    start = cut
  }
}

export function pipe(content: string | Uint8Array, size?: number | readonly number[]): Promise<Source> {
  return openSource('-', { stdin: chunks(content, size) })
}

/** Options that only tests use: `fast: false` sends every byte through csv-parse. */
export type Options = ReadTableOptions & { fast?: boolean }

export async function table(content: string | Uint8Array, options: Options = {}, size?: number | readonly number[]): Promise<Table> {
  return readTable(await pipe(content, size), options)
}

/** All records as texts, the header first. */
export async function records(content: string | Uint8Array, options: Options = {}, size?: number | readonly number[]): Promise<string[][]> {
  const stream = await streamRows(await pipe(content, size), options)
  const all = [[...stream.header]]
  for await (const { rows } of stream) all.push(...rows)
  return all
}

/** The error that something ends in; fails where there is none or another kind. */
export async function problem(work: Promise<unknown> | (() => unknown)): Promise<DataError> {
  try {
    await (typeof work === 'function' ? work() : work)
  } catch (error) {
    if (error instanceof DataError) return error
    throw error
  }
  throw new Error('no problem was found')
}
