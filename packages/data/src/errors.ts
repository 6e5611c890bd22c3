/**
 * What can be wrong with a table, and what was worth a remark.
 *
 * Every problem with data is a {@link DataError}: a stable code, one sentence that names file, line, column and value, and a way out. No
 * control character of the data gets into its texts.
 */

import { printable } from './text.ts'

/** Who can put it right: `usage` = the command (exit 2), `data` = the file's content (3), `io` = the file system (5). */
export type DataErrorKind = 'usage' | 'data' | 'io'

type UsageCode =
  | 'E_USAGE'
  | 'E_NO_STDIN'
  | 'E_UNKNOWN_COLUMN'
  | 'E_UNKNOWN_LABEL'
  | 'E_NO_FEATURES'
  | 'E_TOO_MANY_CLASSES'
  | 'E_CONTINUOUS_TARGET'
type IoCode = 'E_NOT_FOUND' | 'E_IS_DIRECTORY' | 'E_PERMISSION' | 'E_IO'
type ContentCode =
  | 'E_EMPTY'
  | 'E_NO_ROWS'
  | 'E_NOT_CSV'
  | 'E_ENCODING'
  | 'E_NUL'
  | 'E_GZIP'
  | 'E_TOO_LARGE'
  | 'E_DELIMITER'
  | 'E_NO_HEADER'
  | 'E_DUPLICATE_COLUMN'
  | 'E_EMPTY_COLUMN_NAME'
  | 'E_RAGGED'
  | 'E_UNCLOSED_QUOTE'
  | 'E_QUOTE'
  | 'E_NOT_NUMERIC'
  | 'E_NUMBER_RANGE'
  | 'E_MISSING_VALUE'
  | 'E_MISSING_TARGET'
  | 'E_ONE_CLASS'
  | 'E_UNKNOWN_CLASS'
  | 'E_CLASS_TOO_SMALL'
  | 'E_TOO_FEW_ROWS'
  | 'E_COLUMN_GONE'

/** Stable names of data problems; never renamed inside a major version. */
export type DataErrorCode = UsageCode | IoCode | ContentCode

/** Codes that are not about the content of the file. */
const KINDS: Readonly<Record<UsageCode, 'usage'> & Record<IoCode, 'io'>> = {
  E_USAGE: 'usage',
  E_NO_STDIN: 'usage',
  E_UNKNOWN_COLUMN: 'usage',
  E_UNKNOWN_LABEL: 'usage',
  E_NO_FEATURES: 'usage',
  E_TOO_MANY_CLASSES: 'usage',
  E_CONTINUOUS_TARGET: 'usage',
  E_NOT_FOUND: 'io',
  E_IS_DIRECTORY: 'io',
  E_PERMISSION: 'io',
  E_IO: 'io',
}

/** Where it happened and what to do about it. */
export interface DataErrorOptions {
  /** `file:line, column "name"`, as far as known. */
  where?: string | undefined
  /** One or more sentences on how to put it right. */
  fix?: string | undefined
  cause?: unknown
}

/**
 * A problem with the data that a person can put right.
 *
 * @example
 * ```ts
 * try {
 *   await readTable('churn.csv', { target: 'Churn' })
 * } catch (error) {
 *   if (error instanceof DataError) console.error(`error[${error.code}]: ${error.message}\n  fix: ${error.fix}`)
 * }
 * ```
 */
export class DataError extends Error {
  readonly code: DataErrorCode
  readonly where: string | undefined
  readonly fix: string | undefined

  constructor(code: DataErrorCode, message: string, { where, fix, cause }: DataErrorOptions = {}) {
    super(printable(message, Number.POSITIVE_INFINITY, true), cause === undefined ? undefined : { cause })
    this.name = 'DataError'
    this.code = code
    this.where = where === undefined ? undefined : printable(where, 400)
    this.fix = fix === undefined ? undefined : printable(fix, Number.POSITIVE_INFINITY, true)
  }

  /** `usage`, `data` or `io`: enough to choose an exit code. */
  get kind(): DataErrorKind {
    return (KINDS as Readonly<Partial<Record<DataErrorCode, DataErrorKind>>>)[this.code] ?? 'data'
  }
}

/** Stable names of remarks. */
export type DataWarningCode =
  | 'W_EMPTY_COLUMN'
  | 'W_CONSTANT_COLUMN'
  | 'W_ROW_NUMBER'
  | 'W_SKIPPED_ROWS'
  | 'W_NO_TRAINING_VALUES'
  | 'W_PRECISION'

/** Something that was done or noticed and that the reader should know of. */
export interface DataWarning {
  readonly code: DataWarningCode
  readonly message: string
}
