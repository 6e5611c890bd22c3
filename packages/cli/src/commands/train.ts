/** `train`: from a table to a saved model, and how good it is. */
import { setNumThreads, setWarningHandler } from '@tapegrad/core'
import type { Table } from '@tapegrad/data'
import { openSource, readTable } from '@tapegrad/data/csv'
import { LAST_FILE, saveCheckpoint } from '../artifacts/checkpoint.ts'
import { metricsDocument, pretty, type RunFacts, runDocument, trainDocument } from '../artifacts/document.ts'
import { historyCsv } from '../artifacts/history.ts'
import { encodeModel } from '../artifacts/model-file.ts'
import { type FolderRequest, MODEL_FILE, RunFolder } from '../artifacts/run-folder.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { cellOptions, csvOptions } from '../options/reading.ts'
import { parseTrain, type TrainOptions } from '../options/train.ts'
import { barProgress } from '../progress/bar.ts'
import { lineProgress } from '../progress/lines.ts'
import { type Progress, silent } from '../progress/progress.ts'
import { readingProgress, silentReading } from '../progress/reading.ts'
import { writeEnding } from '../report/after-training.ts'
import { writePlan } from '../report/plan.ts'
import { writeResults } from '../report/results.ts'
import { divergedError, interruptedText } from '../report/unfinished.ts'
import { exitCodeOf } from '../terminal/interrupts.ts'
import { judge } from '../training/judge.ts'
import { warnBefore } from '../training/judgement.ts'
import { type Outcome, train } from '../training/loop.ts'
import { copyWeights } from '../training/weights.ts'
import { prepare, type Work } from '../training/work.ts'
import { type Context, dataPath } from './command.ts'

/** When it began, for run.json. */
interface Beginning {
  argv: readonly string[]
  started: Date
  readSeconds: number
}

/** Reads, trains, judges, saves, reports. */
export async function runTrain(argv: readonly string[], context: Context): Promise<ExitCode> {
  const options = parseTrain(argv, context.name)
  const { out, force, data } = options
  const request: FolderRequest = { out, force, dataName: data === '-' ? 'stdin' : data, cwd: context.io.cwd, now: context.now() }
  await RunFolder.check(request)
  const previous = setWarningHandler((message, category) => context.warnings.add(`W_${category.toUpperCase()}`, message))
  try {
    setNumThreads(options.threads)
    const since = performance.now()
    const table = await context.interrupts.orInterrupted(read(options, context))
    const beginning = { argv, started: request.now, readSeconds: (performance.now() - since) / 1000 }
    const work = prepare(table, options)
    announce(work, context)
    const folder = await RunFolder.claim(request)
    try {
      return await trainInto(folder, work, context, beginning)
    } finally {
      await folder.discardIfEmpty()
    }
  } finally {
    setWarningHandler(previous)
  }
}

async function read(options: TrainOptions, { io, err, interrupts }: Context): Promise<Table> {
  const how = { ...csvOptions(options), stdin: io.stdin, fingerprint: true, signal: interrupts.signal }
  const source = await openSource(dataPath(options.data, io), how)
  const progress = options.quiet || !options.progress ? silentReading : readingProgress(err, source.name, source.size)
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

function announce(work: Work, { err, warnings }: Context): void {
  const { table, standardizer, options } = work
  for (const { code, message } of [...table.warnings, ...standardizer.warnings]) warnings.add(code, message)
  warnBefore(warnings, options, table.target.counts, table.target.classes)
  if (options.quiet) return
  writePlan(err, work)
  warnings.print(err)
}

async function trainInto(folder: RunFolder, work: Work, context: Context, beginning: Beginning): Promise<ExitCode> {
  const { options, model } = work
  const { err, interrupts } = context
  const progress = watcher(options, context)
  interrupts.restore = () => progress.restore()
  const speak = (): void => {
    progress.restore()
    // Behind the ^C that terminals echo; the bar has ended its line by itself.
    err.write(`${err.can.animate ? '' : '\n'}Stopping after this step... (Ctrl-C again to quit now)\n`)
  }
  return interrupts.gracefully(speak, async () => {
    const outcome = await train({ ...work, lr: options.lr, seed: options.seed, progress, interrupts })
    if (outcome.divergence !== null) {
      const { lastGood } = outcome.divergence
      if (lastGood !== null) await saveCheckpoint(folder, { ...work, last: lastGood.weights, outcome })
      throw divergedError(outcome.divergence, options, folder.show(LAST_FILE))
    }
    if (outcome.reason === 'interrupted') {
      await saveCheckpoint(folder, { ...work, last: copyWeights(model), outcome })
      err.write(interruptedText(folder, outcome, context.program))
    } else await conclude(folder, work, outcome, context, beginning)
    return interrupts.pending === null ? EXIT.ok : exitCodeOf(interrupts.pending)
  })
}

function watcher({ quiet, progress }: TrainOptions, { err }: Context): Progress {
  if (quiet || !progress) return silent
  return err.can.animate ? barProgress(err) : lineProgress(err)
}

/** Saves first, speaks then: whatever becomes of the reader of our output, the model is there. */
async function conclude(
  folder: RunFolder,
  work: Work,
  outcome: Outcome,
  { out, err, warnings, program }: Context,
  beginning: Beginning,
): Promise<void> {
  const { options, schedule } = work
  const judgement = await judge(work, outcome, warnings)
  const facts: RunFacts = { ...work, ...judgement, outcome, warnings: warnings.all, folder }
  await save(facts, work, beginning)
  if (!options.quiet) {
    if (options.progress) writeEnding(err, outcome, schedule)
    warnings.print(err)
    err.write('\n')
  }
  if (options.json) out.write(pretty(trainDocument(facts)))
  else if (options.quiet) out.write(`${folder.shown}\n`)
  else writeResults(out, { ...judgement, target: work.table.target.name, classes: work.table.target.classes, run: folder.shown, program })
}

async function save(facts: RunFacts, { model, card, options }: Work, { argv, started, readSeconds }: Beginning): Promise<void> {
  const seconds = { read: Number(readSeconds.toFixed(3)), train: Number(facts.outcome.seconds.toFixed(3)) }
  await facts.folder.write(
    new Map<string, Uint8Array | string>([
      ['model.json', pretty(card)],
      ['metrics.json', pretty(metricsDocument(facts))],
      ['history.csv', historyCsv(facts.outcome.history, options.lr)],
      ['run.json', pretty(runDocument(facts, argv, started, seconds))],
      [MODEL_FILE, encodeModel(copyWeights(model), card)],
    ]),
  )
}
