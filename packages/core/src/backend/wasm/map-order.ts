/** Pointwise programs whose result does not lie in memory in the order of its dimensions. */
import type { DType } from '../../dtype.ts'
import type { Program } from '../../expr.ts'
import { broadcastStrides } from '../../layout.ts'
import type { View } from '../backend.ts'
import { Walked } from './plan.ts'
import { map } from './pointwise-calls.ts'

/** Runs the program along the dimensions of the result in the order of their strides; false where they are in order, or it is the reference's work. */
export function mapInOrder(program: Program, compute: DType, out: View, inputs: readonly (View | number)[]): boolean {
  const { shape, strides } = out
  const order = shape.map((_, d) => d).filter((d) => shape[d] !== 1)
  order.sort((a, b) => (strides[b] as number) - (strides[a] as number))
  if (order.every((d, i) => i === 0 || d > (order[i - 1] as number))) return false
  const pick = (list: readonly number[]): number[] => order.map((d) => list[d] as number)
  const turned = pick(shape)
  const turn = (x: View | number): View | number =>
    typeof x === 'number' ? x : new Walked(x, turned, pick(broadcastStrides(x.shape, x.strides, shape)))
  return map(program, compute, new Walked(out, turned, pick(strides)), inputs.map(turn))
}
