/** The softmax of rows and its logarithm, in float32. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { VectorEmitter } from './emitter.ts'
import { address, countDown, float32Type, laneShuffle } from './float-type.ts'
import { exp, log } from './intrinsics.ts'
import { totalOf } from './totals.ts'
import { inputLanes } from './vector.ts'

type L = Local

/** The end of a row whose length is no multiple of four: the last four numbers, of which the first were seen before, or all of a shorter row. */
interface Tail {
  /** Loads it; lanes without a number hold -inf. */
  load(from: Local, to: Local): void
  /** Clears the lanes that were seen before or hold no number. */
  mask(v: Local): void
  store(at: Local, v: Local): void
}

/** `n` numbers, of which `rest` make no whole vector. */
function tailOf(f: FunctionBuilder, n: Local, rest: Local): Tail {
  const fresh = f.local('v128')
  const long = (then: () => void, otherwise: () => void) => f.get(n).i32(4).op('i32.ge_s').if(then, otherwise)
  const last = (row: Local) => address(f, row, [n, 4]).i32(16).op('i32.sub')
  const lanes = (body: (lane: number) => void): void => {
    body(0)
    for (const lane of [1, 2])
      f.get(n)
        .i32(lane)
        .op('i32.gt_s')
        .if(() => body(lane))
  }
  return {
    load: (from, to) => {
      long(
        () => {
          last(from).load('v128.load').set(to)
          f.bytes([3, 2, 1, 0].flatMap((b) => [b, 0, 0, 0]))
            .get(rest)
            .op('i32x4.splat', 'i32x4.lt_s')
            .set(fresh)
        },
        () => {
          f.f32x4(-Infinity).set(to)
          lanes((lane) =>
            f
              .get(from)
              .get(to)
              .laneMemory('v128.load32_lane', lane, 4 * lane)
              .set(to),
          )
          f.i32x4(-1).set(fresh)
        },
      )
    },
    mask: (v) => f.get(v).get(fresh).op('v128.and').set(v),
    store: (at, v) => {
      long(
        () => last(at).get(v).store('v128.store'),
        () =>
          lanes((lane) =>
            f
              .get(at)
              .get(v)
              .laneMemory('v128.store32_lane', lane, 4 * lane),
          ),
      )
    },
  }
}

/**
 * Emits the exported function `out[i] = softmax(row i)`, or its logarithm: `(rows, columns, x, xStride, out, outStride)`.
 *
 * Pointers in bytes, strides from row to row in numbers; numbers of a row are contiguous. `out` does not overlap x.
 * As in PyTorch, a row with NaN or +inf in it, or of nothing but -inf, gives NaN.
 */
export function emitSoftmax(module: ModuleBuilder, logarithm: boolean, name: string): FunctionBuilder {
  const type = float32Type
  const f = module.function(
    name,
    Array.from({ length: 6 }, () => 'i32' as const),
  )
  const [rows, columns, x, xStride, out, outStride] = f.params as [L, L, L, L, L, L]
  const [p, to, left, rest] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
  const [v, end, high, scale] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
  const [difference, sum] = [inputLanes('f32x4', false), inputLanes('f32x4', false)]
  const [power, logOfSum] = [exp(difference), log(sum)]
  const emitter = new VectorEmitter(module, f, logarithm ? [power, logOfSum] : [power])
  const tail = tailOf(f, columns, rest)
  const total = totalOf(f, type, 'sum')

  /** For each whole vector of the row. */
  const eachVector = (body: () => void) => {
    f.get(x).set(p).get(out).set(to).get(columns).set(left)
    countDown(f, left, 4, () => {
      body()
      f.increment(p, 16).increment(to, 16)
    })
  }
  const whenRest = (body: () => void) => f.get(rest).if(body)
  /** Pushes `exp(source - max)`. */
  const powerOf = (source: () => void) => {
    emitter.next()
    source()
    f.get(high).op('f32x4.sub').set(emitter.local(difference))
    emitter.push(power)
  }

  f.get(xStride).i32(2).op('i32.shl').set(xStride).get(outStride).i32(2).op('i32.shl').set(outStride)
  f.get(columns).i32(3).op('i32.and').set(rest)
  emitter.prologue()
  f.block((done) =>
    f.loop((next) => {
      f.get(rows).i32(0).op('i32.le_s').get(columns).i32(0).op('i32.le_s', 'i32.or').brIf(done)
      // The greatest number. NaN is passed over here, and makes the sum NaN.
      f.f32x4(-Infinity).set(high)
      eachVector(() => f.get(high).get(p).load('v128.load').op('f32x4.pmax').set(high))
      whenRest(() => {
        tail.load(x, end)
        f.get(high).get(end).op('f32x4.pmax').set(high)
      })
      for (const half of [2, 1])
        f.get(high)
          .get(high)
          .get(high)
          .shuffle(laneShuffle(type, half === 2 ? [2, 3, 0, 1] : [1, 0, 3, 2]))
          .op('f32x4.pmax')
          .set(high)

      total.reset()
      eachVector(() => {
        powerOf(() => f.get(p).load('v128.load'))
        f.set(v)
        total.addVector(v)
        if (!logarithm) f.get(to).get(v).store('v128.store')
      })
      whenRest(() => {
        powerOf(() => f.get(end))
        f.set(v)
        if (!logarithm) f.get(v).set(end)
        tail.mask(v)
        total.addVector(v)
      })
      total.push()
      f.op('f32x4.splat')
      if (logarithm) {
        f.set(emitter.local(sum))
        emitter.push(logOfSum)
      }
      f.set(scale)

      // The end of the row is finished from what was loaded before: it overlaps vectors that are finished by then.
      const finish = () => (logarithm ? f.get(high).op('f32x4.sub').get(scale).op('f32x4.sub') : f.get(scale).op('f32x4.div'))
      eachVector(() => {
        f.get(to)
          .get(logarithm ? p : to)
          .load('v128.load')
        finish().store('v128.store')
      })
      whenRest(() => {
        f.get(end)
        finish().set(end)
        tail.store(out, end)
      })
      f.get(x).get(xStride).op('i32.add').set(x).get(out).get(outStride).op('i32.add').set(out)
      f.increment(rows, -1).br(next)
    }),
  )
  return f
}
