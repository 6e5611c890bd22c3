/** Reductions of rows: sums that lose little, products, extremes in which NaN wins. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown, type FloatType, multiplyAdd, remaining, scalarConstant, vectorConstant } from './float-type.ts'
import { totalOf } from './totals.ts'

/** What a row is reduced to; `dot` multiplies with a second row, `deviations` sums squares of differences from one number. */
export type RowReduction = 'sum' | 'squares' | 'deviations' | 'dot' | 'prod' | 'max' | 'min'

export interface ReductionOptions {
  readonly type: FloatType
  readonly fma?: boolean
  /** The name of the exported function. */
  readonly name: string
}

/** Vectors that are combined apart, so that one need not wait for the other. */
const CHAINS = 8

/** Numbers that are summed in their own precision; parts of so many are then summed more exactly. */
const PART = 1024

type L = Local

/**
 * Emits the exported function `out[i] = reduction of row i`: `(rows, columns, x, xStride, out)`, and `(rows, columns, x, xStride, y, yStride, out)` for
 * `dot`; for `deviations` row i of y has the one number. Pointers in bytes, strides from row to row in numbers; numbers of a row are contiguous, and so is `out`.
 *
 * A row of no numbers gives 0, 1, or for extremes an infinity.
 * float32 is summed in parts of 1024, of which every lane of eight vectors takes 32, and the parts in float64: the relative error of a sum of numbers of one
 * sign stays below 3e-6, however many there are. float64 likewise, with a compensated sum of the parts.
 */
export function emitRowReduction(module: ModuleBuilder, reduction: RowReduction, options: ReductionOptions): FunctionBuilder {
  const { type, fma = false, name } = options
  const { vector, scalar, count, size, shift } = type
  const second = reduction === 'dot' || reduction === 'deviations'
  const f = module.function(
    name,
    Array.from({ length: second ? 7 : 5 }, () => 'i32' as const),
  )
  const [rows, columns, x, xStride] = f.params as [L, L, L, L]
  const [y, yStride] = [f.params[4] as L, f.params[5] as L]
  const out = f.params.at(-1) as L
  const local = () => f.local('i32')
  const [p, q, part, left, zero] = [local(), local(), local(), local(), local()]
  const chains = Array.from({ length: CHAINS }, () => f.local('v128'))
  const [u, v] = [f.local('v128'), f.local('v128')]
  const [center, single] = [f.local(scalar), f.local(scalar)]
  const centers = f.local('v128')

  const extreme = reduction === 'max' || reduction === 'min'
  const identity = reduction === 'prod' ? 1 : reduction === 'max' ? -Infinity : reduction === 'min' ? Infinity : 0
  const join = `${vector}.${reduction === 'prod' ? 'mul' : extreme ? reduction : 'add'}` as const
  // Products of float32 are made in doubles one by one: no part of them can overflow before the whole does.
  const doubles = reduction === 'prod' && type.bits === 32
  const total = totalOf(f, type, reduction === 'prod' || extreme ? reduction : 'sum')

  const step = (chain: Local, at: number) => {
    if (doubles) {
      f.get(p).load('v128.load', at).set(v)
      total.addVector(v)
      return
    }
    if (reduction === 'sum' || reduction === 'prod' || extreme) {
      f.get(chain).get(p).load('v128.load', at).op(join).set(chain)
      return
    }
    f.get(p).load('v128.load', at)
    if (reduction === 'deviations') f.get(centers).op(`${vector}.sub`)
    f.set(u)
    if (reduction === 'dot') f.get(q).load('v128.load', at).set(v)
    multiplyAdd(f, type, fma, chain, u, reduction === 'dot' ? v : u)
  }
  const advance = (by: number) => {
    f.increment(p, by)
    if (reduction === 'dot') f.increment(q, by)
  }
  const clear = (list: readonly Local[]) => {
    for (const c of list) {
      vectorConstant(f, type, identity)
      f.set(c)
    }
  }
  const several = doubles ? 1 : CHAINS

  for (const stride of second ? [xStride, yStride] : [xStride]) f.get(stride).i32(shift).op('i32.shl').set(stride)
  f.block((done) =>
    f.loop((next) => {
      f.get(rows).i32(0).op('i32.le_s').brIf(done)
      total.reset()
      f.get(x).set(p).get(columns).set(left)
      if (reduction === 'dot') f.get(y).set(q)
      if (reduction === 'deviations') f.get(y).load(`${scalar}.load`).tee(center).op(`${vector}.splat`).set(centers)
      f.block((end) =>
        f.loop((more) => {
          f.get(left).i32(0).op('i32.le_s').brIf(end)
          remaining(f, part, left, zero, PART).get(left).get(part).op('i32.sub').set(left)
          if (!doubles) clear([chains[0]!])
          if (several > 1) {
            f.get(part)
              .i32(several * count)
              .op('i32.ge_s')
            f.if(() => {
              clear(chains.slice(1))
              countDown(f, part, several * count, () => {
                chains.forEach((c, i) => step(c, 16 * i))
                advance(several * 16)
              })
              for (let half = several / 2; half >= 1; half /= 2)
                for (let i = 0; i < half; i++)
                  f.get(chains[i]!)
                    .get(chains[i + half]!)
                    .op(join)
                    .set(chains[i]!)
            })
          }
          countDown(f, part, count, () => {
            step(chains[0]!, 0)
            advance(16)
          })
          if (!doubles) total.addVector(chains[0]!)
          countDown(f, part, 1, () => {
            f.get(p).load(`${scalar}.load`)
            if (reduction === 'deviations') f.get(center).op(`${scalar}.sub`)
            if (reduction === 'dot') f.get(q).load(`${scalar}.load`).op(`${scalar}.mul`)
            else if (reduction === 'squares' || reduction === 'deviations') f.tee(single).get(single).op(`${scalar}.mul`)
            total.addScalar()
            advance(size)
          })
          f.br(more)
        }),
      )
      f.get(out)
      total.push()
      f.store(`${scalar}.store`).increment(out, size).increment(rows, -1)
      f.get(x).get(xStride).op('i32.add').set(x)
      if (second) f.get(y).get(yStride).op('i32.add').set(y)
      f.br(next)
    }),
  )
  return f
}
