/** A whole file as a {@link Table}. */

import type { DataError } from '../errors.ts'
import { TableBuilder } from '../table/builder.ts'
import { cellRules } from '../table/cells.ts'
import { bindFeatures } from '../table/encoder.ts'
import { checkHeader, findColumn, type Selection, selectColumns } from '../table/header.ts'
import type { Table, TableSchema } from '../table/table.ts'
import { type Body, type Head, type RecordOptions, readRecords } from './records.ts'
import { openSource } from './source.ts'
import { TableScanner } from './table-scanner.ts'
import type { ReadTableOptions, Source } from './types.ts'

/**
 * Reads a whole table with a two-class target: from a path, `-` for standard input, or an opened source.
 *
 * Rows go straight into typed arrays (four bytes a number). What was guessed stands in `table.target.reason` and `positiveReason`, what was
 * noticed in `table.warnings`.
 *
 * Throws {@link DataError} for everything that is wrong with the file or does not fit the options.
 *
 * @example
 * ```ts
 * const table = await readTable('churn.csv', { target: 'churned', exclude: ['customer_*'] })
 * console.log(table.length, table.featureNames, table.target.counts)
 * ```
 */
export async function readTable(source: string | Source, options: ReadTableOptions = {}): Promise<Table> {
  const input = typeof source === 'string' ? await openSource(source, options) : source
  const made: { builder?: TableBuilder; delimiter?: string } = {}
  const open = ({ header, headerLine, delimiter }: Head): Body => {
    if (headerLine > 0) checkHeader(header, input.name, headerLine)
    const rules = cellRules(input.name, options.decimal, options.naValues)
    const selection = options.like === undefined ? selectColumns(header, input.name, options) : selectLike(header, input.name, options.like)
    const builder = new TableBuilder({
      header,
      selection,
      rules,
      missing: options.missing ?? 'impute',
      badRows: options.badRows ?? 'error',
      limit: options.limit ?? Number.POSITIVE_INFINITY,
      positive: options.positive,
      like: options.like,
    })
    const scanner = new TableScanner(builder, delimiter, rules.decimal)
    made.builder = builder
    made.delimiter = delimiter
    return {
      lines: (bytes, start, end, line) => scanner.lines(bytes, start, end, line),
      record: (fields, line) => builder.record(fields, line),
      get done() {
        return builder.done
      },
    }
  }
  for await (const _ of readRecords(input, options as RecordOptions, open))
    options.onProgress?.(input.bytesRead, made.builder?.rows.length ?? 0)
  const { builder, delimiter } = made
  if (builder === undefined || delimiter === undefined) throw new Error('a source without header was not refused')
  return builder.finish({ name: input.name, delimiter, gzip: input.gzip, bytes: input.bytesRead, sha256: input.sha256 })
}

function selectLike(header: readonly string[], name: string, like: TableSchema): Selection {
  const features = bindFeatures(like.features, header, name)
  return { target: findColumn(header, like.target, name, '--target'), chosenBy: 'option', reason: 'as the model has it', features }
}
