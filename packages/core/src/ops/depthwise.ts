/** Convolutions in which each channel has one filter of its own: no product of matrices, but planes that are filtered in their places. */
import { kernels } from '../backend/index.ts'
import type { Shape } from '../layout.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import type { Geometry, Method } from './columns.ts'

/** Whether planes can be filtered in their places: a channel in and a channel out for each group, windows at every place of a line or plane. */
export const isDepthwise = (weight: Shape, { groups, stride }: Geometry): boolean =>
  groups > 1 && weight[0] === groups && weight[1] === 1 && stride.length < 3 && stride.every((s) => s === 1)

/** A line as a plane of one row. */
const plane = (values: readonly number[], absent: number): [number, number] =>
  values.length === 1 ? [absent, values[0] as number] : (values as [number, number])

/** Channels of one image as planes: `[channels, height, width]`. */
function planesOf(x: Tensor, image: number): Tensor {
  const [b, c, ...steps] = x.strides as [number, number, ...number[]]
  return x.alias([x.shape[1] as number, ...plane(x.shape.slice(2), 1)], [c, ...plane(steps, 0)], x.offset + image * b)
}

/** The weight as a filter for each channel. */
const filtersOf = (w: Tensor): Tensor => {
  const [c, , ...steps] = w.strides as [number, number, ...number[]]
  return w.alias([w.shape[0] as number, ...plane(w.shape.slice(2), 1)], [c, ...plane(steps, 0)])
}

/** Calls `run` for each image with its planes, zeros (or, if negative, nothing) around them as far as the windows over `y` reach. */
function eachImage(
  x: Tensor,
  kernel: Shape,
  g: Geometry,
  padding: readonly number[],
  y: Tensor,
  run: (x: Tensor, y: Tensor) => void,
): void {
  const [high, wide] = plane(g.dilation, 1)
  const [rows, columns] = plane(kernel, 1)
  const [, channels, ...size] = y.shape as [number, number, ...number[]]
  const [height, width] = plane(size, 1)
  const reach = [height + (rows - 1) * high, width + (columns - 1) * wide] as const
  const around = padding.some((n) => n !== 0) || reach[0] !== plane(x.shape.slice(2), 1)[0] || reach[1] !== x.shape.at(-1)
  const room = around ? allocateTensor([channels, ...reach], x.dtype, false) : null
  for (let image = 0; image < (x.shape[0] as number); image++) {
    const planes = planesOf(x, image)
    if (room !== null) {
      // A copy with zeros around it is what windows of one element make.
      const columns = room.alias([channels, 1, 1, ...reach], [room.strides[0] as number, 0, 0, reach[1], 1])
      kernels.im2col(planes, { stride: [1, 1], dilation: [1, 1], padding: plane(padding, 0) }, columns)
    }
    run(room ?? planes, planesOf(y, image))
  }
}

/** Convolutions that `isDepthwise` tells. */
export const byPlanes: Method = {
  slide: (x, w, g, y) => {
    const filters = filtersOf(w)
    eachImage(x, w.shape.slice(2), g, g.padding, y, (planes, out) => kernels.filterPlanes(planes, filters, plane(g.dilation, 1), out))
  },
  spread: (y, w, g, x) => {
    const filters = turnedFilters(filtersOf(w))
    const kernel = w.shape.slice(2)
    const padding = kernel.map((k, d) => (g.dilation[d] as number) * (k - 1) - (g.padding[d] as number))
    eachImage(y, kernel, g, padding, x, (planes, out) => kernels.filterPlanes(planes, filters, plane(g.dilation, 1), out))
  },
  correlate: (x, y, g, w) => {
    const filters = filtersOf(w)
    eachImage(x, w.shape.slice(2), g, g.padding, y, (planes, out) => kernels.correlatePlanes(planes, out, plane(g.dilation, 1), filters))
  },
}

/** Filters upside down and back to front: what each element of `y` adds to is what adds to each element of `x`, turned around. */
function turnedFilters(filters: Tensor): Tensor {
  const [channels, rows, columns] = filters.shape as [number, number, number]
  const [c, high, wide] = filters.strides as [number, number, number]
  const out = allocateTensor(filters.shape, filters.dtype, false)
  const last = filters.offset + (rows - 1) * high + (columns - 1) * wide
  kernels.copy(filters.alias([channels, rows, columns], [c, -high, -wide], last), out)
  return out
}
