/** Reductions of columns: rows combined into one. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, countUp, type FloatType, remaining } from './float-type.ts'
import type { ReductionOptions } from './reduce.ts'
import { emitRowPanels, emitRowParts, type RowCombination } from './row-panels.ts'
import { totalOf } from './totals.ts'

/** What columns are reduced to. */
export type ColumnReduction = Exclude<RowCombination, 'weighted'>

/** Rows that are summed in their own precision. */
const PART = 64

/** Columns whose totals are kept at once; the last ones may be up to twice as many. */
const TILE = 512

/** Bytes of workspace that the sum of columns uses: totals in doubles, and the sums of one part. */
export const columnsWorkspace: number = 2 * TILE * (8 + 4)

type L = Local

/** Totals of many rows of float32 in doubles: `(n, k, b, bStep, y, workspace)`, n at least one vector. */
function emitDoubleSums(module: ModuleBuilder, type: FloatType, panels: FunctionBuilder): FunctionBuilder {
  const f = module.function(
    null,
    Array.from({ length: 6 }, () => 'i32' as const),
  )
  const [n, k, b, bStep, y, workspace] = f.params as [L, L, L, L, L, L]
  const local = () => f.local('i32')
  const [tile, row, part, at, sums, j, zero] = [local(), local(), local(), local(), local(), local(), local()]
  const v = f.local('v128')
  const half = (lanes: readonly number[]) => f.get(v).get(v).shuffle(lanes).op('f64x2.promote_low_f32x4')
  const low = Array.from({ length: 16 }, (_, i) => i)
  const total = () => address(f, workspace, [j, 8])
  f.get(workspace)
    .i32(2 * TILE * 8)
    .op('i32.add')
    .set(sums)
  f.loop((next) => {
    f.i32(TILE).get(n)
    f.get(n)
      .i32(2 * TILE)
      .op('i32.ge_s', 'select')
      .set(tile)
    f.get(b).set(at)
    countUp(f, row, k, PART, () => {
      remaining(f, part, k, row, PART)
      for (const argument of [tile, part, zero, zero, at, bStep, sums, zero]) f.get(argument)
      f.call(panels)
      address(f, at, [part, bStep]).set(at)
      countUp(f, j, tile, 4, () => {
        address(f, sums, [j, 4]).load('v128.load').set(v)
        for (const [offset, lanes] of [
          [0, low],
          [16, low.map((i) => (i + 8) % 16)],
        ] as const) {
          total()
          half(lanes)
          // The first part finds nothing to add to.
          f.get(row).if(
            () => total().load('v128.load', offset),
            () => f.f64x2(0),
            'v128',
          )
          f.op('f64x2.add').store('v128.store', offset)
        }
      })
    })
    countUp(f, j, tile, 1, () => {
      address(f, y, [j, type.size])
      total().load('f64.load').op('f32.demote_f64').store('f32.store')
    })
    address(f, b, [tile, type.size]).set(b)
    address(f, y, [tile, type.size]).set(y)
    f.get(n).get(tile).op('i32.sub').tee(n).brIf(next)
  })
  return f
}

/** Column by column, for matrices narrower than a vector: `(n, k, b, bStep, y)`. */
function emitNarrow(module: ModuleBuilder, reduction: ColumnReduction, type: FloatType): FunctionBuilder {
  const f = module.function(
    null,
    Array.from({ length: 5 }, () => 'i32' as const),
  )
  const [n, k, b, bStep, y] = f.params as [L, L, L, L, L]
  const [i, p] = [f.local('i32'), f.local('i32')]
  const x = f.local(type.scalar)
  const total = totalOf(f, type, reduction === 'max' || reduction === 'min' ? reduction : 'sum')
  f.loop((next) => {
    total.reset()
    f.get(b).set(p)
    countUp(f, i, k, 1, () => {
      f.get(p).load(`${type.scalar}.load`)
      if (reduction === 'squares') f.tee(x).get(x).op(`${type.scalar}.mul`)
      total.addScalar()
      f.get(p).get(bStep).op('i32.add').set(p)
    })
    f.get(y)
    total.push()
    f.store(`${type.scalar}.store`).increment(b, type.size).increment(y, type.size).increment(n, -1)
    f.get(n).brIf(next)
  })
  return f
}

/**
 * Emits the exported function `out[j] = reduction of column j`: `(rows, columns, x, xStride, out, workspace)`.
 *
 * Pointers in bytes, the stride from row to row in numbers; numbers of a row are contiguous, and so is `out`. No rows give 0, or for extremes an infinity.
 * `workspace` points to `columnsWorkspace` bytes. float32 is summed in parts of 64 rows, and the parts in float64.
 */
export function emitColumnReduction(module: ModuleBuilder, reduction: ColumnReduction, options: ReductionOptions): FunctionBuilder {
  const { type, fma = false, name } = options
  const panels = emitRowPanels(module, { type, fma, combination: reduction })
  const extreme = reduction === 'max' || reduction === 'min'
  const doubles = !extreme && type.bits === 32 ? emitDoubleSums(module, type, panels) : null
  const parts = extreme || doubles !== null ? panels : emitRowParts(module, panels, PART)
  const narrow = emitNarrow(module, reduction, type)
  const f = module.function(
    name,
    Array.from({ length: 6 }, () => 'i32' as const),
  )
  const [rows, columns, x, xStride, out, workspace] = f.params as [L, L, L, L, L, L]
  const zero = f.local('i32')
  const push = (...values: Local[]) => values.reduce((g, value) => g.get(value), f)
  f.get(columns)
    .i32(0)
    .op('i32.le_s')
    .if(() => f.op('return'))
  f.get(xStride).i32(type.shift).op('i32.shl').set(xStride)
  f.get(columns).i32(type.count).op('i32.lt_s').get(rows).i32(0).op('i32.le_s', 'i32.or')
  f.if(() => push(columns, rows, x, xStride, out).call(narrow).op('return'))
  if (doubles !== null) {
    f.get(rows).i32(PART).op('i32.gt_s')
    f.if(() => push(columns, rows, x, xStride, out, workspace).call(doubles).op('return'))
  }
  push(columns, rows, zero, zero, x, xStride, out, zero).call(parts)
  return f
}
