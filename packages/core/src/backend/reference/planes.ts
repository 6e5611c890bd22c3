/** Windows over planes with one filter for each plane: element by element. */
import type { View } from '../backend.ts'

/** Calls `visit` with the places of every element of a window, of the filter over it, and of the result that their product belongs to. */
function eachProduct(
  x: View,
  filters: View,
  dilation: readonly number[],
  y: View,
  visit: (x: number, filter: number, y: number) => void,
): void {
  const [channels, height, width] = y.shape as [number, number, number]
  const [, rows, columns] = filters.shape as [number, number, number]
  const [xc, xh, xw] = x.strides as [number, number, number]
  const [fc, fh, fw] = filters.strides as [number, number, number]
  const [yc, yh, yw] = y.strides as [number, number, number]
  const [high, wide] = dilation as [number, number]
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++)
        for (let k = 0; k < rows; k++)
          for (let l = 0; l < columns; l++)
            visit(
              x.offset + c * xc + (i + k * high) * xh + (j + l * wide) * xw,
              filters.offset + c * fc + k * fh + l * fw,
              y.offset + c * yc + i * yh + j * yw,
            )
}

export function filterPlanes(x: View, filters: View, dilation: readonly number[], y: View): void {
  const sums = new Map<number, number>()
  eachProduct(x, filters, dilation, y, (xAt, at, yAt) => {
    sums.set(yAt, (sums.get(yAt) ?? 0) + (x.data[xAt] as number) * (filters.data[at] as number))
  })
  for (const [at, sum] of sums) y.data[at] = sum
}

export function correlatePlanes(x: View, y: View, dilation: readonly number[], filters: View): void {
  const sums = new Map<number, number>()
  eachProduct(x, filters, dilation, y, (xAt, at, yAt) => {
    sums.set(at, (sums.get(at) ?? (filters.data[at] as number)) + (x.data[xAt] as number) * (y.data[yAt] as number))
  })
  for (const [at, sum] of sums) filters.data[at] = sum
}
