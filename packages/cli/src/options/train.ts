/** The flags of `train`: names, defaults, and what their values have to be. */
import { Option } from 'commander'
import { usageError } from '../errors.ts'
import { makeCommand, parseFlags } from './command.ts'
import { type CsvFlags, csvFlags, NO_CSV_FLAGS } from './csv.ts'
import { fileOf, namesOf, numberIn, oneOf, textOf } from './values.ts'

/** What is used where a flag is not given. */
export const TRAIN_DEFAULTS = {
  epochs: 100,
  lr: 0.01,
  batchSize: 32,
  optimizer: 'adam',
  momentum: 0,
  weightDecay: 0,
  valSplit: 0.1,
  testSplit: 0.2,
  patience: 10,
  seed: 42,
  threads: 1,
  scale: 'standard',
} as const

/** Names of `--optimizer`. */
export const OPTIMIZERS = ['adam', 'sgd'] as const
/** Names of `--scale`. */
export const SCALES = ['standard', 'minmax', 'robust', 'none'] as const

/** The flags of `train`, read and checked; what is undefined was not given and has a default that depends on the data. */
export interface TrainOptions extends CsvFlags {
  data: string
  target: string | undefined
  positive: string | undefined
  features: string[] | undefined
  exclude: string[] | undefined
  missing: 'impute' | 'drop' | 'error'
  stratify: boolean
  valSplit: number
  testSplit: number
  scale: (typeof SCALES)[number]
  optimizer: (typeof OPTIMIZERS)[number]
  lr: number
  /** undefined: not given (100, more where that would be few steps). */
  epochs: number | undefined
  /** Rows per step, or all at once. */
  batchSize: number | 'full'
  momentum: number
  weightDecay: number
  /** Epochs without progress before stopping; 0 = never stop early; undefined = not given (10, more where epochs are). */
  patience: number | undefined
  seed: number
  threads: number
  out: string | undefined
  force: boolean
  json: boolean
  quiet: boolean
  progress: boolean
}

const fraction = (flag: string) => numberIn(flag, { needs: 'a fraction from 0 up to (not including) 1', min: 0, below: 1 })
const D = TRAIN_DEFAULTS

const DATA = 'Data:'
const TRAINING = 'Training:'
const OUTPUT = 'Output:'

