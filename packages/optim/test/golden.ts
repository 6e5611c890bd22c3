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

const path = (name: string): URL => new URL(`golden/${name}`, import.meta.url)

export const readJson = <T>(name: string): T => JSON.parse(readFileSync(path(name), 'utf8')) as T

export const readLines = <T>(name: string): T[] =>
  gunzipSync(readFileSync(path(name)))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T)

/** The float32 elements of a golden tensor. */
export const floats = ({ d }: GoldenTensor): Float32Array => new Float32Array(new Uint8Array(Buffer.from(d, 'base64')).buffer)

export const fromGolden = (x: GoldenTensor): Tensor => tensor(floats(x), { shape: x.s, requiresGrad: x.g === true })
