/** The greatest and the sum of windows over planes, several windows of a row at once. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { address, countUp, type FloatType, laneShuffle, scalarConstant, vectorConstant } from './float-type.ts'

/** What is made of each window. */
export type PoolKind = 'max' | 'sum'

/** How far apart neighbouring windows of a row are: known steps are loaded as vectors, others lane by lane. */
export type PoolStep = 1 | 2 | 'any'

/** What the kernel takes, in order; all i32. */
export const poolParameters = [
  'planes',
  'x',
  'out',
  /** Doubles; only read by `max`. */
  'indices',
  'height',
  'width',
  /** Elements of a plane of the input. */
  'plane',
  // Windows along each dimension, where their tables are (start and end, in elements), and the distance of a window's elements.
  'ds',
  'hs',
  'ws',
  'dStart',
  'dEnd',
  'hStart',
  'hEnd',
  'wStart',
  'wEnd',
  'dStep',
  'hStep',
  'wStep',
  // The run of windows in a row that are of one size and begin `stride` after each other.
  'evenFrom',
  'evenTo',
  'stride',
] as const

type Parameters = Readonly<Record<(typeof poolParameters)[number], Local>>

/** `for (i = from; i < to; i += step)`. */
function eachFrom(f: FunctionBuilder, i: Local, from: Local, to: Local, step: Local, body: () => void): void {
  f.get(from).set(i)
  f.block((done) =>
    f.loop((next) => {
      f.get(i).get(to).op('i32.ge_s').brIf(done)
      body()
      f.get(i).get(step).op('i32.add').set(i).br(next)
    }),
  )
}

/** One window, or as many as a vector has lanes: what it gathers, element by element. */
interface Gathering {
  start(): void
  /** Takes in what stands at the element `place` of the plane. */
  take(place: Local): void
  /** Writes the result to element `at` of the output. */
  finish(at: Local): void
}

interface Context {
  readonly f: FunctionBuilder
  readonly type: FloatType
  readonly kind: PoolKind
  readonly p: Parameters
  /** Where the plane begins. */
  readonly base: Local
  /** The first element of the window, also the first of its plane's places. */
  readonly first: Local
  /** What sums are divided by. */
  readonly divisor: Local
}

function scalarGathering({ f, type, kind, p, base, first, divisor }: Context): Gathering {
  const s = type.scalar
  const [v, best, where] = [f.local(s), f.local(s), f.local('i32')]
  return {
    start: () => {
      scalarConstant(f, type, kind === 'max' ? -Infinity : 0)
      f.set(best).get(first).set(where)
    },
    take: (place) => {
      address(f, base, [place, type.size]).load(`${s}.load`)
      if (kind === 'sum') {
        f.get(best).op(`${s}.add`).set(best)
        return
      }
      f.tee(v).get(best).op(`${s}.gt`).get(v).get(v).op(`${s}.ne`, 'i32.or')
      f.if(() => f.get(v).set(best).get(place).set(where))
    },
    finish: (at) => {
      address(f, p.out, [at, type.size]).get(best)
      if (kind === 'sum') f.get(divisor).op(`${s}.div`)
      f.store(`${s}.store`)
      if (kind === 'max') address(f, p.indices, [at, 8]).get(where).op('f64.convert_i32_s').store('f64.store')
    },
  }
}

