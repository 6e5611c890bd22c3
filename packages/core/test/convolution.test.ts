/** Convolutions large enough to be done in parts, against the sum that defines them. */
import { describe, expect, it } from 'vitest'
import { conv2d, convTranspose2d, grad, manualSeed, ones, randn, type Tensor, tensor } from '../src/index.ts'
import { memoryStats } from '../src/memory.ts'
import { assertClose } from '../src/testing.ts'

interface Layer {
  readonly batch: number
  readonly into: number
  readonly out: number
  readonly size: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly stride: number
  readonly padding: number
  readonly dilation: number
  readonly groups: number
}

/** `out[n, o, y, x]`: the sum over channels and window, term by term in doubles. */
function plain(x: Tensor, w: Tensor, { batch, into, out, size, kernel, stride, padding, dilation, groups }: Layer): Tensor {
  const places = size.map((n, d) => Math.floor((n + 2 * padding - dilation * (kernel[d]! - 1) - 1) / stride) + 1) as [number, number]
  const [xs, ws] = [x.toArray() as Float64Array, w.toArray() as Float64Array]
  const [channels, filters] = [into / groups, out / groups]
  const y = new Float64Array(batch * out * places[0] * places[1])
  let at = 0
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < out; o++) {
      const first = Math.floor(o / filters) * channels
      for (let i = 0; i < places[0]; i++)
        for (let j = 0; j < places[1]; j++, at++)
          for (let c = 0; c < channels; c++)
            for (let k = 0; k < kernel[0]; k++)
              for (let l = 0; l < kernel[1]; l++) {
                const [row, column] = [i * stride + k * dilation - padding, j * stride + l * dilation - padding]
                if (row < 0 || row >= size[0] || column < 0 || column >= size[1]) continue
                const from = xs[((n * into + first + c) * size[0] + row) * size[1] + column] as number
                y[at] = (y[at] as number) + from * (ws[((o * channels + c) * kernel[0] + k) * kernel[1] + l] as number)
              }
    }
  return tensor(y, { shape: [batch, out, ...places] })
}

const base: Layer = { batch: 2, into: 4, out: 6, size: [9, 8], kernel: [3, 3], stride: 1, padding: 1, dilation: 1, groups: 1 }
const layers: Readonly<Record<string, Layer>> = {
  'one image in parts, a sum in many': { ...base, into: 64, out: 48, size: [24, 23] },
  'many images together': { ...base, batch: 19, into: 3, size: [6, 5] },
  'images together in groups': { ...base, batch: 7, into: 8, out: 4, size: [8, 6], groups: 2, stride: 2 },
  'windows of one element, images together': { ...base, batch: 9, size: [5, 7], kernel: [1, 1], padding: 0 },
  'windows of one element': { ...base, size: [17, 18], kernel: [1, 1], padding: 0 },
  'every second window of one element': { ...base, size: [17, 18], kernel: [1, 1], padding: 0, stride: 2 },
  'one window': { ...base, batch: 5, size: [3, 3], padding: 0 },
  'a channel each': { ...base, batch: 3, into: 6, out: 6, groups: 6, size: [17, 13] },
  'several filters for a channel each': {
    ...base,
    batch: 3,
    into: 4,
    out: 8,
    groups: 4,
    size: [9, 19],
    stride: 2,
    dilation: 2,
    padding: 3,
  },
  'wide windows over the edge': { ...base, kernel: [5, 4], padding: 6, dilation: 2 },
}

describe.each(Object.entries(layers))('%s', (_, layer) => {
  const { batch, into, out, size, kernel, groups, stride, padding, dilation } = layer
  const options = { stride, padding, dilation, groups }
  manualSeed(3)
  const x = randn([batch, into, ...size], { dtype: 'float64', requiresGrad: true })
  const w = randn([out, into / groups, ...kernel], { dtype: 'float64', requiresGrad: true })
  const expected = plain(x, w, layer)
  const y = conv2d(x, w, options)
  const other = randn(y.shape, { dtype: 'float64' })
  it('is the sum that defines it', () => assertClose(y.detach(), expected))
  it('has the adjoints of that sum', () => {
    const [gx, gw] = grad([y], [x, w], { gradOutputs: [other], retainGraph: true }) as [Tensor, Tensor]
    // The map is linear in each: <f(x + e), other> - <f(x), other> is <e, gradient>, however large e is.
    const [ex, ew] = [randn(x.shape, { dtype: 'float64' }), randn(w.shape, { dtype: 'float64' })]
    assertClose(gx.mul(ex).sum(), plain(ex, w, layer).mul(other).sum())
    assertClose(gw.mul(ew).sum(), plain(x, ew, layer).mul(other).sum())
  })
  it('is undone in shape, and has the gradient of the input as its transpose', () => {
    const open = size.map((n, d) => (n + 2 * padding - dilation * (kernel[d]! - 1) - 1) % stride)
    const back = convTranspose2d(other, w, { ...options, outputPadding: open })
    const [gx] = grad([y], [x], { gradOutputs: [other], retainGraph: true })
    assertClose(back.detach(), gx as Tensor)
  })
  it('is as good in float32', () => {
    const [x4, w4] = [x, w].map((t) => t.detach().float().requiresGrad_()) as [Tensor, Tensor]
    const y4 = conv2d(x4, w4, options)
    const of = (t: Tensor): number => t.detach().double().abs().max().item()
    const near = (a: Tensor, b: Tensor): void => expect(of(a.detach().double().sub(b.detach())) / of(b)).toBeLessThan(3e-6)
    near(y4, expected)
    const exact = grad([y], [x, w], { gradOutputs: [other], retainGraph: true }) as Tensor[]
    grad([y4], [x4, w4], { gradOutputs: [other.float()] }).forEach((g, i) => near(g as Tensor, exact[i] as Tensor))
  })
})

it('keeps no temporaries', () => {
  const [x, w] = [ones([4, 16, 28, 28]), ones([16, 16, 3, 3], { requiresGrad: true })]
  const step = (): void => conv2d(x, w, { padding: 1 }).sum().backward()
  for (let i = 0; i < 20; i++) step()
  const before = memoryStats().reserved
  for (let i = 0; i < 1600; i++) step()
  // The budget, which an engine that is quick beside its collector may have doubled; the results alone take 320 MB.
  expect(memoryStats().reserved - before).toBeLessThan(144 << 20)
})
