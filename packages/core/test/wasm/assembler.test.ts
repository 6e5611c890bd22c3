import { afterAll, describe, expect, it } from 'vitest'
import { type FunctionBuilder, type Local, ModuleBuilder, type ValueType } from '../../src/backend/wasm/assembler.ts'
import { signed32, signed64, splatBytes, unsigned } from '../../src/backend/wasm/encoding.ts'
import { type LaneOp, type MemoryOp, type Op, opcodes } from '../../src/backend/wasm/opcodes.ts'
import { hasRelaxed } from './arena.ts'

const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536 })
const bytes = new Uint8Array(memory.buffer)
const tested = new Set<string>()

type Scalar = number | bigint

/** Assembles and calls one function. */
function call(
  params: readonly ValueType[],
  results: readonly ValueType[],
  body: (f: FunctionBuilder) => void,
  args: readonly Scalar[],
): Scalar {
  const module = new ModuleBuilder()
  const f = module.function('f', params, results)
  body(f)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } })
  return (exports['f'] as (...args: readonly Scalar[]) => Scalar)(...args)
}

/** One scalar instruction on its arguments. */
function scalar(op: Op, ...args: Scalar[]): Scalar {
  tested.add(op)
  const [type, name = ''] = op.split('.') as [ValueType, string]
  const source = /_(i32|i64|f32|f64)/.exec(name)?.[1] as ValueType | undefined
  const test = /^(eqz|eq|ne|[lg][te](_[su])?)$/.test(name)
  const params = args.map(() => source ?? type)
  return call(params, [test ? 'i32' : type], (f) => params.forEach((_, i) => f.get(f.params[i] as Local)) ?? f.op(op), args)
}

describe('numbers', () => {
  const collect = (append: (out: number[]) => void): number[] => {
    const out: number[] = []
    append(out)
    return out
  }

  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('%d without sign', (n, want) => expect(collect((out) => unsigned(out, n))).toEqual(want))

  it.each([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 7]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])('%d with a sign', (n, want) => {
    expect(collect((out) => signed32(out, n))).toEqual(want)
    expect(collect((out) => signed64(out, BigInt(n)))).toEqual(want)
  })

  it('survive a way through a module', () => {
    for (const n of [0, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)]) expect(call([], ['i32'], (f) => f.i32(n), [])).toBe(n)
    for (const n of [0n, 63n, 64n, -65n, 2n ** 63n - 1n, -(2n ** 63n)]) expect(call([], ['i64'], (f) => f.i64(n), [])).toBe(n)
    for (const n of [0, -0, 0.1, 1e300, Infinity, Number.NaN]) {
      expect(call([], ['f32'], (f) => f.f32(n), [])).toBe(Math.fround(n))
      expect(call([], ['f64'], (f) => f.f64(n), [])).toBe(n)
    }
  })
})

describe('modules', () => {
  it('have the bytes of the specification', () => {
    const module = new ModuleBuilder()
    const f = module.function('f', ['i32'], ['i32'])
    f.get(f.params[0] as Local)
      .i32(1)
      .op('i32.add')
    expect([...module.build()]).toEqual(
      [
        [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        [1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f],
        [2, 18, 1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 1, 1, 0x80, 0x80, 4],
        [3, 2, 1, 0],
        [7, 5, 1, 1, 0x66, 0, 0],
        [10, 9, 1, 7, 0, 0x20, 0, 0x41, 1, 0x6a, 0x0b],
      ].flat(),
    )
  })

  it('call imported and own functions', () => {
    const module = new ModuleBuilder({ module: 'm', name: 'mem', pages: 0 })
    const twice = module.import('host', 'twice', ['f64'], ['f64'])
    const inner = module.function(null, ['f64'], ['f64'])
    inner
      .get(inner.params[0] as Local)
      .call(twice)
      .f64(1)
      .op('f64.add')
    const f = module.function('f', ['f64'], ['f64'])
    f.get(f.params[0] as Local)
      .call(inner)
      .call(inner)
    const host = { twice: (x: number) => 2 * x }
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { host, m: { mem: memory } })
    expect((exports['f'] as (x: number) => number)(5)).toBe(23)
    expect(Object.keys(exports)).toEqual(['f'])
    expect(() => module.import('host', 'late', [])).toThrow('functions are imported before any is defined')
  })

  it('share types and keep locals of every type apart', () => {
    const sum = (f: FunctionBuilder) => {
      const [a, b, c, d] = [f.local('i32'), f.local('f64'), f.local('i32'), f.local('v128')]
      f.i32(1).set(a).f64(2).set(b).i32(3).set(c).i32x4(4).set(d)
      f.get(a).get(c).op('i32.add').get(b).op('i32.trunc_f64_s', 'i32.add').get(d).lane('i32x4.extract_lane', 3).op('i32.add')
    }
    expect(call([], ['i32'], sum, [])).toBe(10)
  })
})

