/** One buffer of elements: where it lies and how often it was written. */

import { baseKernels } from './backend/wasm/base.ts'
import { arrayOf, type DType, itemsize, type TypedArray } from './dtype.ts'
import { address, giveBack, growths, type Token, take, wasmMemory } from './memory.ts'
import { tape } from './tape.ts'

/** Typed arrays made for a storage hold it, so that nobody keeps elements whose place is used again. */
const owner = Symbol('storage')

/** @internal Tests switch it on: memory that nobody asked to be zero then holds NaN, so that reading before writing shows. */
export const poison: { on: boolean } = { on: false }

let currentPass = 0
let passes = 0

/** Marks memory taken from now on as belonging to a backward pass; returns the pass's number, and `leavePass` what `enterPass` found. */
export function enterPass(): { readonly own: number; readonly outer: number } {
  const outer = currentPass
  currentPass = ++passes
  return { own: currentPass, outer }
}

/** Goes back to the pass around, if any. */
export function leavePass(outer: number): void {
  currentPass = outer
}

/** The memory that a tensor and its views share. */
export class Storage {
  readonly dtype: DType
  /** The number of elements. */
  length: number
  /** The first byte in WebAssembly memory; 0 where the elements live in an array of their own. */
  pointer: number
  /** Counts in-place writes; what was saved for backward remembers the count it saw. */
  version = 0
  /** Whether somebody outside a running backward pass may hold this memory: such a gradient is copied before it becomes `.grad`. */
  held = false
  /** The backward pass in which this memory was taken; 0 outside of all. */
  readonly pass: number = currentPass
  /** In how many places a gradient in this memory waits in that pass. */
  waiting = 0
  /** Keeps the memory from being used again. */
  token: Token | null
  #view: TypedArray | null = null

  /** Room for `length` elements; what stood there before unless `zeroed`. */
  constructor(dtype: DType, length: number, zeroed = true) {
    this.dtype = dtype
    this.length = length
    const bytes = length * itemsize(dtype)
    this.token = take(bytes)
    this.pointer = this.token === null ? 0 : address
    if (this.token === null) this.#view = new (arrayOf(dtype))(length)
    else if (!zeroed) {
      if (poison.on) fill(address, bytes, 255)
    } else if (bytes > 0 && !this.token.fresh) fill(address, bytes, 0)
    if (tape !== null) tape.made(this, zeroed)
  }

  /** The elements. The array is valid until more memory is needed; ask again rather than keep it. */
  get data(): TypedArray {
    if (tape !== null) tape.host(this)
    const view = this.#view
    // Growing the memory detaches the views made before.
    if (view !== null && (view.byteLength > 0 || this.length === 0)) return view
    const made = new (arrayOf(this.dtype))(wasmMemory().buffer, this.pointer, this.length)
    Object.defineProperty(made, owner, { value: this })
    this.#view = made
    return made
  }

  /** One element, without making an array for it. */
  get(index: number): number {
    if (tape !== null) tape.host(this)
    return (this.pointer === 0 ? this.data[index] : whole(this.dtype)[this.pointer / itemsize(this.dtype) + index]) as number
  }

  /** Writes one element. */
  set(index: number, value: number): void {
    if (tape !== null) tape.set(this, index, value)
    if (this.pointer === 0) (this.#view as TypedArray)[index] = value
    else whole(this.dtype)[this.pointer / itemsize(this.dtype) + index] = value
  }

  /** Gives the memory back: for elements that nobody can reach any more. */
  free(): void {
    if (this.token === null) return
    if (poison.on) fill(this.pointer, this.length * itemsize(this.dtype), 255)
    giveBack(this.token)
    this.token = null
  }

  /** Makes room for `length` elements; what is new is zero. */
  grow(length: number): void {
    const larger = new Storage(this.dtype, length)
    larger.data.set(this.data)
    this.length = length
    this.pointer = larger.pointer
    this.token = larger.token
    this.#view = larger.#view
  }
}

/** The whole memory as elements of each dtype. */
let wholes: Partial<Record<DType, TypedArray>> = {}
let wholesMade = 0

function whole(dtype: DType): TypedArray {
  if (growths !== wholesMade) {
    wholes = {}
    wholesMade = growths
  }
  const known = wholes[dtype]
  if (known !== undefined) return known
  const { buffer } = wasmMemory()
  const made = new (arrayOf(dtype))(buffer, 0, Math.floor(buffer.byteLength / itemsize(dtype)))
  wholes[dtype] = made
  return made
}

const fill = (pointer: number, bytes: number, value: number): void =>
  (baseKernels('fill')['fill'] as (pointer: number, bytes: number, value: number) => void)(pointer, bytes, value)
