import { ones, Tensor, tensor, zeros } from '@tapegrad/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Linear, loadSafetensors, SafetensorError, saveSafetensors } from '../src/index.ts'
import { readJson } from './golden.ts'

interface Case {
  id: string
  bytes_base64: string
  reference: { accepts: boolean; tensors?: [string, string, number[]][]; message?: string }
}

const names: Record<string, string> = {
  F32: 'float32',
  F64: 'float64',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
}
const cases = readJson<Case[]>('safetensors.json')

/** What the reference takes and we do not. */
const stricter: Record<string, string> = {
  duplicate_tensor_key: 'duplicate key "t"',
  shape_overflow_f64_precision: 'overflow computing buffer size from shape and/or element type',
  shape_many_dims: 'expected at most 64 elements',
}

const file = (header: string, data: readonly number[] = []): Uint8Array => {
  const text = new TextEncoder().encode(header)
  const out = new Uint8Array(8 + text.length + data.length)
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true)
  out.set(text, 8)
  out.set(data, 8 + text.length)
  return out
}

function rejection(bytes: Uint8Array): string {
  const start = performance.now()
  try {
    loadSafetensors(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(SafetensorError)
    expect(performance.now() - start).toBeLessThan(50)
    return (error as Error).message
  }
  throw new Error('accepted')
}

describe('the verdicts of the reference reader', () => {
  it.each(cases.map((c) => [c.id, c] as const))('%s', (id, { bytes_base64, reference }) => {
    const bytes = new Uint8Array(Buffer.from(bytes_base64, 'base64'))
    const strict = stricter[id]
    if (strict !== undefined) {
      expect(rejection(bytes)).toContain(strict)
    } else if (reference.accepts) {
      const found = [...loadSafetensors(bytes).tensors].map(([name, x]) => [name, x.dtype, x.shape])
      const wanted = reference.tensors?.map(([name, dtype, shape]) => [name, names[dtype], shape]) ?? []
      expect(found.sort()).toEqual(wanted.sort())
    } else {
      // The reference's words, but for what its JSON parser says.
      const message = rejection(bytes)
      const known = reference.message?.startsWith('Error while deserializing: invalid JSON in header')
        ? 'invalid JSON in header'
        : reference.message
      if (!/dtype|variant/.test(reference.message ?? '')) expect(message).toContain(known)
    }
  })
})

describe('stricter than the reference', () => {
  const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]'
  it.each([
    ['unknown fields', file(`{"t":${entry},"extra":1}}`, [0, 0, 0, 0]), 'unknown field `extra`'],
    ['duplicate fields', file(`{"t":${entry},"shape":[1]}}`, [0, 0, 0, 0]), 'duplicate key "shape"'],
    ['duplicates behind escapes', file(`{"t":${entry}},"\\u0074":${entry}}}`, [0, 0, 0, 0]), 'duplicate key "t"'],
    ['duplicate metadata', file('{"__metadata__":{"a":"1","a":"2"}}'), 'duplicate key "a"'],
    ['truth values of 2', file('{"t":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', [2]), 'a truth value other than 0 and 1'],
    [
      'integers that int64 does not hold exactly',
      file('{"t":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}', [0, 0, 0, 0, 0, 0, 0, 64]),
      'tensor `t` has an integer beyond +-2^53',
    ],
    ['lone surrogates', file(`{"\\ud800":${entry}}}`, [0, 0, 0, 0]), 'lone surrogate'],
    ['numbers with exponents', file('{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4e0]}}', [0, 0, 0, 0]), 'expected usize'],
    ['negative numbers', file('{"t":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}', [0, 0, 0, 0]), 'expected usize'],
    ['leading zeros', file('{"t":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}', [0, 0, 0, 0]), 'expected usize'],
    ['huge products', file('{"t":{"dtype":"F32","shape":[4503599627370496,4503599627370496,0],"data_offsets":[0,0]}}'), 'overflow'],
    [
      'dtypes we do not have',
      file('{"t":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}', [0, 0]),
      'dtype "BF16" of tensor `t` is not one of',
    ],
    ['missing dtypes', file('{"t":{"shape":[1],"data_offsets":[0,4]}}', [0, 0, 0, 0]), 'missing field `dtype`'],
    ['trailing data', file(`{"t":${entry}}}`, [0, 0, 0, 0, 0]), 'file not fully covered'],
    ['malformed UTF-8', file('{"\u00ff":1}').map((b) => (b === 0xc3 ? 0xff : b)), 'invalid UTF-8 in header'],
    ['trailing commas', file('{"__metadata__":{},}'), 'invalid JSON in header'],
    ['unclosed strings', file('{"t'), 'EOF while parsing a string'],
    ['control characters in strings', file('{"a\nb":1}'), 'invalid string'],
  ])('refuses %s', (_, bytes, message) => {
    expect(rejection(bytes)).toContain(message)
  })

  it('gives hostile names as they are, and touches no prototype', () => {
    const { tensors } = loadSafetensors(
      file(
        '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        [1, 2],
      ),
    )
    expect([...tensors.keys()]).toEqual(['__proto__', 'constructor'])
    expect(({} as { dtype?: string }).dtype).toBe(undefined)
  })

  it('reads a header of nested brackets quickly and without overflow', () => {
    expect(rejection(file(`{"__metadata__":${'['.repeat(1e6)}`))).toContain('invalid JSON in header')
    expect(rejection(file('"'.repeat(1e6)))).toContain('invalid JSON in header')
  })
})

