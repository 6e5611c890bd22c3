/** Reductions of rows: sums that lose little, products, extremes in which NaN wins. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, countDown, type FloatType, multiplyAdd, remaining, vectorConstant } from './float-type.ts'
import { type Total, totalOf } from './totals.ts'

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

/** How numbers are taken into a reduction. */
interface Step {
  /** Of whole vectors, and of vectors with each other. */
  readonly join: 'add' | 'mul' | 'pmax' | 'pmin'
  readonly identity: number
  readonly total: Total
  /** Whether the chains are of use: else every vector goes into the total. */
  readonly chained: boolean
  /** Takes the vector at the pointers plus `at` into a chain. */
  vector(chain: Local, at: number): void
  /** Pushes what the number at the pointers gives. */
  scalar(): void
  /** Before a part, and after it: may change the chain that holds it. */
  begin?(): void
  end?(chain: Local): void
}

/** What one function works with. */
interface Row {
  readonly f: FunctionBuilder
  readonly type: FloatType
  readonly fma: boolean
  /** Where the next numbers are, of the row and of the second operand. */
  readonly p: Local
  readonly q: Local
}

function additive({ f, type, fma, p, q }: Row, reduction: 'sum' | 'squares' | 'deviations' | 'dot'): Step {
  const { vector, scalar } = type
  const [u, v, centers] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const single = f.local(scalar)
  const squares = reduction === 'squares' || reduction === 'deviations'
  return {
    join: 'add',
    identity: 0,
    total: totalOf(f, type, 'sum'),
    chained: true,
    begin: () => {
      if (reduction === 'deviations') f.get(q).load(`v128.load${type.bits}_splat`).set(centers)
    },
    vector: (chain, at) => {
      if (reduction === 'sum') {
        f.get(chain).get(p).load('v128.load', at).op(`${vector}.add`).set(chain)
        return
      }
      f.get(p).load('v128.load', at)
      if (reduction === 'deviations') f.get(centers).op(`${vector}.sub`)
      f.set(u)
      if (reduction === 'dot') f.get(q).load('v128.load', at).set(v)
      multiplyAdd(f, type, fma, chain, u, squares ? u : v)
    },
    scalar: () => {
      f.get(p).load(`${scalar}.load`)
      if (reduction === 'deviations') f.get(q).load(`${scalar}.load`).op(`${scalar}.sub`)
      if (squares) f.tee(single).get(single).op(`${scalar}.mul`)
      if (reduction === 'dot') f.get(q).load(`${scalar}.load`).op(`${scalar}.mul`)
    },
  }
}

function product({ f, type, p }: Row): Step {
  const { vector, scalar } = type
  const v = f.local('v128')
  const total = totalOf(f, type, 'prod')
  return {
    join: 'mul',
    identity: 1,
    total,
    // Products of float32 are made in doubles from the start: no part of them overflows before the whole does.
    chained: type.bits === 64,
    vector: (chain, at) => {
      if (type.bits === 32) {
        f.get(p).load('v128.load', at).set(v)
        total.addVector(v)
      } else f.get(chain).get(p).load('v128.load', at).op(`${vector}.mul`).set(chain)
    },
    scalar: () => f.get(p).load(`${scalar}.load`),
  }
}

function extreme({ f, type, p }: Row, reduction: 'max' | 'min'): Step {
  const { vector, scalar } = type
  const join = `p${reduction}` as const
  const [v, nans] = [f.local('v128'), f.local('v128')]
  return {
    join,
    identity: reduction === 'max' ? -Infinity : Infinity,
    total: totalOf(f, type, reduction),
    chained: true,
    begin: () => f.i32x4(0).set(nans),
    // To keep the extreme that stands beside a NaN takes one instruction, to remember the NaN two more; the instruction that does both takes nine.
    vector: (chain, at) => {
      f.get(chain).get(p).load('v128.load', at).tee(v).op(`${vector}.${join}`).set(chain)
      f.get(nans).get(v).get(v).op(`${vector}.ne`, 'v128.or').set(nans)
    },
    // A lane of all bits is NaN.
    end: (chain) => f.get(chain).get(nans).op('v128.or').set(chain),
    scalar: () => f.get(p).load(`${scalar}.load`),
  }
}

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
  const chains = Array.from({ length: CHAINS }, () => f.local('v128')) as [L, ...L[]]
  const [chain, ...others] = chains
  const row: Row = { f, type, fma, p, q }
  const isExtreme = reduction === 'max' || reduction === 'min'
  const step = isExtreme ? extreme(row, reduction) : reduction === 'prod' ? product(row) : additive(row, reduction)
  const { join, identity, total } = step

  const clear = (c: Local) => {
    vectorConstant(f, type, identity)
    f.set(c)
  }
  const advance = (by: number) => {
    f.increment(p, by)
    if (reduction === 'dot') f.increment(q, by)
  }
  const manyVectors = () => {
    others.forEach(clear)
    countDown(f, part, CHAINS * count, () => {
      chains.forEach((c, i) => step.vector(c, 16 * i))
      advance(CHAINS * 16)
    })
    for (let half = CHAINS / 2; half >= 1; half /= 2)
      for (let i = 0; i < half; i++)
        f.get(chains[i]!)
          .get(chains[i + half]!)
          .op(`${vector}.${join}`)
          .set(chains[i]!)
  }
  const reducePart = () => {
    step.begin?.()
    if (step.chained) {
      clear(chain)
      f.get(part)
        .i32(CHAINS * count)
        .op('i32.ge_s')
        .if(manyVectors)
    }
    countDown(f, part, count, () => {
      step.vector(chain, 0)
      advance(16)
    })
    if (isExtreme) {
      // What is left of a vector: the last whole one again, as far as it reaches back.
      f.get(part).i32(0).op('i32.ne').get(columns).i32(count).op('i32.ge_s', 'i32.and')
      f.if(() => {
        address(f, p, [part, size]).i32(16).op('i32.sub').set(p)
        step.vector(chain, 0)
        f.i32(0).set(part)
      })
    }
    step.end?.(chain)
    if (step.chained) total.addVector(chain)
    countDown(f, part, 1, () => {
      step.scalar()
      total.addScalar()
      advance(size)
    })
  }

  for (const stride of second ? [xStride, yStride] : [xStride]) f.get(stride).i32(shift).op('i32.shl').set(stride)
  f.block((done) =>
    f.loop((next) => {
      f.get(rows).i32(0).op('i32.le_s').brIf(done)
      total.reset()
      f.get(x).set(p).get(columns).set(left)
      if (second) f.get(y).set(q)
      f.block((end) =>
        f.loop((more) => {
          f.get(left).i32(0).op('i32.le_s').brIf(end)
          remaining(f, part, left, zero, PART).get(left).get(part).op('i32.sub').set(left)
          reducePart()
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
