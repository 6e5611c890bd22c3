/** Gather and scatter as WebAssembly. */

import { isFloat, itemsize } from '../../dtype.ts'
import type { Combine, View } from '../backend.ts'
import { baseKernels } from './base.ts'
import { copy } from './copies.ts'
import { Plan } from './plan.ts'
import { release, temporary } from './temporary.ts'

type Run = (...args: number[]) => void

/** Of the view that is dense where elements are read or written in order, of the view that the index reaches into, and of the index. */
const plan = /* @__PURE__ */ new Plan(3)

/** The index as doubles; null where there is no memory for them. */
function doubles(index: View): View | null {
  if (index.dtype === 'int64') return index
  const dense = temporary('int64', index.shape)
  return dense !== null && copy(index, dense) ? dense : null
}

/** Runs the function of that name, for rows where it can. `x` is what the index reaches into along `dim`. */
function run(elements: string, rows: string | null, x: View, dim: number, index: View, y: View): void {
  const size = itemsize(x.dtype)
  const reach = x.strides.slice()
  const step = reach[dim] as number
  reach[dim] = 0
  plan.set(index.shape, [y.strides, reach, index.strides])
  const c = plan.dims - 1
  const [ys, xs, is] = plan.strides as [number[], number[], number[]]
  const n = plan.n as number[]
  const [yAt, xAt, iAt] = [y.pointer + y.offset * size, x.pointer + x.offset * size, index.pointer + index.offset * 8]
  const by = (strides: number[], d: number, unit: number): number => (strides[d] as number) * unit
  const [n0, n1, n2] = [n[c - 2] as number, n[c - 1] as number, n[c] as number]
  // One index for a whole run of neighbours.
  const wide = rows !== null && n2 > 1 && ys[c] === 1 && xs[c] === 1 && is[c] === 0
  const f = baseKernels('gathers')[wide ? rows : elements] as Run
  plan.outer(3, (offsets) => {
    const [yo, xo, io] = offsets as [number, number, number]
    const [q, p, i] = [yAt + yo * size, xAt + xo * size, iAt + io * 8]
    const [i0, i1, x0, x1] = [by(is, c - 2, 8), by(is, c - 1, 8), by(xs, c - 2, size), by(xs, c - 1, size)]
    const [y0, y1] = [by(ys, c - 2, size), by(ys, c - 1, size)]
    if (wide) f(n0, n1, n2 * size, i, i0, i1, p, x0, x1, step * size, q, y0, y1)
    else f(n0, n1, n2, i, i0, i1, by(is, c, 8), p, x0, x1, by(xs, c, size), step * size, q, y0, y1, by(ys, c, size))
  })
}

/** `out[i][j] = x[index[i][j]][j]` along `dim`; false where it has to be the reference's work. */
export function gather(x: View, dim: number, index: View, out: View): boolean {
  if (x.pointer === 0 || index.pointer === 0 || out.pointer === 0 || x.dtype !== out.dtype) return false
  if (index.shape.includes(0)) return true
  const places = doubles(index)
  if (places === null) return false
  run(`gather ${itemsize(x.dtype)}`, 'gather rows', x, dim, places, out)
  release(places)
  return true
}

/** `out[index[i][j]][j] = combine(out[...], source[i][j])` along `dim`; false where it has to be the reference's work. */
export function scatter(combine: Combine, out: View, dim: number, index: View, source: View): boolean {
  if (out.pointer === 0 || index.pointer === 0 || source.pointer === 0 || source.dtype !== out.dtype) return false
  if (combine !== 'set' && !isFloat(out.dtype)) return false
  if (index.shape.includes(0)) return true
  const places = doubles(index)
  if (places === null) return false
  const size = itemsize(out.dtype)
  run(`${combine} ${size}`, combine === 'set' ? 'set rows' : combine === 'add' ? `add rows ${size}` : null, out, dim, places, source)
  release(places)
  return true
}
