/** Products whose operands both run along k: rows of A with columns of B, as in `x @ weight.T` and in `A @ x`, by dot products and without packing. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown, countUp, type Lanes, laneShuffle, multiplyAdd } from './lanes.ts'

/** Columns of one tile. */
const COLUMNS = 4

interface DotTileOptions {
  readonly lanes: Lanes
  readonly fma: boolean
  /** Rows of the tile. */
  readonly height: number
  /** Vectors along k that are summed apart, so that additions need not wait for each other. */
  readonly chains: number
}

type Eleven = [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local]

/**
 * One tile of dot products: `(k, a, aStep, b, bStep, c, cStep, cColumnStep, accumulate, rows, columns)`, steps in bytes.
 * `aStep` leads to the next row of A, `bStep` to the next column of B. k is at least the number of lanes.
 */
function emitDotTile(module: ModuleBuilder, { lanes, fma, height, chains }: DotTileOptions): FunctionBuilder {
  const f = module.function(null, Array.from({ length: 11 }, () => 'i32' as const))
  const [k, a, aStep, b, bStep, c, cStep, cColumnStep, accumulate, rows, columns] = f.params as Eleven
  const { scalar, vector, count, size, bits } = lanes
  const vectors = (n: number) => Array.from({ length: n }, () => f.local('v128'))
  const sums = Array.from({ length: chains }, () => Array.from({ length: height }, () => vectors(COLUMNS)))
  const x = vectors(height)
  const y = f.local('v128')
  const mask = f.local('v128')
  const aRows = [a, ...Array.from({ length: height - 1 }, () => f.local('i32'))]
  const bColumns = [b, ...Array.from({ length: COLUMNS - 1 }, () => f.local('i32'))]
  const pointers = [...aRows, ...bColumns]

  // Rows and columns that are missing repeat the last one; their results are not stored.
  for (const [list, step, many] of [
    [aRows, aStep, rows],
    [bColumns, bStep, columns],
  ] as const)
    for (let i = 1; i < list.length; i++) {
      f.get(list[i - 1]!).get(step).i32(0).get(many).i32(i).op('i32.gt_s', 'select', 'i32.add')
      f.set(list[i]!)
    }

  const step = (at: number, into: readonly (readonly Local[])[], masked: boolean) => {
    const read = (p: Local, to: Local) => {
      f.get(p).load('v128.load', at)
      // Both sides are cleared: 0 times an infinity would not be 0.
      if (masked) f.get(mask).op('v128.and')
      f.set(to)
    }
    aRows.forEach((p, i) => read(p, x[i]!))
    bColumns.forEach((p, j) => {
      read(p, y)
      for (let i = 0; i < height; i++) multiplyAdd(f, lanes, fma, into[i]![j]!, x[i]!, y)
    })
  }
  const loop = (many: number) =>
    countDown(f, k, many * count, () => {
      for (let u = 0; u < many; u++) step(16 * u, sums[u]!, false)
      for (const p of pointers) f.increment(p, many * 16)
    })
  if (chains > 1) loop(chains)
  loop(1)
  f.get(k).if(() => {
    // What is left is the end of a whole vector that begins before it.
    f.i32(count).get(k).op('i32.sub').tee(k)
    if (bits === 32) f.op('i32x4.splat').set(mask).bytes(laneNumbers(lanes)).get(mask).op('i32x4.ge_s')
    else f.op('i64.extend_i32_s', 'i64x2.splat').set(mask).bytes(laneNumbers(lanes)).get(mask).op('i64x2.ge_s')
    f.set(mask)
    for (const p of pointers) f.get(p).get(k).i32(lanes.shift).op('i32.shl', 'i32.sub').set(p)
    step(0, sums[0]!, true)
  })

  const add = `${vector}.add` as const
  const pick = (p: Local, q: Local, picks: readonly number[]) => f.get(p).get(q).shuffle(laneShuffle(lanes, picks))
  const results = vectors(COLUMNS / count)
  for (let i = 0; i < height; i++) {
    const row = sums[0]![i]!
    for (let u = 1; u < chains; u++) for (let j = 0; j < COLUMNS; j++) f.get(row[j]!).get(sums[u]![i]![j]!).op(add).set(row[j]!)
    // The sums of the lanes of each vector side by side.
    for (let j = 0; j < COLUMNS; j += 2) {
      pick(row[j]!, row[j + 1]!, count === 4 ? [0, 4, 1, 5] : [0, 2])
      pick(row[j]!, row[j + 1]!, count === 4 ? [2, 6, 3, 7] : [1, 3])
      f.op(add).set(count === 4 ? row[j]! : results[j / 2]!)
    }
    if (count === 4) {
      pick(row[0]!, row[2]!, [0, 1, 4, 5])
      pick(row[0]!, row[2]!, [2, 3, 6, 7])
      f.op(add).set(results[0]!)
    }
    f.get(rows).i32(i).op('i32.gt_s')
    f.if(() => {
      f.get(columns).i32(COLUMNS).op('i32.eq').get(cColumnStep).i32(size).op('i32.eq', 'i32.and')
      f.if(
        () => {
          f.get(accumulate).if(() =>
            results.forEach((r, v) =>
              f
                .get(c)
                .load('v128.load', 16 * v)
                .get(r)
                .op(add)
                .set(r),
            ),
          )
          results.forEach((r, v) => f.get(c).get(r).store('v128.store', 16 * v))
        },
        () => {
          // The pointer to the column takes the place of the one into B, which has served.
          f.get(c).set(b)
          f.block((done) => {
            for (let j = 0; j < COLUMNS; j++) {
              if (j > 0) f.get(columns).i32(j).op('i32.le_s').brIf(done).get(b).get(cColumnStep).op('i32.add').set(b)
              f.get(b)
                .get(results[Math.floor(j / count)]!)
                .lane(`${vector}.extract_lane`, j % count)
              f.get(accumulate)
                .if(
                  () => f.get(b).load(`${scalar}.load`),
                  () => (scalar === 'f32' ? f.f32(-0) : f.f64(-0)),
                  scalar,
                )
                .op(`${scalar}.add`)
                .store(`${scalar}.store`)
            }
          })
        },
      )
    })
    if (i + 1 < height) f.get(c).get(cStep).op('i32.add').set(c)
  }
  return f
}

