/** Windows of dense planes, and sparse linear maps of lines. */
import type { LinePairs, Spans3, View } from '../backend.ts'

/** Calls `body` for each window: with its place in the output and with the plane's first element. */
function eachWindow(x: View, windows: Spans3, body: (at: number, plane: number, d: number, h: number, w: number) => void): void {
  const [planes, depth, height, width] = x.shape as [number, number, number, number]
  const [ds, hs, ws] = windows.map((w) => w.start.length) as [number, number, number]
  let at = 0
  for (let p = 0; p < planes; p++)
    for (let d = 0; d < ds; d++)
      for (let h = 0; h < hs; h++) for (let w = 0; w < ws; w++) body(at++, x.offset + p * depth * height * width, d, h, w)
}

/** Calls `body` with the place in its plane of each element of one window. */
function eachElement(x: View, windows: Spans3, d: number, h: number, w: number, body: (place: number) => void): void {
  const [, , height, width] = x.shape as [number, number, number, number]
  const [dw, hw, ww] = windows
  for (let i = dw.start[d] as number; i < (dw.end[d] as number); i += dw.step)
    for (let j = hw.start[h] as number; j < (hw.end[h] as number); j += hw.step)
      for (let k = ww.start[w] as number; k < (ww.end[w] as number); k += ww.step) body((i * height + j) * width + k)
}

export function maxPool(x: View, windows: Spans3, values: View, indices: View): void {
  const [, , height, width] = x.shape as [number, number, number, number]
  const [dw, hw, ww] = windows
  eachWindow(x, windows, (at, plane, d, h, w) => {
    let best = -Infinity
    let where = ((dw.start[d] as number) * height + (hw.start[h] as number)) * width + (ww.start[w] as number)
    eachElement(x, windows, d, h, w, (place) => {
      const value = x.data[plane + place] as number
      if (value > best || Number.isNaN(value)) {
        best = value
        where = place
      }
    })
    values.data[values.offset + at] = best
    indices.data[indices.offset + at] = where
  })
}

export function sumPool(x: View, windows: Spans3, divisor: number, out: View): void {
  eachWindow(x, windows, (at, plane, d, h, w) => {
    let sum = 0
    eachElement(x, windows, d, h, w, (place) => {
      sum += x.data[plane + place] as number
    })
    out.data[out.offset + at] = sum / divisor
  })
}

export function mapLines(x: View, { from, to, weight }: LinePairs, out: View): void {
  const [outer, n, inner] = x.shape as [number, number, number]
  const length = out.shape[1] as number
  for (let o = 0; o < outer; o++)
    for (let p = 0; p < from.length; p++) {
      const scale = weight === null ? 1 : (weight[p] as number)
      const source = x.offset + (o * n + (from[p] as number)) * inner
      const target = out.offset + (o * length + (to[p] as number)) * inner
      for (let i = 0; i < inner; i++) out.data[target + i] = (out.data[target + i] as number) + scale * (x.data[source + i] as number)
    }
}
