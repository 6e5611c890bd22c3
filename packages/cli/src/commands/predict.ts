/** `predict`: rows in, the same rows with prediction and probability out, a batch at a time. */
import { resolve } from 'node:path'
import { noGrad, tensor } from '@tapegrad/core'
import { FeatureEncoder } from '@tapegrad/data'
import { type RowStream, streamRows } from '@tapegrad/data/csv'
import { standardizerOf } from '../artifacts/model-card.ts'
import { readModel, type SavedModel } from '../artifacts/model-file.ts'
import { CliError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { cellOptions, csvOptions } from '../options/csv.ts'
import { type PredictOptions, parsePredict, predictCommand } from '../options/predict.ts'
import { csvLine } from '../scoring/csv-writer.ts'
import { fileSink, type Sink, streamSink } from '../scoring/sink.ts'
import { count, fit, plural, printable } from '../text.ts'
import { sigmoidOf } from '../training/score.ts'
import type { Command, Context } from './command.ts'

/** `predict` in the table of commands. */
export const predictCommandEntry: Command = { flags: predictCommand, run }

/** The columns that are added. */
const ADDED = ['prediction', 'probability'] as const

async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  const options = parsePredict(argv, context.name)
  const { io, out, err, interrupts, warnings } = context
  const saved = await readModel(options.model, io.cwd)
  const stream = await interrupts.orInterrupted(openRows(options, saved, context))
  const encoder = makeEncoder(stream, saved, options)
  refuseTakenNames(stream)

  const sink = options.out === undefined || options.out === '-' ? streamSink(out) : await fileSink(options.out, io.cwd, options.force)
  interrupts.restore = () => sink.discardNow()
  try {
    const rows = await interrupts.orInterrupted(score(stream, saved, encoder, sink, options.header))
    await sink.finish()
    if (!options.quiet) {
      warnAboutMissing(context, encoder, saved, rows)
      warnings.print(err)
      if (options.out !== undefined && options.out !== '-') err.write(`${plural(rows, 'row')} scored: ${printable(options.out)}\n`)
    }
    return EXIT.ok
  } catch (error) {
    await sink.discard()
    throw error
  } finally {
    interrupts.restore = () => {}
  }
}

async function openRows(options: PredictOptions, { card }: SavedModel, { io, interrupts }: Context): Promise<RowStream> {
  const path = options.data === '-' || io.cwd === process.cwd() ? options.data : resolve(io.cwd, options.data)
  // New rows are expected to be written as the training rows were; .tsv files speak for themselves.
  const usual = /\.(?:tsv|tab)(?:\.gz)?$/i.test(options.data) ? {} : { delimiter: card.table.delimiter }
  return streamRows(path, { ...usual, ...csvOptions(options), stdin: io.stdin, signal: interrupts.signal })
}

function makeEncoder(stream: RowStream, { card }: SavedModel, options: PredictOptions): FeatureEncoder {
  const { decimal, naValues } = card.table
  return new FeatureEncoder({
    features: card.features,
    header: stream.header,
    name: stream.name,
    decimal,
    naValues,
    ...cellOptions(options, naValues),
    rename: options.rename,
  })
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
