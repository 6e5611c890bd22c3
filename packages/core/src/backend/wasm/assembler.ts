/**
 * A typed builder of WebAssembly modules: functions over one imported memory, written as chains of instructions named as in the specification.
 *
 * @example
 * const module = new ModuleBuilder()
 * const f = module.function('axpy', ['i32', 'f32', 'i32', 'i32'])   // n, alpha, x, y
 * const [n, alpha, x, y] = f.params as [Local, Local, Local, Local]
 * const a = f.local('v128')
 * f.get(alpha).op('f32x4.splat').set(a)
 * f.block((done) => {
 *   f.loop((next) => {
 *     f.get(n).i32(0).op('i32.le_s').brIf(done)
 *     f.get(y).get(x).load('v128.load').get(a).op('f32x4.mul').get(y).load('v128.load').op('f32x4.add').store('v128.store')
 *     f.increment(x, 16).increment(y, 16).increment(n, -4).br(next)
 *   })
 * })
 * const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } })
 */
import { type LaneMemoryOp, type LaneOp, type MemoryOp, type Op, opcodes } from './opcodes.ts'

/** The types of locals, parameters and results. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

/** A parameter or local variable of one function. */
export interface Local {
  readonly index: number
  readonly type: ValueType
}

/** The target of branches: the end of a block or if, the start of a loop. */
export interface Label {
  readonly depth: number
}

/** What a call needs to know of a function. */
export interface FunctionRef {
  readonly index: number
}

/** How a module sees its memory. */
export interface MemoryOptions {
  /** The two names it is imported by: default `env.memory`. */
  readonly module?: string
  readonly name?: string
  /** The least size in pages of 64 KB. */
  readonly pages?: number
  /** Shared between threads. */
  readonly shared?: boolean
}

/** Appends an unsigned LEB128 number below 2^32. */
export function unsigned(out: number[], n: number): void {
  n >>>= 0
  while (n > 127) {
    out.push((n & 127) | 128)
    n >>>= 7
  }
  out.push(n)
}

/** Appends a signed LEB128 number. */
export function signed(out: number[], n: bigint | number): void {
  for (let rest = BigInt(n); ; rest >>= 7n) {
    const byte = Number(rest & 127n)
    if (rest >= -64n && rest < 64n) {
      out.push(byte)
      return
    }
    out.push(byte | 128)
  }
}

const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))

function f32Bytes(x: number): number[] {
  scratch.setFloat32(0, x, true)
  return [0, 1, 2, 3].map((i) => scratch.getUint8(i))
}

function f64Bytes(x: number): number[] {
  scratch.setFloat64(0, x, true)
  return [0, 1, 2, 3, 4, 5, 6, 7].map((i) => scratch.getUint8(i))
}

function i32Bytes(x: number): number[] {
  return [x & 255, (x >> 8) & 255, (x >> 16) & 255, x >>> 24]
}

function text(out: number[], s: string): void {
  const bytes = Array.from(s, (c) => c.charCodeAt(0))
  if (bytes.some((b) => b > 127)) throw new Error(`names of WebAssembly functions are ASCII, not ${s}`)
  unsigned(out, bytes.length)
  out.push(...bytes)
}

/** The body of a function. Every method appends instructions and returns the builder. */
export class FunctionBuilder implements FunctionRef {
  readonly index: number
  readonly params: readonly Local[]
  readonly #locals: ValueType[] = []
  readonly #code: number[] = []
  #depth = 0

  constructor(index: number, params: readonly ValueType[]) {
    this.index = index
    this.params = params.map((type, index) => ({ index, type }))
  }

  /** Declares a local variable, 0 at first. */
  local(type: ValueType): Local {
    this.#locals.push(type)
    return { index: this.params.length + this.#locals.length - 1, type }
  }

  #emit(name: string): this {
    const bytes = opcodes.get(name)
    if (bytes === undefined) throw new Error(`unknown WebAssembly instruction ${name}`)
    for (const b of bytes) this.#code.push(b)
    return this
  }

