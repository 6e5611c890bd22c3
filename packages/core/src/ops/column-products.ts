/** Convolutions as products of matrices: windows as columns, times the weight. */
import { kernels } from '../backend/index.ts'
import { numelOf } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { blocksOf, type Columns, columnsOf, type Geometry, type Method, Sum } from './columns.ts'

/** Calls `product` for each block of each group, with the columns of both sides, and the part of the weight's memory that belongs to the group. */
function eachBlock(
  x: Tensor,
  w: Tensor,
  y: Tensor,
  g: Geometry,
  product: (x: Columns, y: Columns, weight: Tensor, last: boolean) => void,
): void {
  const kernel = w.shape.slice(2)
  const places = y.shape.slice(2)
  const [out, depth] = [(w.shape[0] as number) / g.groups, numelOf(w.shape.slice(1))]
  const blocks = blocksOf(x.shape[0] as number, places, depth)
  const ones = kernel.map(() => 1)
  const each: Geometry = { stride: ones, dilation: ones, padding: kernel.map(() => 0), groups: g.groups }
  for (let group = 0; group < g.groups; group++)
    blocks.forEach((block, i) => {
      product(
        columnsOf('x', x, g, kernel, places, group, block),
        columnsOf('y', y, each, ones, places, group, block),
        w.alias([1, out, depth], [0, depth, 1], w.offset + group * out * depth),
        i === blocks.length - 1,
      )
    })
}

const turned = (x: Tensor): Tensor => {
  const [, rows, columns] = x.shape as [number, number, number]
  return x.alias([1, columns, rows], [0, x.strides[2] as number, x.strides[1] as number])
}

/** What it costs to turn a number around, in numbers packed. */
const TURNING = 8

/** Any convolution. */
export const byColumns: Method = {
  slide: (x, w, g, y) =>
    eachBlock(x, w, y, g, (xs, ys, weight) => {
      xs.load()
      kernels.matmul(weight, xs.matrix, ys.matrix)
      ys.store()
    }),
  spread: (y, w, g, x) =>
    eachBlock(x, w, y, g, (xs, ys, weight) => {
      ys.load()
      kernels.matmul(turned(weight), ys.matrix, xs.matrix)
      xs.store()
    }),
  correlate: (x, y, g, w) => {
    const sum = new Sum(x.dtype, w.numel() / g.groups)
    const [out, depth] = [(w.shape[0] as number) / g.groups, numelOf(w.shape.slice(1))]
    // Turned around, what has to be packed is the smaller of the two; but then the result has to be turned back.
    const turn = (depth - out) * (y.numel() / (w.shape[0] as number)) > TURNING * depth * out
    eachBlock(x, w, y, g, (xs, ys, weight, last) => {
      xs.load()
      ys.load()
      if (turn) kernels.matmul(xs.matrix, turned(ys.matrix), sum.next().alias([1, depth, out], [0, out, 1]))
      else kernels.matmul(ys.matrix, turned(xs.matrix), sum.next().alias([1, out, depth], [0, depth, 1]))
      if (!last) return
      const total = sum.take()
      kernels.copy(turn ? turned(total.alias([1, depth, out], [0, out, 1])) : total.alias(weight.shape, weight.strides), weight)
    })
  },
}
