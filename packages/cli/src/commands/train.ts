/** `train`: from a table to a saved model, and how good it is. */
import { resolve } from 'node:path'
import { setWarningHandler } from '@tapegrad/core'
import { type Split, Standardizer, stratifiedSplit, type Table } from '@tapegrad/data'
import { openSource, readTable } from '@tapegrad/data/csv'
import type { Sequential } from '@tapegrad/nn'
import { LAST_FILE, saveCheckpoint } from '../artifacts/checkpoint.ts'
import { metricsDocument, pretty, type RunFacts, runDocument, trainDocument } from '../artifacts/document.ts'
import { historyCsv } from '../artifacts/history.ts'
import { FORMAT_VERSION, type ModelCard } from '../artifacts/model-card.ts'
import { encodeModel } from '../artifacts/model-file.ts'
import { type FolderRequest, MODEL_FILE, RunFolder } from '../artifacts/run-folder.ts'
import { CliError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { cellOptions, csvOptions } from '../options/csv.ts'
import { parseTrain, TRAIN_DEFAULTS, type TrainOptions, trainCommand } from '../options/train.ts'
import { barProgress } from '../progress/bar.ts'
import { lineProgress } from '../progress/lines.ts'
import { type Progress, silent } from '../progress/progress.ts'
import { readingProgress } from '../progress/reading.ts'
import { writeEnding } from '../report/after-training.ts'
import { writePlan } from '../report/plan.ts'
import { type Part, type Results, shellWord, writeResults } from '../report/results.ts'
import { exitCodeOf } from '../terminal/interrupts.ts'
import { brief } from '../text.ts'
import { Breath } from '../training/breath.ts'
import { coefficientsOf } from '../training/coefficients.ts'
import { baselineOf, type Metrics, majority, metricsOf } from '../training/evaluate.ts'
import { verdictOf, warnAfter, warnBefore } from '../training/judgement.ts'
import { type Outcome, train } from '../training/loop.ts'
import { type AnyOptimizer, makeModel, makeOptimizer } from '../training/model.ts'
import { makeSchedule, type Schedule } from '../training/schedule.ts'
import { logitsOf } from '../training/score.ts'
import { StandardizedRows } from '../training/standardized.ts'
import { copyWeights } from '../training/weights.ts'
import type { Command, Context } from './command.ts'

/** `train` in the table of commands. */
export const trainCommandEntry: Command = { flags: trainCommand, run }

/** From this probability on a row counts as positive. */
const THRESHOLD = 0.5

async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  const options = parseTrain(argv, context.name)
  const request: FolderRequest = {
    out: options.out,
    force: options.force,
    dataName: options.data === '-' ? 'stdin' : options.data,
    cwd: context.io.cwd,
    now: context.now(),
  }
  await RunFolder.check(request)
  const previous = setWarningHandler((message, category) => context.warnings.add(`W_${category.toUpperCase()}`, message))
  try {
    const reading = performance.now()
    const table = await context.interrupts.orInterrupted(read(options, context))
    const readSeconds = (performance.now() - reading) / 1000
    const work = prepare(table, options, context)
    const folder = await RunFolder.claim(request)
    try {
      return await trainInto(folder, work, context, { argv, started: request.now, readSeconds })
    } finally {
      await folder.discardIfEmpty()
    }
  } finally {
    setWarningHandler(previous)
  }
}

async function read(options: TrainOptions, { io, err, interrupts }: Context): Promise<Table> {
  const path = options.data === '-' || io.cwd === process.cwd() ? options.data : resolve(io.cwd, options.data)
  const how = { ...csvOptions(options), stdin: io.stdin, fingerprint: true, signal: interrupts.signal }
  const source = await openSource(path, how)
  const progress = options.quiet || !options.progress ? { update() {}, stop() {} } : readingProgress(err, source.name, source.size)
  interrupts.restore = () => progress.stop()
  const { target, positive, features, exclude, missing } = options
  try {
    return await readTable(source, {
      ...how,
      ...cellOptions(options),
      missing,
      onProgress: progress.update,
      ...(target !== undefined && { target }),
      ...(positive !== undefined && { positive }),
      ...(features !== undefined && { features }),
      ...(exclude !== undefined && { exclude }),
    })
  } finally {
    progress.stop()
    interrupts.restore = () => {}
  }
}

