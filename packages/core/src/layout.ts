/** Shapes and strides: views and broadcasting as pure functions. */
import { IndexError, RuntimeError } from './errors.ts'

/** The lengths of a tensor's dimensions. */
export type Shape = readonly number[]

export const numelOf = (shape: Shape): number => {
  let n = 1
  for (let i = 0; i < shape.length; i++) n *= shape[i] as number
  return n
}

/** Strides of a dense row-major array. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  for (let i = shape.length - 1, step = 1; i >= 0; i--) {
    strides[i] = step
    step *= Math.max(shape[i] as number, 1)
  }
  return strides
}

export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let step = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    const n = shape[i] as number
    if (n === 0) return true
    if (n === 1) continue
    if (strides[i] !== step) return false
    step *= n
  }
  return true
}

/** Whether the elements fill one gapless run of memory, each once, in whatever order of dimensions. */
export function isDense(shape: Shape, strides: readonly number[]): boolean {
  if (isContiguous(shape, strides)) return true
  const order = shape.map((_, i) => i).filter((i) => shape[i] !== 1)
  order.sort((a, b) => (strides[a] as number) - (strides[b] as number))
  let step = 1
  for (const i of order) {
    if (shape[i] === 0) return true
    if (strides[i] !== step) return false
    step *= shape[i] as number
  }
  return true
}

/**
 * Strides of a gapless copy that keeps the order of the dimensions in memory: a copy of a transposed tensor is transposed too.
 *
 * Dimensions are sorted by stride as PyTorch sorts them: by insertion, where a stretched dimension (stride 0) compares with nothing.
 */
export function denseStrides(shape: Shape, strides: readonly number[]): readonly number[] {
  if (isDense(shape, strides)) return strides
  const order = shape.map((_, i) => shape.length - 1 - i)
  const after = (a: number, b: number): number => {
    const [x, y] = [strides[a] as number, strides[b] as number]
    if (x === 0 || y === 0) return 0
    return x !== y ? x - y : (shape[a] as number) > (shape[b] as number) ? 1 : 0
  }
  for (let i = 1; i < order.length; i++)
    for (let from = i, to = i - 1; to >= 0; to--) {
      const c = after(order[to] as number, order[from] as number)
      if (c < 0) break
      if (c === 0) continue
      ;[order[to], order[from]] = [order[from] as number, order[to] as number]
      from = to
    }
  const out = new Array<number>(shape.length)
  let step = 1
  for (const d of order) {
    out[d] = step
    step *= Math.max(shape[d] as number, 1)
  }
  return out
}

