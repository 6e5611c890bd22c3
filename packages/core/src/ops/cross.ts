/** The cross product of vectors of length 3. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { NotImplementedError, RuntimeError, warnOnce } from '../errors.ts'
import { broadcastShapes2, normalizeDim } from '../layout.ts'
import { record, sumTo } from '../op.ts'
import { resultType } from '../promote.ts'
import type { Tensor } from '../tensor.ts'
import { mul, sub } from './arithmetic.ts'
import { stack } from './join.ts'
import { expand, select } from './view.ts'

const crossRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor], number>('LinalgCrossBackward0', (grad, node) => {
  const [x, y] = node.saved()
  const dim = node.attrs
  return [
    node.needs(0) ? sumTo(linalgCross(y, grad, { dim }), x.shape) : null,
    node.needs(1) ? sumTo(linalgCross(grad, x, { dim }), y.shape) : null,
  ]
})

/**
 * The vectors orthogonal to those of `x` and `y` along `dim`, of length `|x| |y| sin(angle)`.
 *
 * Shape: broadcast of both; `dim` has length 3.
 *
 * @throws RuntimeError unless the vectors have length 3.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.cross.html
 */
export function linalgCross(x: Tensor, y: Tensor, { dim = -1 }: { readonly dim?: number } = {}): Tensor {
  if (x.ndim !== y.ndim) throw new RuntimeError('linalg.cross: inputs must have the same number of dimensions.')
  const at = normalizeDim(dim, x.ndim)
  if (x.shape[at] !== 3 || y.shape[at] !== 3)
    throw new RuntimeError(`linalg.cross: inputs dimension ${dim} must have length 3. Got ${x.shape[at]} and ${y.shape[at]}`)
  if (resultType(x, y) === 'bool') throw new NotImplementedError(`"cross" not implemented for 'Bool'`)
  const out = noGrad(() => {
    const shape = broadcastShapes2(x.shape, y.shape)
    const [a, b] = [x, y].map((t) => [0, 1, 2].map((i) => select(expand(t, shape), at, i))) as [Tensor[], Tensor[]]
    const part = (i: number, j: number): Tensor => sub(mul(a[i] as Tensor, b[j] as Tensor), mul(a[j] as Tensor, b[i] as Tensor))
    return stack([part(1, 2), part(2, 0), part(0, 1)], at)
  })
  return record(out, crossRule, [x, y], [x, y], at)
}

/**
 * The cross product along `dim`; by default along the first dimension of length 3, which is deprecated.
 *
 * @throws RuntimeError unless the vectors have length 3.
 * @see https://pytorch.org/docs/stable/generated/torch.cross.html
 */
export function cross(x: Tensor, other: Tensor, { dim }: { readonly dim?: number } = {}): Tensor {
  if (dim !== undefined) return linalgCross(x, other, { dim })
  warnOnce(
    'Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply use torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future release.',
  )
  const first = x.shape.indexOf(3)
  if (first < 0) throw new RuntimeError('no dimension of size 3 in input')
  return linalgCross(x, other, { dim: first })
}
