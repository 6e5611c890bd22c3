/** The blocked matrix product: blocks of A and B, packed where that pays, and panels over them. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, countUp, remaining } from './float-type.ts'
import {
  type BlockOptions,
  COLUMNS,
  choose,
  emitPanel,
  emitParts,
  integers,
  localsOf,
  PACKED,
  pushAll,
  pushHeight,
  ROWS,
} from './gemm-panel.ts'

/** Rows that the last tile of a block may be padded by, whatever its height: so that the workspace is the same with fused multiply-add and without. */
const PADDING = 8

/** Where the parts of the workspace begin: the tile at the edge, the block of A, the block of B; and its end. */
export function blockLayout({ type, vectors, rows, columns, depth }: BlockOptions): { a: number; b: number; end: number } {
  const width = vectors * type.count
  const a = rows * width * type.size
  const b = a + (rows + PADDING) * depth * type.size
  return { a, b, end: b + (columns + width) * depth * type.size }
}

type L = Local

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
