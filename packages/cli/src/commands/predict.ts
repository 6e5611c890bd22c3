/** `predict`: rows in, the same rows with prediction and probability out, a batch at a time. */
import { noGrad, tensor } from '@tapegrad/core'
import { FeatureEncoder } from '@tapegrad/data'
import { type RowStream, streamRows } from '@tapegrad/data/csv'
import { standardizerOf } from '../artifacts/model-card.ts'
import { readModel, type SavedModel } from '../artifacts/model-file.ts'
import { CliError, usageError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { type PredictOptions, parsePredict } from '../options/predict.ts'
import { cellOptions, csvOptions } from '../options/reading.ts'
import { shellWord } from '../report/results.ts'
import { csvLine } from '../scoring/csv-writer.ts'
import { fileSink, type Sink, streamSink } from '../scoring/sink.ts'
import { count, fit, plural, printable } from '../text.ts'
import { sigmoidOf } from '../training/score.ts'
import { type Context, dataPath } from './command.ts'

/** The columns that are added. */
const ADDED = ['prediction', 'probability'] as const

/** Reads the model, scores the rows, writes them. */
export async function runPredict(argv: readonly string[], context: Context): Promise<ExitCode> {
  const options = parsePredict(argv, context.name)
  const saved = await readModel(options.model, context.io.cwd)
  const stream = await context.interrupts.orInterrupted(openRows(options, saved, context))
  try {
    refuseTakenNames(stream)
    const encoder = makeEncoder(stream, saved, options)
    const rows = await pour(stream, saved, encoder, options, context)
    if (!options.quiet) remark(rows, stream, saved, encoder, options, context)
    return EXIT.ok
  } finally {
    if (options.data !== '-') await letGo(stream)
  }
}

/** All rows into the file or the stream that `--out` says; resolves to their number. */
async function pour(
  stream: RowStream,
  saved: SavedModel,
  encoder: FeatureEncoder,
  options: PredictOptions,
  context: Context,
): Promise<number> {
  const { io, out, interrupts } = context
  const sink = toFile(options) ? await fileSink(options.out, io.cwd, options.force) : streamSink(out)
  interrupts.restore = () => sink.discardNow()
  try {
    const rows = await interrupts.orInterrupted(score(stream, saved, encoder, sink, options.header))
    await sink.finish()
    return rows
  } catch (error) {
    await sink.discard()
    throw error
  } finally {
    interrupts.restore = () => {}
  }
}

const toFile = (options: PredictOptions): options is PredictOptions & { out: string } => options.out !== undefined && options.out !== '-'

function remark(
  rows: number,
  stream: RowStream,
  saved: SavedModel,
  encoder: FeatureEncoder,
  options: PredictOptions,
  context: Context,
): void {
  const { warnings, err } = context
  warnAboutMissing(context, encoder, saved, rows)
  if (stream.skipped > 0) warnings.add('W_SKIPPED_ROWS', `${plural(stream.skipped, 'ragged row')} left out (--on-bad-row skip).`)
  warnings.print(err)
  if (toFile(options)) err.write(`${plural(rows, 'row')} scored: ${printable(options.out)}\n`)
}

/** Closes the file behind rows that nobody will read: only an iteration that was begun can be ended. */
async function letGo(stream: RowStream): Promise<void> {
  try {
    for await (const _ of stream) break
  } catch {
    // What is wrong with rows that are not wanted is of no interest.
  }
}

async function openRows(options: PredictOptions, { card }: SavedModel, { io, interrupts, name }: Context): Promise<RowStream> {
  if (options.data === '-' && io.stdin.isTTY === true) {
    const fix = `example: cat new.csv | ${name} -m ${shellWord(options.model)} -d -`
    throw usageError('E_NO_STDIN', '--data - reads from a pipe, but nothing is piped in.', fix)
  }
  // New rows are expected to be written as the training rows were; .tsv files speak for themselves.
  const usual = /\.(?:tsv|tab)(?:\.gz)?$/i.test(options.data) ? {} : { delimiter: card.table.delimiter }
  return streamRows(dataPath(options.data, io), { ...usual, ...csvOptions(options), stdin: io.stdin, signal: interrupts.signal })
}

function makeEncoder(stream: RowStream, { card }: SavedModel, options: PredictOptions): FeatureEncoder {
  const { features, table } = card
  return new FeatureEncoder({ features, header: stream.header, name: stream.name, rename: options.rename, ...cellOptions(options, table) })
}

// A second column of the same name would be read for the first one further down the pipe.
function refuseTakenNames({ header, name }: RowStream): void {
  const taken = ADDED.filter((added) => header.includes(added))
  if (taken.length === 0) return
  throw new CliError(
    'E_NAME_TAKEN',
    EXIT.data,
    `${printable(name)} already has ${taken.length === 1 ? 'a column' : 'columns'} "${taken.join('" and "')}", which predict would add.`,
    {
      fix: 'rename or remove it first (it may be a file that was scored before).',
    },
  )
}

/** Passes the rows through; resolves to their number. */
async function score(
  stream: RowStream,
  { card, model }: SavedModel,
  encoder: FeatureEncoder,
  sink: Sink,
  header: boolean,
): Promise<number> {
  const { delimiter } = stream
  const [negative, positive] = card.classes
  const standardizer = standardizerOf(card)
  const cut = Math.log(card.threshold / (1 - card.threshold))
  let rows = 0
  let open = !header || (await sink.write(csvLine([...stream.header, ...ADDED], delimiter)))
  for await (const batch of stream) {
    if (!open) break
    const values = standardizer.transform(encoder.encode(batch.rows, batch.lines))
    const inputs = tensor(values, { shape: [batch.rows.length, card.features.length] })
    const logits = noGrad(() => model.forward(inputs)).toArray() as Float32Array
    let text = ''
    for (const [i, row] of batch.rows.entries()) {
      const z = logits[i]!
      text += csvLine([...row, z >= cut ? positive : negative, probability(z)], delimiter)
    }
    rows += batch.rows.length
    open = await sink.write(text)
  }
  return rows
}

// Seven digits are what a float32 holds.
const probability = (logit: number): string => String(Number(sigmoidOf(logit).toPrecision(7)))

function warnAboutMissing({ warnings }: Context, { missing }: FeatureEncoder, { card }: SavedModel, rows: number): void {
  const filled = card.features.map((name, j) => ({ name, times: missing[j] ?? 0 })).filter(({ times }) => times > 0)
  if (filled.length === 0) return
  const parts = filled.slice(0, 5).map(({ name, times }) => `${count(times)} in ${fit(printable(name), 40)}`)
  if (filled.length > 5) parts.push(`more in ${plural(filled.length - 5, 'other column')}`)
  warnings.add('W_IMPUTED', `missing values were filled with the training medians: ${parts.join(', ')} (of ${plural(rows, 'row')}).`)
}
