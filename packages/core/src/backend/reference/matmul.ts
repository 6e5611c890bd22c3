/** Matrix products, row by row in doubles. */
import { checkExact } from '../../dtype.ts'
import type { View } from '../backend.ts'

/** The dimensions and strides of a batch of matrices; a single matrix is a batch of one. */
const batch = (values: readonly number[], one: number): readonly number[] => (values.length === 2 ? [one, ...values] : values)

/** `out[b] = x[b] @ y[b]`. Each output row is built from scaled rows of `y`, which keeps the inner loop over neighbours in memory. */
export function matmul(x: View, y: View, out: View): void {
  const [batches, m, n] = batch(out.shape, 1) as [number, number, number]
  const k = x.shape[x.shape.length - 1] as number
  const [xb, xm, xk] = batch(x.strides, 0) as [number, number, number]
  const [yb, yk, yn] = batch(y.strides, 0) as [number, number, number]
  const [ob, om, on] = batch(out.strides, 0) as [number, number, number]
  const row = new Float64Array(n)
  for (let b = 0; b < batches; b++)
    for (let i = 0; i < m; i++) {
      row.fill(0)
      const xAt = x.offset + b * xb + i * xm
      for (let p = 0; p < k; p++) {
        const scale = x.data[xAt + p * xk] as number
        const yAt = y.offset + b * yb + p * yk
        for (let j = 0; j < n; j++) row[j] = (row[j] as number) + scale * (y.data[yAt + j * yn] as number)
      }
      const oAt = out.offset + b * ob + i * om
      for (let j = 0; j < n; j++) out.data[oAt + j * on] = out.dtype === 'int64' ? checkExact(row[j] as number) : (row[j] as number)
    }
}
