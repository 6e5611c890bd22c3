/** Taking off the mean and dividing by the standard deviation over some dimensions: the core of all norm layers, as one operation. */
import { isGradEnabled, noGrad } from '../autograd/mode.ts'
import { ruleAll } from '../autograd/node.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { NotImplementedError } from '../errors.ts'
import type { Shape } from '../layout.ts'
import { expand, recordAll, sumTo } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, rsqrt, sub } from './arithmetic.ts'
import { mean } from './reduce.ts'
import { reshape } from './view.ts'

/** What to standardize over. */
export interface Standardizing {
  /** The shape in which the input is seen. */
  readonly view: Shape
  /** The dimensions of that over which there is one mean. */
  readonly dims: readonly number[]
  /** The shape in which weight and bias broadcast against the input. */
  readonly affine: Shape
  /** Added to the variance. */
  readonly eps: number
}

interface Attrs extends Standardizing {
  readonly shape: Shape
  readonly weightShape: Shape | null
  readonly biasShape: Shape | null
}

/** The mean and the reciprocal of the standard deviation, with the reduced dimensions kept. */
function statistics(seen: Tensor, { dims, eps }: Standardizing): { average: Tensor; rstd: Tensor } {
  const average = mean(seen, dims, { keepdim: true })
  const centred = sub(seen, average)
  return { average, rstd: rsqrt(add(mean(mul(centred, centred), dims, { keepdim: true }), eps)) }
}

type Kept = readonly [x: Tensor, weight: Tensor | null, mean: Tensor, rstd: Tensor]

/** The gradient of an affine map's parameter: summed over what it was broadcast along. */
const toParameter = (grad: Tensor, { affine }: Standardizing, shape: Shape | null): Tensor | null =>
  shape === null ? null : reshape(sumTo(grad, affine), shape)

const standardizeRule = /* @__PURE__ */ ruleAll<Kept, Attrs>('NativeLayerNormBackward0', ([grad, gradMean, gradRstd], node) => {
  const [x, weight, savedMean, savedRstd] = node.saved()
  const { view, dims, affine, shape, weightShape, biasShape } = node.attrs
  const seen = reshape(x, view)
  // For second derivatives the statistics must be functions of the input again.
  const { average, rstd } = isGradEnabled() ? statistics(seen, node.attrs) : { average: savedMean, rstd: savedRstd }
  const normal = mul(sub(seen, average), rstd)
  const n = dims.reduce((count, d) => count * (view[d] as number), 1)
  let toInput: Tensor | null = null
  const gather = (g: Tensor): void => {
    toInput = toInput === null ? g : add(toInput, g)
  }
  if (grad && node.needs(0)) {
    const g = reshape(weight === null ? grad : mul(grad, reshape(weight, affine)), view)
    const along = mean(mul(g, normal), dims, { keepdim: true })
    gather(mul(rstd, sub(sub(g, mean(g, dims, { keepdim: true })), mul(normal, along))))
  }
  if (gradMean) gather(expand(div(reshape(gradMean, average.shape), n), view))
  if (gradRstd) gather(mul(normal, div(mul(mul(rstd, rstd), reshape(gradRstd, rstd.shape)).neg(), n)))
  return [
    toInput === null ? null : reshape(toInput, shape),
    grad && node.needs(1) ? toParameter(mul(grad, reshape(normal, shape)), node.attrs, weightShape) : null,
    grad && node.needs(2) ? toParameter(grad, node.attrs, biasShape) : null,
  ]
})

/** PyTorch's names of the kernels that refuse integers. */
const refusals: Readonly<Record<string, string>> = {
  NativeLayerNormBackward0: 'LayerNormKernelImpl',
  NativeGroupNormBackward0: 'GroupNormKernelImpl',
  NativeBatchNormBackward0: 'batch_norm',
}

/** The results of standardizing: what was asked for, and the statistics, with the reduced dimensions of length 1. */
export interface Standardized {
  readonly out: Tensor
  readonly mean: Tensor
  readonly rstd: Tensor
}

/**
 * `(x - mean) / sqrt(variance + eps) * weight + bias` as one operation called `name`; with `statisticsShape`, the statistics are
 * results of it as well, in that shape.
 */
export function standardize(
  name: string,
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  how: Standardizing,
  statisticsShape: Shape | null = null,
): Standardized {
  if (!isFloat(x.dtype)) throw new NotImplementedError(`"${refusals[name]}" not implemented for '${scalarName(x.dtype)}'`)
  const { out, average, rstd } = noGrad(() => {
    const seen = reshape(x, how.view)
    const { average, rstd } = statistics(seen, how)
    let out = reshape(mul(sub(seen, average), rstd), x.shape)
    if (weight !== null) out = mul(out, reshape(weight, how.affine))
    if (bias !== null) out = add(out, reshape(bias, how.affine))
    return { out: out.alias(), average, rstd }
  })
  const shown = [average, rstd].map((t) => (statisticsShape === null ? t : noGrad(() => reshape(t, statisticsShape)).alias())) as [
    Tensor,
    Tensor,
  ]
  const inputs = [x, weight ?? 0, bias ?? 0]
  const attrs = { ...how, shape: x.shape, weightShape: weight?.shape ?? null, biasShape: bias?.shape ?? null }
  recordAll(statisticsShape === null ? [out] : [out, ...shown], standardizeRule, inputs, [x, weight, average, rstd], attrs, name)
  return { out, mean: shown[0], rstd: shown[1] }
}