function trainFlags(): Option[] {
  const flag = (heading: string, flags: string, description: string): Option => new Option(flags, description).helpGroup(heading)
  return [
    flag(DATA, '-d, --data <file>', 'the table: .csv, .tsv, also .gz; - reads standard input').argParser(
      fileOf('--data', 'a file name, or -'),
    ),
    flag(DATA, '-t, --target <column>', 'the column to learn (default: the one called target, label, y or class, else the last)').argParser(
      textOf('--target', 'the name of a column'),
    ),
    flag(DATA, '--positive <label>', 'the label whose probability is learned (default: the rarer label, or the larger number)').argParser(
      textOf('--positive', 'a label of the target'),
    ),
    flag(DATA, '--features <a,b>', 'use only these columns as inputs').argParser(namesOf('--features')),
    flag(DATA, '--exclude <a,b>', 'use all columns but these').argParser(namesOf('--exclude')),
    flag(DATA, '--missing <do>', 'empty cells: impute (the median), drop the row, or error')
      .default('impute')
      .argParser(oneOf('--missing', ['impute', 'drop', 'error'])),
    flag(DATA, '--val-split <fraction>', 'rows kept for early stopping').default(D.valSplit).argParser(fraction('--val-split')),
    flag(DATA, '--test-split <fraction>', 'rows kept for the final test').default(D.testSplit).argParser(fraction('--test-split')),
    flag(DATA, '--no-stratify', 'split without keeping the classes in proportion'),
    flag(DATA, '--scale <how>', `put the inputs on one scale: ${SCALES.join(', ')}`)
      .default(D.scale)
      .argParser(oneOf('--scale', SCALES)),
    flag(TRAINING, '--epochs <n>', `passes over the training rows (default: ${D.epochs}, more on small tables)`).argParser(
      numberIn('--epochs', { needs: 'a whole number from 1 on', integer: true, min: 1, max: 1e9 }),
    ),
    flag(TRAINING, '--lr <n>', 'learning rate')
      .default(D.lr)
      .argParser(numberIn('--lr', { needs: 'a number above 0', above: 0 })),
    flag(TRAINING, '--batch-size <n>', 'rows per step, or full').default(D.batchSize).argParser(batchSize),
    flag(TRAINING, '--optimizer <name>', OPTIMIZERS.join(' or ')).default(D.optimizer).argParser(oneOf('--optimizer', OPTIMIZERS)),
    flag(TRAINING, '--momentum <n>', 'momentum of sgd')
      .default(D.momentum)
      .argParser(numberIn('--momentum', { needs: 'a number from 0 on', min: 0 })),
    flag(TRAINING, '--weight-decay <n>', 'pull of the weights towards 0')
      .default(D.weightDecay)
      .argParser(numberIn('--weight-decay', { needs: 'a number from 0 on', min: 0 })),
    flag(
      TRAINING,
      '--patience <n>',
      `stop after so many epochs without progress on the validation rows, 0 = never (default: ${D.patience})`,
    ).argParser(numberIn('--patience', { needs: 'a whole number from 0 on', integer: true, min: 0, max: 1e9 })),
    flag(TRAINING, '--seed <n>', 'seed of the split, the first weights and the order of rows')
      .default(D.seed)
      .argParser(numberIn('--seed', { needs: 'a whole number from 0 on', integer: true, min: 0 })),
    flag(TRAINING, '--threads <n>', 'threads that large operations are divided among; the result is the same')
      .default(D.threads)
      .argParser(numberIn('--threads', { needs: 'a whole number from 1 to 64', integer: true, min: 1, max: 64 })),
    flag(OUTPUT, '-o, --out <folder>', 'where the run is saved (default: runs/<time>-<name>)').argParser(
      fileOf('--out', 'the name of a folder'),
    ),
    flag(OUTPUT, '-f, --force', 'replace a model that is already there'),
    flag(OUTPUT, '--json', 'print one JSON document instead of the tables'),
    flag(OUTPUT, '-q, --quiet', 'print only where the run was saved; errors still show'),
    flag(OUTPUT, '--no-progress', 'show no bar and no epoch lines'),
    ...csvFlags(),
  ]
}

/** The command with its help. */
export function trainCommand(name: string): ReturnType<typeof makeCommand> {
  return makeCommand(
    {
      name,
      description: 'Trains a neuron to tell two classes apart from a table, and says how good it is.',
      examples: [
        [`${name} --data churn.csv`, 'guess the target, train, save'],
        [`${name} -d churn.csv -t churned --positive yes`, 'say what to learn'],
        [`${name} -d churn.csv --exclude id --json > run.json`, 'for scripts'],
        [`zcat big.csv.gz | ${name} --data -`, 'read a pipe'],
      ],
      notes: [
        'Results go to standard output, everything else to standard error.',
        'Exit codes: 0 done, 1 a bug of ours, 2 flags, 3 data, 4 training failed, 5 files, 130 Ctrl-C, 143 terminated.',
      ].join('\n'),
    },
    trainFlags(),
  )
}

/** Reads `argv` into {@link TrainOptions}; throws a CliError (exit 2). */
export function parseTrain(argv: readonly string[], name: string): TrainOptions {
  const flags = parseFlags(trainCommand(name), argv, (argument) => `did you mean --data ${argument}?`) as Partial<TrainOptions>
  const options = {
    ...NO_CSV_FLAGS,
    target: undefined,
    positive: undefined,
    features: undefined,
    exclude: undefined,
    epochs: undefined,
    patience: undefined,
    out: undefined,
    force: false,
    json: false,
    quiet: false,
    ...flags,
  } as TrainOptions
  if (options.data === undefined) throw usageError('E_MISSING_OPTION', '--data is missing.', `${name} --data file.csv`)
  if (options.valSplit + options.testSplit >= 1) {
    const sum = Number((options.valSplit + options.testSplit).toFixed(6))
    throw usageError(
      'E_CONFLICT',
      `--val-split and --test-split add up to ${sum}; nothing would be left to train on.`,
      'choose fractions whose sum is below 1.',
    )
  }
  return options
}

function batchSize(text: string): number | 'full' {
  return text === 'full'
    ? 'full'
    : numberIn('--batch-size', { needs: 'a whole number from 1 on, or full', integer: true, min: 1, max: 1e9 })(text)
}
