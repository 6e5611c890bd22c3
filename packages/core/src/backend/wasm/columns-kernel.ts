/** Windows over planes as the columns of a matrix, and back: the loops. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, countDown, countUp, type FloatType, laneShuffle, scalarConstant } from './float-type.ts'

/** The arguments of the kernels, all of them integers; steps of `x` and `columns` are in numbers. */
export const columnParameters: readonly string[] = [
  ...['channels', 'kernelHeight', 'kernelWidth', 'outHeight', 'outWidth', 'height', 'width'],
  ...['strideHeight', 'strideWidth', 'paddingHeight', 'paddingWidth', 'dilationHeight', 'dilationWidth'],
  ...['x', 'xChannel', 'xRow'],
  ...['columns', 'columnChannel', 'columnKernelRow', 'columnKernel', 'columnRow'],
]

type L = Local

/** What the two directions do with `n` neighbours of a row of the columns, at `column`, and every `step`th number at `at`. */
interface RowKernel {
  /** Where windows are one step apart. */
  dense(column: L, at: L, n: L): void
  /** Two steps, for more than one vector; takes what it did off `n`. */
  even(column: L, at: L, n: L): void
  single(column: L, at: L): void
}

/** Repeats `body` with `p` advanced by a vector while a vector or more is left of `n`. */
function vectors(f: FunctionBuilder, { count }: FloatType, n: L, body: () => void, ...steps: (readonly [p: L, by: number])[]): void {
  countDown(f, n, count, () => {
    body()
    for (const [p, by] of steps) f.increment(p, by)
  })
}

const copying = (f: FunctionBuilder, type: FloatType): RowKernel => {
  const [last, i] = [f.local('i32'), f.local('i32')]
  return {
    dense: (column, at, n) => {
      f.get(n).i32(type.count).op('i32.ge_s')
      f.if(() => {
        // The last vector ends with the row and may overlap the one before it.
        const move = (offset: L) =>
          f.get(column).get(offset).op('i32.add').get(at).get(offset).op('i32.add').load('v128.load').store('v128.store')
        f.get(n).i32(type.shift).op('i32.shl').i32(16).op('i32.sub').set(last)
        countUp(f, i, last, 16, () => move(i))
        move(last)
        f.i32(0).set(n)
      })
    },
    even: (column, at, n) => {
      // What is read beyond the last number that is wanted must still be in the row: one more than a vector has to be left.
      f.increment(n, -1)
      const evens = laneShuffle(
        type,
        Array.from({ length: type.count }, (_, lane) => 2 * lane),
      )
      vectors(
        f,
        type,
        n,
        () => f.get(column).get(at).load('v128.load').get(at).load('v128.load', 16).shuffle(evens).store('v128.store'),
        [column, 16],
        [at, 32],
      )
      f.increment(n, 1)
    },
    single: (column, at) => f.get(column).get(at).load(`${type.scalar}.load`).store(`${type.scalar}.store`),
  }
}

const adding = (f: FunctionBuilder, type: FloatType): RowKernel => ({
  dense: (column, at, n) =>
    vectors(
      f,
      type,
      n,
      () => f.get(at).get(at).load('v128.load').get(column).load('v128.load').op(`${type.vector}.add`).store('v128.store'),
      [column, 16],
      [at, 16],
    ),
  even: () => {},
  single: (column, at) =>
    f
      .get(at)
      .get(at)
      .load(`${type.scalar}.load`)
      .get(column)
      .load(`${type.scalar}.load`)
      .op(`${type.scalar}.add`)
      .store(`${type.scalar}.store`),
})

/**
 * Emits the exported function that writes windows over planes as columns, or adds columns to the planes: its arguments are `columnParameters`.
 *
 * Numbers of a row are contiguous on both sides. Rows and columns may be of any length, 0 included.
 */
