/** Products whose operands both run along k: rows of A with columns of B, as in `x @ weight.T` and in `A @ x`, by dot products and without packing. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import {
  address,
  countDown,
  countUp,
  type FloatType,
  laneShuffle,
  multiplyAdd,
  remaining,
  scalarConstant,
  vectorConstant,
} from './float-type.ts'

/** Columns of one tile. */
const COLUMNS = 4

/** Lengths of the parts of a long sum. */
const DEPTH = 2048

/** Bytes of B that are used again and again before the next ones. */
const CACHE = 16384

type L = Local

/** The bytes of a vector of integers that number its lanes. */
function laneNumbers({ count, size }: FloatType): number[] {
  return Array.from({ length: count }, (_, lane) => [lane, ...new Array<number>(size - 1).fill(0)]).flat()
}

/** Sums the lanes of each of four vectors, and puts the sums side by side into one vector (float32) or two. */
function sumLanes(f: FunctionBuilder, type: FloatType, v: readonly Local[], results: readonly Local[]): void {
  const { count, vector } = type
  const add = (p: Local, q: Local, first: readonly number[], second: readonly number[], to: Local) => {
    f.get(p).get(q).shuffle(laneShuffle(type, first))
    f.get(p).get(q).shuffle(laneShuffle(type, second)).op(`${vector}.add`).set(to)
  }
  if (count === 2) for (const j of [0, 2]) add(v[j]!, v[j + 1]!, [0, 2], [1, 3], results[j / 2]!)
  else {
    for (const j of [0, 2]) add(v[j]!, v[j + 1]!, [0, 4, 1, 5], [2, 6, 3, 7], v[j]!)
    add(v[0]!, v[2]!, [0, 1, 4, 5], [2, 3, 6, 7], results[0]!)
  }
}

/**
 * One or two rows of A times all columns of B: `(n, k, a, aStep, b, bStep, c, cStep, cColumnStep, accumulate)`, steps in bytes.
 * `aStep` leads to the second row of A, `bStep` to the next column of B. k is at least the number of lanes.
 */
function emitDotRows(module: ModuleBuilder, type: FloatType, fma: boolean, height: 1 | 2): FunctionBuilder {
  const f = module.function(
    null,
    Array.from({ length: 10 }, () => 'i32' as const),
  )
  const [n, k, a, aStep, b, bStep, c, cStep, cColumnStep, accumulate] = f.params as [L, L, L, L, L, L, L, L, L, L]
  const { scalar, vector, count, size, bits } = type
  // With one row, neighbours along k are summed apart: additions need not wait for each other.
  const chains = 2 / height
  const vectors = (many: number) => Array.from({ length: many }, () => f.local('v128'))
  const sums = Array.from({ length: chains }, () => Array.from({ length: height }, () => vectors(COLUMNS)))
  const x = vectors(height)
  const y = f.local('v128')
  const mask = f.local('v128')
  const results = vectors(COLUMNS / count)
  const aRows = Array.from({ length: height }, () => f.local('i32'))
  const bColumns = Array.from({ length: COLUMNS }, () => f.local('i32'))
  const [left, rest, cAt] = [f.local('i32'), f.local('i32'), f.local('i32')]

  const read = (p: Local, at: number, masked: boolean, to: Local) => {
    f.get(p).load('v128.load', at)
    // Both factors are cleared: 0 times an infinity would not be 0.
    if (masked) f.get(mask).op('v128.and')
    f.set(to)
  }
  const step = (chain: number, masked: boolean) => {
    aRows.forEach((p, i) => read(p, 16 * chain, masked, x[i]!))
    bColumns.forEach((p, j) => {
      read(p, 16 * chain, masked, y)
      for (let i = 0; i < height; i++) multiplyAdd(f, type, fma, sums[chain]![i]![j]!, x[i]!, y)
    })
  }
  const loop = (many: number) =>
    countDown(f, left, many * count, () => {
      for (let u = 0; u < many; u++) step(u, false)
      for (const p of [...aRows, ...bColumns]) f.increment(p, many * 16)
    })
  const addOld = (at: Local) =>
    f.get(accumulate).if(
      () => f.get(at).load(`${scalar}.load`),
      // Adding -0 changes no number, not even -0.
      () => scalarConstant(f, type, -0),
      scalar,
    )

  // k does not end with a whole vector: the last one begins before what is left, and lanes that were seen already are masked.
  f.i32(count)
  f.get(k)
    .i32(count - 1)
    .op('i32.and', 'i32.sub')
    .set(rest)
  if (bits === 32) f.bytes(laneNumbers(type)).get(rest).op('i32x4.splat', 'i32x4.ge_s').set(mask)
  else f.bytes(laneNumbers(type)).get(rest).op('i64.extend_i32_s', 'i64x2.splat', 'i64x2.ge_s').set(mask)
  f.get(rest).i32(type.shift).op('i32.shl').set(rest)

  f.loop((next) => {
    f.get(a).set(aRows[0]!)
    if (height > 1) f.get(a).get(aStep).op('i32.add').set(aRows[1]!)
    // Columns that are missing repeat the last one; their results are not stored.
    f.get(b).set(bColumns[0]!)
    for (let j = 1; j < COLUMNS; j++) {
      f.get(bColumns[j - 1]!)
        .get(bStep)
        .i32(0)
        .get(n)
        .i32(j)
      f.op('i32.gt_s', 'select', 'i32.add').set(bColumns[j]!)
    }
    for (const sum of sums.flat(2)) {
      vectorConstant(f, type, 0)
      f.set(sum)
    }
    f.get(k).set(left)
    if (chains > 1) loop(chains)
    loop(1)
    f.get(left).if(() => {
      for (const p of [...aRows, ...bColumns]) f.get(p).get(rest).op('i32.sub').set(p)
      step(0, true)
    })

    f.get(c).set(cAt)
    for (let i = 0; i < height; i++) {
      const row = sums[0]![i]!
      for (const other of sums.slice(1)) row.forEach((sum, j) => f.get(sum).get(other[i]![j]!).op(`${vector}.add`).set(sum))
      sumLanes(f, type, row, results)
      f.get(n).i32(COLUMNS).op('i32.ge_s').get(cColumnStep).i32(size).op('i32.eq', 'i32.and')
      f.if(
        () => {
          const place = (v: number) => f.get(cAt).load('v128.load', 16 * v)
          f.get(accumulate).if(() => results.forEach((r, v) => place(v).get(r).op(`${vector}.add`).set(r)))
          results.forEach((r, v) =>
            f
              .get(cAt)
              .get(r)
              .store('v128.store', 16 * v),
          )
        },
        () => {
          // Pointers into B have served: the first one now goes along the row of C.
          const [at] = bColumns as [L]
          f.get(cAt).set(at)
          f.block((done) => {
            for (let j = 0; j < COLUMNS; j++) {
              if (j > 0) f.get(n).i32(j).op('i32.le_s').brIf(done).get(at).get(cColumnStep).op('i32.add').set(at)
              f.get(at)
                .get(results[Math.floor(j / count)]!)
                .lane(`${vector}.extract_lane`, j % count)
              addOld(at).op(`${scalar}.add`).store(`${scalar}.store`)
            }
          })
        },
      )
      if (i + 1 < height) f.get(cAt).get(cStep).op('i32.add').set(cAt)
    }

    for (const [p, by] of [
      [b, bStep],
      [c, cColumnStep],
    ] as const)
      f.get(p).get(by).i32(2).op('i32.shl', 'i32.add').set(p)
    f.increment(n, -COLUMNS).get(n).i32(0).op('i32.gt_s').brIf(next)
  })
  return f
}

