/** Moves of elements between layouts: rows of bytes, one element for many, any strides, and blocks that are transposed in registers. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown } from './float-type.ts'
import type { MemoryOp } from './opcodes.ts'
import { emitLoops } from './walks.ts'

type L = Local

/** The sizes of elements. */
export const sizes = [1, 2, 4, 8] as const
export type Size = (typeof sizes)[number]

const loads: Readonly<Record<Size, MemoryOp>> = { 1: 'i32.load8_u', 2: 'i32.load16_u', 4: 'i32.load', 8: 'i64.load' }
const stores: Readonly<Record<Size, MemoryOp>> = { 1: 'i32.store8', 2: 'i32.store16', 4: 'i32.store', 8: 'i64.store' }
const splats: Readonly<Record<Size, MemoryOp>> = {
  1: 'v128.load8_splat',
  2: 'v128.load16_splat',
  4: 'v128.load32_splat',
  8: 'v128.load64_splat',
}

const integers = (n: number) => Array.from({ length: n }, () => 'i32' as const)

/** Emits the copy of `bytes` bytes; moves the pointers, and takes from `bytes`. */
export function emitBytes(f: FunctionBuilder, from: Local, to: Local, bytes: Local): void {
  const move = (load: MemoryOp, store: MemoryOp, offset = 0) => f.get(to).get(from).load(load, offset).store(store, offset)
  const advance = (by: number) => f.increment(from, by).increment(to, by)
  f.get(bytes).i32(16).op('i32.ge_s')
  f.if(
    () => {
      countDown(f, bytes, 64, () => {
        for (let i = 0; i < 64; i += 16) move('v128.load', 'v128.store', i)
        advance(64)
      })
      countDown(f, bytes, 16, () => {
        move('v128.load', 'v128.store')
        advance(16)
      })
      // What is left of a vector: the last sixteen bytes again.
      f.get(bytes).if(() => {
        for (const p of [from, to]) f.get(p).get(bytes).op('i32.add').i32(16).op('i32.sub').set(p)
        move('v128.load', 'v128.store')
      })
    },
    () => {
      for (const size of [8, 4, 2, 1] as const)
        f.get(bytes)
          .i32(size)
          .op('i32.and')
          .if(() => {
            move(loads[size], stores[size])
            advance(size)
          })
    },
  )
}

/** `(n0, n1, bytes, from, from0, from1, to, to0, to1)`: rows of bytes. */
function emitRows(module: ModuleBuilder): void {
  const f = module.function('rows', integers(9))
  const [n0, n1, bytes, from, from0, from1, to, to0, to1] = f.params as [L, L, L, L, L, L, L, L, L]
  const left = f.local('i32')
  const pointers = [
    { base: from, strides: [from0, from1] },
    { base: to, strides: [to0, to1] },
  ]
  emitLoops(f, [n0, n1], pointers, ([p, q]) => {
    f.get(bytes).set(left)
    emitBytes(f, p as L, q as L, left)
  })
}

/** `(n0, n1, n2, from, from0, from1, to, to0, to1)`: rows of one element each. */
function emitFill(module: ModuleBuilder, size: Size): void {
  const f = module.function(`fill ${size}`, integers(9))
  const [n0, n1, n2, from, from0, from1, to, to0, to1] = f.params as [L, L, L, L, L, L, L, L, L]
  const left = f.local('i32')
  const v = f.local('v128')
  const pointers = [
    { base: from, strides: [from0, from1] },
    { base: to, strides: [to0, to1] },
  ]
  emitLoops(f, [n0, n1], pointers, (at) => {
    const [p, q] = at as [L, L]
    f.get(p).load(splats[size]).set(v)
    f.get(n2).set(left)
    countDown(f, left, 64 / size, () => {
      for (let i = 0; i < 64; i += 16) f.get(q).get(v).store('v128.store', i)
      f.increment(q, 64)
    })
    countDown(f, left, 1, () => {
      f.get(q).get(p).load(loads[size]).store(stores[size]).increment(q, size)
    })
  })
}

/** `(n0, n1, n2, from, from0, from1, from2, to, to0, to1, to2)`: any strides. */
function emitStrided(module: ModuleBuilder, size: Size): FunctionBuilder {
  const f = module.function(`strided ${size}`, integers(11))
  const [n0, n1, n2, from, from0, from1, from2, to, to0, to1, to2] = f.params as [L, L, L, L, L, L, L, L, L, L, L]
  const left = f.local('i32')
  const pointers = [
    { base: from, strides: [from0, from1] },
    { base: to, strides: [to0, to1] },
  ]
  emitLoops(f, [n0, n1], pointers, (at) => {
    const [p, q] = at as [L, L]
    const one = () => {
      f.get(q).get(p).load(loads[size]).store(stores[size])
      f.get(p).get(from2).op('i32.add').set(p).get(q).get(to2).op('i32.add').set(q)
    }
    f.get(n2).set(left)
    countDown(f, left, 4, () => {
      for (let i = 0; i < 4; i++) one()
    })
    countDown(f, left, 1, one)
  })
  return f
}

