/**
 * Puts the bytes of the base kernels into bundles: a plugin of esbuild that writes what `base-bytes.ts` would emit.
 *
 * A byte is one character, 35 more than the byte (253 to 255 wrap around to the blank and its neighbours): nearly all of them are then ASCII without
 * control characters, and what a server compresses is little more than half of what base64 takes. Each function stands once, however many modules
 * have it: variants of a module have many of their functions in common.
 */
import type { Plugin } from 'esbuild'
import { baseBytes } from '../src/backend/wasm/base-bytes.ts'
import { readUnsigned } from '../src/backend/wasm/encoding.ts'
import { type Family, families, type Variant, variants } from '../src/backend/wasm/families.ts'

/** Cuts a module before each function body: what comes before the first, and the bodies. */
function cut(bytes: Uint8Array): Uint8Array[] {
  let at = 8
  const number = (): number => {
    const [value, end] = readUnsigned(bytes, at)
    at = end
    return value
  }
  while (bytes[at] !== 10) {
    at++
    const size = number()
    at += size
  }
  at++
  number()
  const cuts = [0]
  for (let left = number(); left > 0; left--) {
    cuts.push(at)
    const size = number()
    at += size
  }
  return cuts.map((from, i) => bytes.slice(from, cuts[i + 1]))
}

/** The text of the module that takes the place of `base-bytes.ts`. */
export function embedded(): string {
  const parts: string[] = []
  const known = new Map<string, number>()
  const modules: Record<string, number[]> = {}
  for (const family of Object.keys(families) as Family[])
    for (const variant of Object.keys(variants) as Variant[])
      modules[`${family} ${variant}`] = cut(baseBytes(family, variant)).map((bytes) => {
        const text = Array.from(bytes, (byte) => String.fromCharCode(((byte + 3) & 255) + 32)).join('')
        const index = known.get(text) ?? parts.push(text) - 1
        known.set(text, index)
        return index
      })
  return `
const parts = ${JSON.stringify(parts)}
const modules = ${JSON.stringify(modules)}
export function baseBytes(family, variant) {
  const text = modules[family + ' ' + variant].map((i) => parts[i]).join('')
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i) - 35
  return bytes
}`
}

/** Replaces `base-bytes.ts`. */
export const embedKernels: Plugin = {
  name: 'embed-kernels',
  setup(build) {
    build.onLoad({ filter: /[/\\]backend[/\\]wasm[/\\]base-bytes\.ts$/ }, () => ({ contents: embedded(), loader: 'js' }))
  },
}
