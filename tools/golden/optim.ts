/** `optim.jsonl.gz`: 8 steps on a least-squares problem; `sched.jsonl.gz`: learning rates and momenta over 16 steps. */
import { call, core } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { type Raw, type RawTensor, readLines } from './read.ts'
import { decode, difference, toTensor } from './value.ts'

interface OptimCase {
  readonly optim: string
  readonly options: Readonly<Record<string, Raw>>
  readonly A: RawTensor
  readonly y: RawTensor
  readonly w: RawTensor
  readonly b: RawTensor
  readonly w_steps: readonly RawTensor[]
  readonly b_steps: readonly RawTensor[]
}

interface SchedCase {
  readonly sched: string
  readonly options: Readonly<Record<string, Raw>>
  readonly base_lr: number
  readonly momentum?: number
  readonly lrs: readonly number[]
  readonly moms?: readonly number[]
  /** For schedules that watch a metric. */
  readonly metrics?: readonly number[]
}

/** What the harness uses of an optimizer and of a schedule. */
interface AnyOptimizer {
  readonly paramGroups: readonly { readonly lr: number; readonly momentum?: number }[]
  zeroGrad(): void
  step(closure?: () => core.Tensor): unknown
}
interface AnySchedule {
  step(metric?: number): unknown
}

const optionsOf = (raw: Readonly<Record<string, Raw>>): Map<string, unknown> => new Map(Object.entries(raw).map(([k, v]) => [k, decode(v)]))

const optionText = (raw: Readonly<Record<string, Raw>>): string => JSON.stringify(Object.fromEntries(optionsOf(raw)))

function checkOptim(raw: OptimCase): string | null {
  const [A, y, w, b] = [raw.A, raw.y, raw.w, raw.b].map(toTensor) as [core.Tensor, core.Tensor, core.Tensor, core.Tensor]
  const optimizer = call(`optim.${raw.optim}`, [[w, b]], optionsOf(raw.options)) as AnyOptimizer
  for (const [i, expected] of raw.w_steps.entries()) {
    optimizer.step(() => {
      optimizer.zeroGrad()
      const loss = core.mean(core.pow(core.sub(core.add(core.mv(A, w), b), y), 2))
      loss.backward()
      return loss
    })
    const reason = difference(w, expected) ?? difference(b, raw.b_steps[i] as RawTensor)
    if (reason !== null) return `step ${i + 1}: ${reason}`
  }
  return null
}

/** Runs `optim.jsonl.gz`. */
export const runOptim = (path: string): Outcome[] =>
  readLines<OptimCase>(path).map((raw) => attempt(raw.optim, optionText(raw.options), () => checkOptim(raw)))

const same = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) <= 1e-12 * Math.abs(b)

function checkSched(raw: SchedCase): string | null {
  const w = core.ones([1], { requiresGrad: true })
  const optimizer = call('optim.SGD', [[w]], new Map(Object.entries({ lr: raw.base_lr, momentum: raw.momentum ?? 0 }))) as AnyOptimizer
  const schedule = call(`optim.lr_scheduler.${raw.sched}`, [optimizer], optionsOf(raw.options)) as AnySchedule
  const state = (): readonly [number | undefined, number | undefined] => [optimizer.paramGroups[0]?.lr, optimizer.paramGroups[0]?.momentum]
  const seen = raw.metrics === undefined ? [state()] : []
  for (let i = 0; i < (raw.metrics?.length ?? raw.lrs.length - 1); i++) {
    optimizer.step()
    schedule.step(...(raw.metrics === undefined ? [] : [raw.metrics[i] as number]))
    seen.push(state())
  }
  for (const [i, lr] of raw.lrs.entries()) {
    const [gotLr, gotMomentum] = seen[i] ?? []
    if (!same(gotLr, lr)) return `lr ${gotLr} after ${i} steps, expected ${lr}`
    const momentum = raw.moms?.[i]
    if (momentum !== undefined && !same(gotMomentum, momentum)) return `momentum ${gotMomentum} after ${i} steps, expected ${momentum}`
  }
  return null
}

/** Runs `sched.jsonl.gz`. */
export const runSched = (path: string): Outcome[] =>
  readLines<SchedCase>(path).map((raw) => attempt(raw.sched, optionText(raw.options), () => checkSched(raw)))
