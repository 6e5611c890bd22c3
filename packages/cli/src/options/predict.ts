/** The flags of `predict`. */
import { Option } from 'commander'
import { usageError } from '../errors.ts'
import { printable } from '../text.ts'
import { makeCommand, parseFlags } from './command.ts'
import { type CsvFlags, csvFlags, NO_CSV_FLAGS } from './csv.ts'
import { fileOf, namesOf } from './values.ts'

/** The flags of `predict`, read and checked. */
export interface PredictOptions extends CsvFlags {
  model: string
  data: string
  /** undefined or `-`: standard output. */
  out: string | undefined
  force: boolean
  quiet: boolean
  /** From the file's names to the model's. */
  rename: ReadonlyMap<string, string>
}

function predictFlags(): Option[] {
  return [
    new Option('-m, --model <run>', 'the folder of a run, or its model.safetensors').argParser(fileOf('--model', 'a folder or a file')),
    new Option('-d, --data <file>', 'the rows to score: .csv, .tsv, also .gz; - reads standard input').argParser(
      fileOf('--data', 'a file name, or -'),
    ),
    new Option('-o, --out <file>', 'write there instead of to standard output').argParser(fileOf('--out', 'a file name, or -')),
    new Option('-f, --force', 'replace the file of --out'),
    new Option('--rename <a=b>', 'column a of the file is the b that the model knows; more with commas').argParser(namesOf('--rename')),
    new Option('-q, --quiet', 'no remarks; errors still show'),
  ]
    .map((option) => option.helpGroup('Options:'))
    .concat(csvFlags())
}

/** The command with its help. */
export function predictCommand(name: string): ReturnType<typeof makeCommand> {
  return makeCommand(
    {
      name,
      description: 'Applies a trained model to a table: every row with all its columns, and behind them prediction and probability.',
      examples: [
        [`${name} -m runs/churn -d new.csv`, 'to the screen'],
        [`${name} -m runs/churn -d new.csv -o scored.csv`, 'to a file'],
        [`cat new.csv | ${name} -m runs/churn -d - | head`, 'in a pipe'],
      ],
      notes: 'The probability is that of the positive label. Rows pass through one by one, so the table may be larger than memory.',
    },
    predictFlags(),
  )
}

/** Reads `argv` into {@link PredictOptions}; throws a CliError (exit 2). */
export function parsePredict(argv: readonly string[], name: string): PredictOptions {
  const flags = parseFlags(predictCommand(name), argv, (argument) => `did you mean --data ${argument}?`) as Partial<
    Omit<PredictOptions, 'rename'>
  > & { rename?: string[] }
  if (flags.model === undefined) throw usageError('E_MISSING_OPTION', '--model is missing.', `${name} --model runs/... --data file.csv`)
  if (flags.data === undefined) throw usageError('E_MISSING_OPTION', '--data is missing.', `${name} --model ${flags.model} --data file.csv`)
  return { ...NO_CSV_FLAGS, out: undefined, force: false, quiet: false, ...flags, rename: renames(flags.rename ?? []) } as PredictOptions
}

function renames(pairs: readonly string[]): Map<string, string> {
  return new Map(
    pairs.map((pair) => {
      const [from, to, ...more] = pair.split('=')
      if (!from || !to || more.length > 0)
        throw usageError('E_BAD_VALUE', `--rename needs pairs like n_visits=visits, got "${printable(pair)}".`)
      return [from, to]
    }),
  )
}
