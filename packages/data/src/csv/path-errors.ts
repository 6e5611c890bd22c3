/** What the file system says, in words that help. */

import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DataError } from '../errors.ts'
import { list, nearest, plural, printable, quoted } from '../text.ts'

const isTable = (file: string): boolean => /\.(csv|tsv|tab|txt)(\.gz)?$/i.test(file)

/** A {@link DataError} for what went wrong with `path`; anything that is not about the file comes back as it is. */
export async function fileError(error: unknown, path: string): Promise<unknown> {
  if (error instanceof DataError) return error
  const code = (error as { code?: unknown }).code
  const options = { where: path, cause: error }
  if (code === 'ENOENT' || code === 'ENOTDIR') return notFound(path)
  if (code === 'EISDIR') return directoryError(path)
  if (code === 'EACCES' || code === 'EPERM') {
    return new DataError('E_PERMISSION', `${quoted(path)} cannot be read: permission denied.`, {
      ...options,
      fix: 'Check who may read it: ls -l',
    })
  }
  if (code === 'ERR_INVALID_ARG_VALUE' || code === 'ENAMETOOLONG')
    return new DataError('E_NOT_FOUND', `${quoted(path)} is not a possible file name.`, options)
  if (typeof code !== 'string') return error
  return new DataError('E_IO', `${quoted(path)} cannot be read (${code}).`, { ...options, fix: 'Check the file and the disk it lies on.' })
}

async function notFound(path: string): Promise<DataError> {
  const folder = resolve(dirname(path))
  const files = await names(folder)
  if (files === null) {
    return new DataError('E_NOT_FOUND', `there is no file ${quoted(path, 200)}: its folder ${printable(folder, 200)} does not exist.`, {
      where: path,
    })
  }
  const wanted = basename(path)
  const guess = nearest(wanted, files)
  const tables = files.filter(isTable)
  const fix =
    guess !== undefined
      ? `did you mean ${printable(dirname(path) === '.' ? guess : join(dirname(path), guess), 200)}?`
      : tables.length > 0
        ? `tables in that folder: ${list(tables, 8)}`
        : undefined
  return new DataError('E_NOT_FOUND', `there is no file ${quoted(wanted, 200)} here (${printable(folder, 200)}).`, { where: path, fix })
}

/** Names the tables inside, so that the next attempt is the right one. */
export async function directoryError(path: string): Promise<DataError> {
  const tables = ((await names(path)) ?? []).filter(isTable)
  if (tables.length === 0) {
    return new DataError('E_IS_DIRECTORY', `${quoted(path, 200)} is a directory, and it has no CSV file.`, {
      where: path,
      fix: 'Pass a .csv, .tsv or .csv.gz file.',
    })
  }
  const files = plural(tables.length, 'CSV file')
  return new DataError('E_IS_DIRECTORY', `${quoted(path, 200)} is a directory; it has ${files}: ${list(tables, 8)}.`, {
    where: path,
    fix: tables.length === 1 ? `Pass it: ${printable(join(path, tables[0]!), 200)}` : 'Pass one of them.',
  })
}

async function names(folder: string): Promise<string[] | null> {
  try {
    return (await readdir(folder)).sort()
  } catch {
    return null
  }
}
