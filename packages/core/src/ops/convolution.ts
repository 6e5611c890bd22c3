/** Convolutions as products: windows as columns, times the weight. Three maps, each made of the others' derivatives. */
import { noGrad } from '../autograd/mode.ts'
import { type Rule, rule } from '../autograd/node.ts'
import type { Windows } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { numelOf, type Shape } from '../layout.ts'
import { copyOf, record, sumTo, type WithInto } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add } from './arithmetic.ts'
import { blocksOf, type Columns, columnsOf, type Geometry, Sum } from './columns.ts'
import { reshape } from './view.ts'

const dense = (x: Tensor): Tensor => (x.isContiguous() ? x : copyOf(x))

/** Lengths of the output for those of the input. */
export const placesOf = (size: Shape, kernel: Shape, { stride, padding, dilation }: Windows): number[] =>
  size.map(
    (n, d) =>
      Math.floor((n + 2 * (padding[d] as number) - (dilation[d] as number) * ((kernel[d] as number) - 1) - 1) / (stride[d] as number)) + 1,
  )

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

/** The convolution itself, without a graph: `[n, c, ...size]` and `[out, c / groups, ...kernel]` to `[n, out, ...places]`. */
function slide(x: Tensor, w: Tensor, g: Geometry): Tensor {
  const y = allocateTensor([x.shape[0] as number, w.shape[0] as number, ...placesOf(x.shape.slice(2), w.shape.slice(2), g)], x.dtype)
  if (y.numel() === 0 || w.numel() === 0) return y
  eachBlock(dense(x), dense(w), y, g, (xs, ys, weight) => {
    xs.load()
    kernels.matmul(weight, xs.matrix, ys.matrix)
    ys.store()
  })
  return y
}

/** Its adjoint in the input: each number of `y`, times the weight, is added to the window it came from. `size` are the lengths of the result. */
function spread(y: Tensor, w: Tensor, g: Geometry, size: Shape): Tensor {
  const x = allocateTensor([y.shape[0] as number, (w.shape[1] as number) * g.groups, ...size], y.dtype)
  if (y.numel() === 0 || x.numel() === 0) return x
  eachBlock(x, dense(w), dense(y), g, (xs, ys, weight) => {
    ys.load()
    kernels.matmul(turned(weight), ys.matrix, xs.matrix)
    xs.store()
  })
  return x
}

/** Its adjoint in the weight: the products of what stood in the windows with `y`, summed over all places. */
function correlate(x: Tensor, y: Tensor, g: Geometry, kernel: Shape): Tensor {
  const w = allocateTensor([y.shape[1] as number, (x.shape[1] as number) / g.groups, ...kernel], x.dtype)
  if (x.numel() === 0 || y.numel() === 0 || w.numel() === 0) return w
  const sum = new Sum(x.dtype, w.numel() / g.groups)
  eachBlock(dense(x), w, dense(y), g, (xs, ys, weight, last) => {
    const [, out, depth] = weight.shape as [number, number, number]
    xs.load()
    ys.load()
    // Turned around: what has to be packed is then the smaller of the two.
    kernels.matmul(xs.matrix, turned(ys.matrix), sum.next().alias([1, depth, out], [0, out, 1]))
    if (last) kernels.copy(turned(sum.take().alias([1, depth, out], [0, out, 1])), weight)
  })
  return w
}

/** The name of all that backward passes compute of convolutions. */
const BACKWARD = 'ConvolutionBackwardBackward0'

interface Spread {
  readonly geometry: Geometry
  readonly size: Shape
}

interface Correlated {
  readonly geometry: Geometry
  readonly kernel: Shape
}

/** The gradient of a term per channel. */
function biasGradient(grad: Tensor): Tensor {
  const [n, channels, ...size] = grad.shape as [number, number, ...number[]]
  const ones = size.map(() => 1)
  // Rows first: two steps that both have fast kernels.
  return reshape(sumTo(sumTo(grad, [n, channels, ...ones]), [1, channels, ...ones]), [channels])
}

const slideRule: Rule<readonly [Tensor, Tensor], Geometry> = /* @__PURE__ */ rule('ConvolutionBackward0', (grad, node) => {
  const [x, w] = node.saved()
  const g = node.attrs
  return [
    node.needs(0) ? spreading(grad, w, g, x.shape.slice(2)) : null,
    node.needs(1) ? correlating(x, grad, g, w.shape.slice(2)) : null,
    node.needs(2) ? biasGradient(grad) : null,
  ]
})

const spreadRule: Rule<readonly [Tensor, Tensor], Spread> = /* @__PURE__ */ rule('ConvolutionBackward0', (grad, node) => {
  const [y, w] = node.saved()
  const { geometry } = node.attrs
  return [
    node.needs(0) ? sliding(grad, w, geometry) : null,
    node.needs(1) ? correlating(grad, y, geometry, w.shape.slice(2)) : null,
    node.needs(2) ? biasGradient(grad) : null,
  ]
})

const correlateRule: Rule<readonly [Tensor, Tensor], Correlated> = /* @__PURE__ */ rule(BACKWARD, (grad, node) => {
  const [x, y] = node.saved()
  const { geometry } = node.attrs
  return [node.needs(0) ? spreading(y, grad, geometry, x.shape.slice(2)) : null, node.needs(1) ? sliding(x, grad, geometry) : null]
})

/** The same with a graph, for the backward of each. */
const sliding = (x: Tensor, w: Tensor, g: Geometry): Tensor => record(slide(x, w, g), slideRule, [x, w], [x, w], g, BACKWARD)

const spreading = (y: Tensor, w: Tensor, g: Geometry, size: Shape): Tensor =>
  record(spread(y, w, g, size), spreadRule, [y, w], [y, w], { geometry: g, size }, BACKWARD)

const correlating = (x: Tensor, y: Tensor, g: Geometry, kernel: Shape): Tensor =>
  record(correlate(x, y, g, kernel), correlateRule, [x, y], [x, y], { geometry: g, kernel })

/** Adds a term per channel to what nobody else has seen yet. */
function addBias(out: Tensor, bias: Tensor | null): void {
  if (bias === null) return
  const ones = new Array<number>(out.ndim - 2).fill(1)
  const terms = bias.alias([bias.shape[0] as number, ...ones], [bias.strides[0] as number, ...ones])
  noGrad(() => (add as unknown as WithInto).into(out, terms as never))
}

/** The convolution of a batch: `[n, c, ...size]` and `[out, c / groups, ...kernel]` to `[n, out, ...places]`. */
export function convolve(x: Tensor, w: Tensor, bias: Tensor | null, g: Geometry): Tensor {
  const out = slide(x, w, g)
  addBias(out, bias)
  return record(out, slideRule, bias === null ? [x, w] : [x, w, bias], [x, w], g)
}

/** The transposed convolution of a batch: `[n, c, ...places]` and `[c, out / groups, ...kernel]` to `[n, out, ...size]`. */
export function convolveTransposed(y: Tensor, w: Tensor, bias: Tensor | null, g: Geometry, size: Shape): Tensor {
  const out = spread(y, w, g, size)
  addBias(out, bias)
  return record(out, spreadRule, bias === null ? [y, w] : [y, w, bias], [y, w], { geometry: g, size })
}
