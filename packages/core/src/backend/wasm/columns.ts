/** Windows as columns and back, as WebAssembly: planes by the kernel, further dimensions one by one. */
import { itemsize } from '../../dtype.ts'
import type { View, Windows } from '../backend.ts'
import { ModuleBuilder } from './assembler.ts'
import { emitColumns } from './columns-kernel.ts'
import { instantiate } from './engine.ts'
import { floatTypes } from './float-type.ts'

type Kernel = (...args: number[]) => void

let functions: Record<string, unknown> | null = null

function build(): Record<string, unknown> {
  const module = new ModuleBuilder()
  for (const direction of ['im2col', 'col2im'] as const)
    for (const dtype of ['float32', 'float64'] as const) emitColumns(module, direction, `${direction} ${dtype}`, floatTypes[dtype])
  return instantiate(module.build())
}

/** One dimension that windows slide along: lengths of the input, of a window and of the places, steps in memory, and how the windows lie. */
interface Axis {
  readonly size: number
  readonly kernel: number
  readonly places: number
  readonly xStep: number
  readonly kernelStep: number
  readonly placeStep: number
  readonly stride: number
  readonly padding: number
  readonly dilation: number
}

/** The axis that a line has across it. */
const point: Axis = { size: 1, kernel: 1, places: 1, xStep: 0, kernelStep: 0, placeStep: 0, stride: 1, padding: 0, dilation: 1 }

function axesOf(x: View, { stride, padding, dilation }: Windows, columns: View): Axis[] {
  const dims = stride.length
  return stride.map((step, d) => ({
    size: x.shape[1 + d] as number,
    kernel: columns.shape[1 + d] as number,
    places: columns.shape[1 + dims + d] as number,
    xStep: x.strides[1 + d] as number,
    kernelStep: columns.strides[1 + d] as number,
    placeStep: columns.strides[1 + dims + d] as number,
    stride: step,
    padding: padding[d] as number,
    dilation: dilation[d] as number,
  }))
}

function run(direction: 'im2col' | 'col2im', x: View, windows: Windows, columns: View): boolean {
  const { dtype } = x
  if ((dtype !== 'float32' && dtype !== 'float64') || columns.dtype !== dtype || x.pointer === 0 || columns.pointer === 0) return false
  const axes = axesOf(x, windows, columns)
  if (axes.length === 1) axes.unshift(point)
  const outer = axes.length - 2
  const [high, wide] = axes.slice(outer) as [Axis, Axis]
  if ((wide.xStep !== 1 && wide.size > 1) || (wide.placeStep !== 1 && wide.places > 1)) return false
  functions ??= build()
  const kernel = functions[`${direction} ${dtype}`] as Kernel
  const size = itemsize(dtype)
  const [channels, xChannel, columnChannel] = [x.shape[0] as number, x.strides[0] as number, columns.strides[0] as number]
  const down = (d: number, at: number, column: number, inside: boolean): void => {
    if (d === outer) {
      kernel(
        channels,
        high.kernel,
        wide.kernel,
        high.places,
        wide.places,
        // Outside of the dimensions before, there is nothing to read or to add to.
        inside ? high.size : 0,
        wide.size,
        high.stride,
        wide.stride,
        high.padding,
        wide.padding,
        high.dilation,
        wide.dilation,
        x.pointer + at * size,
        xChannel,
        high.xStep,
        columns.pointer + column * size,
        columnChannel,
        high.kernelStep,
        wide.kernelStep,
        high.placeStep,
      )
      return
    }
    const axis = axes[d] as Axis
    for (let k = 0; k < axis.kernel; k++)
      for (let o = 0; o < axis.places; o++) {
        const i = o * axis.stride + k * axis.dilation - axis.padding
        down(d + 1, at + i * axis.xStep, column + k * axis.kernelStep + o * axis.placeStep, inside && i >= 0 && i < axis.size)
      }
  }
  down(0, x.offset, columns.offset, true)
  return true
}

/** Writes windows as columns; false where it has to be the reference's work. */
export const im2col = (x: View, windows: Windows, columns: View): boolean => run('im2col', x, windows, columns)

/** Adds columns to where they came from; false where it has to be the reference's work. */
export const col2im = (columns: View, windows: Windows, x: View): boolean => run('col2im', x, windows, columns)
