/** The flags that say how a table is written; the same for `train` and `predict`. */
import { Option } from 'commander'
import { usageError } from '../errors.ts'
import { printable } from '../text.ts'
import { namesOf, numberIn, oneOf, type ValueParser } from './values.ts'

/** What the flags say; what is undefined was not given. */
export interface CsvFlags {
  delimiter: string | undefined
  /** One character, or `none`. */
  quote: string | undefined
  header: boolean
  comment: string | undefined
  decimal: '.' | ',' | undefined
  /** In addition to the usual ones. */
  na: string[] | undefined
  onBadRow: 'error' | 'skip' | undefined
  limit: number | undefined
}

const HEADING = 'How the table is written:'

/** The flags, for a command's list. */
export function csvFlags(): Option[] {
  const flag = (flags: string, description: string): Option => new Option(flags, description).helpGroup(HEADING)
  return [
    flag('--delimiter <c>', 'what stands between fields: one character, tab, or auto (default: comma; tab in .tsv files)').argParser(
      delimiter,
    ),
    flag('--quote <c>', 'what stands around fields, or none (default: ")').argParser(quote),
    flag('--no-header', 'the first line is data; columns are called "column 1", "column 2", ...'),
    flag('--comment <c>', 'skip lines that begin with it').argParser(oneCharacter('--comment', 'one character')),
    flag('--decimal <c>', 'decimal point . or comma ,').argParser(oneOf('--decimal', ['.', ','])),
    flag('--na <a,b>', 'more texts that mean "no value", besides NA, N/A, NaN, null, None, ? and nothing at all').argParser(
      namesOf('--na'),
    ),
    flag('--on-bad-row <do>', 'rows with too few or too many fields: error or skip').argParser(oneOf('--on-bad-row', ['error', 'skip'])),
    flag('--limit <n>', 'read only the first n rows').argParser(
      numberIn('--limit', { needs: 'a whole number from 1 on', integer: true, min: 1 }),
    ),
  ]
}

/** Every flag as not given. */
export const NO_CSV_FLAGS: CsvFlags = {
  delimiter: undefined,
  quote: undefined,
  header: true,
  comment: undefined,
  decimal: undefined,
  na: undefined,
  onBadRow: undefined,
  limit: undefined,
}

function oneCharacter(flag: string, needs: string): ValueParser<string> {
  return (text) => {
    if ([...text].length !== 1) throw usageError('E_BAD_VALUE', `${flag} needs ${needs}, got "${printable(text)}".`)
    return text
  }
}

function delimiter(text: string): string {
  if (text === 'auto') return text
  return text === 'tab' || text === '\\t' ? '\t' : oneCharacter('--delimiter', 'one character, tab, or auto')(text)
}

function quote(text: string): string {
  return text === 'none' ? text : oneCharacter('--quote', 'one character, or none')(text)
}
