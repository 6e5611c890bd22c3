/** How a kernel with loops around its rows is told to walk: dimensions sorted and merged, then written down where the kernel reads them. */
import { type DType, itemsize } from '../../dtype.ts'
import { growths, wasmMemory } from '../../memory.ts'
import type { View } from '../backend.ts'
import { scratch } from './scratch.ts'

/** How an operand is given to a kernel. */
export const VECTOR = 0
export const SCALAR = 1
export const STRIDED = 2
export const IMMEDIATE = 3

/** What a nested kernel is called with. */
export interface Walk {
  /** The number of elements of a row. */
  length: number
  /** The address of the words that tell the rest; the counters among them are 0 before and after each call. */
  descriptor: number
  /** As many pieces as it can be cut into along the outermost dimension. */
  pieces: number
  /** How many words there are. */
  words: number
}

/** Room for the descriptor of any walk in practice. */
const BYTES = 4096
const DIMS = 16
/** The output and the operands. */
const VIEWS = 9

// One walk is laid out at a time; the arrays are shared by all.
const order = /* @__PURE__ */ new Int32Array(DIMS)
const lengths = /* @__PURE__ */ new Int32Array(DIMS)
const strides = /* @__PURE__ */ new Int32Array(VIEWS * DIMS)
const undo = /* @__PURE__ */ new Int32Array(VIEWS)
const walk: Walk = { length: 0, descriptor: 0, pieces: 1, words: 0 }

let words: Int32Array | null = null
let wordsMade = 0

/** The step of a view, in bytes, along a dimension of the output that it is broadcast to. */
function strideOf(x: View, out: View, d: number): number {
  const own = d - (out.shape.length - x.shape.length)
  return own < 0 || x.shape[own] === 1 ? 0 : (x.strides[own] as number) * itemsize(x.dtype)
}

/** The dimensions that count, the ones with the longest steps in the output first; returns their number. */
function sortDims(out: View): number {
  let count = 0
  for (let d = 0; d < out.shape.length; d++) {
    if (out.shape[d] === 1) continue
    let at = count++
    for (; at > 0 && (out.strides[order[at - 1] as number] as number) < (out.strides[d] as number); at--)
      order[at] = order[at - 1] as number
    order[at] = d
  }
  return count
}

/** Fills `lengths` and `strides` with merged dimensions; returns their number, of which there is one at least. */
function mergeDims(out: View, inputs: readonly (View | number)[]): number {
  const count = sortDims(out)
  let dims = 0
  for (let i = 0; i < count; i++) {
    const d = order[i] as number
    const n = out.shape[d] as number
    let merge = dims > 0
    for (let k = 0; k <= inputs.length; k++) {
      const x = k === 0 ? out : (inputs[k - 1] as View | number)
      if (typeof x === 'number') continue
      const step = strideOf(x, out, d)
      strides[k * DIMS + dims] = step
      if (merge && strides[k * DIMS + dims - 1] !== step * n) merge = false
    }
    if (merge) {
      for (let k = 0; k <= inputs.length; k++) strides[k * DIMS + dims - 1] = strides[k * DIMS + dims] as number
      lengths[dims - 1] = (lengths[dims - 1] as number) * n
    } else lengths[dims++] = n
  }
  if (dims > 0) return dims
  lengths[0] = 1
  for (let k = 0; k <= inputs.length; k++) strides[k * DIMS] = 0
  return 1
}

/**
 * Lays out a walk over `out` and the operands broadcast to it, and adds to `codes` how each operand lies along the rows; null where
 * the rows of the output have gaps.
 *
 * The words: the number of outer dimensions, the distance between the elements of each strided operand, then per outer dimension, innermost
 * first, its length, a counter, and how far each pointer moves: which undoes the way along the dimensions inside it.
 */
export function layOut(out: View, inputs: readonly (View | number)[], codes: Int32Array): Walk | null {
  if (out.shape.length > DIMS) return null
  const dims = mergeDims(out, inputs)
  const inner = dims - 1
  if (strides[inner] !== itemsize(out.dtype as DType) && lengths[inner] !== 1) return null
  const descriptor = scratch(BYTES)
  if (words === null || wordsMade !== growths) {
    words = new Int32Array(wasmMemory().buffer)
    wordsMade = growths
  }
  let at = descriptor >>> 2
  words[at++] = inner
  for (let k = 1; k <= inputs.length; k++) {
    const x = inputs[k - 1] as View | number
    undo[k] = 0
    if (typeof x === 'number') continue
    const step = strides[k * DIMS + inner] as number
    const kind = step === itemsize(x.dtype) ? VECTOR : step === 0 ? SCALAR : STRIDED
    codes[k - 1] = ((codes[k - 1] as number) & ~3) | kind
    if (kind === STRIDED) words[at++] = step
  }
  undo[0] = 0
  for (let d = inner - 1; d >= 0; d--) {
    const n = lengths[d] as number
    words[at++] = n
    words[at++] = 0
    for (let k = 0; k <= inputs.length; k++) {
      if (k > 0 && typeof inputs[k - 1] === 'number') continue
      const step = strides[k * DIMS + d] as number
      words[at++] = step - (undo[k] as number)
      undo[k] = (undo[k] as number) + step * (n - 1)
    }
  }
  walk.length = lengths[inner] as number
  walk.descriptor = descriptor
  walk.pieces = inner > 0 ? Math.min(lengths[0] as number, Math.floor(BYTES / (4 * at - descriptor)) - 1) : 1
  walk.words = at - (descriptor >>> 2)
  return walk
}

/** The length of the outermost dimension of the last walk. */
export const outerLength = (): number => lengths[0] as number

/** How far the output (0) and the operands (from 1) move along it, in bytes. */
export const outerStep = (k: number): number => strides[k * DIMS] as number

/** The descriptor of a piece of the last walk: the same, but with so many steps along the outermost dimension, of which `pointers` tell. */
export function pieceOf({ descriptor, words: used }: Walk, index: number, length: number, pointers: number): number {
  const from = descriptor >>> 2
  const to = from + (index + 1) * used
  const memory = words as Int32Array
  memory.copyWithin(to, from, from + used)
  memory[to + used - pointers - 2] = length
  return to * 4
}