/** The bytes of lanes of two vectors, for a shuffle. */
const lanes = (size: number, picks: readonly number[]): number[] =>
  picks.flatMap((lane) => Array.from({ length: size }, (_, byte) => lane * size + byte))

/** Turns rows into columns; vectors of four elements or of two. */
function transposeBlock(f: FunctionBuilder, size: 4 | 8, v: readonly Local[], w: readonly Local[]): void {
  const pick = (a: Local, b: Local, unit: number, picks: readonly number[], to: Local) =>
    f.get(a).get(b).shuffle(lanes(unit, picks)).set(to)
  if (size === 8) {
    pick(v[0] as L, v[1] as L, 8, [0, 2], w[0] as L)
    pick(v[0] as L, v[1] as L, 8, [1, 3], w[1] as L)
    return
  }
  const [a, b, c, d] = v as [L, L, L, L]
  const [e, g, h, i] = w as [L, L, L, L]
  pick(a, b, 4, [0, 4, 1, 5], e)
  pick(c, d, 4, [0, 4, 1, 5], g)
  pick(a, b, 4, [2, 6, 3, 7], h)
  pick(c, d, 4, [2, 6, 3, 7], i)
  pick(e, g, 8, [0, 2], a)
  pick(e, g, 8, [1, 3], b)
  pick(h, i, 8, [0, 2], c)
  pick(h, i, 8, [1, 3], d)
}

/** Vectors side by side in the source that are transposed together: one line of the cache. */
const STRIP = 4

/** `(n0, n1, n2, from, from0, from2, to, to0, to1)`: elements are side by side along dimension 1 of the source, along dimension 2 of the result. */
function emitTranspose(module: ModuleBuilder, size: 4 | 8, strided: FunctionBuilder): void {
  const count = 16 / size
  const f = module.function(`transpose ${size}`, integers(9))
  const [n0, n1, n2, from, from0, from2, to, to0, to1] = f.params as [L, L, L, L, L, L, L, L, L]
  const local = () => f.local('i32')
  const [whole, rows, columns, p, q, r, left, unit, one] = [local(), local(), local(), local(), local(), local(), local(), local(), local()]
  const v = Array.from({ length: count }, () => f.local('v128'))
  const w = Array.from({ length: count }, () => f.local('v128'))
  const places = Array.from({ length: count }, local)
  // The part of dimension 2 that makes whole vectors.
  f.get(n2).i32(-count).op('i32.and').set(whole).i32(size).set(unit).i32(1).set(one)

  /** Rows of the result by `vectors` at once. */
  const strip = (vectors: number) =>
    countDown(f, rows, vectors * count, () => {
      f.get(p).set(places[0] as L)
      for (let i = 1; i < count; i++)
        f.get(places[i - 1] as L)
          .get(from2)
          .op('i32.add')
          .set(places[i] as L)
      f.get(q).set(r).get(whole).set(columns)
      const target = local()
      countDown(f, columns, count, () => {
        f.get(r).set(target)
        for (let b = 0; b < vectors; b++) {
          v.forEach((x, i) =>
            f
              .get(places[i] as L)
              .load('v128.load', 16 * b)
              .set(x),
          )
          transposeBlock(f, size, v, w)
          for (const x of size === 8 ? w : v) f.get(target).get(x).store('v128.store').get(target).get(to1).op('i32.add').set(target)
        }
        for (const place of places) f.get(place).get(from2).i32(count).op('i32.mul', 'i32.add').set(place)
        f.increment(r, 16)
      })
      f.increment(p, vectors * 16)
      f.get(q)
        .get(to1)
        .i32(vectors * count)
        .op('i32.mul', 'i32.add')
        .set(q)
    })

  emitLoops(
    f,
    [n0],
    [
      { base: from, strides: [from0] },
      { base: to, strides: [to0] },
    ],
    (at) => {
      const [source, result] = at as [L, L]
      f.get(source).set(p).get(result).set(q).get(n1).set(rows)
      f.get(whole).if(() => {
        strip(STRIP)
        strip(1)
        f.get(n1).get(rows).op('i32.sub').set(left)
        // The columns beside the blocks.
        f.get(n2)
          .get(whole)
          .op('i32.ne')
          .if(() => {
            f.get(one).get(left).get(n2).get(whole).op('i32.sub')
            f.get(source).get(whole).get(from2).op('i32.mul', 'i32.add')
            for (const stride of [one, unit, from2]) f.get(stride)
            f.get(result).get(whole).get(unit).op('i32.mul', 'i32.add')
            for (const stride of [one, to1, unit]) f.get(stride)
            f.call(strided)
          })
      })
      // The rows below them; all, where no vector fits.
      f.get(rows).if(() => {
        for (const x of [one, rows, n2, p, one, unit, from2, q, one, to1, unit]) f.get(x)
        f.call(strided)
      })
    },
  )
}

/** Emits the moves of elements of every size. */
export function emitCopies(module: ModuleBuilder): void {
  emitRows(module)
  for (const size of sizes) {
    emitFill(module, size)
    const strided = emitStrided(module, size)
    if (size === 4 || size === 8) emitTranspose(module, size, strided)
  }
}
