/** Margin losses of several classes at once. */
import { noGrad } from '../autograd/mode.ts'
import { rule } from '../autograd/node.ts'
import { isFloat, scalarName } from '../dtype.ts'
import { IndexError, NotImplementedError, RuntimeError, ValueError } from '../errors.ts'
import { formatShape, sameShape } from '../layout.ts'
import { castTo, copyOf, expand, record } from '../op.ts'
import { replayable } from '../tape.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { logsigmoid } from './activation.ts'
import { add, div, mul, neg, sub } from './arithmetic.ts'
import { gt } from './compare.ts'
import { gather, indexSelect, scatterZeros } from './indexing.ts'
import { checkReduction, type LossOptions, type Reduction } from './loss.ts'
import { reduceLosses, type WeightedLossOptions } from './loss-distance.ts'
import { mean, sum } from './reduce.ts'
import { reshape, unsqueeze } from './view.ts'
import { where } from './where.ts'

/** The input as rows of classes. */
const rowsOf = (x: Tensor): Tensor => (x.ndim === 2 ? x : reshape(x, [1, x.numel()]))

/** Refuses what is no vector or matrix of classes. */
function checkInput(x: Tensor): void {
  const fits = x.ndim <= 2 && (x.ndim === 2 ? x.shape[1] !== 0 : x.numel() > 0)
  if (!fits) throw new RuntimeError(`Expected non-empty vector or matrix with optional 0-dim batch size, but got: ${formatShape(x.shape)}`)
}

/** Refuses integers in the name of PyTorch's kernel. */
function refuseIntegers(x: Tensor, kernel: string): void {
  if (!isFloat(x.dtype)) throw new NotImplementedError(`"${kernel}" not implemented for '${scalarName(x.dtype)}'`)
}

interface Reduced {
  readonly reduction: Reduction
  readonly rows: number
}

/** The gradient of a reduced loss for each row. */
const forRows = (grad: Tensor, { reduction, rows }: Reduced): Tensor =>
  reduction === 'none' ? reshape(grad, [rows]) : expand(reduction === 'mean' ? div(grad, rows) : grad, [rows])

/** The loss of all rows from those of each. */
function combined(losses: Tensor, reduction: Reduction, ndim: number): Tensor {
  if (reduction === 'none') return ndim === 2 ? losses : reshape(losses, [])
  return reduction === 'mean' ? mean(losses) : sum(losses)
}

/** Options of `multiMarginLoss`. */
export interface MultiMarginOptions extends LossOptions {
  /** The exponent: 1 or 2. */
  readonly p?: number
  /** The margin asked for (1). */
  readonly margin?: number
  /** A factor per class, for the class of the target. */
  readonly weight?: Tensor | null | undefined
}

interface MultiMargin extends Reduced {
  readonly p: number
  readonly margin: number
}

/** `max(0, margin - x[target] + x[j])` for each class but the target's. */
function shortfalls(rows: Tensor, target: Tensor, margin: number): Tensor {
  const wanted = unsqueeze(target, 1)
  const others = noGrad(() => {
    const mask = allocateTensor(rows.shape, 'bool')
    const n = rows.shape[1] as number
    mask.data.fill(1)
    for (let i = 0; i < target.numel(); i++) mask.data[i * n + (target.data[i] as number)] = 0
    return mask
  })
  const z = sub(add(rows, margin), gather(rows, 1, wanted))
  return where(mul(gt(z, 0), others), z, 0)
}

const multiMarginRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor, Tensor | null], MultiMargin>(
  'MultiMarginLossBackward0',
  (grad, node) => {
    const [x, target, weights] = node.saved()
    const { p, margin } = node.attrs
    const rows = rowsOf(x)
    const z = shortfalls(rows, target, margin)
    const scale = div(forRows(grad, node.attrs), rows.shape[1] as number)
    const slope = p === 1 ? castTo(gt(z, 0), x.dtype) : mul(z, 2)
    const toOthers = mul(slope, unsqueeze(weights === null ? scale : mul(scale, weights), 1))
    const toTarget = scatterZeros(rows.shape, 1, unsqueeze(target, 1), sum(toOthers, 1, { keepdim: true }))
    return [reshape(sub(toOthers, toTarget), x.shape)]
  },
)

/**
 * The mean over rows of `sum of max(0, margin - x[target] + x[j])^p` over the other classes `j`, divided by the number of classes.
 *
 * Shape: `[n, classes]` and `[n]`, or `[classes]` and `[]`.
 *
 * @throws RuntimeError and ValueError for arguments that do not fit; IndexError for a target that is no class.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html
 */
