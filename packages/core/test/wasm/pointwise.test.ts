import { describe, expect, it } from 'vitest'
import { ModuleBuilder } from '../../src/backend/wasm/assembler.ts'
import {
  emitPointwise,
  emitPointwiseFunction,
  type OperandSignature,
  pointwiseModule,
  type Signature,
  signatureKey,
} from '../../src/backend/wasm/pointwise.ts'
import type { DType } from '../../src/dtype.ts'
import { allocate, dtypes } from '../../src/dtype.ts'
import { compile, type Expr, input, type Program } from '../../src/expr.ts'
import { randomBits } from './arena.ts'
import { anyValue, compareFlat, compareNested, instantiate, randomFormula, type Strided, specials } from './kernels.ts'

type Formula = (x: Expr, y: Expr, z: Expr) => Expr

const program = (f: Formula): Program => compile(f(input(0), input(1), input(2)))

/** What is computed with the very bits of the reference. */
const exact: Record<string, Formula> = {
  neg: (x) => x.neg(),
  reciprocal: (x) => x.reciprocal(),
  abs: (x) => x.abs(),
  sign: (x) => x.sign(),
  sqrt: (x) => x.sqrt(),
  floor: (x) => x.floor(),
  ceil: (x) => x.ceil(),
  round: (x) => x.round(),
  trunc: (x) => x.trunc(),
  isnan: (x) => x.isnan(),
  signbit: (x) => x.signbit(),
  logicalNot: (x) => x.logicalNot(),
  relu: (x) => x.maximum(0),
  'minimum of 0': (x) => x.minimum(0),
  'maximum of -0': (x) => x.maximum(-0),
  'minimum of -0': (x) => x.minimum(-0),
  'maximum of 1': (x) => input(0).maximum(1).add(x),
  'minimum of NaN': (x) => x.minimum(Number.NaN),
  identity: (x) => x,
  add: (x, y) => x.add(y),
  sub: (x, y) => x.sub(y),
  mul: (x, y) => x.mul(y),
  div: (x, y) => x.div(y),
  maximum: (x, y) => x.maximum(y),
  minimum: (x, y) => x.minimum(y),
  copysign: (x, y) => x.copysign(y),
  // On x86 the NaN of 0 / 0 has its sign bit set, and still no sign.
  'copysign of NaN': (x, y) => x.copysign(y.div(y)),
  'signbit of NaN': (x, y) => x.div(x).signbit().add(y),
  gt: (x, y) => x.gt(y),
  ge: (x, y) => x.ge(y),
  lt: (x, y) => x.lt(y),
  le: (x, y) => x.le(y),
  eq: (x, y) => x.eq(y),
  ne: (x, y) => x.ne(y),
  logicalAnd: (x, y) => x.ne(0).mul(y.ne(0)),
  logicalOr: (x, y) => x.ne(0).maximum(y.ne(0)),
  logicalXor: (x, y) => x.ne(0).ne(y.ne(0)),
  where: (x, y, z) => x.where(y, z),
  'where of 0': (x, y) => x.where(y, 0),
  'where of a constant': (x, y) => x.where(input(0).eq(0).mul(0), y),
  'sigmoid backward': (grad, out) => grad.mul(out.neg().add(1)).mul(out),
  'relu backward': (grad, out) => grad.where(out.le(0).logicalNot(), 0),
  'mse backward': (grad, x, y) => grad.mul(x.sub(y).mul(2)),
  'bce backward': (grad, x, y) => grad.mul(x.sub(y)).div(x.neg().add(1).mul(x).maximum(1e-12)),
  'scaled add': (x, y, alpha) => x.add(y.mul(alpha)),
  'constant only': () => input(0).mul(0).isnan().add(2),
}

const kinds: readonly OperandSignature['kind'][] = ['vector', 'scalar', 'immediate', 'constant']

const operand = (kind: OperandSignature['kind'], dtype: DType, bits: () => number): OperandSignature => {
  if (kind === 'constant') return { kind, value: anyValue(dtype, bits) }
  return kind === 'immediate' ? { kind } : { kind, dtype }
}

/** Compares a kernel with the reference for all short lengths and some long ones. */
function checkLengths(p: Program, signature: Signature, seed: number, inPlace = false): void {
  const kernel = instantiate(p, signature)
  if (kernel === null) throw new Error(`declined: ${signatureKey(signature)}`)
  const bits = randomBits(seed)
  for (let n = 0; n <= 70; n++) expect(compareFlat(kernel, p, signature, n, bits, inPlace), signatureKey(signature)).toBeNull()
  expect(compareFlat(kernel, p, signature, 5003, bits, inPlace), signatureKey(signature)).toBeNull()
}

