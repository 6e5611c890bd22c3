/** Softmax along one dimension, and the likelihood of classes, in doubles. */

import type { Nll, NllBackward, Softmax, View } from '../backend.ts'
import { eachLine } from './walk.ts'

export function softmax(kind: Softmax, x: View, dim: number, out: View): void {
  const n = x.shape[dim] as number
  if (n === 0) return
  const [xs, os] = [x.strides[dim] as number, out.strides[dim] as number]
  const round = out.dtype === 'float32' ? Math.fround : (v: number): number => v
  eachLine(x.shape, dim, [x.strides, out.strides], [x.offset, out.offset], ([from, to]) => {
    const at = (i: number): number => x.data[(from as number) + i * xs] as number
    let high = -Infinity
    for (let i = 0; i < n; i++) high = Math.max(high, at(i))
    let sum = 0
    for (let i = 0; i < n; i++) sum += Math.exp(round(at(i) - high))
    const log = Math.log(sum)
    for (let i = 0; i < n; i++) {
      const low = round(at(i) - high)
      out.data[(to as number) + i * os] = kind === 'softmax' ? Math.exp(low) / sum : low - log
    }
  })
}

export function softmaxBackward(kind: Softmax, grad: View, result: View, dim: number, out: View): void {
  const n = out.shape[dim] as number
  const [gs, ys, os] = [grad.strides[dim] as number, result.strides[dim] as number, out.strides[dim] as number]
  const offsets = [grad.offset, result.offset, out.offset]
  eachLine(out.shape, dim, [grad.strides, result.strides, out.strides], offsets, (places) => {
    const [gAt, yAt, to] = places as [number, number, number]
    const g = (i: number): number => grad.data[gAt + i * gs] as number
    const y = (i: number): number => result.data[yAt + i * ys] as number
    let sum = 0
    for (let i = 0; i < n; i++) sum += kind === 'softmax' ? g(i) * y(i) : g(i)
    for (let i = 0; i < n; i++) out.data[to + i * os] = kind === 'softmax' ? y(i) * (g(i) - sum) : g(i) - Math.exp(y(i)) * sum
  })
}

export function nll({ x, target, weight, ignoreIndex, losses, weights, sum, total }: Nll): number {
  const [outer, classes, inner] = x.shape as [number, number, number]
  const [x0, xClass, x1] = x.strides as [number, number, number]
  const [t0, t1] = target.strides as [number, number]
  let [sumOfLosses, sumOfWeights] = [0, 0]
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const place = o * inner + i
      const c = target.data[target.offset + o * t0 + i * t1] as number
      if (c !== ignoreIndex && !(c >= 0 && c < classes)) return place
      const own = c === ignoreIndex ? 0 : weight === null ? 1 : (weight.data[weight.offset + c * (weight.strides[0] as number)] as number)
      const [l, w] = [losses.offset + place, weights.offset + place]
      weights.data[w] = own
      losses.data[l] = c === ignoreIndex ? 0 : -((x.data[x.offset + o * x0 + c * xClass + i * x1] as number) * own)
      sumOfLosses += losses.data[l] as number
      sumOfWeights += own
    }
  sum.data[sum.offset] = sumOfLosses
  total.data[total.offset] = sumOfWeights
  return -1
}

export function nllBackward({ grad, divisor, target, ignoreIndex, weights, out }: NllBackward): void {
  const [outer, , inner] = out.shape as [number, number, number]
  const [out0, outClass, out1] = out.strides as [number, number, number]
  const round = out.dtype === 'float32' ? Math.fround : (v: number): number => v
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const c = target.data[target.offset + o * (target.strides[0] as number) + i * (target.strides[1] as number)] as number
      if (c === ignoreIndex) continue
      const g = grad.data[grad.offset + o * (grad.strides[0] as number) + i * (grad.strides[1] as number)] as number
      const w = weights.data[weights.offset + o * inner + i] as number
      out.data[out.offset + o * out0 + c * outClass + i * out1] = -(round(g / divisor) * w)
    }
}
