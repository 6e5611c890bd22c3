/** Triangles of matrices. Every operation here has an in-place form: its name with an underscore. */
import { type Rule, rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { RuntimeError } from '../errors.ts'
import { record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'

/** Options of `tril` and `triu`. */
export interface TriangleOptions {
  /** Which diagonal ends the triangle: 1 is the one above the main diagonal, -1 the one below. */
  readonly diagonal?: number | undefined
}

/** Copies the part of each row from column `start` to column `end`. */
function copyRows(name: string, x: Tensor, bounds: (row: number, columns: number) => readonly [start: number, end: number]): Tensor {
  if (x.ndim < 2) throw new RuntimeError(`${name}: input tensor must have at least 2 dimensions`)
  const out = allocateTensor(x.shape, x.dtype)
  const [rows, columns] = x.shape.slice(-2) as [number, number]
  const rest = x.shape.slice(0, -2)
  for (let row = 0; row < rows; row++) {
    const [from, to] = bounds(row, columns)
    const [start, end] = [Math.min(Math.max(from, 0), columns), Math.min(Math.max(to, 0), columns)]
    if (start >= end) continue
    const part = (t: Tensor): Tensor => {
      const [down, right] = t.strides.slice(-2) as [number, number]
      return t.alias([...rest, end - start], [...t.strides.slice(0, -2), right], t.offset + row * down + start * right)
    }
    kernels.copy(part(x), part(out))
  }
  return out
}

const trilRule: Rule<readonly [], number> = /* @__PURE__ */ rule('TrilBackward0', (grad, node) => [tril(grad, { diagonal: node.attrs })])

/**
 * The lower triangle of each matrix: zeros above the diagonal.
 *
 * @throws RuntimeError for less than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.tril.html
 */
export function tril(x: Tensor, { diagonal = 0 }: TriangleOptions = {}): Tensor {
  const out = copyRows('tril', x, (row) => [0, row + diagonal + 1])
  return record(out, trilRule, [x], [], diagonal)
}

const triuRule: Rule<readonly [], number> = /* @__PURE__ */ rule('TriuBackward0', (grad, node) => [triu(grad, { diagonal: node.attrs })])

/**
 * The upper triangle of each matrix: zeros below the diagonal.
 *
 * @throws RuntimeError for less than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.triu.html
 */
export function triu(x: Tensor, { diagonal = 0 }: TriangleOptions = {}): Tensor {
  const out = copyRows('triu', x, (row, columns) => [row + diagonal, columns])
  return record(out, triuRule, [x], [], diagonal)
}