describe.each(['float32', 'float64'] as const)('exact instructions in %s', (compute) => {
  it.each(Object.entries(exact))('%s', (_, f) => {
    const p = program(f)
    for (const output of [compute, 'bool'] as const) {
      const operands = p.slots.map(() => ({ kind: 'vector', dtype: compute }) as const)
      checkLengths(p, { compute, output, operands }, 7)
    }
  })

  it('with operands of every kind', () => {
    const bits = randomBits(11)
    for (const f of [exact['sub'], exact['where'], exact['maximum'], exact['scaled add']] as Formula[]) {
      const p = program(f)
      for (const first of kinds)
        for (const second of kinds) {
          const operands = p.slots.map((_, i) => operand(i === 0 ? first : i === 1 ? second : 'vector', compute, bits))
          checkLengths(p, { compute, output: compute, operands }, 13)
        }
    }
  })

  it('with operands of every dtype, and every output', () => {
    const p = program((x, y) => x.sub(y))
    for (const dtype of dtypes)
      for (const output of ['float32', 'float64', 'bool'] as const)
        for (const kind of ['vector', 'scalar'] as const)
          checkLengths(
            p,
            {
              compute,
              output,
              operands: [
                { kind, dtype },
                { kind: 'vector', dtype: compute },
              ],
            },
            17,
          )
  })

  it('with conditions of every dtype', () => {
    const p = program((x, y, z) => x.where(y, z))
    for (const dtype of dtypes) {
      const operands = [compute, dtype, compute].map((dtype) => ({ kind: 'vector', dtype }) as const)
      checkLengths(p, { compute, output: compute, operands }, 19)
    }
  })

  it('in place', () => {
    for (const name of ['neg', 'add', 'where', 'scaled add', 'logicalNot']) {
      const p = program(exact[name] as Formula)
      const operands = p.slots.map(() => ({ kind: 'vector', dtype: compute }) as const)
      checkLengths(p, { compute, output: compute, operands }, 23, true)
    }
  })

  it('for pairs of special values', () => {
    const n = specials.length
    const pairs = specials.flatMap((x) => specials.map((y) => [x, y] as const))
    for (const name of ['add', 'sub', 'mul', 'div', 'maximum', 'minimum', 'copysign', 'gt', 'ge', 'lt', 'le', 'eq', 'ne', 'logicalOr']) {
      const p = program(exact[name] as Formula)
      const views = [0, 1].map((k): Strided => {
        const data = allocate(compute, n * n)
        pairs.forEach((pair, i) => (data[i] = pair[k] as number))
        return { data, dtype: compute, strides: [n, 1], offset: 0 }
      })
      expect(compareNested(p, compute, compute, [n, n], views), name).toBeNull()
    }
  })
})

describe('integers in doubles', () => {
  it.each(['int64', 'int32', 'int16', 'int8', 'uint8', 'bool'] as const)('%s', (dtype) => {
    for (const f of [exact['eq'], exact['lt'], exact['logicalAnd']] as Formula[])
      for (const second of ['vector', 'scalar', 'immediate'] as const) {
        const operands = [operand('vector', dtype, Math.random), operand(second, dtype, Math.random)]
        checkLengths(program(f), { compute: dtype, output: 'bool', operands }, 29)
      }
  })
})

describe('random programs', () => {
  it.each(['float32', 'float64'] as const)('in %s', (compute) => {
    const bits = randomBits(31)
    for (let round = 0; round < 300; round++) {
      const p = compile(randomFormula(bits, 3))
      const operands = p.slots.map((): OperandSignature => {
        const kind = (['vector', 'vector', 'scalar', 'immediate', 'constant'] as const)[bits() % 5] as 'vector'
        return operand(kind, (['float32', compute, 'bool', 'int32'] as const)[bits() % 4] as DType, bits)
      })
      const output = (['float32', 'float64', 'bool'] as const)[bits() % 3] as DType
      const signature: Signature = { compute, output, operands }
      const kernel = instantiate(p, signature)
      if (kernel === null) throw new Error(`declined: ${p.key}`)
      for (const n of [bits() % 20, 100 + (bits() % 50)])
        expect(compareFlat(kernel, p, signature, n, bits), `${p.key} ${signatureKey(signature)}`).toBeNull()
    }
  })
})

