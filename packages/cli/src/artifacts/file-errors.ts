import { CliError } from '../errors.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'

const WHY: Readonly<Record<string, readonly [code: string, why: string]>> = {
  EACCES: ['E_PERMISSION', 'permission denied'],
  EPERM: ['E_PERMISSION', 'permission denied'],
  EROFS: ['E_PERMISSION', 'the file system is read-only'],
  ENOSPC: ['E_DISK_FULL', 'the disk is full'],
  EDQUOT: ['E_DISK_FULL', 'the disk quota is used up'],
  EFBIG: ['E_DISK_FULL', 'the file would be larger than allowed'],
  ENOTDIR: ['E_NOT_A_FOLDER', 'a file is in the way of the folder'],
  EEXIST: ['E_NOT_A_FOLDER', 'a file is in the way of the folder'],
  ENOENT: ['E_NOT_FOUND', 'the folder does not exist'],
  EISDIR: ['E_IS_DIRECTORY', 'it is a folder'],
  ENAMETOOLONG: ['E_IO', 'the name is too long'],
}

/** The file system's refusal to write, for people (exit 5): `cannot write runs/: permission denied.` */
export function writeError(error: unknown, what: string, fix = 'choose another place with --out.'): CliError {
  const code = (error as NodeJS.ErrnoException).code
  const [name, why] = WHY[code ?? ''] ?? ['E_IO', error instanceof Error ? printable(error.message) : 'unknown error']
  return new CliError(name, EXIT.io, `cannot write ${printable(what)}: ${why}.`, {
    fix: name === 'E_DISK_FULL' ? `make room, or ${fix}` : fix,
    cause: error,
  })
}
