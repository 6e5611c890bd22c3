/** The matrix product: chooses among blocks of tiles, dot products and row combinations. */
import type { FunctionBuilder, FunctionRef, Local, ModuleBuilder } from './assembler.ts'
import { address, countUp, type FloatType, float32Type } from './float-type.ts'
import { blockLayout, emitBlocks } from './gemm-blocks.ts'
import { emitDotProducts } from './gemm-dot.ts'
import type { BlockOptions } from './gemm-panel.ts'
import { emitRowPanels, emitRowParts } from './row-panels.ts'

/** What may differ from machine to machine and from engine to engine; the defaults were measured with 16 registers of 128 bits. */
export interface GemmOptions extends Partial<BlockOptions> {
  /** The name of the exported function. */
  readonly name?: string
  /** Where both operands run along k, dot products are taken for at most so many rows of C. */
  readonly dotRows?: number
  /** Products of at most so many multiplications are computed one by one. */
  readonly plain?: number
}

const defaults = {
  name: 'gemm',
  type: float32Type,
  fma: false,
  vectors: 2,
  unroll: 1,
  depth: 256,
  rows: 60,
  columns: 512,
  packBRows: 48,
  packBSize: 8192,
  packAColumns: 64,
  dotRows: 16,
  plain: 16,
} satisfies GemmOptions

const complete = (options: GemmOptions): Required<GemmOptions> => ({
  ...defaults,
  // Without fused multiply-add each product needs a register: a tile of six rows would not leave one.
  heights: options.fma ? [6, 4] : [5, 4],
  ...options,
})

/** Bytes of workspace that the function emitted with the same options uses; `fma` makes no difference. */
export function gemmWorkspace(options: GemmOptions = {}): number {
  return blockLayout(complete(options)).end
}

/** Rows that a vector is multiplied with at once. */
const ROW_DEPTH = 512

type L = Local

/** `C (+)= A @ B` number by number, for any steps: `(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cStep, accumulate)`. k may be 0. */
function emitPlain(module: ModuleBuilder, { type }: BlockOptions): FunctionBuilder {
  const f = module.function(
    null,
    Array.from({ length: 12 }, () => 'i32' as const),
  )
  const [m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cStep, accumulate] = f.params as [L, L, L, L, L, L, L, L, L, L, L, L]
  const [i, j, p, aAt, bAt, cAt] = Array.from({ length: 6 }, () => f.local('i32')) as [L, L, L, L, L, L]
  const sum = f.local(type.scalar)
  const { scalar, size } = type
  countUp(f, i, m, 1, () =>
    countUp(f, j, n, 1, () => {
      address(f, a, [i, aRow]).set(aAt)
      address(f, b, [j, bColumn]).set(bAt)
      address(f, c, [i, cStep], [j, size]).set(cAt)
      f.get(accumulate)
        .if(
          () => f.get(cAt).load(`${scalar}.load`),
          () => (scalar === 'f32' ? f.f32(0) : f.f64(0)),
          scalar,
        )
        .set(sum)
      countUp(f, p, k, 1, () => {
        f.get(sum).get(aAt).load(`${scalar}.load`).get(bAt).load(`${scalar}.load`).op(`${scalar}.mul`, `${scalar}.add`).set(sum)
        address(f, aAt).get(aColumn).op('i32.add').set(aAt)
        f.get(bAt).get(bRow).op('i32.add').set(bAt)
      })
      f.get(cAt).get(sum).store(`${scalar}.store`)
    }),
  )
  return f
}

/**
 * Emits the exported function `C = A @ B`, or `C += A @ B`:
 * `(m, n, k, a, aRowStride, aColumnStride, b, bRowStride, bColumnStride, c, cRowStride, accumulate, workspace)`.
 *
 * Pointers are in bytes, strides in numbers; rows of C are contiguous. Any of m, n and k may be 0. C overlaps neither A nor B.
 * `workspace` points to `gemmWorkspace(options)` bytes, and is left with anything in it.
 *
 * @example
 * const module = new ModuleBuilder()
 * emitGemm(module, { name: 'gemmF32' })
 * // gemmF32(m, n, k, a, k, 1, b, n, 1, c, n, 0, workspace) for three contiguous matrices; (..., b, 1, k, ...) for a transposed B.
 */
