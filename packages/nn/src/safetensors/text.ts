/** UTF-8, strictly. */
import { invalid } from './error.ts'

/** The web's codecs: every browser and Node has them, the ES library does not declare them. */
declare const TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string }
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

/** Decodes, refusing malformed bytes; a byte order mark is kept, for the JSON grammar to refuse. */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw invalid('invalid UTF-8 in header')
  }
}

/** Encodes. */
export const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Whether a string has half a surrogate pair, which UTF-8 cannot say. */
export function hasLoneSurrogate(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) as number
    if (code >= 0xd800 && code <= 0xdfff) return true
  }
  return false
}
