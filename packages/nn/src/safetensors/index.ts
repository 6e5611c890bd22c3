/** Reading and writing safetensors, the format in which weights travel: pure bytes, nothing is executed. */
import { Tensor } from '@tapegrad/core'
import { fromBytes, kindOf, kinds, toBytes } from './dtypes.ts'
import { invalid, SafetensorError } from './error.ts'
import { type Header, parseHeader } from './header.ts'
import { decode, encode, hasLoneSurrogate } from './text.ts'

export { SafetensorError } from './error.ts'

/** The longest header that the reference reads. */
const MAX_HEADER = 100_000_000

/** What a file holds. */
export interface Safetensors {
  /** The tensors under their names, in the header's order. */
  readonly tensors: Map<string, Tensor>
  /** The free text beside them. */
  readonly metadata: Map<string, string>
}

/** Checks that the tensors fill the data without a hole or an overlap, and each its own bytes. */
function checkLayout({ tensors }: Header, dataLength: number): void {
  const byOffset = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)
  let at = 0
  for (const [name, { dtype, shape, begin, end }] of byOffset) {
    if (begin !== at || end < begin) throw invalid(`invalid offset for tensor \`${name}\``)
    let bytes = kindOf(dtype, name).itemsize
    for (const n of shape) {
      bytes *= n
      if (!Number.isSafeInteger(bytes)) throw invalid('overflow computing buffer size from shape and/or element type')
    }
    if (bytes !== end - begin) throw invalid('invalid shape, data type, or offset for tensor')
    at = end
  }
  if (at !== dataLength) throw invalid('incomplete metadata, file not fully covered')
}

/**
 * Reads the tensors of a safetensors file.
 *
 * Everything is checked before anything is allocated, more strictly than the reference does: duplicate names, unknown fields, more than 64
 * dimensions and truth values other than 0 and 1 are refused as well. Names are returned as they stand; never make a path of one.
 *
 * @example
 * const { tensors, metadata } = loadSafetensors(bytes)
 * model.loadStateDict(tensors)
 * @throws SafetensorError if the bytes are no valid file.
 * @see https://huggingface.co/docs/safetensors
 */
export function loadSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8) throw invalid('header too small')
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true)
  if (length > BigInt(MAX_HEADER)) throw invalid('header too large')
  const start = 8 + Number(length)
  if (start > bytes.length) throw invalid('invalid header length')
  const header = parseHeader(decode(bytes.subarray(8, start)))
  checkLayout(header, bytes.length - start)
  const tensors = new Map<string, Tensor>()
  for (const [name, { dtype, shape, begin, end }] of header.tensors)
    tensors.set(name, fromBytes(kindOf(dtype, name), shape, bytes.subarray(start + begin, start + end), name))
  return { tensors, metadata: header.metadata }
}

function checkText(what: string, text: unknown): asserts text is string {
  if (typeof text !== 'string' || hasLoneSurrogate(text))
    throw new SafetensorError(`Error while serializing: ${what} is no well-formed string`)
}

/**
 * Writes tensors as a safetensors file: equal tensors and metadata give equal bytes.
 *
 * As in the reference, the widest dtypes come first and names are sorted within each; the header is padded so that the data is aligned.
 *
 * @example
 * const bytes = saveSafetensors(model.stateDict(), { format: 'pt' })
 * @throws SafetensorError if a name or a text is malformed, or something is no tensor.
 * @see https://huggingface.co/docs/safetensors
 */
export function saveSafetensors(
  tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> | ReadonlyMap<string, string> = {},
): Uint8Array {
  const rank = (x: Tensor): number => kinds.findIndex((kind) => kind.dtype === x.dtype)
  const named: [string, Tensor][] = [...(tensors instanceof Map ? tensors : Object.entries(tensors))]
  for (const [name, x] of named) {
    checkText('a tensor name', name)
    if (name === '__metadata__') throw new SafetensorError('Error while serializing: a tensor cannot be named `__metadata__`')
    if (!(x instanceof Tensor)) throw new SafetensorError(`Error while serializing: \`${name}\` is no tensor`)
  }
  named.sort(([a, x], [b, y]) => rank(x) - rank(y) || (a < b ? -1 : 1))

  const fields: string[] = []
  const texts: [string, string][] = [...(metadata instanceof Map ? metadata : Object.entries(metadata))]
  for (const text of texts.flat()) checkText('the metadata', text)
  const field = (key: string, value: string): string => `${JSON.stringify(key)}:${value}`
  if (texts.length > 0) fields.push(field('__metadata__', `{${texts.map(([key, text]) => field(key, JSON.stringify(text))).join(',')}}`))
  const chunks: Uint8Array[] = []
  let at = 0
  for (const [name, x] of named) {
    const chunk = toBytes(x)
    const entry = { dtype: kinds[rank(x)]?.name, shape: x.shape, data_offsets: [at, at + chunk.length] }
    fields.push(field(name, JSON.stringify(entry)))
    chunks.push(chunk)
    at += chunk.length
  }
  const text = encode(`{${fields.join(',')}}`)
  const length = Math.ceil(text.length / 8) * 8
  const out = new Uint8Array(8 + length + at)
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true)
  out.fill(0x20, 8, 8 + length)
  out.set(text, 8)
  let offset = 8 + length
  for (const chunk of chunks) {
    out.set(chunk, offset)
    offset += chunk.length
  }
  return out
}