describe('control flow', () => {
  it('counts in a loop inside of a block', () => {
    const body = (f: FunctionBuilder) => {
      const [n] = f.params as [Local]
      const total = f.local('i32')
      f.block((done) =>
        f.loop((again) => {
          f.get(n).op('i32.eqz').brIf(done)
          f.get(total).get(n).op('i32.add').set(total)
          f.increment(n, -1).br(again)
        }),
      )
      f.get(total)
    }
    expect(call(['i32'], ['i32'], body, [10])).toBe(55)
  })

  it('chooses, with and without an else, and leaves from inside', () => {
    const body = (f: FunctionBuilder) => {
      const [n] = f.params as [Local]
      f.block((out) => {
        f.get(n).i32(7).op('i32.eq')
        f.if(() => f.i32(70).set(n).br(out))
        f.get(n)
        f.if(
          () => f.i32(1),
          () => f.i32(2),
          'i32',
        ).set(n)
      })
      f.get(n)
    }
    expect([7, 5, 0].map((n) => call(['i32'], ['i32'], body, [n]))).toEqual([70, 1, 2])
  })

  it('returns, drops and selects', () => {
    for (const op of ['return', 'drop', 'select'] as const) tested.add(op)
    const early = (f: FunctionBuilder) => f.i32(3).i32(4).i32(0).op('select').op('return').i32(9).op('drop').i32(5)
    expect(call([], ['i32'], early, [])).toBe(4)
  })
})

/** What names of instructions mean, for numbers and for big integers. */
const wholeNumbers: Record<string, (x: bigint, y: bigint, bits: number) => bigint> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  and: (x, y) => x & y,
  or: (x, y) => x | y,
  xor: (x, y) => x ^ y,
  neg: (x) => -x,
  abs: (x) => (x < 0n ? -x : x),
  div_s: (x, y) => x / y,
  rem_s: (x, y) => x % y,
  div_u: (x, y, n) => BigInt.asUintN(n, x) / BigInt.asUintN(n, y),
  rem_u: (x, y, n) => BigInt.asUintN(n, x) % BigInt.asUintN(n, y),
  shl: (x, y, n) => x << (y & BigInt(n - 1)),
  shr_s: (x, y, n) => x >> (y & BigInt(n - 1)),
  shr_u: (x, y, n) => BigInt.asUintN(n, x) >> (y & BigInt(n - 1)),
  rotl: (x, y, n) => (BigInt.asUintN(n, x) << (y & BigInt(n - 1))) | (BigInt.asUintN(n, x) >> (BigInt(n) - (y & BigInt(n - 1)))),
  rotr: (x, y, n) => (BigInt.asUintN(n, x) >> (y & BigInt(n - 1))) | (BigInt.asUintN(n, x) << (BigInt(n) - (y & BigInt(n - 1)))),
  min_s: (x, y) => (x < y ? x : y),
  max_s: (x, y) => (x > y ? x : y),
  min_u: (x, y, n) => (BigInt.asUintN(n, x) < BigInt.asUintN(n, y) ? x : y),
  max_u: (x, y, n) => (BigInt.asUintN(n, x) > BigInt.asUintN(n, y) ? x : y),
  clz: (x, _, n) => BigInt(BigInt.asUintN(n, x).toString(2).padStart(n, '0').indexOf('1')),
  ctz: (x, _, n) => BigInt(n - 1 - BigInt.asUintN(n, x).toString(2).padStart(n, '0').lastIndexOf('1')),
  popcnt: (x, _, n) => BigInt([...BigInt.asUintN(n, x).toString(2)].filter((c) => c === '1').length),
}

