/** `metrics/`: three made tables and what scikit-learn and statsmodels say of them. Models are trained here with our tensors; figures come from our metrics. */
import { join } from 'node:path'
import { call, core, lookup } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { readJson, readText } from './read.ts'
import { close, Missing } from './value.ts'

type Figure = number | readonly Figure[]
type Figures = Readonly<Record<string, Figure | string>>
type Metric = (...args: unknown[]) => number

/** A metric of ours by name. */
const metric = (name: string): Metric => lookup(`utils.data.metrics.${name}`) as Metric

interface Data {
  /** Features in population-standardised columns. */
  readonly Z: core.Tensor
  readonly mean: core.Tensor
  readonly sd: core.Tensor
  /** The last column as it stands. */
  readonly target: readonly string[]
}

function load(path: string): Data {
  const rows = readText(path)
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  const X = core.tensor(
    rows.map((row) => row.slice(0, -1).map(Number)),
    { dtype: 'float64' },
  )
  const mean = core.mean(X, 0)
  const sd = core.sub(X, mean).square().mean(0).sqrt()
  return { Z: core.sub(X, mean).div(sd), mean, sd, target: rows.map((row) => row.at(-1) as string) }
}

/** Minimises `loss` over coefficients and intercepts that begin at zero; full batches with momentum, until the gradient is gone. */
function minimise(
  outputs: number,
  loss: (w: core.Tensor, b: core.Tensor) => core.Tensor,
  features = 3,
): { w: core.Tensor; b: core.Tensor } {
  const w = core.zeros([features, outputs], { dtype: 'float64', requiresGrad: true })
  const b = core.zeros([outputs], { dtype: 'float64', requiresGrad: true })
  const optimizer = call('optim.SGD', [[w, b]], new Map(Object.entries({ lr: 0.5, momentum: 0.9 }))) as {
    zeroGrad(): void
    step(): unknown
  }
  for (let step = 0; step < 1500; step++) {
    optimizer.zeroGrad()
    loss(w, b).backward()
    optimizer.step()
    const size = [w, b].map((p) => core.amax((p.grad as core.Tensor).abs()).item())
    if (Math.max(...size) < 1e-12) break
  }
  return { w: w.detach(), b: b.detach() }
}

const values = (t: core.Tensor): number[] => Array.from(t.toArray(), Number)

/** Logistic regression, with scikit-learn's penalty `|w|^2 / 2` on the summed loss where `l2` is 1. */
function logistic(
  { Z }: Data,
  y: readonly number[],
  l2: number,
  weights: readonly number[] = [1, 1],
): { w: number[]; b: number[]; p: number[] } {
  const target = core.tensor(y, { dtype: 'float64' })
  const weight = core.tensor(
    y.map((v) => weights[v] as number),
    { dtype: 'float64' },
  )
  const logits = (w: core.Tensor, b: core.Tensor): core.Tensor => core.add(core.mm(Z, w), b).view([-1])
  const { w, b } = minimise(1, (v, c) =>
    core.binaryCrossEntropyWithLogits(logits(v, c), target, { weight }).add(
      core
        .square(v)
        .sum()
        .mul(l2 / 2 / y.length),
    ),
  )
  return { w: values(w), b: values(b), p: values(logits(w, b).sigmoid()) }
}

/** Multinomial logistic regression with the same penalty. */
function softmaxRegression({ Z }: Data, y: readonly number[], classes: number): { w: core.Tensor; b: core.Tensor; p: core.Tensor } {
  const rows = y.map((v) => Array.from({ length: classes }, (_, c) => (c === v ? 1 : 0)))
  const chosen = core.tensor(rows, { dtype: 'float64' })
  const logits = (w: core.Tensor, b: core.Tensor): core.Tensor => core.add(core.mm(Z, w), b)
  const { w, b } = minimise(classes, (v, c) => {
    const z = logits(v, c)
    const loss = z.exp().sum(1).log().sub(z.mul(chosen).sum(1)).mean()
    return loss.add(
      core
        .square(v)
        .sum()
        .mul(0.5 / y.length),
    )
  })
  const e = logits(w, b).exp()
  return { w, b, p: e.div(e.sum(1, { keepdim: true })) }
}

