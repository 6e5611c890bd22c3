/** Windows over planes with one filter for each plane: the loops. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown, type FloatType, multiplyAdd, scalarConstant, vectorConstant } from './float-type.ts'
import { totalOf } from './totals.ts'

type L = Local

/** The arguments of both kernels, all of them integers; steps are in numbers. */
const parameters = ['channels', 'rows', 'columns', 'height', 'width', 'dilationHeight', 'dilationWidth']
const places = ['x', 'xChannel', 'xRow', 'filters', 'filterChannel', 'y', 'yChannel', 'yRow']

interface Plan {
  readonly f: FunctionBuilder
  readonly of: (name: string) => L
  /** Steps in the input from one row and column of the filter to the next, in bytes. */
  readonly down: L
  readonly right: L
}

function begin(module: ModuleBuilder, name: string, { shift }: FloatType): Plan {
  const names = [...parameters, ...places]
  const f = module.function(
    name,
    names.map(() => 'i32' as const),
  )
  const of = (key: string): L => f.params[names.indexOf(key)] as L
  for (const key of ['xChannel', 'xRow', 'filterChannel', 'yChannel', 'yRow']) f.get(of(key)).i32(shift).op('i32.shl').set(of(key))
  const [down, right] = [f.local('i32'), f.local('i32')]
  f.get(of('dilationHeight')).get(of('xRow')).op('i32.mul').set(down)
  f.get(of('dilationWidth')).i32(shift).op('i32.shl').set(right)
  return { f, of, down, right }
}

const advance = (f: FunctionBuilder, p: L, step: L): FunctionBuilder => f.get(p).get(step).op('i32.add').set(p)

/** Repeats `body` as often as `count` says, with a counter of its own. */
function times(f: FunctionBuilder, i: L, count: L, body: () => void): void {
  f.get(count).set(i)
  countDown(f, i, 1, body)
}

/** For each channel; moves on in all three. */
function eachChannel({ f, of }: Plan, c: L, body: () => void): void {
  times(f, c, of('channels'), () => {
    body()
    advance(f, of('x'), of('xChannel'))
    advance(f, of('filters'), of('filterChannel'))
    advance(f, of('y'), of('yChannel'))
  })
}

/** Vectors of the result that may stand in registers at once. */
const WIDTHS = [8, 4, 2, 1] as const

