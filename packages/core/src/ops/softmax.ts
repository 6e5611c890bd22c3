/** Softmax and its kin: exponentials against the sum of all along a dimension, stable for inputs of any size. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import type { Softmax } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { type DType, isFloat, scalarName } from '../dtype.ts'
import { NotImplementedError, warnOnce } from '../errors.ts'
import { normalizeDim, normalizeDims } from '../layout.ts'
import { castTo, kernel, record, recording } from '../op.ts'
import { floatType } from '../promote.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, div, mul, neg, sub } from './arithmetic.ts'
import { eq } from './compare.ts'
import { lift } from './indexing.ts'
import { exp, log } from './math.ts'
import { all, amax, sum } from './reduce.ts'
import { type Reduced, reducedShape, restore } from './reduction.ts'
import type { Dims } from './types.ts'
import { reshape } from './view.ts'
import { where } from './where.ts'

/** Options of `softmax` and `logSoftmax`. */
export interface SoftmaxOptions {
  /** The dimension along which results add up to 1. */
  readonly dim?: number | undefined
  /** Convert to this dtype first. */
  readonly dtype?: DType | undefined
}

/** What a call asks for; `name` is the function's, `impl` the beginning of PyTorch's name of the kernel. */
function prepare(
  x: Tensor,
  name: string,
  impl: string,
  dim: number | SoftmaxOptions | undefined,
  options: SoftmaxOptions | undefined,
): { from: Tensor; at: number } {
  const { dim: given, dtype = x.dtype } = typeof dim === 'number' ? { ...options, dim } : (dim ?? options ?? {})
  if (given === undefined)
    warnOnce(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`)
  const at = normalizeDim(given ?? (x.ndim === 0 || x.ndim === 1 || x.ndim === 3 ? 0 : 1), x.ndim)
  const from = castTo(x, dtype)
  if (!isFloat(dtype))
    throw new NotImplementedError(
      `"${impl}_${at === Math.max(x.ndim - 1, 0) ? 'lastdim_' : ''}kernel_impl" not implemented for '${scalarName(dtype)}'`,
    )
  return { from, at }
}

const softmaxRule = /* @__PURE__ */ rule<readonly [Tensor], number>('SoftmaxBackward0', (grad, node) => [
  _softmaxBackwardData(grad, node.saved()[0], node.attrs),
])

/** Runs the kernel. */
function run(kind: Softmax, x: Tensor, dim: number): Tensor {
  const out = allocateTensor(x.shape, x.dtype, false)
  kernels.softmax(kind, lift(x), dim, lift(out))
  return out
}

/** The gradient by one kernel, outside the graph. */
function runBackward(kind: Softmax, grad: Tensor, result: Tensor, dim: number): Tensor {
  const at = normalizeDim(dim, grad.ndim)
  const out = allocateTensor(grad.shape, grad.dtype, false)
  kernels.softmaxBackward(kind, lift(grad), lift(result), at, lift(out))
  return out
}

/** The elements less the greatest along `dim`. */
const lowered = (x: Tensor, dim: number): Tensor => (x.numel() === 0 ? x : sub(x, amax(x, dim, { keepdim: true })))

/**
 * `exp(x)` over the sum of `exp(x)` along `dim`: positive numbers that add up to 1.
 *
 * @example
 * tensor([0, Math.log(3)]).softmax(0) // tensor([0.2500, 0.7500])
 * @throws NotImplementedError for integers, unless a floating-point `dtype` is given.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 */
export function softmax(x: Tensor, dim?: number | SoftmaxOptions, options?: SoftmaxOptions): Tensor {
  const { from, at } = prepare(x, 'softmax', 'softmax', dim, options)
  const out = run('softmax', from, at)
  return record(out, softmaxRule, [from], [out], at)
}

/**
 * `softmax`, but 0 instead of NaN where everything along `dim` is minus infinity.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 */
export function safeSoftmax(x: Tensor, dim: number): Tensor {
  const { from, at } = prepare(x, 'softmax', 'softmax', dim, undefined)
  const out = noGrad(() => {
    const e = exp(lowered(from, at))
    const masked = all(eq(from, Number.NEGATIVE_INFINITY), at, { keepdim: true })
    return where(masked, 0, div(e, sum(e, at, { keepdim: true })))
  })
  return record(out, softmaxRule, [from], [out], at, 'SafeSoftmaxBackward0')
}

/**
 * The gradient of `softmax` from its result: `(grad - sum(grad * out)) * out`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 */
export function _softmaxBackwardData(grad: Tensor, out: Tensor, dim: number, inputDType: DType = grad.dtype): Tensor {
  if (!recording([grad, out])) return castTo(runBackward('softmax', grad, out, dim), inputDType)
  const weighted = mul(grad, out)
  return castTo(sub(weighted, mul(out, sum(weighted, dim, { keepdim: true }))), inputDType)
}

/**
 * `softmax(-x)`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html
 */
export function softmin(x: Tensor, dim?: number | SoftmaxOptions, options?: SoftmaxOptions): Tensor {
  return softmax(neg(x), dim, options)
}

const logSoftmaxRule = /* @__PURE__ */ rule<readonly [Tensor], number>('LogSoftmaxBackward0', (grad, node) => {
  const [out] = node.saved()
  if (!recording([grad, out])) return [runBackward('logSoftmax', grad, out, node.attrs)]
  return [sub(grad, mul(exp(out), sum(grad, node.attrs, { keepdim: true })))]
})

/**
 * The logarithm of `softmax`, exact where that is small.
 *
 * @throws NotImplementedError for integers, unless a floating-point `dtype` is given.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
 */
export function logSoftmax(x: Tensor, dim?: number | SoftmaxOptions, options?: SoftmaxOptions): Tensor {
  const { from, at } = prepare(x, 'log_softmax', 'log_softmax', dim, options)
  const out = run('logSoftmax', from, at)
  return record(out, logSoftmaxRule, [from], [out], at)
}

// An infinite maximum is no use as an offset.
const finite = /* @__PURE__ */ kernel({ name: 'logsumexp', forward: (x) => x.where(x.abs().ne(Number.POSITIVE_INFINITY), 0) })

const logsumexpRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor], Reduced>('LogsumexpBackward0', (grad, node) => {
  const [x, out] = node.saved()
  return [mul(restore(grad, node.attrs), exp(sub(x, restore(out, node.attrs))))]
})

/**
 * The logarithm of the sum of the exponentials over `dim`, without overflow on the way.
 *
 * Dtypes: integers become floating point.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.logsumexp.html
 */
export function logsumexp(x: Tensor, dim: Dims, { keepdim = false }: { readonly keepdim?: boolean | undefined } = {}): Tensor {
  const dims = normalizeDims(dim, x.ndim)
  const from = castTo(x, floatType(x.dtype))
  const out = noGrad(() => {
    if (dims.some((d) => x.shape[d] === 0)) return log(sum(exp(from), dims, { keepdim }))
    const max = finite.run([amax(from, dims, { keepdim: true })])
    const kept = add(log(sum(exp(sub(from, max)), dims, { keepdim: true })), max)
    return keepdim ? kept : reshape(kept, reducedShape(x.shape, dims, false)).alias()
  })
  return record(out, logsumexpRule, [from], [from, out], { shape: x.shape, dims })
}
