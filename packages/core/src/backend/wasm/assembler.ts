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
import { readUnsigned, text, unsigned } from './encoding.ts'
import { FunctionBuilder, type FunctionRef, typeCodes, type ValueType } from './function.ts'

export { FunctionBuilder, type FunctionRef, type Label, type Local, type ValueType } from './function.ts'

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
      // A shared memory must tell its greatest size. The other kind does too, so that one bit is all that differs; 65536 pages fit any.
      body.push(2, shared ? 3 : 1)
      unsigned(body, pages)
      unsigned(body, 65536)
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

/** Makes a module from here import its memory as one that threads share, in place. */
export function markShared(bytes: Uint8Array): void {
  // The memory is the last entry of the section of imports: 1 for a greatest size, the least one in some bytes, the greatest in three.
  let at = 8
  const number = (): number => {
    const [value, end] = readUnsigned(bytes, at)
    at = end
    return value
  }
  for (;;) {
    const id = bytes[at++]
    const size = number()
    at += size
    if (id === 2) break
  }
  at -= 4
  while ((bytes[at - 1] as number) > 127) at--
  bytes[at - 1] = 3
}
