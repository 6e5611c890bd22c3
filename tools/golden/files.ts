/** Which runner reads which golden file. */
import type { Outcome } from './case.ts'
import { runCsv } from './csv.ts'
import { runErrors } from './errors.ts'
import { runMessages } from './messages.ts'
import { runMetrics } from './metrics.ts'
import { runModules } from './modules.ts'
import { runOps } from './ops.ts'
import { runOptim, runSched } from './optim.ts'
import { runPrinting } from './printing.ts'
import { runRepr } from './repr.ts'
import { runRng } from './rng.ts'
import { runSafetensors } from './safetensors.ts'
import { runSampler } from './sampler.ts'
import { runTrain } from './train.ts'

/** Runs one golden file or folder. */
export type Runner = (path: string) => Outcome[] | Promise<Outcome[]>

/** The runners by file name. Messages come first: some warnings are given only once a process. */
export const runners: Readonly<Record<string, Runner>> = {
  'messages.json': runMessages,
  'ops.jsonl.gz': runOps,
  'errors.jsonl.gz': runErrors,
  'modules.jsonl.gz': runModules,
  'optim.jsonl.gz': runOptim,
  'sched.jsonl.gz': runSched,
  'printing.json': runPrinting,
  'rng.json': runRng,
  'repr.json': runRepr,
  'train.json': runTrain,
  'csv.json': runCsv,
  'safetensors.json': runSafetensors,
  'distributed_sampler.json': runSampler,
  metrics: runMetrics,
}