export function emitGemm(module: ModuleBuilder, options: GemmOptions = {}): FunctionBuilder {
  const all = complete(options)
  const { type } = all
  const { size, count, shift } = type
  const plain = emitPlain(module, all)
  const dot = emitDotProducts(module, type, all.fma)
  const row = emitRowParts(module, emitRowPanels(module, { type, fma: all.fma, combination: 'weighted' }), ROW_DEPTH)
  const blocks = emitBlocks(module, all)
  const f = module.function(
    all.name,
    Array.from({ length: 13 }, () => 'i32' as const),
  )
  const [m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cStep, accumulate, workspace] = f.params as [L, L, L, L, L, L, L, L, L, L, L, L, L]
  const contiguous = (step: Local) => f.get(step).i32(size).op('i32.eq')
  const push = (...values: Local[]) => values.reduce((g, x) => g.get(x), f)
  const one = f.local('i32')

  f.get(m)
    .i32(0)
    .op('i32.le_s')
    .get(n)
    .i32(0)
    .op('i32.le_s', 'i32.or')
    .if(() => f.op('return'))
  for (const step of [aRow, aColumn, bRow, bColumn, cStep]) f.get(step).i32(shift).op('i32.shl').set(step)

  f.block((tiles) => {
    f.block((scalars) => {
      f.get(k).i32(0).op('i32.le_s').brIf(scalars)
      const when = (test: () => void, run: () => void) => {
        test()
        f.if(() => {
          run()
          f.op('return')
        })
      }
      // One column of C: rows of A times b, or columns of A weighted by b.
      f.get(n).i32(1).op('i32.eq')
      f.if(() => {
        f.i32(1).set(one)
        when(
          () => contiguous(aColumn).get(bRow).i32(size).op('i32.eq', 'i32.and').get(k).i32(count).op('i32.ge_s', 'i32.and'),
          () => push(one, m, k, b, bColumn, a, aRow, c, cStep, cStep, accumulate).call(dot),
        )
        when(
          () => contiguous(aRow).get(cStep).i32(size).op('i32.eq', 'i32.and').get(m).i32(count).op('i32.ge_s', 'i32.and'),
          () => push(m, k, b, bRow, a, aColumn, c, accumulate).call(row),
        )
      })
      // One row of C: a times columns of B, or rows of B weighted by a.
      f.get(m).i32(1).op('i32.eq')
      f.if(() =>
        when(
          () => contiguous(bColumn).get(n).i32(count).op('i32.ge_s', 'i32.and'),
          () => push(n, k, a, aColumn, b, bRow, c, accumulate).call(row),
        ),
      )
      // Each factor is looked at first: the product of large ones could wrap around.
      f.get(m).get(n).op('i32.or').get(k).op('i32.or').i32(64).op('i32.lt_u')
      f.if(() => f.get(m).get(n).op('i32.mul').get(k).op('i32.mul').i32(all.plain).op('i32.le_u').brIf(scalars))
      when(
        () =>
          contiguous(aColumn)
            .get(bRow)
            .i32(size)
            .op('i32.eq', 'i32.and')
            .get(bColumn)
            .i32(size)
            .op('i32.ne', 'i32.and')
            .get(k)
            .i32(count)
            .op('i32.ge_s', 'i32.and')
            .get(m)
            .i32(all.dotRows)
            .op('i32.le_s', 'i32.and'),
        () => {
          f.i32(size).set(one)
          push(m, n, k, a, aRow, b, bColumn, c, cStep, one, accumulate).call(dot)
        },
      )
      f.br(tiles)
    })
    push(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cStep, accumulate).call(plain)
    f.op('return')
  })
  push(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cStep, accumulate, workspace).call(blocks)
  return f
}

/**
 * Emits an exported function that calls one from `emitGemm` for each of many products:
 * `(batches, aStride, bStride, cStride, ...arguments of the product)`, strides in numbers from one matrix to the next.
 */
export function emitBatchedGemm(module: ModuleBuilder, gemm: FunctionRef, name: string, type: FloatType = float32Type): FunctionBuilder {
  const f = module.function(
    name,
    Array.from({ length: 17 }, () => 'i32' as const),
  )
  const [batches, aStride, bStride, cStride, ...rest] = f.params as [L, L, L, L, ...L[]]
  const [a, b, c] = [rest[3], rest[6], rest[9]] as [L, L, L]
  const i = f.local('i32')
  countUp(f, i, batches, 1, () => {
    for (const argument of rest) f.get(argument)
    f.call(gemm)
    for (const [p, stride] of [
      [a, aStride],
      [b, bStride],
      [c, cStride],
    ] as const)
      f.get(p).get(stride).i32(type.shift).op('i32.shl', 'i32.add').set(p)
  })
  return f
}
