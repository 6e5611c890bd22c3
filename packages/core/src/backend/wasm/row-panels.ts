/** Rows of a matrix combined into one: the sum of rows, their maximum, or a vector times the matrix. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, type FloatType, multiplyAdd, remaining, vectorConstant } from './float-type.ts'

/** How rows are combined: `weighted` multiplies each with a number first, `squares` with itself. */
export type RowCombination = 'weighted' | 'sum' | 'squares' | 'max' | 'min'

export interface RowPanelOptions {
  readonly type: FloatType
  readonly fma: boolean
  readonly combination: RowCombination
}

/** Vectors of the result that may stand in registers at once. */
const WIDTHS = [8, 6, 4, 2] as const

type Eight = [Local, Local, Local, Local, Local, Local, Local, Local]

const integers = Array.from({ length: 8 }, () => 'i32' as const)

/** One panel of columns: `(n, k, x, xStep, b, bStep, y, accumulate)` as below, with n from one vector to `vectors` of them. */
function emitPanel(module: ModuleBuilder, { type, fma, combination }: RowPanelOptions, vectors: number): FunctionBuilder {
  const f = module.function(null, integers)
  const [n, k, x, xStep, b, bStep, y, accumulate] = f.params as Eight
  const results = Array.from({ length: vectors }, () => f.local('v128'))
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
  const extreme = combination === 'max' || combination === 'min'
  const join = `${type.vector}.${extreme ? combination : 'add'}` as const

  f.get(n).i32(type.shift).op('i32.shl').i32(16).op('i32.sub').set(last)
  if (extreme)
    for (const r of results) {
      vectorConstant(f, type, combination === 'max' ? -Infinity : Infinity)
      f.set(r)
    }
  place(b)
  f.loop((next) => {
    if (combination === 'weighted') f.get(x).load(`v128.load${type.bits}_splat`).set(scale)
    results.forEach((r, v) => {
      if (combination === 'weighted' || combination === 'squares') {
        read(v, b)
        f.set(row)
        multiplyAdd(f, type, fma, r, combination === 'weighted' ? scale : row, row)
      } else {
        f.get(r)
        read(v, b)
        f.op(join).set(r)
      }
    })
    if (combination === 'weighted') f.get(x).get(xStep).op('i32.add').set(x)
    for (const p of [b, ...ends]) f.get(p).get(bStep).op('i32.add').set(p)
    f.get(k).i32(1).op('i32.sub').tee(k).brIf(next)
  })
  place(y)
  f.get(accumulate).if(() =>
    results.forEach((r, v) => {
      read(v, y)
      f.get(r).op(join).set(r)
    }),
  )
  results.forEach((r, v) => {
    const end = v - (vectors - 2)
    f.get(end < 0 ? y : ends[end]!)
      .get(r)
      .store('v128.store', end < 0 ? 16 * v : 0)
  })
  return f
}

/**
 * `y = combination of the rows of B`, or of y too: `(n, k, x, xStep, b, bStep, y, accumulate)`, steps in bytes.
 * B has k >= 1 contiguous rows of n numbers, at least a vector of them; x has the weights, if there are any.
 */
export function emitRowPanels(module: ModuleBuilder, options: RowPanelOptions): FunctionBuilder {
  const panels = WIDTHS.map((vectors) => ({ vectors, panel: emitPanel(module, options, vectors) }))
  const { count, size } = options.type
  const f = module.function(null, integers)
  const [n, k, x, xStep, b, bStep, y, accumulate] = f.params as Eight
  const width = f.local('i32')
  const call = (i: number): void => {
    const { vectors, panel } = panels[i]!
    const run = () => [width, k, x, xStep, b, bStep, y, accumulate].reduce((g, argument) => g.get(argument), f).call(panel)
    if (i + 1 === panels.length) run()
    else {
      f.get(width)
        .i32((vectors - 2) * count)
        .op('i32.gt_s')
      f.if(run, () => call(i + 1))
    }
  }
  f.loop((next) => {
    // No panel is left with less than a vector: where few columns more than eight vectors remain, four of those come first.
    const atLeast = (many: number) => f.get(n).i32(many).op('i32.ge_s')
    f.i32(8 * count).i32(4 * count)
    f.get(n)
    atLeast(8 * count + 1).op('select')
    atLeast(9 * count)
      .op('select')
      .set(width)
    call(0)
    address(f, b, [width, size]).set(b)
    address(f, y, [width, size]).set(y)
    f.get(n).get(width).op('i32.sub').tee(n).brIf(next)
  })
  return f
}

/** Calls `panels` for parts of at most `depth` rows: `y (+)= x @ B`, which keeps rounding errors small and what a part reads in the cache. */
export function emitRowParts(module: ModuleBuilder, panels: FunctionBuilder, depth: number): FunctionBuilder {
  const f = module.function(null, integers)
  const [n, k, x, xStep, b, bStep, y, accumulate] = f.params as Eight
  const [part, zero] = [f.local('i32'), f.local('i32')]
  f.loop((next) => {
    remaining(f, part, k, zero, depth)
    for (const argument of [n, part, x, xStep, b, bStep, y, accumulate]) f.get(argument)
    f.call(panels).i32(1).set(accumulate)
    address(f, x, [part, xStep]).set(x)
    address(f, b, [part, bStep]).set(b)
    f.get(k).get(part).op('i32.sub').tee(k).brIf(next)
  })
  return f
}