/** The figures of each block, by name; what is not here the project does not compute. */
function compute(folder: string, expected: Readonly<Record<string, Figures>>): Record<string, Record<string, () => unknown>> {
  const once = <T>(f: () => T): (() => T) => {
    let made: { readonly value: T } | undefined
    return () => (made ??= { value: f() }).value
  }
  const table = (name: string): (() => Data) => once(() => load(join(folder, name)))
  const binary = table('binary.csv')
  const churned = once(() => binary().target.map((t) => (t === 'yes' ? 1 : 0)))
  const mle = once(() => logistic(binary(), churned(), 0))
  const l2 = once(() => logistic(binary(), churned(), 1))
  const weights = expected['binary_l2_C1_balanced']?.['class_weight'] as readonly number[]
  const balanced = once(() => logistic(binary(), churned(), 1, weights))
  const said = once(() => mle().p.map((p) => (p >= 0.5 ? 1 : 0)))
  const multi = table('multiclass.csv')
  const plans = ['basic', 'plus', 'pro']
  const plan = once(() => multi().target.map((t) => plans.indexOf(t)))
  const softmax = once(() => softmaxRegression(multi(), plan(), 3))
  const planned = once(() => values(softmax().p.argmax(1)))
  const regression = table('regression.csv')
  const spend = once(() => core.tensor(regression().target.map(Number), { dtype: 'float64' }))
  const ols = once(() => minimise(1, (w, b) => core.mseLoss(core.add(core.mm(regression().Z, w), b).view([-1]), spend())))
  const predicted = once(() => values(core.add(core.mm(regression().Z, ols().w), ols().b)))
  const calibration = once(() => [
    ...(metric('calibration_curve')(churned(), mle().p, 10) as unknown as { observed: number; predicted: number }[]),
  ])
  const best = once(() => metric('best_threshold')(churned(), mle().p) as unknown as { threshold: number; score: number })

  const labels =
    (name: string, ...rest: unknown[]) =>
    () =>
      metric(name)(churned(), said(), ...rest)
  const scores = (name: string) => () => metric(name)(churned(), mle().p)
  const classes =
    (name: string, ...rest: unknown[]) =>
    () =>
      metric(name)(plan(), planned(), ...rest)
  const residuals = (name: string) => () => metric(name)(values(spend()), predicted())
  return {
    binary_standardized_mle: {
      mean: () => values(binary().mean),
      sd_ddof0: () => values(binary().sd),
      params: () => [...mle().b, ...mle().w],
      llf: () => -churned().length * metric('log_loss')(churned(), mle().p),
    },
    binary_metrics_train: {
      accuracy: labels('accuracy'),
      balanced_accuracy: labels('balanced_accuracy'),
      precision_pos: labels('precision'),
      recall_pos: labels('recall'),
      f1_pos: labels('f1'),
      macro_f1: labels('macro_f1'),
      mcc: labels('mcc'),
      roc_auc: scores('roc_auc'),
      average_precision: scores('average_precision'),
      log_loss: scores('log_loss'),
      brier: scores('brier'),
      confusion_rows_true: labels('confusion_matrix'),
      calibration_true: () => calibration().map((bin) => bin.observed),
      calibration_pred: () => calibration().map((bin) => bin.predicted),
      best_f1: () => best().score,
      best_f1_threshold: () => best().threshold,
    },
    binary_l2_C1_standardized: { coef: () => l2().w, intercept: () => l2().b },
    binary_l2_C1_balanced: {
      class_weight: () => metric('class_weights')(churned()),
      coef: () => balanced().w,
      intercept: () => balanced().b,
    },
    multiclass_l2_C1_standardized: {
      coef: () => softmax().w.t().tolist(),
      intercept: () => values(softmax().b),
      log_loss: () => metric('log_loss')(plan(), softmax().p.tolist()),
      accuracy: classes('accuracy'),
      macro_f1: classes('macro_f1'),
      weighted_f1: classes('weighted_f1'),
      roc_auc_ovr_macro: () => metric('roc_auc_ovr')(plan(), softmax().p.tolist()),
      confusion_rows_true: classes('confusion_matrix', 3),
    },
    regression_ols_standardized: {
      params: () => [...values(ols().b), ...values(ols().w)],
      r2: residuals('r2'),
      rmse: residuals('rmse'),
      mae: residuals('mae'),
      medae: residuals('medae'),
      mape: residuals('mape'),
    },
  }
}

function figureDifference(got: unknown, expected: Figure): string | null {
  if (typeof expected === 'number')
    return typeof got === 'number' && close(got, expected, 'float64') ? null : `${got}, expected ${expected}`
  const items = got !== null && typeof got === 'object' && Symbol.iterator in got ? [...(got as Iterable<unknown>)] : [got]
  if (items.length !== expected.length) return `${items.length} figures, expected ${expected.length}`
  for (const [i, e] of expected.entries()) {
    const reason = figureDifference(items[i], e)
    if (reason !== null) return reason
  }
  return null
}

/** Runs the folder `metrics`. */
export function runMetrics(folder: string): Outcome[] {
  const { versions: _, ...expected } = readJson<Record<string, Figures>>(join(folder, 'expected.json'))
  const computed = compute(folder, expected)
  return Object.entries(expected).flatMap(([block, figures]) =>
    Object.entries(figures)
      .filter((figure): figure is [string, Figure] => typeof figure[1] !== 'string')
      .map(([name, figure]) =>
        attempt(block, name, () => {
          const f = computed[block]?.[name]
          if (f === undefined) throw new Missing(name)
          return figureDifference(f(), figure)
        }),
      ),
  )
}