/**
 * `C (+)= A @ B` where rows of A and columns of B are contiguous:
 * `(m, n, k, a, aStep, b, bStep, c, cStep, cColumnStep, accumulate)`, steps in bytes; k at least the number of lanes.
 */
export function emitDotProducts(module: ModuleBuilder, type: FloatType, fma: boolean): FunctionBuilder {
  const one = emitDotRows(module, type, fma, 1)
  const two = emitDotRows(module, type, fma, 2)
  const f = module.function(
    null,
    Array.from({ length: 11 }, () => 'i32' as const),
  )
  const [m, n, k, a, aStep, b, bStep, c, cStep, cColumnStep, accumulate] = f.params as [L, L, L, L, L, L, L, L, L, L, L]
  const local = () => f.local('i32')
  const [i, j, depth, chunk, columns, aAt, bAt, cAt] = [local(), local(), local(), local(), local(), local(), local(), local()]

  f.loop((next) => {
    // Long sums are made of parts. The last one may be up to twice as long, so that none is shorter than a vector.
    f.i32(DEPTH).get(k)
    f.get(k)
      .i32(2 * DEPTH)
      .op('i32.ge_s', 'select')
      .set(depth)
    // As many columns of B at a time as half of a first-level cache holds; a single row of A needs each only once.
    f.i32(CACHE / type.size)
      .get(depth)
      .op('i32.div_u')
      .i32(COLUMNS)
      .op('i32.add')
      .i32(-COLUMNS)
      .op('i32.and')
      .get(n)
    f.get(m).i32(1).op('i32.ne', 'select').set(chunk)
    countUp(f, j, n, chunk, () => {
      remaining(f, columns, n, j, chunk)
      f.get(a).set(aAt)
      address(f, b, [j, bStep]).set(bAt)
      address(f, c, [j, cColumnStep]).set(cAt)
      countUp(f, i, m, 2, () => {
        const call = (rows: FunctionBuilder) =>
          [columns, depth, aAt, aStep, bAt, bStep, cAt, cStep, cColumnStep, accumulate].reduce((g, x) => g.get(x), f).call(rows)
        f.get(m).get(i).op('i32.sub').i32(1).op('i32.eq')
        f.if(
          () => call(one),
          () => call(two),
        )
        f.get(aAt).get(aStep).i32(1).op('i32.shl', 'i32.add').set(aAt)
        f.get(cAt).get(cStep).i32(1).op('i32.shl', 'i32.add').set(cAt)
      })
    })
    f.i32(1).set(accumulate)
    address(f, a, [depth, type.size]).set(a)
    address(f, b, [depth, type.size]).set(b)
    f.get(k).get(depth).op('i32.sub').tee(k).brIf(next)
  })
  return f
}
