/** Batch and instance normalization. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError, ValueError } from '../errors.ts'
import { numelOf, type Shape } from '../layout.ts'
import { record, sumTo } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, mul, rsqrt, sub } from './arithmetic.ts'
import { checkValues } from './norm-layers.ts'
import { mean } from './reduce.ts'
import { standardize } from './standardize.ts'
import { expand, reshape, unsqueeze } from './view.ts'

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  /** A factor per channel. */
  readonly weight?: Tensor | null | undefined
  /** Added per channel. */
  readonly bias?: Tensor | null | undefined
  /** Use the statistics of the batch, and update the running ones (false). */
  readonly training?: boolean | undefined
  /** How much of the new statistics goes into the running ones (0.1). */
  readonly momentum?: number | undefined
  /** Added to the variance (1e-5). */
  readonly eps?: number | undefined
}

/** `(x - mean) * rstd * weight + bias` with statistics that are given. */
interface Fixed {
  readonly affine: Shape
}

type FixedSaved = readonly [x: Tensor, weight: Tensor | null, bias: Tensor | null, mean: Tensor, rstd: Tensor]

const fixedRule = /* @__PURE__ */ rule<FixedSaved, Fixed>('NativeBatchNormBackward0', (grad, node) => {
  const [x, weight, bias, average, rstd] = node.saved()
  const { affine } = node.attrs
  const shaped = (t: Tensor): Tensor => reshape(t, affine)
  const scaled = mul(grad, shaped(rstd))
  return [
    node.needs(0) ? (weight === null ? scaled : mul(scaled, shaped(weight))) : null,
    weight !== null && node.needs(1) ? reshape(sumTo(mul(scaled, sub(x, shaped(average))), affine), weight.shape) : null,
    bias !== null && node.needs(2) ? reshape(sumTo(grad, affine), bias.shape) : null,
  ]
})

/** Moves running statistics towards those of a batch. */
function update(running: Tensor | null, now: Tensor, momentum: number): void {
  if (running === null) return
  noGrad(() => running.copy_(add(mul(running, 1 - momentum), mul(now, momentum))))
}

/**
 * `batchNorm` with the means and the reciprocal standard deviations of the batch beside the result; nothing where the running ones are used.
 *
 * @throws RuntimeError if running statistics are missing.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 */
export function nativeBatchNorm(
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  training: boolean,
  momentum: number,
  eps: number,
): [out: Tensor, mean: Tensor, rstd: Tensor] {
  if (!isFloat(x.dtype)) throw new NotImplementedError(`"batch_norm" not implemented for '${scalarName(x.dtype)}'`)
  const channels = (x.ndim < 2 ? x.shape[0] : x.shape[1]) as number
  const at = x.ndim < 2 ? 0 : 1
  const affine = x.shape.map((n, d) => (d === at ? n : 1))
  for (const [name, p] of Object.entries({ running_mean: runningMean, running_var: runningVar, weight, bias }))
    if (p !== null && p.numel() !== channels) throw new RuntimeError(`${name} should contain ${channels} elements not ${p.numel()}`)
  if (training) {
    const dims = x.shape.map((_, d) => d).filter((d) => d !== at)
    const how = { view: x.shape, dims, affine, eps }
    const stats = standardize('NativeBatchNormBackward0', x, weight, bias, how)
    const [average, rstd] = [stats.mean, stats.rstd].map((t) => noGrad(() => reshape(t, [channels])).alias()) as [Tensor, Tensor]
    update(runningMean, average, momentum)
    if (runningVar !== null) {
      const n = dims.reduce((count, d) => count * (x.shape[d] as number), 1)
      // From 1 / sqrt(variance + eps) back to the variance, made unbiased.
      const unbiased = noGrad(() => {
        const centred = sub(x, reshape(average, affine))
        return mul(reshape(mean(mul(centred, centred), dims, { keepdim: true }), [channels]), n / (n - 1))
      })
      update(runningVar, unbiased, momentum)
    }
    return [stats.out, average, rstd]
  }
  if (runningMean === null || runningVar === null)
    throw new RuntimeError('Expected running_mean and running_var to be defined when training=False')
  const { out, rstd } = noGrad(() => {
    const rstd = rsqrt(add(runningVar, eps))
    let out = mul(sub(x, reshape(runningMean, affine)), reshape(rstd, affine))
    if (weight !== null) out = mul(out, reshape(weight, affine))
    if (bias !== null) out = add(out, reshape(bias, affine))
    return { out, rstd }
  })
  record(out, fixedRule, [x, weight ?? 0, bias ?? 0], [x, weight, bias, noGrad(() => runningMean.clone()), rstd], { affine })
  return [out, allocateTensor([0], x.dtype), allocateTensor([0], x.dtype)]
}

/**
 * Takes off the mean and divides by the standard deviation of each channel, then applies weight and bias per channel.
 *
 * Shape: `[n, channels, ...]`. In training the statistics are those of the batch, and the running ones move towards them.
 *
 * @throws ValueError for a batch with one value per channel in training.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 */
export function batchNorm(
  x: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  { weight = null, bias = null, training = false, momentum = 0.1, eps = 1e-5 }: BatchNormOptions = {},
): Tensor {
  if (training) checkValues(x.shape, `torch.Size([${x.shape.join(', ')}])`)
  return nativeBatchNorm(x, weight, bias, runningMean, runningVar, training, momentum, eps)[0]
}

/** Options of `instanceNorm`. */
export interface InstanceNormOptions extends Omit<BatchNormOptions, 'training'> {
  /** The running mean, moved towards the mean of the instances' means. */
  readonly runningMean?: Tensor | null | undefined
  /** The running variance, moved towards the mean of the instances' variances. */
  readonly runningVar?: Tensor | null | undefined
  /** Use the statistics of each instance (true), or the running ones. */
  readonly useInputStats?: boolean | undefined
}

/**
 * Takes off the mean and divides by the standard deviation of each channel of each instance, then applies weight and bias per channel.
 *
 * Shape: `[n, channels, ...]`.
 *
 * @throws ValueError for instances with one value per channel; RuntimeError if running statistics are missing.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
 */
export function instanceNorm(x: Tensor, options: InstanceNormOptions = {}): Tensor {
  const { runningMean = null, runningVar = null, weight = null, bias = null, useInputStats = true, momentum = 0.1, eps = 1e-5 } = options
  const [n, channels, ...spatial] = x.shape as [number, number, ...number[]]
  if (useInputStats && numelOf(spatial) === 1)
    throw new ValueError(`Expected more than 1 spatial element when training, got input size torch.Size([${x.shape.join(', ')}])`)
  if (!useInputStats && (runningMean === null || runningVar === null))
    throw new RuntimeError('Expected running_mean and running_var to be defined when use_input_stats is false')
  const each = (t: Tensor | null): Tensor | null => (t === null ? null : reshape(expand(unsqueeze(t, 0), [n, channels]), [n * channels]))
  const copies = [runningMean, runningVar].map((t) => (t === null ? null : noGrad(() => (each(t) as Tensor).clone()))) as [
    Tensor | null,
    Tensor | null,
  ]
  const flat = reshape(x, [1, n * channels, ...spatial])
  const [out] = nativeBatchNorm(flat, each(weight), each(bias), copies[0], copies[1], useInputStats, momentum, eps)
  if (useInputStats)
    [runningMean, runningVar].forEach((running, i) => {
      if (running !== null) noGrad(() => running.copy_(mean(reshape(copies[i] as Tensor, [n, channels]), 0)))
    })
  return reshape(out, x.shape)
}
