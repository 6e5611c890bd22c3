/** Running extremes, and the running logarithm of a sum of exponentials. */
import { type Rule, rule } from '../autograd/node.ts'
import type { ArgReduction } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { NotImplementedError } from '../errors.ts'
import { normalizeDim, type Shape } from '../layout.ts'
import { record, recordAll } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { abs, add, sub } from './arithmetic.ts'
import { gt, lt } from './compare.ts'
import { lift, scatterZeros } from './indexing.ts'
import { exp, log } from './math.ts'
import type { ValuesIndices } from './reduce.ts'
import { reversed, scanned } from './scan.ts'
import { where } from './where.ts'

const extremeRule = (name: string): Rule<readonly [Tensor], { readonly shape: Shape; readonly dim: number }> => ({
  name,
  backwardAll: ([grad], node) => {
    const { shape, dim } = node.attrs
    return [grad ? scatterZeros(shape, dim, node.saved()[0], grad) : null]
  },
})

const cummaxRule = /* @__PURE__ */ extremeRule('CummaxBackward0')
const cumminRule = /* @__PURE__ */ extremeRule('CumminBackward0')

function extremesAlong(kind: ArgReduction, x: Tensor, dim: number): ValuesIndices {
  const at = normalizeDim(dim, x.ndim)
  const values = allocateTensor(x.shape, x.dtype)
  const indices = allocateTensor(x.shape, 'int64')
  if (x.numel() > 0) kernels.argScan(kind, lift(x), at, lift(values), lift(indices))
  recordAll([values, indices], kind === 'max' ? cummaxRule : cumminRule, [x], [indices], { shape: x.shape, dim: at })
  return namedTuple({ values, indices })
}

/**
 * The greatest of all elements up to each one along `dim`, and where it stands: the last of equals. NaN wins.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.cummax.html
 */
export function cummax(x: Tensor, dim: number): ValuesIndices {
  return extremesAlong('max', x, dim)
}

/**
 * The least of all elements up to each one along `dim`, and where it stands: the last of equals. NaN wins.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.cummin.html
 */
export function cummin(x: Tensor, dim: number): ValuesIndices {
  return extremesAlong('min', x, dim)
}

const lowest = { float32: -3.4028234663852886e38, float64: -Number.MAX_VALUE } as const

const logcumsumexpRule: Rule<readonly [Tensor, Tensor], number> = /* @__PURE__ */ rule('LogcumsumexpBackward0', (grad, node) => {
  const [x, out] = node.saved()
  // Gradients of either sign apart, each as a logarithm, so that nothing overflows on the way.
  const least = lowest[grad.dtype as 'float32' | 'float64']
  const size = log(abs(grad))
  const part = (chosen: Tensor): Tensor => exp(add(reversed(logcumsumexp, sub(where(chosen, size, least), out), node.attrs), x))
  return [sub(part(gt(grad, 0)), part(lt(grad, 0)))]
})

/**
 * The logarithm of the sum of the exponentials of all elements up to each one along `dim`.
 *
 * @throws NotImplementedError for integers.
 * @see https://pytorch.org/docs/stable/generated/torch.logcumsumexp.html
 */
export function logcumsumexp(x: Tensor, dim: number): Tensor {
  if (!isFloat(x.dtype)) throw new NotImplementedError(`"logcumsumexp_out_cpu" not implemented for '${scalarName(x.dtype)}'`)
  const at = normalizeDim(dim, x.ndim)
  const out = scanned('logcumsumexp', x, at)
  return record(out, logcumsumexpRule, [x], [x, out], at)
}