const comparisons: Record<string, (x: number | bigint, y: number | bigint) => boolean> = {
  eq: (x, y) => x === y,
  ne: (x, y) => x !== y,
  lt: (x, y) => x < y,
  gt: (x, y) => x > y,
  le: (x, y) => x <= y,
  ge: (x, y) => x >= y,
}

const floats: Record<string, (x: number, y: number) => number> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  min: Math.min,
  max: Math.max,
  pmin: (x, y) => (y < x ? y : x),
  pmax: (x, y) => (x < y ? y : x),
  abs: Math.abs,
  neg: (x) => -x,
  sqrt: Math.sqrt,
  ceil: Math.ceil,
  floor: Math.floor,
  trunc: Math.trunc,
  nearest: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  copysign: (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x)),
}

describe('scalar instructions', () => {
  const pairs = [
    [-7n, 3n],
    [12345678n, -9n],
    [-1n, 31n],
    [5n, 5n],
  ] as const

  it.each([
    ['i32', 32],
    ['i64', 64],
  ] as const)('of %s', (type, n) => {
    const wrap = (x: bigint): Scalar => (type === 'i32' ? Number(BigInt.asIntN(32, x)) : BigInt.asIntN(64, x))
    for (const [name, f] of Object.entries(wholeNumbers)) {
      const op = `${type}.${name}` as Op
      if (!opcodes.has(op)) continue
      const args = f.length === 1 || ['clz', 'ctz', 'popcnt'].includes(name) ? 1 : 2
      for (const [x, y] of pairs) expect(scalar(op, ...[wrap(x), wrap(y)].slice(0, args)), op).toBe(wrap(f(x, y, n)))
    }
    for (const [name, f] of Object.entries(comparisons))
      for (const [x, y] of pairs) {
        if (name === 'eq' || name === 'ne') expect(scalar(`${type}.${name}`, wrap(x), wrap(y))).toBe(Number(f(x, y)))
        else {
          expect(scalar(`${type}.${name}_s` as Op, wrap(x), wrap(y))).toBe(Number(f(x, y)))
          expect(scalar(`${type}.${name}_u` as Op, wrap(x), wrap(y))).toBe(Number(f(BigInt.asUintN(n, x), BigInt.asUintN(n, y))))
        }
      }
    expect([wrap(0n), wrap(2n)].map((x) => scalar(`${type}.eqz`, x))).toEqual([1, 0])
  })

  it.each(['f32', 'f64'] as const)('of %s', (type) => {
    const round = (x: number) => (type === 'f32' ? Math.fround(x) : x)
    for (const [x, y] of [
      [2.5, -1.25],
      [-3.5, 7],
      [-0.5, -0],
      [4, 4],
    ] as const) {
      for (const [name, f] of Object.entries(floats)) {
        const op = `${type}.${name}` as Op
        if (opcodes.has(op)) expect(scalar(op, ...[x, y].slice(0, f.length)), op).toBe(round(f(x, y)))
      }
      for (const [name, f] of Object.entries(comparisons)) expect(scalar(`${type}.${name}` as Op, x, y)).toBe(Number(f(x, y)))
    }
  })

  it('that convert', () => {
    const conversions: [Op, Scalar, Scalar][] = [
      ['i32.wrap_i64', 2n ** 32n + 5n, 5],
      ['i64.extend_i32_s', -5, -5n],
      ['i64.extend_i32_u', -5, 2n ** 32n - 5n],
      ['f32.demote_f64', 0.1, Math.fround(0.1)],
      ['f64.promote_f32', 0.1, Math.fround(0.1)],
      ['i32.reinterpret_f32', 1, 0x3f800000],
      ['f32.reinterpret_i32', 0x3f800000, 1],
      ['i64.reinterpret_f64', 1, 0x3ff0000000000000n],
      ['f64.reinterpret_i64', 0x3ff0000000000000n, 1],
    ]
    for (const float of ['f32', 'f64'] as const) {
      conversions.push([`i32.trunc_${float}_s`, -2.9, -2], [`i32.trunc_${float}_u`, 3e9, 3e9 - 2 ** 32])
      conversions.push([`i64.trunc_${float}_s`, -2.9, -2n], [`i64.trunc_${float}_u`, 2 ** 63, -(2n ** 63n)])
      conversions.push([`${float}.convert_i32_s`, -2, -2], [`${float}.convert_i32_u`, -(2 ** 31), 2 ** 31])
      conversions.push([`${float}.convert_i64_s`, -2n, -2], [`${float}.convert_i64_u`, -(2n ** 63n), 2 ** 63])
    }
    for (const [op, x, want] of conversions) expect(scalar(op, x), op).toBe(want)
  })
})

