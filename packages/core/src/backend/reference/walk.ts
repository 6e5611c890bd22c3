/** Walking several layouts of one shape at once. */
import { numelOf, type Shape } from '../../layout.ts'

/** Dimensions merged where every operand allows it, so that inner loops are as long as they can be. */
export interface Walk {
  readonly shape: readonly number[]
  /** Per operand, the strides of the merged dimensions. */
  readonly strides: readonly (readonly number[])[]
}

/** Drops dimensions of length 1 and merges neighbours that every operand steps through evenly. */
export function coalesce(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const outShape: number[] = []
  const outStrides: number[][] = strides.map(() => [])
  for (let d = 0; d < shape.length; d++) {
    const n = shape[d] as number
    if (n === 1) continue
    const last = outShape.length - 1
    const merge = last >= 0 && strides.every((s, k) => (outStrides[k] as number[])[last] === (s[d] as number) * n)
    if (merge) {
      outShape[last] = (outShape[last] as number) * n
      strides.forEach((s, k) => {
        ;(outStrides[k] as number[])[last] = s[d] as number
      })
    } else {
      outShape.push(n)
      strides.forEach((s, k) => {
        ;(outStrides[k] as number[]).push(s[d] as number)
      })
    }
  }
  if (outShape.length === 0) {
    outShape.push(1)
    for (const s of outStrides) s.push(0)
  }
  return { shape: outShape, strides: outStrides }
}

/** Calls `row` once per innermost row with the offset of each operand; `row` handles the last dimension itself. */
export function eachRow(walk: Walk, offsets: readonly number[], row: (at: readonly number[]) => void): void {
  const dims = walk.shape.length - 1
  const at = [...offsets]
  const index = new Array<number>(dims).fill(0)
  if (numelOf(walk.shape) === 0) return
  for (;;) {
    row(at)
    let d = dims - 1
    for (; d >= 0; d--) {
      const n = walk.shape[d] as number
      index[d] = (index[d] as number) + 1
      for (let k = 0; k < at.length; k++) at[k] = (at[k] as number) + ((walk.strides[k] as number[])[d] as number)
      if ((index[d] as number) < n) break
      index[d] = 0
      for (let k = 0; k < at.length; k++) at[k] = (at[k] as number) - ((walk.strides[k] as number[])[d] as number) * n
    }
    if (d < 0) return
  }
}

/** Calls `line` once per line along `dim` with the offset of each operand's first element. */
export function eachLine(
  shape: Shape,
  dim: number,
  strides: readonly (readonly number[])[],
  offsets: readonly number[],
  line: (at: readonly number[]) => void,
): void {
  const rest = shape.map((n, d) => (d === dim ? 1 : n))
  if (numelOf(rest) === 0) return
  // A closing dimension of length 1 turns "rows" into single elements of the rest.
  eachRow({ shape: [...rest, 1], strides: strides.map((s) => [...s, 0]) }, offsets, line)
}
