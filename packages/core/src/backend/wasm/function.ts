/** The functions of a WebAssembly module, as chains of instructions named as in the specification. */
import { bytesOf, signed32, signed64, splatBytes, unsigned } from './encoding.ts'
import { type LaneMemoryOp, type LaneOp, type MemoryOp, type Op, opcodes } from './opcodes.ts'

/** The types of locals, parameters and results. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128'

/** The bytes that types are told by. */
export const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b }

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
    signed32(this.#code, n)
    return this
  }

  i64(n: bigint): this {
    this.#code.push(0x42)
    signed64(this.#code, n)
    return this
  }

  f32(x: number): this {
    return this.#raw([0x43, ...bytesOf('f32', x)])
  }

  f64(x: number): this {
    return this.#raw([0x44, ...bytesOf('f64', x)])
  }

  /** Vector constants with the same number in every lane. */
  f32x4(x: number): this {
    return this.bytes(splatBytes('f32', x))
  }

  f64x2(x: number): this {
    return this.bytes(splatBytes('f64', x))
  }

  i32x4(x: number): this {
    return this.bytes(splatBytes('i32', x))
  }

  /** A vector constant of sixteen bytes. */
  bytes(bytes: readonly number[]): this {
    if (bytes.length !== 16) throw new Error('a vector has 16 bytes')
    return this.#raw([0xfd, 12, ...bytes])
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