describe('nested loops', () => {
  it('walk views of any strides', () => {
    const bits = randomBits(37)
    const p = program((x, y, z) => x.sub(y).mul(z))
    for (let round = 0; round < 400; round++) {
      const rank = 1 + (bits() % 4)
      const shape = Array.from({ length: rank }, () => 1 + (bits() % 7))
      const views = p.slots.map((): Strided => {
        const dtype = (['float32', 'float32', 'float64', 'bool', 'int32', 'int16'] as const)[bits() % 6] as DType
        // Dimensions in some order, some of them broadcast, some with gaps.
        const order = shape.map((_, d) => d).sort(() => (bits() % 2) - 0.5)
        const strides = new Array<number>(rank).fill(0)
        let size = 1
        for (const d of [...(bits() % 2 ? order : shape.map((_, d) => rank - 1 - d))]) {
          if (bits() % 4 === 0) continue
          strides[d] = size
          size *= (shape[d] as number) + (bits() % 3 === 0 ? 1 : 0)
        }
        const offset = bits() % 3
        const data = allocate(dtype, size + offset)
        for (let i = 0; i < data.length; i++) data[i] = anyValue(dtype, bits)
        return { data, dtype, strides, offset }
      })
      const compute = (['float32', 'float64'] as const)[bits() % 2] as DType
      const output = (['float32', 'float64', 'bool'] as const)[bits() % 3] as DType
      expect(compareNested(p, compute, output, shape, views), JSON.stringify([compute, output, shape, views])).toBeNull()
    }
  })

  it('add a row to every row', () => {
    const p = program((x, y) => x.add(y))
    const bits = randomBits(41)
    for (const columns of [1, 2, 3, 4, 5, 10, 16, 33, 128]) {
      const fill = (n: number) => Float32Array.from({ length: n }, () => anyValue('float32', bits))
      const views: Strided[] = [
        { data: fill(7 * columns), dtype: 'float32', strides: [columns, 1], offset: 0 },
        { data: fill(columns), dtype: 'float32', strides: [0, 1], offset: 0 },
      ]
      expect(compareNested(p, 'float32', 'float32', [7, columns], views)).toBeNull()
    }
  })

  it('run backwards', () => {
    const data = Float32Array.from({ length: 23 }, (_, i) => i)
    const view: Strided = { data, dtype: 'float32', strides: [-1], offset: 22 }
    expect(
      compareNested(
        program((x) => x.neg()),
        'float32',
        'float32',
        [23],
        [view],
      ),
    ).toBeNull()
  })
})

describe('what is declined', () => {
  const float = { kind: 'vector', dtype: 'float32' } as const
  it('instructions without vector code, without a trace in the module', () => {
    const module = new ModuleBuilder()
    const empty = module.build()
    for (const f of [(x: Expr) => x.lgamma(), (x: Expr) => x.digamma().add(x)])
      expect(
        emitPointwiseFunction(module, {
          name: 'f',
          program: program(f),
          signature: { compute: 'float32', output: 'float32', operands: [float] },
        }),
      ).toBeNull()
    expect(module.build()).toEqual(empty)
  })

  it('transcendental functions in doubles', () => {
    for (const f of [(x: Expr) => x.exp(), (x: Expr) => x.pow(2), (x: Expr) => x.sin()])
      expect(
        emitPointwise(program(f), { compute: 'float64', output: 'float64', operands: [{ kind: 'vector', dtype: 'float64' }] }),
      ).toBeNull()
  })

  it('integer outputs', () => {
    for (const output of ['int64', 'int32', 'uint8'] as const)
      expect(
        emitPointwise(
          program((x) => x.neg()),
          { compute: output, output, operands: [{ kind: 'vector', dtype: output }] },
        ),
      ).toBeNull()
  })
})

describe('modules', () => {
  it('hold many kernels', () => {
    const operands = [{ kind: 'vector', dtype: 'float32' }] as const
    const signature: Signature = { compute: 'float32', output: 'float32', operands }
    const names = ['exp', 'log', 'sin', 'cos', 'tanh', 'lgamma'] as const
    const bytes = pointwiseModule(names.map((name) => ({ name, program: program((x) => x[name]()), signature })))
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map((e) => e.name)
    expect(exports).toEqual(['exp', 'log', 'sin', 'cos', 'tanh'])
  })

  it('may share their memory between threads', () => {
    const operands = [{ kind: 'vector', dtype: 'float32' }] as const
    const bytes = emitPointwise(
      program((x) => x.neg()),
      { compute: 'float32', output: 'float32', operands },
      { module: 'e', name: 'm', shared: true },
    )
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true })
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>), { e: { m: memory } })
    const data = new Float32Array(memory.buffer)
    data.set([1, 2, 3])
    ;(instance.exports['kernel'] as (n: number, out: number, x: number) => void)(3, 16, 0)
    expect([...data.slice(4, 8)]).toEqual([-1, -2, -3, 0])
  })

  it('are named by their signatures', () => {
    const key = (o: OperandSignature) => signatureKey({ compute: 'float32', output: 'bool', operands: [o] })
    const all: OperandSignature[] = [
      { kind: 'vector', dtype: 'float32' },
      { kind: 'vector', dtype: 'bool' },
      { kind: 'scalar', dtype: 'float32' },
      { kind: 'strided', dtype: 'float32' },
      { kind: 'immediate' },
      { kind: 'constant', value: 0 },
      { kind: 'constant', value: -0 },
      { kind: 'constant', value: 2 },
    ]
    expect(new Set(all.map(key)).size).toBe(all.length)
  })
})
