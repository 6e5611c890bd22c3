/** Softmax along any dimension, and the likelihood of classes, as WebAssembly. */

import { itemsize } from '../../dtype.ts'
import type { Nll, NllBackward, Softmax, View } from '../backend.ts'
import { baseKernels } from './base.ts'
import { copy } from './copies.ts'
import { Plan, turned } from './plan.ts'
import { release, temporary } from './temporary.ts'

type Run = (...args: number[]) => number

const plan = /* @__PURE__ */ new Plan(1)

/** The distance from row to row, in elements, of a view whose rows along its last dimension are contiguous; -1 where they are not. */
function rowStride(x: View): number {
  const last = x.shape.length - 1
  if (x.strides[last] !== 1 && x.shape[last] !== 1) return -1
  if (last === 0) return x.shape[0] as number
  if (last === 1) return x.strides[0] as number
  const rest = x.strides.slice(0, last)
  plan.set(x.shape.slice(0, last), [rest])
  return plan.n[0] === 1 && plan.n[1] === 1 && plan.dims === 3 && inOrder(x) ? (plan.strides[0]?.[2] as number) : -1
}

/** Whether the rows come in the order of their places. */
function inOrder({ shape, strides }: View): boolean {
  let before = Infinity
  for (let d = 0; d < shape.length - 1; d++) {
    if (shape[d] === 1) continue
    if ((strides[d] as number) > before) return false
    before = strides[d] as number
  }
  return true
}

const firstByte = (x: View): number => x.pointer + x.offset * itemsize(x.dtype)

/** Runs a function of rows on inputs and an output of one shape, made contiguous along `dim` first where they are not. */
function overRows(name: string, inputs: readonly View[], dim: number, out: View): boolean {
  if (out.dtype !== 'float32' || out.pointer === 0) return false
  for (const x of inputs) if (x.dtype !== 'float32' || x.pointer === 0) return false
  const target = turned(out, dim)
  let rows = 1
  for (let d = 0; d < target.shape.length - 1; d++) rows *= target.shape[d] as number
  const columns = target.shape.at(-1) as number
  if (rows * columns === 0) return true
  const args = [rows, columns]
  const held: View[] = []
  for (const x of inputs) {
    let source = turned(x, dim)
    let stride = rowStride(source)
    if (stride < 0) {
      const dense = temporary('float32', source.shape)
      if (dense === null) return false
      copy(source, dense)
      held.push(dense)
      source = dense
      stride = columns
    }
    args.push(firstByte(source), stride)
  }
  const stride = rowStride(target)
  const result = stride < 0 ? temporary('float32', target.shape) : target
  if (result === null) return false
  ;(baseKernels('softmax')[name] as Run)(...args, firstByte(result), stride < 0 ? columns : stride)
  if (result !== target) {
    copy(result, target)
    release(result)
  }
  release(...held)
  return true
}

export const softmax = (kind: Softmax, x: View, dim: number, out: View): boolean => overRows(kind, [x], dim, out)

export const softmaxBackward = (kind: Softmax, grad: View, result: View, dim: number, out: View): boolean =>
  overRows(`${kind}Backward`, [grad, result], dim, out)

/** The place of the first target that is no class, -1 if none is; null where it has to be the reference's work. */
export function nll({ x, target, weight, ignoreIndex, losses, weights, sum, total }: Nll): number | null {
  const { dtype } = x
  if (dtype !== 'float32' && dtype !== 'float64') return null
  if (target.dtype !== 'int64' || (weight !== null && (weight.dtype !== dtype || weight.pointer === 0 || weight.strides[0] !== 1)))
    return null
  for (const v of [x, target, losses, weights, sum, total]) if (v.pointer === 0) return null
  const size = itemsize(dtype)
  const [outer, classes, inner] = x.shape as [number, number, number]
  const [x0, xClass, x1] = x.strides as [number, number, number]
  const [t0, t1] = target.strides as [number, number]
  return (baseKernels('softmax')[`nll ${size * 8}`] as Run)(
    outer,
    inner,
    classes,
    ignoreIndex,
    firstByte(x),
    x0 * size,
    xClass * size,
    x1 * size,
    firstByte(target),
    t0 * 8,
    t1 * 8,
    weight === null ? 0 : firstByte(weight),
    firstByte(losses),
    firstByte(weights),
    firstByte(sum),
    firstByte(total),
  )
}

export function nllBackward({ grad, divisor, target, ignoreIndex, weights, out }: NllBackward): boolean {
  const { dtype } = out
  if ((dtype !== 'float32' && dtype !== 'float64') || grad.dtype !== dtype || weights.dtype !== dtype || target.dtype !== 'int64')
    return false
  for (const v of [grad, target, weights, out]) if (v.pointer === 0) return false
  const size = itemsize(dtype)
  const [outer, , inner] = out.shape as [number, number, number]
  const [out0, outClass, out1] = out.strides as [number, number, number]
  const [g0, g1] = grad.strides as [number, number]
  const [t0, t1] = target.strides as [number, number]
  ;(baseKernels('softmax')[`nllBackward ${size * 8}`] as Run)(
    outer,
    inner,
    ignoreIndex,
    divisor,
    firstByte(grad),
    g0 * size,
    g1 * size,
    firstByte(target),
    t0 * 8,
    t1 * 8,
    firstByte(weights),
    firstByte(out),
    out0 * size,
    outClass * size,
    out1 * size,
  )
  return true
}
