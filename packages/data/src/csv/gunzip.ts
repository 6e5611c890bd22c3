/** Decompression that never trusts the file: cut, damaged or exploding archives end in an error. */

import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DataError } from '../errors.ts'
import { quoted } from '../text.ts'

export interface GunzipLimits {
  readonly maxBytes: number
  readonly maxRatio: number
}

/** Small archives may grow as they like. */
const FREE_BYTES = 64 << 20

/** The decompressed bytes of `compressed`; several members after one another are one file, as gzip has it. */
export async function* gunzip(compressed: AsyncIterable<Uint8Array>, name: string, limits: GunzipLimits): AsyncGenerator<Uint8Array> {
  let taken = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of compressed) {
      taken += chunk.length
      // A copy: the source may reuse its buffer while zlib still reads this one.
      yield Buffer.from(chunk)
    }
  }
  const input = Readable.from(counted(), { objectMode: false })
  const unzip = createGunzip({ chunkSize: 1 << 18 })
  input.on('error', (error) => unzip.destroy(error))
  let given = 0
  try {
    for await (const chunk of input.pipe(unzip) as AsyncIterable<Uint8Array>) {
      given += chunk.length
      if (given > limits.maxBytes || (given > FREE_BYTES && given > taken * limits.maxRatio)) throw bomb(name, given, taken)
      yield chunk
    }
  } catch (error) {
    throw gzipError(error, name)
  } finally {
    unzip.destroy()
    input.destroy()
  }
}

function bomb(name: string, given: number, taken: number): DataError {
  const size = `${Math.round(given / 2 ** 20)} MB from ${Math.max(1, Math.round(taken / 2 ** 10))} kB`
  return new DataError('E_TOO_LARGE', `${quoted(name)} grows suspiciously when unpacked (${size} so far); stopped.`, {
    where: name,
    fix: 'If you trust it, unpack it yourself (gunzip) and pass the plain file.',
  })
}

function gzipError(error: unknown, name: string): unknown {
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'string' || !code.startsWith('Z_')) return error
  if (code === 'Z_BUF_ERROR') {
    return new DataError('E_GZIP', `${quoted(name)} is cut off: its compressed data end too early.`, {
      where: name,
      fix: 'Fetch or write it again.',
      cause: error,
    })
  }
  const detail = error instanceof Error ? error.message : code
  return new DataError('E_GZIP', `${quoted(name)} is a damaged gzip file (${detail}).`, {
    where: name,
    fix: 'Fetch or write it again; gzip -t tells whether it is whole.',
    cause: error,
  })
}
