/** A vector times a matrix whose rows are contiguous: `y = x @ B`, the sum of the rows of B weighted by x. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, type FloatType, multiplyAdd, remaining } from './float-type.ts'

/** Vectors of y that may stand in registers at once. */
const WIDTHS = [8, 6, 4, 2] as const

/** Lengths of the parts of a long sum, which also keeps the rows that a part reads in the cache. */
const DEPTH = 512

type Eight = [Local, Local, Local, Local, Local, Local, Local, Local]

/** One panel of columns: `(k, x, xStep, b, bStep, y, accumulate, n)`, steps in bytes; n from one vector to `vectors` of them, k >= 1. */
function emitRowPanel(module: ModuleBuilder, type: FloatType, fma: boolean, vectors: number): FunctionBuilder {
  const f = module.function(
    null,
    Array.from({ length: 8 }, () => 'i32' as const),
  )
  const [k, x, xStep, b, bStep, y, accumulate, n] = f.params as Eight
  const sums = Array.from({ length: vectors }, () => f.local('v128'))
  const scale = f.local('v128')
  const row = f.local('v128')
  // The last two vectors end with the columns at the latest: they may overlap those before them, whose numbers they then compute again.
  const ends = [f.local('i32'), f.local('i32')]
  const last = f.local('i32')
  const place = (first: Local) => {
    const at = (vectors - 2) * 16
    f.get(first).i32(at).get(last).get(last).i32(at).op('i32.gt_s', 'select', 'i32.add').set(ends[0]!)
    f.get(first).get(last).op('i32.add').set(ends[1]!)
  }
  const read = (v: number, first: Local) => {
    if (v < vectors - 2) f.get(first).load('v128.load', 16 * v)
    else f.get(ends[v - vectors + 2]!).load('v128.load')
  }

  f.get(n).i32(type.shift).op('i32.shl').i32(16).op('i32.sub').set(last)
  place(b)
  f.loop((next) => {
    f.get(x).load(`v128.load${type.bits}_splat`).set(scale)
    for (let v = 0; v < vectors; v++) {
      read(v, b)
      f.set(row)
      multiplyAdd(f, type, fma, sums[v]!, scale, row)
    }
    f.get(x).get(xStep).op('i32.add').set(x)
    for (const p of [b, ...ends]) f.get(p).get(bStep).op('i32.add').set(p)
    f.get(k).i32(1).op('i32.sub').tee(k).brIf(next)
  })
  place(y)
  f.get(accumulate).if(() =>
    sums.forEach((sum, v) => {
      read(v, y)
      f.get(sum).op(`${type.vector}.add`).set(sum)
    }),
  )
  sums.forEach((sum, v) => {
    if (v < vectors - 2)
      f.get(y)
        .get(sum)
        .store('v128.store', 16 * v)
    else
      f.get(ends[v - vectors + 2]!)
        .get(sum)
        .store('v128.store')
  })
  return f
}

/** `y (+)= x @ B`: `(n, k, x, xStep, b, bStep, y, accumulate)`, steps in bytes, rows of B and y contiguous; n at least the number of lanes, k >= 1. */
export function emitRowCombination(module: ModuleBuilder, type: FloatType, fma: boolean): FunctionBuilder {
  const panels = WIDTHS.map((vectors) => ({ vectors, panel: emitRowPanel(module, type, fma, vectors) }))
  const f = module.function(
    null,
    Array.from({ length: 8 }, () => 'i32' as const),
  )
  const [n, k, x, xStep, b, bStep, y, accumulate] = f.params as Eight
  const local = () => f.local('i32')
  const [depth, left, width, bAt, yAt, zero] = [local(), local(), local(), local(), local(), local()]
  const { count, size } = type

  f.loop((next) => {
    remaining(f, depth, k, zero, DEPTH)
    f.get(n).set(left).get(b).set(bAt).get(y).set(yAt)
    f.loop((panel) => {
      // No panel is left with less than a vector: where few columns more than eight vectors remain, four of those come first.
      const atLeast = (many: number) => f.get(left).i32(many).op('i32.ge_s')
      f.i32(8 * count).i32(4 * count)
      f.get(left)
      atLeast(8 * count + 1).op('select')
      atLeast(9 * count)
        .op('select')
        .set(width)
      const rest = (i: number): void => {
        const { vectors, panel } = panels[i]!
        const call = () => [depth, x, xStep, bAt, bStep, yAt, accumulate, width].reduce((g, argument) => g.get(argument), f).call(panel)
        if (i === panels.length - 1) call()
        else {
          f.get(width)
            .i32((vectors - 2) * count)
            .op('i32.gt_s')
          f.if(call, () => rest(i + 1))
        }
      }
      rest(0)
      address(f, bAt, [width, size]).set(bAt)
      address(f, yAt, [width, size]).set(yAt)
      f.get(left).get(width).op('i32.sub').tee(left).brIf(panel)
    })
    f.i32(1).set(accumulate)
    address(f, x, [depth, xStep]).set(x)
    address(f, b, [depth, bStep]).set(b)
    f.get(k).get(depth).op('i32.sub').tee(k).brIf(next)
  })
  return f
}
