/** The negative log-likelihood of classes, and its gradient. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { type FloatType, scalarConstant } from './float-type.ts'
import { emitLoops } from './walks.ts'

type L = Local

/**
 * Emits the exported function `nll`: `(outer, inner, classes, ignore, x, x0, xClass, x1, target, target0, target1, weight, losses, weights, sum, total)`.
 * Per place, with class c: `losses = -x[c] weights`, `weights = weight[c]` (1 where that pointer is 0), or both 0 where c is `ignore`; and the sums of both.
 *
 * Strides in bytes; targets are doubles, `losses` and `weights` dense. The result is the place of the first target that is no class, -1 if none is.
 */
export function emitNll(module: ModuleBuilder, type: FloatType, name: string): FunctionBuilder {
  const { scalar, size, bits } = type
  const i = 'i32' as const
  const f = module.function(name, [i, i, 'f64', 'f64', i, i, i, i, i, i, i, i, i, i, i, i], ['i32'])
  const [outer, inner, classes, ignore, x, x0, xClass, x1, target, target0, target1, weight, losses, weights, sum, total] = f.params as [
    ...[L, L, L, L, L, L, L, L],
    ...[L, L, L, L, L, L, L, L],
  ]
  const [c, sumOfLosses, sumOfWeights] = [f.local('f64'), f.local('f64'), f.local('f64')]
  const [loss, own] = [f.local(scalar), f.local(scalar)]
  const [place, index] = [f.local('i32'), f.local('i32')]
  const addTo = (s: Local, what: Local) => {
    f.get(s).get(what)
    if (bits === 32) f.op('f64.promote_f32')
    f.op('f64.add').set(s)
  }
  const store = (at: Local, what: Local) => {
    f.get(at).get(what)
    if (bits === 32) f.op('f32.demote_f64').store('f32.store')
    else f.store('f64.store')
  }
  const pointers = [
    { base: x, strides: [x0, x1] },
    { base: target, strides: [target0, target1] },
  ]
  emitLoops(f, [outer, inner], pointers, ([from, at]) => {
    f.get(at as L)
      .load('f64.load')
      .tee(c)
      .get(ignore)
      .op('f64.eq')
    f.if(
      () => {
        for (const y of [loss, own]) {
          scalarConstant(f, type, 0)
          f.set(y)
        }
      },
      () => {
        f.get(c).f64(0).op('f64.ge').get(c).get(classes).op('f64.lt', 'i32.and', 'i32.eqz')
        f.if(() => f.get(place).op('return'))
        f.get(c).op('i32.trunc_f64_s').set(index)
        scalarConstant(f, type, 1)
        f.set(own)
        f.get(weight).if(() => f.get(weight).get(index).i32(size).op('i32.mul', 'i32.add').load(`${scalar}.load`).set(own))
        f.get(from as L)
          .get(index)
          .get(xClass)
          .op('i32.mul', 'i32.add')
          .load(`${scalar}.load`)
        f.get(own).op(`${scalar}.mul`, `${scalar}.neg`).set(loss)
        addTo(sumOfLosses, loss)
        addTo(sumOfWeights, own)
      },
    )
    f.get(losses).get(loss).store(`${scalar}.store`).increment(losses, size)
    f.get(weights).get(own).store(`${scalar}.store`).increment(weights, size)
    f.increment(place, 1)
  })
  store(sum, sumOfLosses)
  store(total, sumOfWeights)
  f.i32(-1)
  return f
}

/**
 * Emits the exported function `nllBackward`: `(outer, inner, ignore, divisor, grad, grad0, grad1, target, target0, target1, weights, out, out0, outClass, out1)`.
 * Per place, with class c: `out[c] = -(grad / divisor) weights`. Everything else of `out` stays as it is.
 */
export function emitNllBackward(module: ModuleBuilder, type: FloatType, name: string): FunctionBuilder {
  const { scalar, size } = type
  const i = 'i32' as const
  const f = module.function(name, [i, i, 'f64', scalar, i, i, i, i, i, i, i, i, i, i, i])
  const [outer, inner, ignore, divisor, grad, grad0, grad1, target, target0, target1, weights, out, out0, outClass, out1] = f.params as [
    ...[L, L, L, L, L, L, L, L],
    ...[L, L, L, L, L, L, L],
  ]
  const c = f.local('f64')
  const pointers = [
    { base: grad, strides: [grad0, grad1] },
    { base: target, strides: [target0, target1] },
    { base: out, strides: [out0, out1] },
  ]
  emitLoops(f, [outer, inner], pointers, (at) => {
    const [g, t, to] = at as [L, L, L]
    f.get(t).load('f64.load').tee(c).get(ignore).op('f64.ne')
    f.if(() => {
      f.get(to).get(c).op('i32.trunc_f64_s').get(outClass).op('i32.mul', 'i32.add')
      f.get(g).load(`${scalar}.load`).get(divisor).op(`${scalar}.div`)
      f.get(weights).load(`${scalar}.load`).op(`${scalar}.mul`, `${scalar}.neg`).store(`${scalar}.store`)
    })
    f.increment(weights, size)
  })
  return f
}
