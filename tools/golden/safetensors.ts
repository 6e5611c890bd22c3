/** `safetensors.json`: valid and hostile files with the verdict of the reference reader. */
import type * as nn from '@tapegrad/nn'
import { lookup } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { fromBase64, readJson } from './read.ts'

interface SafetensorsCase {
  readonly id: string
  readonly bytes_base64: string
  readonly reference:
    | { readonly accepts: true; readonly tensors: readonly (readonly [name: string, dtype: string, shape: readonly number[]])[] }
    | { readonly accepts: false; readonly error: string; readonly message: string }
}

/** What we refuse though the reference accepts it, each with its reason. */
const stricter: Readonly<Record<string, string>> = {
  duplicate_tensor_key: 'the format forbids duplicate names',
  shape_many_dims: 'thousands of dimensions are an attack, not a tensor',
  shape_overflow_f64_precision: 'a length beyond 2^53 cannot be held exactly',
}

const names: Readonly<Record<string, string>> = {
  F32: 'float32',
  F64: 'float64',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
}

function check({ id, bytes_base64, reference }: SafetensorsCase): string | null {
  const load = lookup('nn.loadSafetensors') as typeof nn.loadSafetensors
  const accepts = reference.accepts && stricter[id] === undefined
  try {
    const { tensors } = load(fromBase64(bytes_base64))
    if (!accepts) return `accepted, expected ${reference.accepts ? `a refusal: ${stricter[id]}` : reference.message}`
    // The reference tells tensors by their place in the data, we by their place in the header.
    const got = [...tensors].map(([name, t]) => JSON.stringify([name, t.dtype, t.shape])).sort()
    const expected = (reference.accepts ? reference.tensors : [])
      .map(([name, dtype, shape]) => JSON.stringify([name, names[dtype], shape]))
      .sort()
    return got.join() === expected.join() ? null : `${got}, expected ${expected}`
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SafetensorError') throw error
    return accepts ? `refused: ${error.message}` : null
  }
}

/** Runs `safetensors.json`. */
export const runSafetensors = (path: string): Outcome[] =>
  readJson<SafetensorsCase[]>(path).map((raw) => attempt(raw.id, '', () => check(raw)))
