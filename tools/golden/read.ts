/** Reads the golden files: what PyTorch does, one case a line or an entry. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** A tensor as the golden files write it: dtype, shape, base64 of the little-endian contiguous data, and whether it requires a gradient. */
export interface RawTensor {
  readonly t: string
  readonly s: readonly number[]
  readonly d: string
  readonly g?: boolean
}

/** Any argument or result as the golden files write it. */
export type Raw =
  | RawTensor
  | { readonly v: string | number | boolean | null }
  | { readonly f: string }
  | { readonly list: readonly Raw[] }
  | { readonly dict: Readonly<Record<string, Raw>> }
  | { readonly dtype: string }
  | { readonly slice: readonly Raw[] }

/** The project's own copy of the golden files. */
export const dataFolder: URL = new URL('./data/', import.meta.url)

/** The text of a golden file, unpacked where it is gzipped. */
export function readText(path: string | URL): string {
  const bytes = readFileSync(path)
  return (String(path).endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

/** A golden file of one JSON value. */
export const readJson = <T>(path: string | URL): T => JSON.parse(readText(path)) as T

/** A golden file of one JSON value a line. */
export const readLines = <T>(path: string | URL): T[] =>
  readText(path)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)

/** The bytes behind base64, alone in their buffer so that typed arrays may view them. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'base64'))