/** Whether two elements may share one place in memory, as in an expanded tensor. */
export function mayOverlap(shape: Shape, strides: readonly number[]): boolean {
  if (isContiguous(shape, strides)) return false
  const order = shape.map((_, i) => i).filter((i) => shape[i] !== 1)
  order.sort((a, b) => (strides[a] as number) - (strides[b] as number))
  let reach = 0
  for (const i of order) {
    if ((strides[i] as number) <= reach) return true
    reach += ((shape[i] as number) - 1) * (strides[i] as number)
  }
  return false
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** `[2, 3]`, as PyTorch's messages write a shape. */
export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`

/**
 * The shape that both broadcast to: aligned from the right, a length of 1 stretches.
 *
 * @see https://pytorch.org/docs/stable/notes/broadcasting.html
 */
export function broadcastShapes2(a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a
  const n = Math.max(a.length, b.length)
  const out = new Array<number>(n)
  for (let i = 1; i <= n; i++) {
    const x = a[a.length - i] ?? 1
    const y = b[b.length - i] ?? 1
    if (x !== y && x !== 1 && y !== 1)
      throw new RuntimeError(`The size of tensor a (${x}) must match the size of tensor b (${y}) at non-singleton dimension ${n - i}`)
    out[n - i] = x === 1 ? y : x
  }
  return out
}

/** The shape of a single number. */
export const NO_DIMS: readonly number[] = []

const everyZeros: (readonly number[])[] = []

/** The strides of a number that is stretched over `ndim` dimensions, in one array for all of them. */
export const zeroStrides = (ndim: number): readonly number[] => (everyZeros[ndim] ??= new Array<number>(ndim).fill(0))

/** Whether a tensor of `shape` broadcasts to the shape `to` as it is. */
export function stretchesTo(shape: Shape, to: Shape): boolean {
  const lead = to.length - shape.length
  if (lead < 0) return false
  for (let d = 0; d < shape.length; d++) if (shape[d] !== 1 && shape[d] !== to[lead + d]) return false
  return true
}

/** Strides with which an array of `shape` is read as if it had the shape `to`: 0 along stretched dimensions. */
export function broadcastStrides(shape: Shape, strides: readonly number[], to: Shape): readonly number[] {
  if (sameShape(shape, to)) return strides
  if (shape.length === 0) return zeroStrides(to.length)
  const lead = to.length - shape.length
  const out = new Array<number>(to.length).fill(0)
  for (let i = 0; i < shape.length; i++) if (shape[i] !== 1 || to[lead + i] === 1) out[lead + i] = strides[i] as number
  return out
}

/** A dimension counted from the end made plain; 0-dim tensors accept -1 and 0. */
export function normalizeDim(dim: number, ndim: number): number {
  const n = Math.max(ndim, 1)
  if (!Number.isInteger(dim)) throw new TypeError(`dim must be an integer, but got ${dim}`)
  if (dim < -n || dim >= n) throw new IndexError(`Dimension out of range (expected to be in range of [${-n}, ${n - 1}], but got ${dim})`)
  return dim < 0 ? dim + n : dim
}

const everyDims: (readonly number[])[] = []

/** `[0, 1, ...]`: the dimensions of any tensor of `ndim` dimensions, in one array for all of them. */
export const everyDim = (ndim: number): readonly number[] => (everyDims[ndim] ??= Array.from({ length: ndim }, (_, i) => i))

/** Sorted, distinct, non-negative dimensions; all of them where none are given. */
export function normalizeDims(dim: number | readonly number[] | undefined | null, ndim: number): readonly number[] {
  if (dim === undefined || dim === null || (typeof dim !== 'number' && dim.length === 0)) return everyDim(ndim)
  if (typeof dim === 'number') {
    const at = normalizeDim(dim, ndim)
    return ndim === 0 ? NO_DIMS : [at]
  }
  const out: number[] = []
  for (const d of dim) {
    const at = normalizeDim(d, ndim)
    if (out.includes(at)) throw new RuntimeError(`dim ${at} appears multiple times in the list of dims`)
    out.push(at)
  }
  return ndim === 0 ? [] : out.sort((a, b) => a - b)
}

/** Replaces one -1 in `shape` so that it has `n` elements. */
export function inferShape(shape: Shape, n: number): number[] {
  let known = 1
  let unknown = -1
  for (let i = 0; i < shape.length; i++) {
    const d = shape[i] as number
    if (d === -1) {
      if (unknown >= 0) throw new RuntimeError('only one dimension can be inferred')
      unknown = i
    } else if (d < 0 || !Number.isInteger(d)) throw new RuntimeError(`invalid shape dimension ${d}`)
    else known *= d
  }
  const out = [...shape]
  if (unknown >= 0) {
    if (known === 0 && n === 0)
      throw new RuntimeError(
        `cannot reshape tensor of 0 elements into shape ${formatShape(shape)} because the unspecified dimension size -1 can be any value and is ambiguous`,
      )
    if (known !== 0 && n % known === 0) {
      out[unknown] = n / known
      return out
    }
  } else if (known === n) return out
  throw new RuntimeError(`shape '${formatShape(shape)}' is invalid for input of size ${n}`)
}

/** Strides under which the same memory has the shape `to`, or null where only a copy can. */
export function viewStrides(shape: Shape, strides: readonly number[], to: Shape): number[] | null {
  const out = new Array<number>(to.length)
  if (numelOf(shape) === 0) return sameShape(shape, to) ? [...strides] : contiguousStrides(to)
  let at = to.length - 1
  let base = strides[strides.length - 1] ?? 1
  let chunk = 1
  let viewed = 1
  for (let d = shape.length - 1; d >= 0; d--) {
    chunk *= shape[d] as number
    const boundary = d === 0 || ((shape[d - 1] as number) !== 1 && strides[d - 1] !== chunk * base)
    if (!boundary) continue
    while (at >= 0 && (viewed < chunk || to[at] === 1)) {
      out[at] = viewed * base
      viewed *= to[at] as number
      at--
    }
    if (viewed !== chunk) return null
    if (d > 0) {
      base = strides[d - 1] as number
      chunk = 1
      viewed = 1
    }
  }
  for (; at >= 0; at--) out[at] = base * viewed
  return out
}
