/** From the flags about tables to the options of the readers. */
import { NA_VALUES } from '@tapegrad/data'
import type { CellOptions, CsvOptions } from '@tapegrad/data/csv'
import type { CsvFlags } from './csv.ts'

/** How a table is cut into records, as the readers want it. */
export function csvOptions(flags: CsvFlags): CsvOptions {
  const { delimiter, quote, header, comment, onBadRow, limit } = flags
  return {
    header,
    ...(delimiter !== undefined && { delimiter }),
    ...(quote !== undefined && { quote: quote === 'none' ? null : quote }),
    ...(comment !== undefined && { comment }),
    ...(onBadRow !== undefined && { badRows: onBadRow }),
    ...(limit !== undefined && { limit }),
  }
}

/** How texts become numbers; what the flags leave open is as `before` (a model's table), else as usual. */
export function cellOptions({ decimal, na = [] }: CsvFlags, before?: Required<CellOptions>): Required<CellOptions> {
  return { decimal: decimal ?? before?.decimal ?? '.', naValues: [...new Set([...(before?.naValues ?? NA_VALUES), ...na])] }
}
