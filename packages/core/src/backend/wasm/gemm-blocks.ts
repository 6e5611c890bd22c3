/** The blocked matrix product: blocks of A and B, packed where that pays, and tiles over them. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, countUp, type FloatType, remaining } from './float-type.ts'
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

/** Rows that the last tile of a block may be padded by, whatever its height: so that the workspace is the same with fused multiply-add and without. */
const PADDING = 8

/** Where the parts of the workspace begin: the tile at the edge, the block of A, the block of B; and its end. */
export function blockLayout({ type, vectors, rows, columns, depth }: BlockOptions): { a: number; b: number; end: number } {
  const width = vectors * type.count
  const a = rows * width * type.size
  const b = a + (rows + PADDING) * depth * type.size
  return { a, b, end: b + (columns + width) * depth * type.size }
}

/** Pushes the height of the next tile. */
function pushHeight(f: FunctionBuilder, [tall, short]: readonly [number, number], left: Local): FunctionBuilder {
  let bits = 0
  for (let n = 1; n <= 2 * short; n++) if (n <= short || n > tall) bits |= 1 << n
  f.i32(short).i32(tall)
  f.get(left)
    .i32(2 * short)
    .op('i32.le_u')
  return f.i32(bits).get(left).op('i32.shr_u', 'i32.and', 'select')
}

/** How a panel of A is read: the values of `mode`. */
const ROWS = 0
const COLUMNS = 1
const PACKED = 2

interface Parts {
  /** `tiles[operand][height][vectors]`. */
  readonly tiles: Readonly<Record<TileOperand, ReadonlyMap<number, ReadonlyMap<number, FunctionBuilder>>>>
  readonly widths: readonly number[]
  /** By the number of lines in a panel. */
  readonly packs: ReadonlyMap<number, FunctionBuilder>
  readonly copy: FunctionBuilder
}