  #raw(bytes: readonly number[]): this {
    for (const b of bytes) this.#code.push(b)
    return this
  }

  #number(n: number): this {
    unsigned(this.#code, n)
    return this
  }

  /** Instructions without immediates, in order. */
  op(...names: Op[]): this {
    for (const name of names) this.#emit(name)
    return this
  }

  get(x: Local): this {
    return this.#raw([0x20]).#number(x.index)
  }

  set(x: Local): this {
    return this.#raw([0x21]).#number(x.index)
  }

  tee(x: Local): this {
    return this.#raw([0x22]).#number(x.index)
  }

  /** `x += by`, for a local of type i32. */
  increment(x: Local, by: number): this {
    return this.get(x).i32(by).op('i32.add').set(x)
  }

  i32(n: number): this {
    this.#code.push(0x41)
    signed(this.#code, n | 0)
    return this
  }

  i64(n: bigint): this {
    this.#code.push(0x42)
    signed(this.#code, BigInt.asIntN(64, n))
    return this
  }

  f32(x: number): this {
    return this.#raw([0x43, ...f32Bytes(x)])
  }

  f64(x: number): this {
    return this.#raw([0x44, ...f64Bytes(x)])
  }

  /** A vector constant with the same number in every lane. */
  f32x4(x: number): this {
    const b = f32Bytes(x)
    return this.#raw([0xfd, 12, ...b, ...b, ...b, ...b])
  }

  f64x2(x: number): this {
    const b = f64Bytes(x)
    return this.#raw([0xfd, 12, ...b, ...b])
  }

  i32x4(x: number): this {
    const b = i32Bytes(x)
    return this.#raw([0xfd, 12, ...b, ...b, ...b, ...b])
  }

  /** A vector constant of sixteen bytes. */
  bytes(lanes: readonly number[]): this {
    if (lanes.length !== 16) throw new Error('a vector has 16 bytes')
    return this.#raw([0xfd, 12, ...lanes])
  }

  /** Sixteen bytes picked out of two vectors: 0 to 15 of the first, 16 to 31 of the second. */
  shuffle(lanes: readonly number[]): this {
    if (lanes.length !== 16) throw new Error('a shuffle picks 16 bytes')
    return this.#raw([0xfd, 13, ...lanes])
  }

  /** Takes the address below it. The alignment hint is always 0: nothing may be promised of views into a storage, and engines for x86 and ARM ignore it. */
  load(name: MemoryOp, offset = 0): this {
    return this.#emit(name).#number(0).#number(offset)
  }

  /** Takes the value, and the address below it. */
  store(name: MemoryOp, offset = 0): this {
    return this.load(name, offset)
  }

  /** Reads or replaces one lane. */
  lane(name: LaneOp, lane: number): this {
    return this.#emit(name).#number(lane)
  }

  /** Loads or stores one lane: takes the vector, and the address below it. */
  laneMemory(name: LaneMemoryOp, lane: number, offset = 0): this {
    return this.#emit(name).#number(0).#number(offset).#number(lane)
  }

  #nested(open: number, body: (label: Label) => void, result?: ValueType): this {
    this.#code.push(open, result === undefined ? 0x40 : typeCodes[result])
    this.#depth++
    body({ depth: this.#depth })
    this.#depth--
    this.#code.push(0x0b)
    return this
  }

  /** A branch to `label` goes to the end. */
  block(body: (label: Label) => void, result?: ValueType): this {
    return this.#nested(0x02, body, result)
  }

  /** A branch to `label` goes to the start; without one the loop ends. */
  loop(body: (label: Label) => void, result?: ValueType): this {
    return this.#nested(0x03, body, result)
  }

  /** Takes a condition. */
  if(then: (label: Label) => void, otherwise?: ((label: Label) => void) | null, result?: ValueType): this {
    return this.#nested(
      0x04,
      (label) => {
        then(label)
        if (!otherwise) return
        this.#code.push(0x05)
        otherwise(label)
      },
      result,
    )
  }

  br(label: Label): this {
    return this.#raw([0x0c]).#number(this.#depth - label.depth)
  }

  /** Takes a condition. */
  brIf(label: Label): this {
    return this.#raw([0x0d]).#number(this.#depth - label.depth)
  }

  call(f: FunctionRef): this {
    return this.#raw([0x10]).#number(f.index)
  }

  /** The bytes of the body with its locals. */
  body(): number[] {
    const groups: [number, ValueType][] = []
    for (const type of this.#locals) {
      const last = groups.at(-1)
      if (last?.[1] === type) last[0]++
      else groups.push([1, type])
    }
    const out: number[] = []
    unsigned(out, groups.length)
    for (const [count, type] of groups) {
      unsigned(out, count)
      out.push(typeCodes[type])
    }
    for (const b of this.#code) out.push(b)
    out.push(0x0b)
    return out
  }
}

/** A module that imports one memory (and functions, if any), and exports the functions that have a name. */
export class ModuleBuilder {
  readonly #memory: MemoryOptions
  readonly #types: number[][] = []
  readonly #typeKeys = new Map<string, number>()
  readonly #imports: { module: string; name: string; type: number }[] = []
  readonly #functions: { name: string | null; type: number; builder: FunctionBuilder }[] = []

  constructor(memory: MemoryOptions = {}) {
    this.#memory = memory
  }

  #type(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join()}>${results.join()}`
    let index = this.#typeKeys.get(key)
    if (index === undefined) {
      index = this.#types.length
      const codes = [params, results].map((types) => [types.length, ...types.map((t) => typeCodes[t])])
      this.#types.push([0x60, ...codes.flat()])
      this.#typeKeys.set(key, index)
    }
    return index
  }

  /** Declares an imported function; all of them come before the first function of the module. */
  import(module: string, name: string, params: readonly ValueType[], results: readonly ValueType[] = []): FunctionRef {
    if (this.#functions.length > 0) throw new Error('functions are imported before any is defined')
    this.#imports.push({ module, name, type: this.#type(params, results) })
    return { index: this.#imports.length - 1 }
  }

  /** Starts a function, exported under `name` unless that is null. */
  function(name: string | null, params: readonly ValueType[], results: readonly ValueType[] = []): FunctionBuilder {
    const builder = new FunctionBuilder(this.#imports.length + this.#functions.length, params)
    this.#functions.push({ name, type: this.#type(params, results), builder })
    return builder
  }

  /** The bytes of the module, for `new WebAssembly.Module`. */
  build(): Uint8Array<ArrayBuffer> {
    const out = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
    const section = (id: number, count: number, fill: (body: number[]) => void) => {
      const body: number[] = []
      unsigned(body, count)
      fill(body)
      out.push(id)
      unsigned(out, body.length)
      for (const b of body) out.push(b)
    }
    const { module = 'env', name = 'memory', pages = 1, shared = false } = this.#memory
    section(1, this.#types.length, (body) => {
      for (const type of this.#types) body.push(...type)
    })
    section(2, this.#imports.length + 1, (body) => {
      for (const f of this.#imports) {
        text(body, f.module)
        text(body, f.name)
        body.push(0)
        unsigned(body, f.type)
      }
      text(body, module)
      text(body, name)
      // Only a shared memory must tell its greatest size; 65536 pages fit any.
      body.push(2, shared ? 3 : 0)
      unsigned(body, pages)
      if (shared) unsigned(body, 65536)
    })
    section(3, this.#functions.length, (body) => {
      for (const f of this.#functions) unsigned(body, f.type)
    })
    const exported = this.#functions.filter((f) => f.name !== null)
    section(7, exported.length, (body) => {
      for (const f of exported) {
        text(body, f.name as string)
        body.push(0)
        unsigned(body, f.builder.index)
      }
    })
    section(10, this.#functions.length, (body) => {
      for (const f of this.#functions) {
        const code = f.builder.body()
        unsigned(body, code.length)
        for (const b of code) body.push(b)
      }
    })
    return new Uint8Array(out)
  }
}
