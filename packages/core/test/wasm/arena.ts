/** Memory for kernel tests: arrays between guard bytes, and a check that nobody wrote there. */
import { setFlagsFromString } from 'node:v8'

const GUARD = 64
const FILL = 0xa5

export class Arena {
  readonly memory: WebAssembly.Memory
  readonly #bytes: Uint8Array
  readonly #guards: number[] = []
  #top: number

  constructor(pages: number) {
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 })
    this.#bytes = new Uint8Array(this.memory.buffer)
    this.#top = this.#bytes.length
  }

  /** Frees everything. */
  reset(): void {
    this.#top = this.#bytes.length
    this.#guards.length = 0
  }

  /** Room for `bytes`, taken from the end of the memory: reading past the end of the first array traps. */
  room(bytes: number, align = 1): number {
    this.#top -= bytes
    this.#top -= this.#top % align
    const at = this.#top
    if (at < GUARD) throw new Error('the arena is full')
    this.#top -= GUARD
    this.#bytes.fill(FILL, at - GUARD, at)
    this.#bytes.fill(FILL, at, at + Math.min(bytes, 4096))
    this.#guards.push(at - GUARD)
    return at
  }

  /** An array with the given numbers, and where it is. */
  float32(values: ArrayLike<number>): { at: number; data: Float32Array } {
    const at = this.room(4 * values.length, 4)
    const data = new Float32Array(this.memory.buffer, at, values.length)
    data.set(values)
    return { at, data }
  }

  float64(values: ArrayLike<number>): { at: number; data: Float64Array } {
    const at = this.room(8 * values.length, 8)
    const data = new Float64Array(this.memory.buffer, at, values.length)
    data.set(values)
    return { at, data }
  }

  float(dtype: 'float32' | 'float64', values: ArrayLike<number>): { at: number; data: Float32Array | Float64Array } {
    return dtype === 'float32' ? this.float32(values) : this.float64(values)
  }

  /** Where the first guard stands that was written to, if any. */
  broken(): number | null {
    for (const at of this.#guards) for (let i = at; i < at + GUARD; i++) if (this.#bytes[i] !== FILL) return i
    return null
  }
}

/** Small integers in any order: xorshift32. */
export function randomBits(seed: number): () => number {
  let x = seed | 1
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return x >>> 0
  }
}

/** Numbers from -1 to 1. */
export function randomNumbers(seed: number): () => number {
  const bits = randomBits(seed)
  return () => Math.fround((bits() / 2 ** 32) * 2 - 1)
}

/** A function that uses `f32x4.relaxed_madd`. */
const relaxed = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11,
])

// Node 20 has the relaxed instructions behind a flag.
if (!WebAssembly.validate(relaxed)) setFlagsFromString('--experimental-wasm-relaxed-simd')

/** Whether this engine has relaxed vector instructions. */
export const hasRelaxed: boolean = WebAssembly.validate(relaxed)
