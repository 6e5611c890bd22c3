/** Panels of the matrix product: many rows of A with a few columns of B, tile after tile. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, type FloatType } from './float-type.ts'
import { emitCopyBlock, emitPack } from './gemm-pack.ts'
import { emitTile, type TileOperand } from './gemm-tile.ts'

/** Sizes that depend on the machine and the engine. */
export interface BlockOptions {
  readonly type: FloatType
  readonly fma: boolean
  /** Heights of the tile, at most 8: rows that are no multiple of the first end in tiles of the second where that wastes less. */
  readonly heights: readonly [number, number]
  /** Vectors in a row of the tile: 2, or 4 where the engine joins pairs of vectors. */
  readonly vectors: number
  /** How often the loop of the tile is unrolled. */
  readonly unroll: number
  /** The block of A has so many rows, the block of B so many columns, both so many k. */
  readonly rows: number
  readonly columns: number
  readonly depth: number
  /** B is packed where it has at least so many numbers and at least so many rows of C use them; a quarter of the rows if it is 16 times as large. */
  readonly packBRows: number
  readonly packBSize: number
  /** A is packed where at least so many columns of C use it. */
  readonly packAColumns: number
}

/** Pushes the height of the next tile. */
export function pushHeight(f: FunctionBuilder, [tall, short]: readonly [number, number], left: Local): FunctionBuilder {
  let bits = 0
  for (let n = 1; n <= 2 * short; n++) if (n <= short || n > tall) bits |= 1 << n
  f.i32(short).i32(tall)
  f.get(left)
    .i32(2 * short)
    .op('i32.le_u')
  return f.i32(bits).get(left).op('i32.shr_u', 'i32.and', 'select')
}

/** How a block of A is read: where rows are contiguous, where columns are, or from packed panels. */
export const ROWS = 0
export const COLUMNS = 1
export const PACKED = 2

/** The functions that blocks are made of. */
export interface Parts {
  /** `tiles[operand][height][vectors]`. */
  readonly tiles: Readonly<Record<TileOperand, ReadonlyMap<number, ReadonlyMap<number, FunctionBuilder>>>>
  readonly widths: readonly number[]
  /** By the number of lines in a panel. */
  readonly packs: ReadonlyMap<number, FunctionBuilder>
  readonly copy: FunctionBuilder
}

/** Emits tiles of every height and width, and the packing of panels. */
export function emitParts(module: ModuleBuilder, { type, fma, heights, vectors, unroll }: BlockOptions): Parts {
  const widths = vectors > 2 ? [vectors, 2, 1] : [2, 1]
  const kinds = (operand: TileOperand) =>
    new Map(
      heights.map((height) => [
        height,
        new Map(
          widths.map((v) => [v, emitTile(module, { type, height, vectors: v, operand, fma, unroll: v === vectors ? unroll : 1 })] as const),
        ),
      ]),
    )
  const lines = new Set([...heights, ...widths.map((v) => v * type.count)])
  return {
    tiles: { rows: kinds('rows'), columns: kinds('columns') },
    widths,
    packs: new Map([...lines].map((n) => [n, emitPack(module, type, n)])),
    copy: emitCopyBlock(module, type),
  }
}

/** Emits `body` once for each number that a local may hold; the last one needs no test. */
export function choose(f: FunctionBuilder, value: Local, cases: readonly number[], body: (chosen: number) => void): void {
  const [first, ...others] = cases as [number, ...number[]]
  if (others.length === 0) body(first)
  else {
    f.get(value).i32(first).op('i32.eq')
    f.if(
      () => body(first),
      () => choose(f, value, others, body),
    )
  }
}

/** Pushes the values of locals. */
export function pushAll(f: FunctionBuilder, values: readonly Local[]): FunctionBuilder {
  for (const x of values) f.get(x)
  return f
}

/** The types of so many integer parameters. */
export const integers = (count: number): 'i32'[] => Array.from({ length: count }, () => 'i32' as const)
/** So many integer locals. */
export const localsOf = (f: FunctionBuilder, count: number): Local[] => Array.from({ length: count }, () => f.local('i32'))

type L = Local

/**
 * All rows of a block of A with one panel of B: `(m, k, a, aRow, aColumn, mode, b, bStep, vectors, c, cStep, accumulate, scratch)`;
 * `vectors` tells the width of the panel.
 */
export function emitPanel(module: ModuleBuilder, { type, heights }: BlockOptions, { tiles, widths, packs }: Parts): FunctionBuilder {
  const f = module.function(null, integers(13))
  const [m, k, a, aRow, aColumn, mode, b, bStep, vectors, c, cStep, accumulate, scratch] = f.params as [
    L,
    L,
    L,
    L,
    L,
    L,
    L,
    L,
    L,
    L,
    L,
    L,
    L,
  ]
  const [height, rows, from, step] = localsOf(f, 4) as [L, L, L, L]
  const modeIs = (value: number) => f.get(mode).i32(value).op('i32.eq')
  const call = (operand: TileOperand) =>
    choose(f, vectors, widths, (v) =>
      choose(f, height, heights, (h) =>
        pushAll(f, [k, from, step, b, bStep, c, cStep, accumulate, rows]).call(tiles[operand].get(h)!.get(v)!),
      ),
    )

  f.loop((next) => {
    pushHeight(f, heights, m).set(height).get(m).get(height)
    f.get(m).get(height).op('i32.lt_s', 'select').set(rows)
    f.get(a).set(from)
    modeIs(PACKED).if(
      () => {
        f.get(height).i32(type.shift).op('i32.shl').set(step)
        address(f, a, [step, k]).set(a)
      },
      () => {
        address(f, a, [height, aRow]).set(a)
        f.get(aRow).get(aColumn)
        modeIs(ROWS).op('select').set(step)
        // The last tile would read past the columns of A.
        modeIs(COLUMNS).get(rows).get(height).op('i32.lt_s', 'i32.and')
        f.if(() => {
          choose(f, height, heights, (h) => pushAll(f, [rows, k, from, aRow, aColumn, scratch]).call(packs.get(h)!))
          f.get(scratch).set(from).get(height).i32(type.shift).op('i32.shl').set(step)
        })
      },
    )
    modeIs(ROWS).if(
      () => call('rows'),
      () => call('columns'),
    )
    address(f, c, [rows, cStep]).set(c)
    f.get(m).get(rows).op('i32.sub').tee(m).brIf(next)
  })
  return f
}
