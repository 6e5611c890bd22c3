/** The JSON document of `--json`, and the files that hold parts of it. Keys are never renamed inside a major version. */
import type { Split, Table } from '@tapegrad/data'
import type { CliError } from '../errors.ts'
import type { TrainOptions } from '../options/train.ts'
import { accuracyInterval } from '../training/evaluate.ts'
import type { Judgement } from '../training/judge.ts'
import type { Outcome } from '../training/loop.ts'
import type { Schedule } from '../training/schedule.ts'
import { version } from '../version.ts'
import type { Warning } from '../warnings.ts'
import { RUN_FILES, type RunFolder } from './run-folder.ts'

/** Grows when a key changes its meaning. */
export const SCHEMA_VERSION = 1

/** Everything that a finished training is described by. */
export interface RunFacts extends Judgement {
  table: Table
  split: Split
  schedule: Schedule
  options: TrainOptions
  outcome: Outcome
  warnings: readonly Warning[]
  folder: RunFolder
}

/** What `--json` prints. */
export function trainDocument(facts: RunFacts): Record<string, unknown> {
  const { folder, warnings } = facts
  return {
    schemaVersion: SCHEMA_VERSION,
    command: 'train',
    ok: true,
    run: folder.shown,
    data: dataPart(facts),
    model: modelPart(facts),
    training: trainingPart(facts),
    ...metricsDocument(facts),
    artifacts: Object.fromEntries(RUN_FILES.map((name) => [ARTIFACT_KEYS[name], folder.show(name)])),
    warnings,
  }
}

const ARTIFACT_KEYS: Readonly<Record<(typeof RUN_FILES)[number], string>> = {
  'model.safetensors': 'model',
  'model.json': 'modelCard',
  'metrics.json': 'metrics',
  'history.csv': 'history',
  'run.json': 'run',
}

/** What `--json` prints after an error. */
export function errorDocument(command: string, error: CliError): Record<string, unknown> {
  const { code, message, where, fix, exitCode } = error
  return { schemaVersion: SCHEMA_VERSION, command, ok: false, exitCode, error: { code, message, where: where ?? null, fix: fix ?? null } }
}

/** `metrics.json`. */
export function metricsDocument({ metrics, baselines, judged, always, coefficients }: RunFacts): Record<string, unknown> {
  const measured = metrics[judged]
  return {
    metrics: { ...metrics, baseline: baselines[judged] },
    baselines: { always, ...baselines },
    judged,
    accuracyInterval: measured === null ? null : accuracyInterval(measured),
    coefficients,
  }
}

/** `run.json`: enough to do it again. */
export function runDocument(
  facts: RunFacts,
  argv: readonly string[],
  started: Date,
  seconds: Readonly<Record<string, number>>,
): Record<string, unknown> {
  const { data: _data, ...options } = facts.options
  return {
    schemaVersion: SCHEMA_VERSION,
    command: 'train',
    argv,
    options: {
      data: facts.options.data,
      ...options,
      epochs: facts.schedule.epochs,
      patience: facts.schedule.patience,
      batchSize: facts.schedule.batchSize,
    },
    seed: facts.options.seed,
    data: { ...dataPart(facts), sha256: facts.table.origin.sha256, bytes: facts.table.origin.bytes },
    training: trainingPart(facts),
    versions: { tapegrad: version, node: process.versions.node },
    platform: { os: process.platform, arch: process.arch },
    started: started.toISOString(),
    seconds,
    warnings: facts.warnings,
  }
}

function dataPart({ table, split }: RunFacts): Record<string, unknown> {
  const { target, origin } = table
  return {
    file: origin.name,
    rows: table.length,
    columns: table.header.length,
    features: table.featureNames,
    target: target.name,
    targetChosenBy: target.chosenBy,
    task: 'binary',
    classes: target.classes,
    counts: target.counts,
    positive: target.classes[1],
    positiveChosenBy: target.positiveBy,
    missing: Object.fromEntries(table.features.filter(({ missing }) => missing > 0).map(({ name, missing }) => [name, missing])),
    skipped: origin.skipped,
    split: { train: split.train.length, validation: split.validation.length, test: split.test.length },
  }
}

function modelPart({ table }: RunFacts): Record<string, unknown> {
  const inputs = table.features.length
  return { layers: [inputs, 1], parameters: inputs + 1 }
}

function trainingPart({ outcome, options, schedule }: RunFacts): Record<string, unknown> {
  return {
    optimizer: options.optimizer,
    lr: options.lr,
    batchSize: schedule.batchSize,
    maxEpochs: schedule.epochs,
    epochs: outcome.epochs,
    steps: outcome.steps,
    bestEpoch: outcome.bestEpoch,
    bestValLoss: outcome.bestValLoss,
    stopReason: outcome.reason,
    seconds: Number(outcome.seconds.toFixed(3)),
    seed: options.seed,
  }
}

/** A JSON text, indented, with a line end. */
export function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
