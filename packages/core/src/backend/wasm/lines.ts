/** Sparse linear maps of lines. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown, type FloatType } from './float-type.ts'

type L = Local

/**
 * Emits the exported function `out[o][to[p]][i] += weight[p] * x[o][from[p]][i]`: `(outer, inner, x, xStride, out, outStride, pairs, from, to, weights)`.
 *
 * Pointers and strides from line to line in bytes; `from` and `to` are tables of offsets in bytes, `weights` one of numbers.
 */
export function emitMapLines(module: ModuleBuilder, { type, name }: { type: FloatType; name: string }): FunctionBuilder {
  const f = module.function(
    name,
    Array.from({ length: 10 }, () => 'i32' as const),
  )
  const [outer, inner, x, xStride, out, outStride, pairs, from, to, weights] = f.params as [L, L, L, L, L, L, L, L, L, L]
  const [pair, weight, left, source, target, at] = Array.from({ length: 6 }, () => f.local('i32')) as [L, L, L, L, L, L]
  const [s, t] = [type.scalar, type.vector]
  const scale = f.local(s)
  const scales = f.local('v128')
  /** `target[0] += scale * source[0]`, for one number or a vector. */
  const add = (vector: boolean) => {
    f.get(target).get(target)
    if (vector) f.load('v128.load').get(source).load('v128.load').get(scales).op(`${t}.mul`, `${t}.add`).store('v128.store')
    else f.load(`${s}.load`).get(source).load(`${s}.load`).get(scale).op(`${s}.mul`, `${s}.add`).store(`${s}.store`)
  }
  countDown(f, outer, 1, () => {
    f.get(pairs).set(pair).i32(0).set(at).get(weights).set(weight)
    countDown(f, pair, 1, () => {
      f.get(x).get(from).get(at).op('i32.add').load('i32.load').op('i32.add').set(source)
      f.get(out).get(to).get(at).op('i32.add').load('i32.load').op('i32.add').set(target)
      f.get(weight).load(`${s}.load`).set(scale)
      f.get(inner)
        .i32(1)
        .op('i32.eq')
        .if(
          () => add(false),
          () => {
            f.get(scale).op(`${t}.splat`).set(scales).get(inner).set(left)
            countDown(f, left, type.count, () => {
              add(true)
              f.increment(source, 16).increment(target, 16)
            })
            countDown(f, left, 1, () => {
              add(false)
              f.increment(source, type.size).increment(target, type.size)
            })
          },
        )
      f.increment(at, 4).increment(weight, type.size)
    })
    f.get(x).get(xStride).op('i32.add').set(x).get(out).get(outStride).op('i32.add').set(out)
  })
  return f
}