/** Everything that is settled before the first step. */
interface Work {
  table: Table
  split: Split
  standardizer: Standardizer
  schedule: Schedule
  options: TrainOptions
  data: StandardizedRows
  model: Sequential
  optimizer: AnyOptimizer
  card: ModelCard
}

function prepare(table: Table, options: TrainOptions, { err, warnings }: Context): Work {
  const { valSplit: val, testSplit: test, seed, stratify, scale } = options
  const { classes, counts, name, numeric, rest } = table.target
  const split = stratifiedSplit(table.labels, { val, test, seed, stratify, classes })
  const standardizer = Standardizer.fit(table, split.train, { mode: scale })
  const schedule = makeSchedule(options, split.train.length)
  const model = makeModel(table.features.length, seed)
  const optimizer = makeOptimizer(model, options)
  for (const { code, message } of [...table.warnings, ...standardizer.warnings]) warnings.add(code, message)
  warnBefore(warnings, options, counts, classes)
  if (!options.quiet) {
    writePlan(err, { table, split, standardizer, schedule, options })
    warnings.print(err)
  }
  const card: ModelCard = {
    formatVersion: FORMAT_VERSION,
    task: 'binary',
    architecture: [{ type: 'Linear', inFeatures: table.features.length, outFeatures: 1, bias: true }],
    features: table.featureNames,
    target: name,
    classes: [...classes],
    positive: classes[1],
    numeric,
    rest,
    threshold: THRESHOLD,
    preprocessing: standardizer.toJSON(),
    table: {
      delimiter: table.origin.delimiter,
      decimal: options.decimal ?? '.',
      naValues: cellOptions(options, NA_VALUES).naValues?.slice() ?? [...NA_VALUES],
    },
  }
  return { table, split, standardizer, schedule, options, data: new StandardizedRows(table, standardizer), model, optimizer, card }
}

interface Stopwatch {
  argv: readonly string[]
  started: Date
  readSeconds: number
}

async function trainInto(folder: RunFolder, work: Work, context: Context, stopwatch: Stopwatch): Promise<ExitCode> {
  const { options, schedule, model, optimizer, card } = work
  const { err, out, interrupts, warnings } = context
  const progress = watcher(options, context)
  interrupts.restore = () => progress.restore()
  const speak = (): void => {
    progress.restore()
    // Behind the ^C that terminals echo; the bar has ended its line by itself.
    err.write(`${err.can.animate ? '' : '\n'}Stopping after this step... (Ctrl-C again to quit now)\n`)
  }
  return interrupts.gracefully(speak, async () => {
    const outcome = await train({ ...work, lr: options.lr, seed: options.seed, progress, interrupts })
    if (outcome.reason === 'diverged') throw await diverged(folder, outcome, work)
    if (outcome.reason === 'interrupted' && interrupts.pending !== null) {
      const names = await saveCheckpoint(folder, { card, last: copyWeights(model), outcome, optimizer, options })
      writeInterrupted(context, folder, outcome, names)
      return exitCodeOf(interrupts.pending)
    }
    const { results, baselines } = await judge(work, outcome, folder, context)
    const facts: RunFacts = { ...work, outcome, results, baselines, warnings: warnings.all, folder }
    await save(facts, work, stopwatch)
    if (!options.quiet) {
      if (options.progress) writeEnding(err, outcome, schedule)
      warnings.print(err)
      err.write('\n')
    }
    if (options.json) out.write(pretty(trainDocument(facts)))
    else if (options.quiet) out.write(`${folder.shown}\n`)
    else writeResults(out, results)
    return interrupts.pending === null ? EXIT.ok : exitCodeOf(interrupts.pending)
  })
}

function watcher({ quiet, progress }: TrainOptions, { err }: Context): Progress {
  if (quiet || !progress) return silent
  return err.can.animate ? barProgress(err) : lineProgress(err)
}

