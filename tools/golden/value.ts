/** From golden values to ours and back: decoding, comparing at PyTorch's tolerances, writing as Python would. */
import { type DType, Tensor, tensor } from '@tapegrad/core'
import { fromBase64, type Raw, type RawTensor } from './read.ts'

/** What the project does not have: the case counts as not passed and the name is listed. */
export class Missing extends Error {
  override name = 'Missing'
}

/** A Python `slice(start, stop, step)`. */
export class Slice {
  readonly start: unknown
  readonly stop: unknown
  readonly step: unknown
  constructor(start: unknown, stop: unknown, step: unknown) {
    this.start = start
    this.stop = stop
    this.step = step
  }
}

const buffers: Readonly<Record<string, (b: ArrayBuffer) => ArrayLike<number | bigint>>> = {
  float32: (b) => new Float32Array(b),
  float64: (b) => new Float64Array(b),
  int64: (b) => new BigInt64Array(b),
  int32: (b) => new Int32Array(b),
  int16: (b) => new Int16Array(b),
  int8: (b) => new Int8Array(b),
  uint8: (b) => new Uint8Array(b),
  bool: (b) => new Uint8Array(b),
}

const dtypes: readonly string[] = Object.keys(buffers)

/** Our name of a PyTorch dtype. */
export function toDType(name: string): DType {
  if (!dtypes.includes(name)) throw new Missing(`dtype ${name}`)
  return name as DType
}

const elements = (raw: RawTensor): ArrayLike<number | bigint> =>
  (buffers[toDType(raw.t)] as (b: ArrayBuffer) => ArrayLike<number | bigint>)(fromBase64(raw.d).buffer)

/** Our int64 is exact within +-2^53; beyond, the case needs what the project does not have. */
function checkExact(values: ArrayLike<number | bigint>): void {
  for (let i = 0; i < values.length; i++) {
    const v = values[i]
    if (typeof v === 'bigint' && BigInt(Number(v)) !== v) throw new Missing('int64 beyond 2^53')
  }
}

/** Our tensor of a golden one, a leaf. */
export function toTensor(raw: RawTensor): Tensor {
  const values = elements(raw)
  checkExact(values)
  return tensor(values as Parameters<typeof tensor>[0], { dtype: toDType(raw.t), shape: raw.s, requiresGrad: raw.g === true })
}

/** Our value of a golden one; tensors that require a gradient are gathered in order of appearance. */
export function decode(raw: Raw, leaves: Tensor[] = []): unknown {
  if ('t' in raw) {
    const t = toTensor(raw)
    if (raw.g === true) leaves.push(t)
    return t
  }
  if ('v' in raw) return raw.v
  if ('f' in raw) return raw.f === 'nan' ? Number.NaN : raw.f === 'inf' ? Infinity : -Infinity
  if ('list' in raw) return raw.list.map((item) => decode(item, leaves))
  if ('dict' in raw) return Object.fromEntries(Object.entries(raw.dict).map(([k, v]) => [k, decode(v, leaves)]))
  if ('dtype' in raw) return toDType(raw.dtype)
  const [start, stop, step] = raw.slice.map((part) => decode(part, leaves))
  return new Slice(start, stop, step)
}

/** PyTorch's default tolerances, as `torch.testing.assert_close` has them. */
const tolerances: Readonly<Record<string, readonly [rtol: number, atol: number]>> = { float32: [1.3e-6, 1e-5], float64: [1e-7, 1e-7] }

/** Whether two numbers agree within the dtype's tolerance; integers exactly, NaN with NaN. */
export function close(actual: number, expected: number, dtype: string): boolean {
  if (Object.is(actual, expected) || actual === expected) return true
  const tolerance = tolerances[dtype]
  if (tolerance === undefined || !Number.isFinite(actual) || !Number.isFinite(expected))
    return Number.isNaN(actual) && Number.isNaN(expected)
  return Math.abs(actual - expected) <= tolerance[1] + tolerance[0] * Math.abs(expected)
}

const sizes = (shape: readonly number[]): string => `[${shape.join(', ')}]`

const position = (flat: number, shape: readonly number[]): string => {
  const at: number[] = []
  for (let d = shape.length - 1; d >= 0; d--) {
    at.unshift(flat % (shape[d] as number))
    flat = Math.floor(flat / (shape[d] as number))
  }
  return sizes(at)
}

function compareTensor(actual: unknown, raw: RawTensor): string | null {
  if (!(actual instanceof Tensor)) return `expected a tensor, got ${describe(actual)}`
  if (actual.dtype !== raw.t) return `dtype ${actual.dtype}, expected ${raw.t}`
  if (sizes(actual.shape) !== sizes(raw.s)) return `shape ${sizes(actual.shape)}, expected ${sizes(raw.s)}`
  const expected = elements(raw)
  const got = actual.toArray()
  for (let i = 0; i < expected.length; i++)
    if (!close(Number(got[i]), Number(expected[i]), raw.t)) return `${got[i]} at ${position(i, raw.s)}, expected ${expected[i]}`
  return null
}

/** What differs between our result and the golden one, or null. */
export function difference(actual: unknown, raw: Raw): string | null {
  if ('t' in raw) return compareTensor(actual, raw)
  if ('list' in raw) {
    if (actual === null || typeof actual !== 'object' || !(Symbol.iterator in actual) || actual instanceof Tensor)
      return `expected ${raw.list.length} results, got ${describe(actual)}`
    const items = [...(actual as Iterable<unknown>)]
    if (items.length !== raw.list.length) return `${items.length} results, expected ${raw.list.length}`
    for (const [i, item] of raw.list.entries()) {
      const reason = difference(items[i], item)
      if (reason !== null) return `result ${i}: ${reason}`
    }
    return null
  }
  const expected = decode(raw)
  if (typeof expected === 'number' && typeof actual === 'number')
    return close(actual, expected, 'float64') ? null : `${actual}, expected ${expected}`
  return actual === expected ? null : `${describe(actual)}, expected ${describe(expected)}`
}

/** A value in a few words. */
export function describe(value: unknown): string {
  if (value instanceof Tensor) return `a ${value.dtype}${sizes(value.shape)} tensor`
  if (value !== null && typeof value === 'object')
    return Array.isArray(value) ? `[${value.map(describe).join(', ')}]` : `a ${value.constructor?.name ?? 'value'}`
  return String(value)
}

/** A number as Python's `repr` writes a float. */
export function pyFloat(x: number): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf'
  if (Object.is(x, -0)) return '-0.0'
  const magnitude = Math.abs(x)
  if (x !== 0 && (magnitude < 1e-4 || magnitude >= 1e16)) return x.toExponential().replace(/e([-+])(\d)$/, 'e$10$2')
  return Number.isInteger(x) ? `${x}.0` : String(x)
}

/** A value as Python's `repr` writes it. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return pyFloat(value)
  if (typeof value === 'string') return dtypes.includes(value) ? `torch.${value}` : `'${value.replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  // Not String(value), which is the value of a 0-dim tensor as in an f-string.
  return value.toString()
}