export function multiMarginLoss(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean', p = 1, margin = 1, weight = null }: MultiMarginOptions = {},
): Tensor {
  checkReduction(reduction)
  if (p !== 1 && p !== 2) throw new ValueError('only p == 1 and p == 2 supported')
  if (weight !== null && weight.ndim !== 1) throw new ValueError('weight must be one-dimensional')
  checkInput(input)
  const rows = rowsOf(input)
  const [n, classes] = rows.shape as [number, number]
  if (target.ndim > 1 || target.numel() !== n)
    throw new RuntimeError(`inconsistent target size, expected ${n} but got ${formatShape(target.shape)}`)
  if (target.dtype !== 'int64') throw new RuntimeError(`expected scalar type Long but found ${scalarName(target.dtype)}`)
  refuseIntegers(input, 'multi_margin_loss_cpu_kernel')
  const own = noGrad(() => copyOf(reshape(target, [n])))
  const check = (): void => {
    for (const c of own.data) if (c < 0 || c >= classes) throw new IndexError(`target out of range`)
  }
  replayable(check, [own])
  const { weights, out } = noGrad(() => {
    const z = shortfalls(rows, own, margin)
    const weights = weight === null ? null : indexSelect(weight, 0, own)
    const each = div(sum(p === 1 ? z : mul(z, z), 1), classes)
    return { weights, out: combined(weights === null ? each : mul(each, weights), reduction, input.ndim).alias() }
  })
  return record(out, multiMarginRule, [input], [input, own, weights], { p, margin, reduction, rows: n })
}

/** Which pairs of a target and another class fall short of the margin, with the targets' classes. */
function pairsShort(rows: Tensor, target: Tensor): { short: Tensor; z: Tensor; classes: Tensor } {
  const [n, k] = rows.shape as [number, number]
  const classes = allocateTensor([n, k], 'int64')
  const pairs = allocateTensor([n, k, k], 'bool')
  for (let i = 0; i < n; i++) {
    const chosen = new Set<number>()
    for (let t = 0; t < k; t++) {
      const c = target.data[i * k + t] as number
      if (c < 0) break
      classes.data[i * k + t] = c
      chosen.add(c)
    }
    for (let t = 0; t < k && (target.data[i * k + t] as number) >= 0; t++)
      for (let c = 0; c < k; c++) if (!chosen.has(c)) pairs.data[(i * k + t) * k + c] = 1
  }
  const z = add(sub(unsqueeze(rows, 1), unsqueeze(gather(rows, 1, classes), 2)), 1)
  return { short: mul(gt(z, 0), pairs), z, classes }
}

const multilabelRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor], Reduced>('MultilabelMarginLossBackward0', (grad, node) => {
  const [x, target] = node.saved()
  const rows = rowsOf(x)
  const { short, classes } = noGrad(() => pairsShort(rows, target))
  const scale = div(forRows(grad, node.attrs), rows.shape[1] as number)
  const pulls = mul(castTo(short, x.dtype), reshape(scale, [-1, 1, 1]))
  const toTargets = scatterZeros(rows.shape, 1, classes, sum(pulls, 2))
  return [reshape(sub(sum(pulls, 1), toTargets), x.shape)]
})

/**
 * The mean over rows of `sum of max(0, 1 - (x[target] - x[j]))` over all targets and all classes `j` that are none, divided by the
 * number of classes. The targets of a row end at the first -1.
 *
 * Shape: `[n, classes]` twice, or `[classes]` twice.
 *
 * @throws RuntimeError for arguments that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_margin_loss.html
 */
export function multilabelMarginLoss(input: Tensor, target: Tensor, { reduction = 'mean' }: LossOptions = {}): Tensor {
  checkReduction(reduction)
  checkInput(input)
  if (!sameShape(input.shape, target.shape) && !(input.ndim <= 1 && target.numel() === input.numel()))
    throw new RuntimeError(`inconsistent target size: ${formatShape(target.shape)} for input of size: ${formatShape(input.shape)}`)
  if (target.dtype !== 'int64') throw new RuntimeError(`expected scalar type Long but found ${scalarName(target.dtype)}`)
  refuseIntegers(input, 'multilabel_margin_loss_forward_out_frame')
  const rows = rowsOf(input)
  const own = copyOf(target)
  const k = rows.shape[1] as number
  for (const c of own.data) if (c < -1 || c >= k) throw new RuntimeError('argument #2 (target) is out of range')
  const out = noGrad(() => {
    const { short, z } = pairsShort(rows, own)
    const each = div(sum(where(short, z, 0), [1, 2]), k)
    return combined(each, reduction, input.ndim).alias()
  })
  return record(out, multilabelRule, [input], [input, own], { reduction, rows: rows.shape[0] as number })
}

/**
 * The mean over rows of the cross-entropies of `sigmoid(input)` against targets of 0 and 1, averaged over the classes.
 *
 * @throws ValueError for an unknown reduction.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html
 */
export function multilabelSoftMarginLoss(
  input: Tensor,
  target: Tensor,
  { reduction = 'mean', weight = null }: WeightedLossOptions = {},
): Tensor {
  const losses = neg(add(mul(target, logsigmoid(input)), mul(sub(1, target), logsigmoid(neg(input)))))
  const weighted = weight === null ? losses : mul(losses, weight)
  return reduceLosses(div(sum(weighted, input.ndim - 1), input.shape[input.ndim - 1] as number), reduction)
}
