/** Windows over a view as the columns of a matrix, and back: element by element. */
import type { View, Windows } from '../backend.ts'

/** Calls `visit` for every element of the columns: where it stands, and where the element of `x` under it stands if there is one. */
function eachElement(
  x: View,
  { stride, padding, dilation }: Windows,
  columns: View,
  visit: (column: number, at: number, inside: boolean) => void,
): void {
  const dims = x.shape.length - 1
  const down = (d: number, column: number, at: number, inside: boolean): void => {
    if (d === dims) {
      visit(column, at, inside)
      return
    }
    for (let k = 0; k < (columns.shape[1 + d] as number); k++)
      for (let o = 0; o < (columns.shape[1 + dims + d] as number); o++) {
        const i = o * (stride[d] as number) + k * (dilation[d] as number) - (padding[d] as number)
        down(
          d + 1,
          column + k * (columns.strides[1 + d] as number) + o * (columns.strides[1 + dims + d] as number),
          at + i * (x.strides[1 + d] as number),
          inside && i >= 0 && i < (x.shape[1 + d] as number),
        )
      }
  }
  for (let c = 0; c < (x.shape[0] as number); c++)
    down(0, columns.offset + c * (columns.strides[0] as number), x.offset + c * (x.strides[0] as number), true)
}

export function im2col(x: View, windows: Windows, columns: View): void {
  eachElement(x, windows, columns, (column, at, inside) => {
    columns.data[column] = inside ? (x.data[at] as number) : 0
  })
}

export function col2im(columns: View, windows: Windows, x: View): void {
  eachElement(x, windows, columns, (column, at, inside) => {
    if (inside) x.data[at] = (x.data[at] as number) + (columns.data[column] as number)
  })
}