async function judge(
  work: Work,
  outcome: Outcome,
  folder: RunFolder,
  { warnings }: Context,
): Promise<Pick<RunFacts, 'results' | 'baselines'>> {
  const { table, split, data, model, standardizer, schedule } = work
  const breath = new Breath()
  const trainLabels = data.labelsOf(split.train)
  const metrics: Record<Part, Metrics | null> = { train: null, validation: null, test: null }
  const baselines: Record<Part, Metrics | null> = { train: null, validation: null, test: null }
  for (const part of ['train', 'validation', 'test'] as const) {
    const rows = split[part]
    if (rows.length === 0) continue
    const labels = data.labelsOf(rows)
    metrics[part] = metricsOf(await logitsOf(model, data, rows, breath), labels, THRESHOLD)
    baselines[part] = baselineOf(trainLabels, labels)
  }
  const judged: Part = metrics.test !== null ? 'test' : metrics.validation !== null ? 'validation' : 'train'
  const baseline = baselines[judged]!
  const always = table.target.classes[majority(trainLabels)]
  const coefficients = await coefficientsOf(model, standardizer, data, split.train, breath)
  const verdict = verdictOf(metrics[judged]!, baseline, always)
  if (verdict !== null) warnings.note(verdict.code, verdict.message)
  warnAfter(warnings, { outcome, schedule, train: metrics.train!, test: metrics.test, coefficients })
  const results: Results = {
    target: table.target.name,
    classes: table.target.classes,
    metrics,
    baseline,
    judged,
    always,
    verdict: verdict?.message ?? null,
    coefficients,
    run: folder.shown,
  }
  return { results, baselines }
}

async function save(facts: RunFacts, { model, card }: Work, { argv, started, readSeconds }: Stopwatch): Promise<void> {
  const seconds = { read: Number(readSeconds.toFixed(3)), train: Number(facts.outcome.seconds.toFixed(3)) }
  await facts.folder.write(
    new Map<string, Uint8Array | string>([
      ['model.json', pretty(card)],
      ['metrics.json', pretty(metricsDocument(facts))],
      ['history.csv', historyCsv(facts.outcome.history, facts.options.lr)],
      ['run.json', pretty(runDocument(facts, argv, started, seconds))],
      [MODEL_FILE, encodeModel(copyWeights(model), card)],
    ]),
  )
}

function writeInterrupted({ err }: Context, folder: RunFolder, { epochs, bestEpoch, best }: Outcome, names: readonly string[]): void {
  const last = folder.show(LAST_FILE)
  const lines = [
    `Interrupted in epoch ${epochs}. Saved ${last}${best === null ? '' : ` and best.safetensors (epoch ${bestEpoch})`}.`,
    `Use it:  tapegrad predict -m ${shellWord(last)} -d new.csv`,
  ]
  if (names.length > 0) err.write(`${lines.join('\n')}\n`)
}

async function diverged(folder: RunFolder, outcome: Outcome, { card, optimizer, options }: Work): Promise<CliError> {
  const { what, value, epoch, step, lastFiniteLoss, lastGood } = outcome.divergence!
  const finite = lastFiniteLoss === null ? '' : ` (last finite loss ${brief(lastFiniteLoss, 2)})`
  let message = `${what} became ${brief(value)} at epoch ${epoch}, step ${step}${finite}.`
  if (lastGood !== null) {
    await saveCheckpoint(folder, { card, last: lastGood.weights, outcome, optimizer, options })
    message += ` The last good weights (epoch ${lastGood.epoch}) are in ${folder.show(LAST_FILE)}.`
  }
  const smaller = options.lr > TRAIN_DEFAULTS.lr ? TRAIN_DEFAULTS.lr : Number((options.lr / 10).toPrecision(2))
  const advice = [
    `most likely the learning rate: --lr ${brief(options.lr)} is ${options.lr > 0.1 ? 'very high' : 'too high here'}; try --lr ${smaller}.`,
  ]
  if (options.scale === 'none') advice.push('Scaling is off (--scale none); turning it on usually cures this.')
  return new CliError('E_DIVERGED', EXIT.training, message, { fix: advice.join(' ') })
}