function emitParts(module: ModuleBuilder, { type, fma, heights, vectors, unroll }: BlockOptions): Parts {
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
function choose(f: FunctionBuilder, value: Local, cases: readonly number[], body: (chosen: number) => void): void {
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

function pushAll(f: FunctionBuilder, values: readonly Local[]): FunctionBuilder {
  for (const x of values) f.get(x)
  return f
}

const integers = (count: number) => Array.from({ length: count }, () => 'i32' as const)
const localsOf = (f: FunctionBuilder, count: number) => Array.from({ length: count }, () => f.local('i32'))

type L = Local

/**
 * All rows of a block of A with one panel of B: `(m, k, a, aRow, aColumn, mode, b, bStep, vectors, c, cStep, accumulate, scratch)`;
 * `vectors` tells the width of the panel.
 */
function emitPanel(module: ModuleBuilder, { type, heights }: BlockOptions, { tiles, widths, packs }: Parts): FunctionBuilder {
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

/** `C (+)= A @ B`: `(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cStep, accumulate, workspace)`, steps in bytes; m, n, k >= 1. */
export function emitBlocks(module: ModuleBuilder, options: BlockOptions): FunctionBuilder {
  const { type, heights, vectors, depth, packBRows, packBSize, packAColumns } = options
  const { size, count } = type
  const layout = blockLayout(options)
  const parts = emitParts(module, options)
  const panel = emitPanel(module, options, parts)
  const f = module.function(null, integers(13))
  const [m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cStep, accumulate, workspace] = f.params as [L, L, L, L, L, L, L, L, L, L, L, L, L]
  const [packB, mode, i, j, p, column, left, mc, nc, kc] = localsOf(f, 10) as [L, L, L, L, L, L, L, L, L, L]
  const [add, height, wide, width, edge, at] = localsOf(f, 6) as [L, L, L, L, L, L]
  const [aAt, bAt, bPanel, bStep, cAt, aBlock, bBlock] = localsOf(f, 7) as [L, L, L, L, L, L, L]

  /** Sets `wide`, in vectors, and `width` of the panel whose first column is j. */
  const setWidth = () => {
    f.get(nc).get(j).op('i32.sub').set(left)
    f.i32(vectors).set(wide)
    for (const v of parts.widths.slice(1))
      f.i32(v)
        .get(wide)
        .get(left)
        .i32(v * count)
        .op('i32.le_s', 'select')
        .set(wide)
    // A panel of B in its place that is wider than all of B would read past its rows.
    f.get(packB)
      .op('i32.eqz')
      .if(() => {
        for (const v of parts.widths.slice(1)) f.i32(v).get(wide).get(n).get(wide).i32(count).op('i32.mul', 'i32.lt_s', 'select').set(wide)
      })
    f.get(wide).i32(count).op('i32.mul').set(width)
  }

  f.get(workspace).i32(layout.a).op('i32.add').set(aBlock)
  f.get(workspace).i32(layout.b).op('i32.add').set(bBlock)

  // B can be read in its place where its rows are contiguous, at least one vector long.
  f.get(bColumn).i32(size).op('i32.ne').get(n).i32(count).op('i32.lt_s', 'i32.or')
  f.get(k).get(n).op('i32.mul').tee(left).i32(packBSize).op('i32.ge_u').get(m)
  f.i32(packBRows >> 2)
    .i32(packBRows)
    .get(left)
    .i32(16 * packBSize)
    .op('i32.ge_u', 'select', 'i32.ge_s', 'i32.and', 'i32.or')
    .set(packB)
  // So can A where its rows or its columns are.
  f.i32(PACKED)
  f.i32(COLUMNS).i32(ROWS).get(aColumn).i32(size).op('i32.ne', 'select')
  f.get(n).i32(packAColumns).op('i32.ge_s')
  f.get(aColumn).i32(size).op('i32.ne').get(aRow).i32(size).op('i32.ne', 'i32.and', 'i32.or', 'select').set(mode)

  const eachPanel = () => {
    address(f, b, [p, bRow], [column, bColumn]).set(bAt)
    f.get(packB).if(() => {
      f.get(bBlock).set(bPanel)
      f.i32(0).set(j)
      f.loop((next) => {
        setWidth()
        remaining(f, left, nc, j, width)
        const pack = (v: number) => {
          f.get(left).get(kc)
          address(f, bAt, [j, bColumn])
            .get(bColumn)
            .get(bRow)
            .get(bPanel)
            .call(parts.packs.get(v * count)!)
        }
        choose(f, wide, parts.widths, pack)
        f.get(bPanel).get(kc).get(width).op('i32.mul').i32(type.shift).op('i32.shl', 'i32.add').set(bPanel)
        f.get(j).get(width).op('i32.add').tee(j).get(nc).op('i32.lt_s').brIf(next)
      })
    })
    countUp(f, i, m, options.rows, () => {
      remaining(f, mc, m, i, options.rows)
      address(f, a, [i, aRow], [p, aColumn]).set(aAt)
      f.get(mode).i32(PACKED).op('i32.eq').if(packA)
      f.get(bBlock).set(bPanel)
      f.i32(0).set(j)
      f.loop((next) => {
        tiles()
        f.get(j).get(width).op('i32.add').tee(j).get(nc).op('i32.lt_s').brIf(next)
      })
    })
  }

  const packA = () => {
    f.get(aBlock).set(cAt).get(mc).set(left)
    f.loop((next) => {
      pushHeight(f, heights, left).set(height)
      choose(f, height, heights, (h) => {
        f.get(left).get(height).get(left).get(height).op('i32.lt_s', 'select')
        pushAll(f, [kc, aAt, aRow, aColumn, cAt]).call(parts.packs.get(h)!)
      })
      address(f, aAt, [height, aRow]).set(aAt)
      f.get(cAt).get(kc).get(height).op('i32.mul').i32(type.shift).op('i32.shl', 'i32.add').set(cAt)
      f.get(left).get(height).op('i32.sub').tee(left).i32(0).op('i32.gt_s').brIf(next)
    })
    f.get(aBlock).set(aAt)
  }

  /** The panel at column j of the block. */
  const tiles = () => {
    setWidth()
    f.get(j).set(at)
    f.get(packB).if(
      () => {
        f.get(width).i32(type.shift).op('i32.shl').set(bStep)
        f.get(bPanel)
        address(f, bPanel, [bStep, kc]).set(bPanel)
      },
      () => {
        // At the edge the panel begins further left, so that it ends with the columns.
        f.get(left).get(width).op('i32.lt_s')
        f.if(() => f.get(nc).get(width).op('i32.sub').set(at))
        f.get(bRow).set(bStep)
        address(f, bAt, [at, size])
      },
      'i32',
    )
    f.set(edge)
    // Numbers to the left may be computed twice where they are not added to: the same numbers come out.
    f.get(left).get(width).op('i32.ge_s')
    f.get(packB).get(add).op('i32.or', 'i32.eqz').get(at).i32(0).op('i32.ge_s', 'i32.and', 'i32.or')
    f.if(
      () => {
        pushAll(f, [mc, kc, aAt, aRow, aColumn, mode, edge, bStep, wide])
        address(f, c, [i, cStep])
        f.get(column).get(at).op('i32.add').i32(type.shift).op('i32.shl', 'i32.add')
        f.get(cStep).get(add).get(aBlock).call(panel)
      },
      () => {
        pushAll(f, [mc, kc, aAt, aRow, aColumn, mode, edge, bStep, wide, workspace])
        f.get(width).i32(type.shift).op('i32.shl').i32(0).get(aBlock).call(panel)
        f.get(mc).get(left).get(workspace)
        // The last columns of the tile, or the first ones where the panel is padded.
        f.get(j).get(at).op('i32.sub').i32(type.shift).op('i32.shl', 'i32.add')
        f.get(width).i32(type.shift).op('i32.shl')
        address(f, c, [i, cStep])
        f.get(column).get(j).op('i32.add').i32(type.shift).op('i32.shl', 'i32.add').get(cStep).get(add).call(parts.copy)
      },
    )
  }

  countUp(f, column, n, options.columns, () => {
    remaining(f, nc, n, column, options.columns)
    countUp(f, p, k, depth, () => {
      remaining(f, kc, k, p, depth)
      f.get(accumulate).get(p).op('i32.or').set(add)
      eachPanel()
    })
  })
  return f
}
