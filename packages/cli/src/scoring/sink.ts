/** Where scored rows go: standard output, or a file that appears only when it is complete. */
import { unlinkSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AtomicFile } from '../artifacts/atomic.ts'
import { writeError } from '../artifacts/file-errors.ts'
import { CliError } from '../errors.ts'
import { EXIT } from '../exit.ts'
import type { Output } from '../terminal/output.ts'
import { printable } from '../text.ts'

/** Takes text. */
export interface Sink {
  /** Resolves when more may come; false where nobody reads any more. */
  write(text: string): Promise<boolean>
  /** All was written. */
  finish(): Promise<void>
  /** Leaves nothing half done behind. */
  discard(): Promise<void>
  /** The same at once, for a process that is about to end. */
  discardNow(): void
}

/** Standard output. */
export function streamSink(out: Output): Sink {
  return {
    async write(text) {
      if (!out.write(text)) await out.drained()
      return !out.closed
    },
    async finish() {},
    async discard() {},
    discardNow() {},
  }
}

/** A file; throws `E_OUT_EXISTS` where it is there already (without `force`), and the errors of writing. */
export async function fileSink(shown: string, cwd: string, force: boolean): Promise<Sink> {
  const path = resolve(cwd, shown)
  const there = await stat(path).catch(() => null)
  if (there?.isDirectory() === true)
    throw new CliError('E_IS_DIRECTORY', EXIT.io, `${printable(shown)} is a folder.`, { fix: 'name a file in it with --out.' })
  if (there !== null && !force) {
    throw new CliError('E_OUT_EXISTS', EXIT.io, `${printable(shown)} is there already.`, {
      fix: 'choose another --out, or --force to replace it.',
    })
  }
  const guard = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw writeError(error, shown, 'choose another file with --out.')
    }
  }
  const file = await guard(AtomicFile.create(path))
  return {
    async write(text) {
      await guard(file.write(text))
      return true
    },
    finish: () => guard(file.commit()),
    discard: () => file.discard(),
    discardNow() {
      try {
        unlinkSync(file.temporary)
      } catch {}
    },
  }
}
