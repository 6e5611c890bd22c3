/** The innermost kernel of the matrix product: a tile of C held in registers. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown, type FloatType, multiplyAdd } from './float-type.ts'

type Nine = [Local, Local, Local, Local, Local, Local, Local, Local, Local]

/** How A is read: `rows` where neighbours in memory follow each other along k, `columns` where they lie in one column (as in a packed panel). */
export type TileOperand = 'rows' | 'columns'

export interface TileOptions {
  readonly type: FloatType
  /** Rows of the tile. */
  readonly height: number
  /** Vectors in a row of the tile. */
  readonly vectors: number
  readonly operand: TileOperand
  readonly fma: boolean
  /** How often the loop over k is unrolled. */
  readonly unroll: number
}

/**
 * `C = A @ B` or `C += A @ B` for one tile: `(k, a, aStep, b, bStep, c, cStep, accumulate, rows)`, steps in bytes.
 *
 * `aStep` leads to the next row (`rows`) or to the next k (`columns`); rows of B and C are contiguous. k >= 1.
 * `rows` may be less than the height. The rows that are missing are then computed from the last one again (or from whatever a panel holds there) and
 * written to its place before it: no second kernel for each height, no branch in the loop.
 */
export function emitTile(module: ModuleBuilder, options: TileOptions): FunctionBuilder {
  const { type, height, vectors, operand, fma, unroll } = options
  const f = module.function(null, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'])
  const [k, a, aStep, b, bStep, c, cStep, accumulate, rows] = f.params as Nine
  const sums = Array.from({ length: height * vectors }, () => f.local('v128'))
  const row = Array.from({ length: vectors }, () => f.local('v128'))
  const scale = f.local('v128')
  // The pointers to rows serve A first and C in the end.
  const pointers = Array.from({ length: height }, () => f.local('i32'))

  const point = (first: Local, step: Local) => {
    f.get(first).set(pointers[0]!)
    for (let i = 1; i < height; i++) {
      f.get(pointers[i - 1]!)
        .get(step)
        .i32(0)
        .get(rows)
        .i32(i)
        .op('i32.gt_s', 'select', 'i32.add')
      f.set(pointers[i]!)
    }
  }
  const step = (at: number) => {
    for (let j = 0; j < vectors; j++)
      f.get(b)
        .load('v128.load', 16 * j)
        .set(row[j]!)
    for (let i = 0; i < height; i++) {
      if (operand === 'rows') f.get(pointers[i]!).load(`v128.load${type.bits}_splat`, at * type.size)
      else f.get(a).load(`v128.load${type.bits}_splat`, i * type.size)
      f.set(scale)
      for (let j = 0; j < vectors; j++) multiplyAdd(f, type, fma, sums[i * vectors + j]!, scale, row[j]!)
    }
    f.get(b).get(bStep).op('i32.add').set(b)
    if (operand === 'columns') f.get(a).get(aStep).op('i32.add').set(a)
  }
  const loop = (times: number) =>
    countDown(f, k, times, () => {
      for (let u = 0; u < times; u++) step(u)
      if (operand === 'rows') for (const p of pointers) f.increment(p, times * type.size)
    })

  if (operand === 'rows') point(a, aStep)
  if (unroll > 1) loop(unroll)
  loop(1)
  point(c, cStep)
  f.get(accumulate).if(() => {
    for (let i = 0; i < height; i++)
      for (let j = 0; j < vectors; j++) {
        const sum = sums[i * vectors + j]!
        f.get(pointers[i]!)
          .load('v128.load', 16 * j)
          .get(sum)
          .op(`${type.vector}.add`)
          .set(sum)
      }
  })
  for (let i = height - 1; i >= 0; i--)
    for (let j = 0; j < vectors; j++)
      f.get(pointers[i]!)
        .get(sums[i * vectors + j]!)
        .store('v128.store', 16 * j)
  return f
}
