/** Variances and standard deviations. */
import { noGrad } from '../autograd/mode.ts'
import { rule, ruleAll } from '../autograd/node.ts'
import { isFloat } from '../dtype.ts'
import { RuntimeError, warnOnce } from '../errors.ts'
import { normalizeDims } from '../layout.ts'
import { expand, record, recordAll } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, sqrt, sub } from './arithmetic.ts'
import { eq } from './compare.ts'
import { mean, sum } from './reduce.ts'
import { countOf, dimsOf, type Reduced, restore } from './reduction.ts'
import type { Dims, ReduceOptions } from './types.ts'
import { reshape } from './view.ts'
import { where } from './where.ts'

/** Options of variances and standard deviations. */
export interface MomentOptions extends ReduceOptions {
  /** What is taken off the number of elements before dividing by it (1: Bessel's correction). */
  readonly correction?: number | null | undefined
  /** `false` for a correction of 0: the older way to say it. */
  readonly unbiased?: boolean | undefined
}

interface Moment extends Reduced {
  readonly correction: number
}

/** What a call asks for. */
function parse(
  name: string,
  x: Tensor,
  dim: Dims | MomentOptions | undefined,
  options: MomentOptions | undefined,
): Moment & { keepdim: boolean } {
  const { dim: given, keepdim = false, correction, unbiased = true } = dimsOf(dim, options)
  if (!isFloat(x.dtype))
    throw new RuntimeError(`${name.endsWith('_mean') ? name : 'std and var'} only support floating point and complex dtypes`)
  const dims = normalizeDims(given, x.ndim)
  const moment = { shape: x.shape, dims, correction: correction ?? (unbiased ? 1 : 0), keepdim }
  if (countOf(moment) - moment.correction <= 0)
    warnOnce(
      `${name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input numel divided by output numel).`,
    )
  return moment
}

/** The mean and the variance, with the reduced dimensions kept; in two passes, which no offset of the data spoils. */
function moments(x: Tensor, m: Moment): { average: Tensor; variance: Tensor } {
  return noGrad(() => {
    const average = mean(x, m.dims, { keepdim: true })
    const centred = sub(x, average)
    const variance = div(sum(mul(centred, centred), m.dims, { keepdim: true }), Math.max(countOf(m) - m.correction, 0))
    return { average, variance }
  })
}

/** A result with its reduced dimensions gone, if they are not to be kept. */
const shaped = (t: Tensor, m: Moment & { keepdim: boolean }): Tensor =>
  m.keepdim
    ? t
    : noGrad(() =>
        reshape(
          t,
          m.shape.filter((_, d) => !m.dims.includes(d)),
        ),
      ).alias()

/** The gradient of a variance: `2 / (n - correction) (x - mean)`. */
function varianceBackward(grad: Tensor, x: Tensor, m: Moment): Tensor {
  const scale = 2 / Math.max(countOf(m) - m.correction, 0)
  return mul(mul(restore(grad, m), scale), sub(x, mean(x, m.dims, { keepdim: true })))
}

/** The gradient of a standard deviation in terms of that of the variance; none where there is no deviation. */
const throughRoot = (grad: Tensor, std: Tensor): Tensor => where(eq(std, 0), 0, div(grad, mul(std, 2)))

const varRule = /* @__PURE__ */ rule<readonly [Tensor], Moment>('VarBackward0', (grad, node) => [
  varianceBackward(grad, node.saved()[0], node.attrs),
])

const stdRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor], Moment>('StdBackward0', (grad, node) => {
  const [x, out] = node.saved()
  return [varianceBackward(throughRoot(grad, out), x, node.attrs)]
})

/**
 * The variance of the elements: the sum of squared deviations from the mean, over their number less `correction`.
 *
 * @example
 * tensor([1, 2, 3]).var() // tensor(1.)
 * @throws RuntimeError for integers. Warns if the divisor is not positive.
 * @see https://pytorch.org/docs/stable/generated/torch.var.html
 */
function variance(x: Tensor, dim?: Dims | MomentOptions, options?: MomentOptions): Tensor {
  const m = parse('var', x, dim, options)
  return record(shaped(moments(x, m).variance, m), varRule, [x], [x], m)
}

export { variance as var }

/**
 * The standard deviation of the elements: the square root of the variance.
 *
 * @throws RuntimeError for integers. Warns if the divisor is not positive.
 * @see https://pytorch.org/docs/stable/generated/torch.std.html
 */
export function std(x: Tensor, dim?: Dims | MomentOptions, options?: MomentOptions): Tensor {
  const m = parse('std', x, dim, options)
  const out = shaped(
    noGrad(() => sqrt(moments(x, m).variance)),
    m,
  )
  return record(out, stdRule, [x], [x, out], m)
}

/** Adds what comes back through the mean. */
function withMean(fromFirst: Tensor | null, gradMean: Tensor | null | undefined, m: Moment): Tensor | null {
  if (!gradMean) return fromFirst
  const fromMean = div(expand(restore(gradMean, m), m.shape), countOf(m))
  return fromFirst === null ? fromMean : add(fromFirst, fromMean)
}

const varMeanRule = /* @__PURE__ */ ruleAll<readonly [Tensor], Moment>('VarMeanBackward0', ([gradVar, gradMean], node) => [
  withMean(gradVar ? varianceBackward(gradVar, node.saved()[0], node.attrs) : null, gradMean, node.attrs),
])

const stdMeanRule = /* @__PURE__ */ ruleAll<readonly [Tensor, Tensor], Moment>('StdMeanBackward0', ([gradStd, gradMean], node) => {
  const [x, out] = node.saved()
  return [withMean(gradStd ? varianceBackward(throughRoot(gradStd, out), x, node.attrs) : null, gradMean, node.attrs)]
})

/**
 * The variance and the mean at once.
 *
 * @throws RuntimeError for integers. Warns if the divisor is not positive.
 * @see https://pytorch.org/docs/stable/generated/torch.var_mean.html
 */
export function varMean(x: Tensor, dim?: Dims | MomentOptions, options?: MomentOptions): [variance: Tensor, mean: Tensor] {
  const m = parse('var_mean', x, dim, options)
  const both = moments(x, m)
  const outs: [Tensor, Tensor] = [shaped(both.variance, m), shaped(both.average, m)]
  recordAll(outs, varMeanRule, [x], [x], m)
  return outs
}

/**
 * The standard deviation and the mean at once.
 *
 * @throws RuntimeError for integers. Warns if the divisor is not positive.
 * @see https://pytorch.org/docs/stable/generated/torch.std_mean.html
 */
export function stdMean(x: Tensor, dim?: Dims | MomentOptions, options?: MomentOptions): [std: Tensor, mean: Tensor] {
  const m = parse('std_mean', x, dim, options)
  const both = moments(x, m)
  const outs: [Tensor, Tensor] = [
    shaped(
      noGrad(() => sqrt(both.variance)),
      m,
    ),
    shaped(both.average, m),
  ]
  recordAll(outs, stdMeanRule, [x], [x, outs[0]], m)
  return outs
}