/** Runs vector code on what stands at 0, 16 and 32; the result goes to 48. */
function vector(body: (f: FunctionBuilder) => void, ...inputs: (readonly number[] | ArrayBufferView)[]): Uint8Array<ArrayBuffer> {
  inputs.forEach((x, i) => bytes.set(ArrayBuffer.isView(x) ? new Uint8Array(x.buffer, x.byteOffset, 16) : x, 16 * i))
  call(
    [],
    [],
    (f) => {
      f.i32(0)
      body(f)
      f.store('v128.store', 48)
    },
    [],
  )
  tested.add('v128.load').add('v128.store')
  return bytes.slice(48, 64)
}

const at = (f: FunctionBuilder, i: number) => f.i32(0).load('v128.load', 16 * i)

describe('vector instructions', () => {
  const shapes = {
    i8x16: { array: Int8Array, unsigned: Uint8Array, bits: 8 },
    i16x8: { array: Int16Array, unsigned: Uint16Array, bits: 16 },
    i32x4: { array: Int32Array, unsigned: Uint32Array, bits: 32 },
    i64x2: { array: BigInt64Array, unsigned: BigUint64Array, bits: 64 },
  } as const
  const a = Uint8Array.from({ length: 16 }, (_, i) => (i * 89 + 200) & 255)
  const b = Uint8Array.from({ length: 16 }, (_, i) => (i % 3 === 0 ? (a[i] as number) : (i * 151 + 7) & 255))

  it.each(Object.entries(shapes))('of whole numbers %s', (shape, { array, unsigned, bits }) => {
    const lanes = (x: Uint8Array<ArrayBuffer>, signed: boolean): bigint[] =>
      [...(new (signed ? array : unsigned)(x.buffer.slice(x.byteOffset, x.byteOffset + 16)) as Int32Array)].map(BigInt)
    const mask = (yes: boolean) => (yes ? -1n : 0n)
    const rules: [string, (x: bigint, y: bigint) => bigint, number][] = []
    for (const [name, f] of Object.entries(wholeNumbers))
      rules.push([name, (x, y) => f(x, y, bits), ['neg', 'abs', 'popcnt'].includes(name) ? 1 : 2])
    for (const [name, f] of Object.entries(comparisons)) {
      rules.push([name, (x, y) => mask(f(x, y)), 2], [`${name}_s`, (x, y) => mask(f(x, y)), 2])
      rules.push([`${name}_u`, (x, y) => mask(f(BigInt.asUintN(bits, x), BigInt.asUintN(bits, y))), 2])
    }
    for (const [name, f, args] of rules) {
      const op = `${shape}.${name}` as Op
      if (!opcodes.has(op)) continue
      tested.add(op)
      const shift = name.startsWith('sh')
      const got = vector(
        (k) => {
          at(k, 0)
          if (shift) k.i32(5)
          else if (args === 2) at(k, 1)
          k.op(op)
        },
        a,
        b,
      )
      const ys = shift ? lanes(a, true).map(() => 5n) : lanes(b, true)
      const want = lanes(a, true).map((x, i) => BigInt.asIntN(bits, f(x, ys[i] as bigint)))
      expect(lanes(got, true), op).toEqual(want)
    }
    for (const [name, want] of [
      ['all_true', 1],
      ['bitmask', lanes(a, true).reduce((m, x, i) => m | (x < 0n ? 1 << i : 0), 0)],
    ] as const) {
      tested.add(`${shape}.${name}`)
      bytes.set(a)
      expect(call([], ['i32'], (f) => at(f, 0).op(`${shape as 'i32x4'}.${name}`), [])).toBe(want)
    }
  })

  it.each([
    ['f32x4', Float32Array, Int32Array],
    ['f64x2', Float64Array, BigInt64Array],
  ] as const)('of floats %s', (shape, array, mask) => {
    const x = new array(shape === 'f32x4' ? [2.5, -3.5, Number.NaN, -0] : [2.5, Number.NaN])
    const y = new array(shape === 'f32x4' ? [-1.25, 7, 1, 0] : [7, 2])
    for (const [name, f] of Object.entries(floats)) {
      const op = `${shape}.${name}` as Op
      if (!opcodes.has(op)) continue
      tested.add(op)
      const got = vector((k) => (f.length === 2 ? at(at(k, 0), 1) : at(k, 0)).op(op), x, y)
      expect(new array(got.buffer), op).toEqual(x.map((v, i) => f(v, y[i] as number)))
    }
    for (const [name, f] of Object.entries(comparisons)) {
      const op = `${shape}.${name}` as Op
      tested.add(op)
      const got = vector((k) => at(at(k, 0), 1).op(op), x, y)
      expect([...new mask(got.buffer)].map(Number), op).toEqual([...x].map((v, i) => (f(v, y[i] as number) ? -1 : 0)))
    }
  })

  it('of bits', () => {
    const rules: [Op, (x: number, y: number, z: number) => number, number][] = [
      ['v128.not', (x) => ~x, 1],
      ['v128.and', (x, y) => x & y, 2],
      ['v128.andnot', (x, y) => x & ~y, 2],
      ['v128.or', (x, y) => x | y, 2],
      ['v128.xor', (x, y) => x ^ y, 2],
      ['v128.bitselect', (x, y, z) => (x & z) | (y & ~z), 3],
    ]
    const c = a.map((x) => (x * 7) & 255)
    for (const [op, f, args] of rules) {
      tested.add(op)
      const got = vector(
        (k) =>
          [0, 1, 2]
            .slice(0, args)
            .reduce((k, i) => at(k, i), k)
            .op(op),
        a,
        b,
        c,
      )
      expect([...got], op).toEqual([...a].map((x, i) => f(x, b[i] as number, c[i] as number) & 255))
    }
    tested.add('v128.any_true')
    expect(call([], ['i32'], (f) => f.i32x4(0).op('v128.any_true'), [])).toBe(0)
    expect(call([], ['i32'], (f) => f.bytes([...a]).op('v128.any_true'), [])).toBe(1)
  })

  it('that widen, narrow and convert', () => {
    const shorts = new Int16Array([1, -1, 300, -300, 127, -128, 255, 32767])
    const ints = new Int32Array([1, -70000, 70000, -5])
    const singles = new Float32Array([1.5, -2.7, 3e9, -1])
    const doubles = new Float64Array([0.1, -2.9])
    const cases: [Op, ArrayBufferView, (got: ArrayBuffer) => ArrayLike<number | bigint>, readonly (number | bigint)[]][] = [
      ['f32x4.demote_f64x2_zero', doubles, (b) => new Float32Array(b), [Math.fround(0.1), Math.fround(-2.9), 0, 0]],
      ['f64x2.promote_low_f32x4', singles, (b) => new Float64Array(b), [1.5, Math.fround(-2.7)]],
      ['i32x4.trunc_sat_f32x4_s', singles, (b) => new Int32Array(b), [1, -2, 2 ** 31 - 1, -1]],
      ['i32x4.trunc_sat_f32x4_u', singles, (b) => new Uint32Array(b), [1, 0, 3e9, 0]],
      ['f32x4.convert_i32x4_s', ints, (b) => new Float32Array(b), [1, -70000, 70000, -5]],
      ['f32x4.convert_i32x4_u', ints, (b) => new Float32Array(b), [1, Math.fround(2 ** 32 - 70000), 70000, Math.fround(2 ** 32 - 5)]],
      ['i32x4.trunc_sat_f64x2_s_zero', doubles, (b) => new Int32Array(b), [0, -2, 0, 0]],
      ['i32x4.trunc_sat_f64x2_u_zero', doubles, (b) => new Uint32Array(b), [0, 0, 0, 0]],
      ['f64x2.convert_low_i32x4_s', ints, (b) => new Float64Array(b), [1, -70000]],
      ['f64x2.convert_low_i32x4_u', ints, (b) => new Float64Array(b), [1, 2 ** 32 - 70000]],
    ]
    const parts = {
      i16x8: ['i8x16', Int8Array, Uint8Array, Int16Array],
      i32x4: ['i16x8', Int16Array, Uint16Array, Int32Array],
      i64x2: ['i32x4', Int32Array, Uint32Array, BigInt64Array],
    } as const
    for (const [to, [from, signed, unsigned, wide]] of Object.entries(parts))
      for (const half of ['low', 'high'])
        for (const sign of ['s', 'u']) {
          const source = [...new (sign === 's' ? signed : unsigned)(a.buffer)]
          const n = source.length / 2
          cases.push([
            `${to}.extend_${half}_${from}_${sign}` as Op,
            a,
            (b) => new wide(b) as ArrayLike<number | bigint>,
            source.slice(half === 'low' ? 0 : n, half === 'low' ? n : 2 * n).map((x) => (to === 'i64x2' ? BigInt(x) : x)),
          ])
        }
    for (const [op, x, read, want] of cases) {
      tested.add(op)
      expect(Array.from(read(vector((k) => at(k, 0).op(op), x).buffer as ArrayBuffer)), op).toEqual(want)
    }
    const clamp = (x: number, low: number, high: number) => Math.max(low, Math.min(high, x))
    const narrows: [Op, ArrayLike<number> & ArrayBufferView, (b: ArrayBuffer) => ArrayLike<number>, number, number][] = [
      ['i8x16.narrow_i16x8_s', shorts, (b) => new Int8Array(b), -128, 127],
      ['i8x16.narrow_i16x8_u', shorts, (b) => new Uint8Array(b), 0, 255],
      ['i16x8.narrow_i32x4_s', ints, (b) => new Int16Array(b), -32768, 32767],
      ['i16x8.narrow_i32x4_u', ints, (b) => new Uint16Array(b), 0, 65535],
    ]
    for (const [op, x, read, low, high] of narrows) {
      tested.add(op)
      const got = read(vector((k) => at(at(k, 0), 1).op(op), x, x).buffer as ArrayBuffer)
      expect(Array.from(got), op).toEqual([...Array.from(x), ...Array.from(x)].map((v) => clamp(v, low, high)))
    }
  })

  it('that move lanes', () => {
    const kinds = {
      i8x16: ['i32', 1],
      i16x8: ['i32', 2],
      i32x4: ['i32', 4],
      i64x2: ['i64', 8],
      f32x4: ['f32', 4],
      f64x2: ['f64', 8],
    } as const
    for (const [shape, [type, size]] of Object.entries(kinds)) {
      const push = (f: FunctionBuilder) =>
        type === 'i64' ? f.i64(-3n) : type === 'f32' ? f.f32(-3) : type === 'f64' ? f.f64(-3) : f.i32(-3)
      const one = type === 'i32' ? new Uint8Array(16).map((_, i) => (i % size === 0 ? 0xfd : 0xff)) : Uint8Array.from(splatBytes(type, -3))
      const [splat, replace] = [`${shape}.splat` as Op, `${shape}.replace_lane` as LaneOp]
      tested.add(splat).add(replace)
      expect([...vector((f) => push(f).op(splat))], splat).toEqual([...one])
      const last = 16 / size - 1
      const want = [...a].map((x, i) => (i >= last * size ? (one[i] as number) : x))
      expect([...vector((f) => push(at(f, 0)).lane(replace, last), a)], replace).toEqual(want)
      const names = opcodes.has(`${shape}.extract_lane`) ? ['extract_lane'] : ['extract_lane_s', 'extract_lane_u']
      for (const name of names) {
        tested.add(`${shape}.${name}`)
        const got = call(
          [],
          [type],
          (f) =>
            push(f)
              .op(splat)
              .lane(`${shape}.${name}` as LaneOp, last),
          [],
        )
        expect(got).toBe(name.endsWith('_u') ? 256 ** size - 3 : type === 'i64' ? -3n : -3)
      }
    }
    const picks = [31, 0, 17, 3, 4, 4, 4, 4, 16, 9, 10, 11, 12, 13, 14, 15]
    expect([...vector((f) => at(at(f, 0), 1).shuffle(picks), a, b)]).toEqual(picks.map((i) => [...a, ...b][i]))
    tested.add('i8x16.swizzle')
    expect([
      ...vector(
        (f) =>
          at(f, 0)
            .bytes(picks.map((i) => 31 - i))
            .op('i8x16.swizzle'),
        a,
      ),
    ]).toEqual(picks.map((i) => a[31 - i] ?? 0))
  })

  it.runIf(hasRelaxed)('that multiply and add at once', () => {
    for (const [shape, array] of [
      ['f32x4', Float32Array],
      ['f64x2', Float64Array],
    ] as const)
      for (const [name, want] of [
        ['relaxed_madd', 11],
        ['relaxed_nmadd', -1],
      ] as const) {
        const [x, y, z] = [2, 3, 5].map((v) => new array(16 / array.BYTES_PER_ELEMENT).fill(v)) as [
          Float32Array,
          Float32Array,
          Float32Array,
        ]
        const got = vector((f) => at(at(at(f, 0), 1), 2).op(`${shape}.${name}`), x, y, z)
        expect(new array(got.buffer)[1]).toBe(want)
      }
  })
})

