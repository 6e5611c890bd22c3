/** Convolutions as products: windows as columns, times the weight. Three maps, each made of the others' derivatives. */
import { noGrad } from '../autograd/mode.ts'
import { type Rule, rule } from '../autograd/node.ts'
import type { Windows } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { numelOf, type Shape } from '../layout.ts'
import { copyOf, record, sumTo, type WithInto } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add } from './arithmetic.ts'
import { BLOCK, blocksOf, columnsOf, type Geometry, isPointwise, LEAST, matrices, Sum, weightOf } from './columns.ts'
import { reshape } from './view.ts'

const dense = (x: Tensor): Tensor => (x.isContiguous() ? x : copyOf(x))

/** Lengths of the output for those of the input. */
export const placesOf = (size: Shape, kernel: Shape, { stride, padding, dilation }: Windows): number[] =>
  size.map(
    (n, d) =>
      Math.floor((n + 2 * (padding[d] as number) - (dilation[d] as number) * ((kernel[d] as number) - 1) - 1) / (stride[d] as number)) + 1,
  )

/** The convolution itself, without a graph: `[n, c, ...size]` and `[out, c / groups, ...kernel]` to `[n, out, ...places]`. */
function slide(x: Tensor, w: Tensor, g: Geometry): Tensor {
  const kernel = w.shape.slice(2)
  const places = placesOf(x.shape.slice(2), kernel, g)
  const out = w.shape[0] as number
  const y = allocateTensor([x.shape[0] as number, out, ...places], x.dtype, numelOf(w.shape) === 0)
  if (y.numel() === 0 || numelOf(w.shape) === 0) return y
  const [source, weight] = [dense(x), dense(w)]
  for (let group = 0; group < g.groups; group++)
    for (const block of blocksOf(x.shape[0] as number, places, numelOf(w.shape.slice(1)), BLOCK)) {
      const columns = columnsOf(source, g, kernel, places, group, block)
      columns.load()
      kernels.matmul(
        weightOf(weight, g.groups, group, block.images),
        columns.matrices,
        matrices(y, (group * out) / g.groups, out / g.groups, block),
      )
    }
  return y
}

/** Its adjoint in the input: each number of `y`, times the weight, is added to the window it came from. `size` are the lengths of the result. */
function spread(y: Tensor, w: Tensor, g: Geometry, size: Shape): Tensor {
  const kernel = w.shape.slice(2)
  const places = y.shape.slice(2)
  const out = w.shape[0] as number
  const x = allocateTensor(
    [y.shape[0] as number, (w.shape[1] as number) * g.groups, ...size],
    y.dtype,
    !isPointwise(g, kernel) || y.numel() === 0,
  )
  if (y.numel() === 0 || x.numel() === 0) return x
  const [source, weight] = [dense(y), dense(w)]
  for (let group = 0; group < g.groups; group++)
    for (const block of blocksOf(y.shape[0] as number, places, numelOf(w.shape.slice(1)), BLOCK)) {
      const columns = columnsOf(x, g, kernel, places, group, block)
      const turned = weightOf(weight, g.groups, group, block.images)
      kernels.matmul(
        turned.alias(
          [turned.shape[0] as number, turned.shape[2] as number, turned.shape[1] as number],
          [0, 1, turned.strides[1] as number],
        ),
        matrices(source, (group * out) / g.groups, out / g.groups, block),
        columns.matrices,
      )
      columns.store()
    }
  return x
}

/** Its adjoint in the weight: the products of what stood in the windows with `y`, summed over all places. */
function correlate(x: Tensor, y: Tensor, g: Geometry, kernel: Shape): Tensor {
  const [batch, channels] = x.shape as [number, number]
  const out = y.shape[1] as number
  const places = y.shape.slice(2)
  const [into, from] = [channels / g.groups, out / g.groups]
  const w = allocateTensor([out, into, ...kernel], x.dtype)
  if (x.numel() === 0 || y.numel() === 0 || w.numel() === 0) return w
  const [source, target] = [dense(x), dense(y)]
  const depth = into * numelOf(kernel)
  // Several images are brought together only to make products long enough.
  const blocks = blocksOf(batch, places, depth, LEAST)
  for (let group = 0; group < g.groups; group++) {
    const sum = new Sum(x.dtype, depth * from, blocks.length)
    for (const block of blocks) {
      const columns = columnsOf(source, g, kernel, places, group, block, true)
      columns.load()
      const right = joined(matrices(target, group * from, from, block))
      const width = right.shape[2] as number
      // Turned around: what has to be packed is then the smaller of the two.
      kernels.matmul(
        columns.matrices,
        right.alias([1, width, from], [0, 1, right.strides[1] as number]),
        sum.next().alias([1, depth, from], [0, from, 1]),
      )
    }
    kernels.copy(sum.total().alias([from, depth], [1, from]), w.alias([from, depth], [depth, 1], group * from * depth))
  }
  return w
}

/** `[images, channels, places]` as `[1, channels, images * places]`. */
function joined(x: Tensor): Tensor {
  const [images, channels, places] = x.shape as [number, number, number]
  if (images === 1) return x
  const out = allocateTensor([1, channels, images * places], x.dtype, false)
  const [b, c] = x.strides as [number, number]
  // A copy by rows is what windows of one element make.
  const one: Windows = { stride: [1, 1], padding: [0, 0], dilation: [1, 1] }
  const rows = [channels, 1, 1, images, places]
  kernels.im2col(x.alias([channels, images, places], [c, b, 1]), one, out.alias(rows, [images * places, 0, 0, places, 1]))
  return out
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