const every = (): Map<string, Tensor> =>
  new Map([
    [
      'f32',
      tensor([
        [1.5, Number.NaN, Number.NEGATIVE_INFINITY],
        [-0, 3e-45, 2],
      ]),
    ],
    ['f64', tensor([Math.PI], { dtype: 'float64' })],
    ['i64', tensor([2n ** 53n, -(2n ** 53n)])],
    ['i32', tensor([-7, 7], { dtype: 'int32' })],
    ['i16', tensor([-300], { dtype: 'int16' })],
    ['i8', tensor([-3], { dtype: 'int8' })],
    ['u8', tensor([255, 0, 3], { dtype: 'uint8' })],
    ['bool', tensor([true, false])],
    ['scalar', tensor(4)],
    ['empty', zeros([0, 3])],
  ])

describe('round trips', () => {
  const same = (a: ReadonlyMap<string, Tensor>, b: ReadonlyMap<string, Tensor>): void => {
    expect([...a.keys()].sort()).toEqual([...b.keys()].sort())
    for (const [name, x] of a)
      expect([x.dtype, x.shape, x.toArray()]).toEqual([b.get(name)?.dtype, b.get(name)?.shape, b.get(name)?.toArray()])
  }

  it('of every dtype, with metadata', () => {
    const bytes = saveSafetensors(every(), { format: 'pt', 'näme "': '\n\u{1f600}' })
    const { tensors, metadata } = loadSafetensors(bytes)
    same(tensors, every())
    expect([...metadata]).toEqual([
      ['format', 'pt'],
      ['näme "', '\n\u{1f600}'],
    ])
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(headerLength % 8).toBe(0)
    expect([...tensors.keys()]).toEqual(['i64', 'f64', 'empty', 'f32', 'scalar', 'i32', 'i16', 'i8', 'u8', 'bool'])
  })

  it('from bytes at any offset of a buffer', () => {
    const bytes = saveSafetensors(every())
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    same(loadSafetensors(shifted.subarray(3)).tensors, every())
  })

  it('of a foreign file whose data is not aligned', () => {
    const { tensors } = loadSafetensors(
      file(
        '{"b":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}',
        [1, 0, 0, 128, 63],
      ),
    )
    expect(tensors.get('t')?.tolist()).toEqual([1])
  })

  it('of a model, whatever the layout of its tensors in memory', () => {
    const layer = new Linear(3, 2)
    const other = new Linear(3, 2)
    other.loadStateDict(loadSafetensors(saveSafetensors(layer.stateDict())).tensors)
    expect(other.weight.tolist()).toEqual(layer.weight.tolist())
    const turned = loadSafetensors(saveSafetensors({ w: layer.weight.t() })).tensors.get('w')
    expect(turned?.tolist()).toEqual(layer.weight.t().tolist())
  })

  it('is byte-equal to what the reference writes', () => {
    // save_file of safetensors 0.8.0, in Python, of these tensors.
    const theirs = new Uint8Array(
      Buffer.from(
        'cAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCLDpCI6eyJkdHlwZSI6Ikk2NCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzAsMTZdfSwiYSI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzE2LDI0XX0sImUiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzAsMl0sImRhdGFfb2Zmc2V0cyI6WzI0LDI0XX0sInoiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMl0sImRhdGFfb2Zmc2V0cyI6WzI0LDQwXX0sInUiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzQwLDQxXX0sImIiOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbNDEsNDNdfX0gIAEAAAAAAAAA+/////////8AAAAAAAAAQAAAwD8AAACAAABAQAAAgH8DAQA=',
        'base64',
      ),
    )
    const tensors = {
      b: tensor([true, false]),
      z: tensor([
        [1.5, -0],
        [3, Number.POSITIVE_INFINITY],
      ]),
      ä: tensor([1n, -5n]),
      a: tensor([2], { dtype: 'float64' }),
      u: tensor([3], { dtype: 'uint8' }),
      e: tensor([], { shape: [0, 2] }),
    }
    expect(saveSafetensors(tensors, { format: 'pt' })).toEqual(theirs)
    same(loadSafetensors(theirs).tensors, new Map(Object.entries(tensors)))
  })

  it('are byte-equal for equal contents in any order', () => {
    const entries = [...every()]
    expect(saveSafetensors(new Map(entries.reverse()))).toEqual(saveSafetensors(every()))
  })

  it('of anything', () => {
    const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 })
    const dtype = fc.constantFrom(...(['float32', 'float64', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'] as const))
    const name = fc.string({ unit: 'grapheme' }).filter((s) => s !== '__metadata__')
    const one = fc.tuple(shape, dtype, fc.integer({ min: 0, max: 1 })).map(([s, d, v]) => ones(s, { dtype: d }).mul(v).to({ dtype: d }))
    const tensors = fc.uniqueArray(fc.tuple(name, one), { selector: ([key]) => key, maxLength: 6 }).map((list) => new Map(list))
    fc.assert(
      fc.property(
        tensors,
        fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
          selector: ([key]) => key,
          maxLength: 3,
        }),
        (made, metadata) => {
          const read = loadSafetensors(saveSafetensors(made, new Map(metadata)))
          same(read.tensors, made)
          expect([...read.metadata]).toEqual(metadata)
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('damage', () => {
  const bytes = saveSafetensors({ weight: tensor([1, 2, 3]), flag: tensor([true]) }, { step: '3' })

  it('by truncation at any length is refused', () => {
    for (let n = 0; n < bytes.length; n++) expect(() => loadSafetensors(bytes.slice(0, n))).toThrow(SafetensorError)
  })

  it('of any byte gives a typed error or a well-formed file', () => {
    for (let i = 0; i < bytes.length; i++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const damaged = bytes.slice()
        damaged[i] = (damaged[i] as number) ^ flip
        try {
          for (const x of loadSafetensors(damaged).tensors.values()) expect(x).toBeInstanceOf(Tensor)
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorError)
        }
      }
    }
  })

  it('by noise gives a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        try {
          loadSafetensors(noise)
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorError)
        }
      }),
      { numRuns: 300 },
    )
  })
})

it('what cannot be written is refused', () => {
  expect(() => saveSafetensors({ __metadata__: ones([1]) })).toThrow('cannot be named `__metadata__`')
  expect(() => saveSafetensors({ a: 1 as unknown as Tensor })).toThrow('`a` is no tensor')
  expect(() => saveSafetensors({ '\ud800': ones([1]) })).toThrow('no well-formed string')
  expect(() => saveSafetensors({ a: ones([1]) }, { b: 1 as unknown as string })).toThrow('no well-formed string')
})