/** The bytes of a vector of integers that number its lanes. */
function laneNumbers({ count, size }: Lanes): number[] {
  return Array.from({ length: count }, (_, lane) => [lane, ...new Array<number>(size - 1).fill(0)]).flat()
}

type Ten = [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local]

/**
 * `C (+)= A @ B` where rows of A and columns of B are contiguous:
 * `(m, n, k, a, aStep, b, bStep, c, cStep, cColumnStep, accumulate)`, steps in bytes; k at least the number of lanes.
 */
export function emitDotProducts(module: ModuleBuilder, lanes: Lanes, fma: boolean): FunctionBuilder {
  const one = emitDotTile(module, { lanes, fma, height: 1, chains: 2 })
  const two = emitDotTile(module, { lanes, fma, height: 2, chains: 1 })
  const f = module.function(null, Array.from({ length: 11 }, () => 'i32' as const))
  const [m, n, k, a, aStep, b, bStep, c, cStep, cColumnStep] = f.params as unknown as Ten
  const accumulate = f.params[10]!
  const [depth, first, rows, i, j, rowsLeft, aAt, bAt, cAt, columns, chunk] = Array.from({ length: 11 }, () => f.local('i32')) as Eleven
  const again = f.local('i32')
  const left = f.local('i32')

  // Long sums are made of parts, which also keeps what they read in the cache.
  f.get(k).set(left)
  f.loop((next) => {
    // A part of 2048, or all the rest where it is shorter than two: no part is ever shorter than a vector.
    f.i32(DEPTH).get(left).get(left).i32(2 * DEPTH).op('i32.ge_s', 'select').set(depth)
    // As many rows of A at a time as half of the smallest first-level cache holds.
    f.i32(16384 / lanes.size).get(depth).op('i32.div_u').i32(-2).op('i32.and').tee(chunk).op('i32.eqz').if(() => f.i32(2).set(chunk))
    countUp(f, first, m, chunk, () => {
      f.get(m).get(first).op('i32.sub').tee(rows).get(chunk).get(rows).get(chunk).op('i32.lt_s', 'select').set(rows)
      countUp(f, j, n, COLUMNS, () => {
        f.get(n).get(j).op('i32.sub').tee(columns).i32(COLUMNS).get(columns).i32(COLUMNS).op('i32.lt_s', 'select').set(columns)
        f.get(b).get(j).get(bStep).op('i32.mul', 'i32.add').set(bAt)
        f.get(a).get(first).get(aStep).op('i32.mul', 'i32.add').set(aAt)
        f.get(c).get(first).get(cStep).op('i32.mul', 'i32.add').get(j).get(cColumnStep).op('i32.mul', 'i32.add').set(cAt)
        countUp(f, i, rows, 2, () => {
          f.get(depth).get(aAt).get(aStep).get(bAt).get(bStep).get(cAt).get(cStep).get(cColumnStep)
          f.get(accumulate).get(again).op('i32.or').get(rows).get(i).op('i32.sub').tee(rowsLeft).get(columns)
          f.get(rowsLeft).i32(1).op('i32.eq')
          // A block cannot take what lies on the stack, so both kernels are called through their arguments.
          f.drop2(one, two)
          f.get(aAt).get(aStep).i32(1).op('i32.shl', 'i32.add').set(aAt).get(cAt).get(cStep).i32(1).op('i32.shl', 'i32.add').set(cAt)
        })
      })
    })
    f.i32(1).set(again)
    f.get(a).get(depth).i32(lanes.shift).op('i32.shl', 'i32.add').set(a).get(b).get(depth).i32(lanes.shift).op('i32.shl', 'i32.add').set(b)
    f.get(left).get(depth).op('i32.sub').tee(left).brIf(next)
  })
  return f
}
