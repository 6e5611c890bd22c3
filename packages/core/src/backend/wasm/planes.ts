/** Windows over planes with one filter for each plane, as WebAssembly. */
import { itemsize } from '../../dtype.ts'
import type { View } from '../backend.ts'
import { ModuleBuilder } from './assembler.ts'
import { instantiate, validates } from './engine.ts'
import { floatTypes } from './float-type.ts'
import { emitCorrelatePlanes, emitFilterPlanes } from './planes-kernel.ts'

type Kernel = (...args: number[]) => void

let functions: Record<string, unknown> | null = null

function build(): Record<string, unknown> {
  const bytesOf = (fma: boolean): Uint8Array => {
    const module = new ModuleBuilder()
    for (const dtype of ['float32', 'float64'] as const) {
      emitFilterPlanes(module, `filter ${dtype}`, floatTypes[dtype], fma)
      emitCorrelatePlanes(module, `correlate ${dtype}`, floatTypes[dtype], fma)
    }
    return module.build()
  }
  const fused = bytesOf(true)
  return instantiate(validates(fused) ? fused : bytesOf(false))
}

function run(name: 'filter' | 'correlate', x: View, filters: View, dilation: readonly number[], y: View): boolean {
  const { dtype } = x
  if ((dtype !== 'float32' && dtype !== 'float64') || filters.dtype !== dtype || y.dtype !== dtype) return false
  const [, rows, columns] = filters.shape as [number, number, number]
  if ([x, filters, y].some((v) => v.pointer === 0 || v.strides[2] !== 1 || v.shape.includes(0))) return false
  if (filters.strides[1] !== columns) return false
  functions ??= build()
  const [channels, height, width] = y.shape as [number, number, number]
  const at = (v: View): number => v.pointer + v.offset * itemsize(dtype)
  const kernel = functions[`${name} ${dtype}`] as Kernel
  kernel(
    ...[channels, rows, columns, height, width, dilation[0] as number, dilation[1] as number],
    ...[at(x), x.strides[0] as number, x.strides[1] as number],
    ...[at(filters), filters.strides[0] as number],
    ...[at(y), y.strides[0] as number, y.strides[1] as number],
  )
  return true
}

/** Filters planes; false where it has to be the reference's work. */
export const filterPlanes = (x: View, filters: View, dilation: readonly number[], y: View): boolean =>
  run('filter', x, filters, dilation, y)

/** Adds products of planes to filters; false where it has to be the reference's work. */
export const correlatePlanes = (x: View, y: View, dilation: readonly number[], filters: View): boolean =>
  run('correlate', x, filters, dilation, y)
