/** What PyTorch did, as kept in `golden/`. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type DType, type Tensor, tensor } from '@tapegrad/core'

export interface GoldenTensor {
  t: DType
  s: number[]
  d: string
  g?: boolean
}
export type GoldenValue = GoldenTensor | { v: unknown } | { list: GoldenValue[] }

const path = (name: string): URL => new URL(`golden/${name}`, import.meta.url)

export const readJson = <T>(name: string): T => JSON.parse(readFileSync(path(name), 'utf8')) as T

export const readLines = <T>(name: string): T[] =>
  gunzipSync(readFileSync(path(name)))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

export interface Message {
  id: string
  expect: { exception?: string; message?: string; result?: string; warnings?: { message: string }[] }
}

export const messages: ReadonlyMap<string, Message['expect']> = new Map(readJson<Message[]>('messages.json').map((m) => [m.id, m.expect]))

const bytes = (base64: string): ArrayBuffer => new Uint8Array(Buffer.from(base64, 'base64')).buffer

/** A tensor; its leaf is kept apart so that the test can ask for its gradient. */
export function fromGolden({ t, s, d, g }: GoldenTensor): Tensor {
  const elements = t === 'int64' ? new BigInt64Array(bytes(d)) : t === 'float64' ? new Float64Array(bytes(d)) : new Float32Array(bytes(d))
  return tensor(elements, { shape: s, requiresGrad: g === true })
}

export function plain(value: GoldenValue): unknown {
  if ('t' in value) return fromGolden(value)
  return 'v' in value ? value.v : value.list.map(plain)
}

export const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