function vectorGathering(context: Context, step: PoolStep): Gathering {
  const { f, type, kind, p, base, first, divisor } = context
  const t = type.vector
  const [v, best, where, mask, lanes] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
  const at = f.local('i32')
  const wide = type.bits === 64
  /** Pushes the places of the elements of all lanes: integers beside floats, doubles beside doubles. */
  const places = (place: Local) => {
    f.get(place)
    if (wide) f.op('f64.convert_i32_s', 'f64x2.splat').get(lanes).op('f64x2.add')
    else f.op('i32x4.splat').get(lanes).op('i32x4.add')
  }
  /** Pushes the element at `place` and those as far on as the other windows are. */
  const load = (place: Local) => {
    address(f, base, [place, type.size])
    if (step === 1) f.load('v128.load')
    else if (step === 2) {
      // The second load ends with the last element that is wanted: nothing beyond the input is read.
      f.tee(at)
        .load('v128.load')
        .get(at)
        .load('v128.load', (type.count - 1) * type.size)
      f.shuffle(laneShuffle(type, wide ? [0, 3] : [0, 2, 5, 7]))
    } else {
      f.tee(at)
        .load(wide ? 'v128.load64_zero' : 'v128.load32_zero')
        .set(v)
      for (let lane = 1; lane < type.count; lane++) {
        address(f, at, [p.stride, type.size]).tee(at)
        f.get(v)
          .laneMemory(wide ? 'v128.load64_lane' : 'v128.load32_lane', lane)
          .set(v)
      }
      f.get(v)
    }
  }
  return {
    start: () => {
      vectorConstant(f, type, kind === 'max' ? -Infinity : 0)
      f.set(best)
      if (kind === 'sum') return
      for (let lane = 0; lane < type.count; lane++) {
        f.get(lanes).get(p.stride).i32(lane).op('i32.mul')
        if (wide) f.op('f64.convert_i32_s').lane('f64x2.replace_lane', lane)
        else f.lane('i32x4.replace_lane', lane)
        f.set(lanes)
      }
      places(first)
      f.set(where)
    },
    take: (place) => {
      load(place)
      if (kind === 'sum') {
        f.get(best).op(`${t}.add`).set(best)
        return
      }
      f.tee(v).get(best).op(`${t}.gt`).get(v).get(v).op(`${t}.ne`, 'v128.or').set(mask)
      f.get(v).get(best).get(mask).op('v128.bitselect').set(best)
      places(place)
      f.get(where).get(mask).op('v128.bitselect').set(where)
    },
    finish: (to) => {
      address(f, p.out, [to, type.size]).get(best)
      if (kind === 'sum') f.get(divisor).op(`${t}.splat`, `${t}.div`)
      f.store('v128.store')
      if (kind === 'sum') return
      address(f, p.indices, [to, 8]).tee(at).get(where)
      if (wide) f.store('v128.store')
      else {
        f.op('f64x2.convert_low_i32x4_s').store('v128.store')
        f.get(at)
          .get(where)
          .get(where)
          .shuffle(laneShuffle(type, [2, 3, 2, 3]))
          .op('f64x2.convert_low_i32x4_s')
          .store('v128.store', 16)
      }
    },
  }
}

/** What a kernel is made for. */
export interface PoolOptions {
  readonly type: FloatType
  readonly step: PoolStep
  readonly name: string
}

/** Emits the exported function of `poolParameters` and a divisor: the greatest of each window with its place, or the sum divided. */
export function emitPool(module: ModuleBuilder, kind: PoolKind, { type, step, name }: PoolOptions): FunctionBuilder {
  const f = module.function(name, [...poolParameters.map(() => 'i32' as const), type.scalar])
  const p = Object.fromEntries(poolParameters.map((n, i) => [n, f.params[i]])) as unknown as Parameters
  const i32 = (): Local => f.local('i32')
  const [plane, base, at, d, h, w] = [i32(), i32(), i32(), i32(), i32(), i32()]
  const [dFrom, dTo, hFrom, hTo, wFrom, wTo] = [i32(), i32(), i32(), i32(), i32(), i32()]
  const [i, j, place, end, first, lanes] = [i32(), i32(), i32(), i32(), i32(), i32()]
  const context: Context = { f, type, kind, p, base, first, divisor: f.params[poolParameters.length] as Local }
  const one = scalarGathering(context)
  const many = vectorGathering(context, step)

  const tableEntry = (table: Local, index: Local, into: Local) => address(f, table, [index, 4]).load('i32.load').set(into)
  /** Pushes the place of element `column` in row `row` of layer `layer`. */
  const placeOf = (layer: Local, row: Local, column: Local) =>
    f.get(layer).get(p.height).op('i32.mul').get(row).op('i32.add').get(p.width).op('i32.mul').get(column).op('i32.add')
  const gather = (gathering: Gathering) => {
    placeOf(dFrom, hFrom, wFrom).set(first)
    gathering.start()
    eachFrom(f, i, dFrom, dTo, p.dStep, () =>
      eachFrom(f, j, hFrom, hTo, p.hStep, () => {
        placeOf(i, j, wFrom).set(place)
        placeOf(i, j, wTo).set(end)
        eachFrom(f, place, place, end, p.wStep, () => gathering.take(place))
      }),
    )
    gathering.finish(at)
  }

  f.get(p.x).set(base)
  countUp(f, plane, p.planes, 1, () => {
    countUp(f, d, p.ds, 1, () => {
      tableEntry(p.dStart, d, dFrom)
      tableEntry(p.dEnd, d, dTo)
      countUp(f, h, p.hs, 1, () => {
        tableEntry(p.hStart, h, hFrom)
        tableEntry(p.hEnd, h, hTo)
        countUp(f, w, p.ws, lanes, () => {
          tableEntry(p.wStart, w, wFrom)
          tableEntry(p.wEnd, w, wTo)
          f.get(w).get(p.evenFrom).op('i32.ge_s').get(w).i32(type.count).op('i32.add').get(p.evenTo).op('i32.le_s', 'i32.and')
          f.if(
            () => {
              gather(many)
              f.i32(type.count).set(lanes)
            },
            () => {
              gather(one)
              f.i32(1).set(lanes)
            },
          )
          f.get(at).get(lanes).op('i32.add').set(at)
        })
      })
    })
    address(f, base, [p.plane, type.size]).set(base)
  })
  return f
}