describe('memory instructions', () => {
  const source = Uint8Array.from({ length: 16 }, (_, i) => 250 - 9 * i)
  const data = new DataView(source.buffer)

  it('of scalars', () => {
    const plain: [MemoryOp, ValueType, Scalar][] = [
      ['i32.load', 'i32', data.getInt32(3, true)],
      ['i64.load', 'i64', data.getBigInt64(3, true)],
      ['f32.load', 'f32', data.getFloat32(3, true)],
      ['f64.load', 'f64', data.getFloat64(3, true)],
    ]
    for (const type of ['i32', 'i64'] as const) {
      const wrap = (x: number) => (type === 'i64' ? BigInt(x) : x)
      plain.push([`${type}.load8_s`, type, wrap(data.getInt8(3))], [`${type}.load8_u`, type, wrap(data.getUint8(3))])
      plain.push([`${type}.load16_s`, type, wrap(data.getInt16(3, true))], [`${type}.load16_u`, type, wrap(data.getUint16(3, true))])
    }
    plain.push(['i64.load32_s', 'i64', BigInt(data.getInt32(3, true))], ['i64.load32_u', 'i64', BigInt(data.getUint32(3, true))])
    for (const [op, type, want] of plain) {
      tested.add(op)
      bytes.set(source, 200)
      expect(
        call([], [type], (f) => f.i32(100).load(op, 103), []),
        op,
      ).toBe(want)
    }
    for (const [op, size] of [
      ['i32.store', 4],
      ['i64.store', 8],
      ['f32.store', 4],
      ['f64.store', 8],
      ['i32.store8', 1],
      ['i32.store16', 2],
      ['i64.store8', 1],
      ['i64.store16', 2],
      ['i64.store32', 4],
    ] as const) {
      tested.add(op)
      bytes.fill(0, 300, 320)
      bytes.set(source, 200)
      const load = `${op.slice(0, 3)}.load` as 'i32.load'
      call([], [], (f) => f.i32(0).i32(200).load(load).store(op, 301), [])
      expect([...bytes.slice(300, 320)], op).toEqual([0, ...source.slice(0, size), ...new Array(19 - size).fill(0)])
    }
  })

  it('of vectors', () => {
    const repeat = (size: number) => Array.from({ length: 16 }, (_, i) => source[i % size])
    const zeroed = (size: number) => Array.from({ length: 16 }, (_, i) => (i < size ? source[i] : 0))
    const widened = (
      array: new (b: ArrayBuffer) => ArrayLike<number>,
      wide: new (x: number[]) => { buffer: ArrayBufferLike } | BigInt64Array,
      n: number,
      big = false,
    ) => {
      const lanes = Array.from(new array(source.buffer)).slice(0, n)
      return [...new Uint8Array((big ? BigInt64Array.from(lanes.map(BigInt)) : new wide(lanes)).buffer)]
    }
    const cases: [MemoryOp, (number | undefined)[]][] = [
      ['v128.load8_splat', repeat(1)],
      ['v128.load16_splat', repeat(2)],
      ['v128.load32_splat', repeat(4)],
      ['v128.load64_splat', repeat(8)],
      ['v128.load32_zero', zeroed(4)],
      ['v128.load64_zero', zeroed(8)],
      ['v128.load8x8_s', widened(Int8Array, Int16Array, 8)],
      ['v128.load8x8_u', widened(Uint8Array, Int16Array, 8)],
      ['v128.load16x4_s', widened(Int16Array, Int32Array, 4)],
      ['v128.load16x4_u', widened(Uint16Array, Int32Array, 4)],
      ['v128.load32x2_s', widened(Int32Array, Int32Array, 2, true)],
      ['v128.load32x2_u', widened(Uint32Array, Int32Array, 2, true)],
    ]
    for (const [op, want] of cases) {
      tested.add(op)
      bytes.set(source, 203)
      expect([...vector((f) => f.i32(3).load(op, 200))], op).toEqual(want)
    }
    for (const size of [1, 2, 4, 8] as const) {
      const bits = (size * 8) as 8
      const lane = 16 / size - 1
      tested.add(`v128.load${bits}_lane`).add(`v128.store${bits}_lane`)
      bytes.set(source, 200)
      const loaded = vector((f) => f.i32(0).i32x4(0).laneMemory(`v128.load${bits}_lane`, lane, 200))
      expect([...loaded]).toEqual([...new Array(16 - size).fill(0), ...source.slice(0, size)])
      bytes.fill(0, 300, 320)
      call(
        [],
        [],
        (f) =>
          f
            .i32(0)
            .bytes([...source])
            .laneMemory(`v128.store${bits}_lane`, lane, 301),
        [],
      )
      expect([...bytes.slice(300, 320)]).toEqual([0, ...source.slice(16 - size), ...new Array(19 - size).fill(0)])
    }
  })

  it('of many bytes at once', () => {
    bytes.fill(0)
    tested.add('memory.fill')
    call([], [], (f) => f.i32(301).i32(7).i32(3).op('memory.fill'), [])
    expect([...bytes.slice(300, 306)]).toEqual([0, 7, 7, 7, 0, 0])
  })
})

afterAll(() => {
  const untested = [...opcodes.keys()].filter((name) => !tested.has(name) && !name.includes('relaxed'))
  expect(untested).toEqual([])
})
