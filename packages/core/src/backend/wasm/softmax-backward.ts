/** The gradients of softmax and of its logarithm over rows, in float32. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { VectorEmitter } from './emitter.ts'
import { countDown, float32Type } from './float-type.ts'
import { exp } from './intrinsics.ts'
import type { MemoryOp } from './opcodes.ts'
import { totalOf } from './totals.ts'
import { inputLanes } from './vector.ts'

type L = Local

/**
 * Emits an exported function over the gradient g and the result y of `softmax`, or of its logarithm:
 * `(rows, columns, g, gStride, y, yStride, out, outStride)`; `out = y (g - sum(g y))`, or `out = g - exp(y) sum(g)`.
 *
 * Pointers in bytes, strides from row to row in numbers; numbers of a row are contiguous. `out` overlaps neither g nor y.
 */
export function emitSoftmaxBackward(module: ModuleBuilder, logarithm: boolean, name: string): FunctionBuilder {
  const f = module.function(
    name,
    Array.from({ length: 8 }, () => 'i32' as const),
  )
  const [rows, columns, g, gStride, y, yStride, out, outStride] = f.params as [L, L, L, L, L, L, L, L]
  const [p, q, to, left] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
  const [v, sum] = [f.local('v128'), f.local('v128')]
  const total = totalOf(f, float32Type, 'sum')
  const result = inputLanes('f32x4', false)
  const power = exp(result)
  const emitter = new VectorEmitter(module, f, logarithm ? [power] : [])

  const advance = (numbers: number) => f.increment(p, 4 * numbers).increment(q, 4 * numbers)
  /** Pushes the summands. */
  const terms = (at: number) => {
    f.get(p).load('v128.load', at)
    if (!logarithm) f.get(q).load('v128.load', at).op('f32x4.mul')
  }
  /** Computes four numbers into `v`, loading them in this way. */
  const finish = (load: MemoryOp) => {
    if (logarithm) {
      emitter.next()
      f.get(q).load(load).set(emitter.local(result))
      f.get(p).load(load)
      emitter.push(power)
      f.get(sum).op('f32x4.mul', 'f32x4.sub').set(v)
    } else f.get(q).load(load).get(p).load(load).get(sum).op('f32x4.sub', 'f32x4.mul').set(v)
  }
  const begin = () => f.get(g).set(p).get(y).set(q).get(out).set(to).get(columns).set(left)

  for (const stride of [gStride, yStride, outStride]) f.get(stride).i32(2).op('i32.shl').set(stride)
  emitter.prologue()
  f.get(columns)
    .i32(0)
    .op('i32.le_s')
    .if(() => f.op('return'))
  countDown(f, rows, 1, () => {
    begin()
    total.reset()
    countDown(f, left, 16, () => {
      terms(0)
      terms(16)
      f.op('f32x4.add')
      terms(32)
      terms(48)
      f.op('f32x4.add', 'f32x4.add').set(v)
      total.addVector(v)
      advance(16)
    })
    countDown(f, left, 4, () => {
      terms(0)
      f.set(v)
      total.addVector(v)
      advance(4)
    })
    countDown(f, left, 1, () => {
      f.get(p).load('f32.load')
      if (!logarithm) f.get(q).load('f32.load').op('f32.mul')
      total.addScalar()
      advance(1)
    })
    total.push()
    f.op('f32x4.splat').set(sum)

    begin()
    countDown(f, left, 4, () => {
      finish('v128.load')
      f.get(to).get(v).store('v128.store').increment(to, 16)
      advance(4)
    })
    f.get(left).if(() => {
      f.get(columns).i32(4).op('i32.ge_s')
      f.if(
        () => {
          // The last four again, of which the first were done before.
          for (const pointer of [p, q, to]) f.get(pointer).i32(4).get(left).op('i32.sub').i32(2).op('i32.shl', 'i32.sub').set(pointer)
          finish('v128.load')
          f.get(to).get(v).store('v128.store')
        },
        () =>
          countDown(f, left, 1, () => {
            finish('v128.load32_splat')
            f.get(to).get(v).laneMemory('v128.store32_lane', 0).increment(to, 4)
            advance(1)
          }),
      )
    })
    for (const [row, stride] of [
      [g, gStride],
      [y, yStride],
      [out, outStride],
    ] as const)
      f.get(row).get(stride).op('i32.add').set(row)
  })
  return f
}