export function emitColumns(module: ModuleBuilder, direction: 'im2col' | 'col2im', name: string, type: FloatType): FunctionBuilder {
  const f = module.function(
    name,
    columnParameters.map(() => 'i32' as const),
  )
  const p = Object.fromEntries(columnParameters.map((key, i) => [key, f.params[i]])) as Record<string, L>
  const of = (key: string): L => p[key] as L
  const { size, shift } = type
  const integer = () => f.local('i32')
  const [c, ky, kx, oy, y, before, first, end, n] = [
    integer(),
    integer(),
    integer(),
    integer(),
    integer(),
    integer(),
    integer(),
    integer(),
    integer(),
  ]
  const [plane, row, column, at, to, step] = [integer(), integer(), integer(), integer(), integer(), integer()]
  const kernel = direction === 'im2col' ? copying(f, type) : adding(f, type)
  const [ow, sw] = [of('outWidth'), of('strideWidth')]

  /** Sets `x` to 0 at `to` and the `n` numbers after it. */
  const zeros = () =>
    countDown(f, n, 1, () => {
      f.get(to)
      scalarConstant(f, type, 0)
      f.store(`${type.scalar}.store`).increment(to, size)
    })
  const min = (x: L, limit: L) => f.get(x).get(limit).get(x).get(limit).op('i32.lt_s', 'select').set(x)

  for (const key of ['xChannel', 'xRow', 'columnChannel', 'columnKernelRow', 'columnKernel', 'columnRow'])
    f.get(of(key)).i32(shift).op('i32.shl').set(of(key))
  f.get(sw).i32(shift).op('i32.shl').set(step)

  countUp(f, c, of('channels'), 1, () =>
    countUp(f, ky, of('kernelHeight'), 1, () =>
      countUp(f, kx, of('kernelWidth'), 1, () => {
        // The windows whose number is inside: from `first` to `end`.
        f.get(of('paddingWidth')).get(kx).get(of('dilationWidth')).op('i32.mul', 'i32.sub').set(before)
        f.i32(0).set(first)
        f.get(before).i32(0).op('i32.gt_s')
        f.if(() => f.get(before).get(sw).op('i32.add').i32(1).op('i32.sub').get(sw).op('i32.div_s').set(first))
        min(first, ow)
        f.get(of('width')).get(before).op('i32.add').tee(end).i32(0).op('i32.gt_s')
        f.if(
          () => f.get(end).i32(1).op('i32.sub').get(sw).op('i32.div_s').i32(1).op('i32.add').set(end),
          () => f.i32(0).set(end),
        )
        min(end, ow)
        f.get(first).get(end).get(first).get(end).op('i32.gt_s', 'select').set(end)

        address(f, of('columns'), [c, of('columnChannel')], [ky, of('columnKernelRow')], [kx, of('columnKernel')]).set(column)
        address(f, of('x'), [c, of('xChannel')])
        f.get(first).get(sw).op('i32.mul').get(before).op('i32.sub').i32(shift).op('i32.shl', 'i32.add').set(plane)
        f.get(ky).get(of('dilationHeight')).op('i32.mul').get(of('paddingHeight')).op('i32.sub').set(y)
        countUp(f, oy, of('outHeight'), 1, () => {
          f.get(y).get(of('height')).op('i32.lt_u')
          f.if(
            () => {
              if (direction === 'im2col') {
                f.get(column).set(to).get(first).set(n)
                zeros()
                f.get(column).get(end).i32(shift).op('i32.shl', 'i32.add').set(to).get(ow).get(end).op('i32.sub').set(n)
                zeros()
              }
              f.get(column).get(first).i32(shift).op('i32.shl', 'i32.add').set(row)
              address(f, plane, [y, of('xRow')]).set(at)
              f.get(end).get(first).op('i32.sub').set(n)
              f.get(sw).i32(1).op('i32.eq')
              f.if(
                () => kernel.dense(row, at, n),
                () => {
                  f.get(sw)
                    .i32(2)
                    .op('i32.eq')
                    .if(() => kernel.even(row, at, n))
                },
              )
              countDown(f, n, 1, () => {
                kernel.single(row, at)
                f.increment(row, size).get(at).get(step).op('i32.add').set(at)
              })
            },
            () => {
              if (direction === 'col2im') return
              f.get(column).set(to).get(ow).set(n)
              zeros()
            },
          )
          f.get(column).get(of('columnRow')).op('i32.add').set(column)
          f.get(y).get(of('strideHeight')).op('i32.add').set(y)
        })
      }),
    ),
  )
  return f
}