/** Emits `y[c, i, j] = the sum of filters[c, k, l] * x[c, i + k * dilation, j + l * dilation]`. Rows, and each filter, are contiguous; no length is 0. */
export function emitFilterPlanes(module: ModuleBuilder, name: string, type: FloatType, fma: boolean): FunctionBuilder {
  const plan = begin(module, name, type)
  const { f, of, down, right } = plan
  const { size, count, scalar } = type
  const [c, i, k, l, left, row, out, from, to, line, p, tap] = Array.from({ length: 12 }, () => f.local('i32')) as [
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
  const sums = Array.from({ length: WIDTHS[0] }, () => f.local('v128'))
  const [scale, value] = [f.local('v128'), f.local('v128')]
  const sum = f.local(scalar)

  /** Each element of the filter, at `tap`, with the input under it at `p`. */
  const eachTap = (body: () => void) => {
    f.get(of('filters')).set(tap).get(from).set(line)
    times(f, k, of('rows'), () => {
      f.get(line).set(p)
      times(f, l, of('columns'), () => {
        body()
        f.increment(tap, size)
        advance(f, p, right)
      })
      advance(f, line, down)
    })
  }
  const vectors = (width: number) => {
    for (const s of sums.slice(0, width)) {
      vectorConstant(f, type, 0)
      f.set(s)
    }
    eachTap(() => {
      f.get(tap).load(`v128.load${type.bits}_splat`).set(scale)
      sums.slice(0, width).forEach((s, v) => {
        f.get(p)
          .load('v128.load', 16 * v)
          .set(value)
        multiplyAdd(f, type, fma, s, scale, value)
      })
    })
    sums.slice(0, width).forEach(
      (s, v) =>
        void f
          .get(to)
          .get(s)
          .store('v128.store', 16 * v),
    )
    f.increment(from, 16 * width).increment(to, 16 * width)
  }

  eachChannel(plan, c, () => {
    f.get(of('x')).set(row).get(of('y')).set(out)
    times(f, i, of('height'), () => {
      f.get(row).set(from).get(out).set(to).get(of('width')).set(left)
      for (const width of WIDTHS) countDown(f, left, width * count, () => vectors(width))
      f.get(left).if(() => {
        f.get(of('width')).i32(count).op('i32.ge_s')
        f.if(
          () => {
            // The last vector ends with the row; what it has in common with the one before comes out the same.
            for (const at of [from, to]) f.get(at).i32(count).get(left).op('i32.sub').i32(type.shift).op('i32.shl', 'i32.sub').set(at)
            vectors(1)
          },
          () =>
            countDown(f, left, 1, () => {
              scalarConstant(f, type, 0)
              f.set(sum)
              eachTap(() =>
                f.get(sum).get(tap).load(`${scalar}.load`).get(p).load(`${scalar}.load`).op(`${scalar}.mul`, `${scalar}.add`).set(sum),
              )
              f.get(to).get(sum).store(`${scalar}.store`).increment(from, size).increment(to, size)
            }),
        )
      })
      advance(f, row, of('xRow'))
      advance(f, out, of('yRow'))
    })
  })
  return f
}

/** Sums that run side by side: the next product need not wait for the last. */
const SUMS = 4

/** Emits `filters[c, k, l] += the sum of y[c, i, j] * x[c, i + k * dilation, j + l * dilation]`, for the same memory. */
export function emitCorrelatePlanes(module: ModuleBuilder, name: string, type: FloatType, fma: boolean): FunctionBuilder {
  const plan = begin(module, name, type)
  const { f, of, down, right } = plan
  const { size, count, scalar } = type
  const [c, i, k, l, left, row, out, from, to, line, start, tap] = Array.from({ length: 12 }, () => f.local('i32')) as [
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
  const sums = Array.from({ length: SUMS }, () => f.local('v128'))
  const [one, other] = [f.local('v128'), f.local('v128')]
  const rest = f.local(scalar)
  const total = totalOf(f, type, 'sum')

  const vectors = (width: number) => {
    sums.slice(0, width).forEach((s, v) => {
      f.get(from)
        .load('v128.load', 16 * v)
        .set(one)
        .get(to)
        .load('v128.load', 16 * v)
        .set(other)
      multiplyAdd(f, type, fma, s, one, other)
    })
    f.increment(from, 16 * width).increment(to, 16 * width)
  }
  /** The sum over the plane of the products with the input that begins at `start`. */
  const correlate = () => {
    for (const s of sums) {
      vectorConstant(f, type, 0)
      f.set(s)
    }
    f.get(tap).load(`${scalar}.load`).set(rest)
    f.get(start).set(row).get(of('y')).set(out)
    times(f, i, of('height'), () => {
      f.get(row).set(from).get(out).set(to).get(of('width')).set(left)
      for (const width of [SUMS, 1]) countDown(f, left, width * count, () => vectors(width))
      countDown(f, left, 1, () => {
        f.get(rest).get(from).load(`${scalar}.load`).get(to).load(`${scalar}.load`).op(`${scalar}.mul`, `${scalar}.add`).set(rest)
        f.increment(from, size).increment(to, size)
      })
      advance(f, row, of('xRow'))
      advance(f, out, of('yRow'))
    })
    total.reset()
    for (const s of sums) total.addVector(s)
    f.get(tap)
    total.push()
    f.get(rest).op(`${scalar}.add`).store(`${scalar}.store`)
  }

  eachChannel(plan, c, () => {
    f.get(of('filters')).set(tap).get(of('x')).set(line)
    times(f, k, of('rows'), () => {
      f.get(line).set(start)
      times(f, l, of('columns'), () => {
        correlate()
        f.increment(tap, size)
        advance(f, start, right)
      })
      advance(f, line, down)
    })
  })
  return f
}
