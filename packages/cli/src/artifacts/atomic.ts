/** Files that are there whole or not at all: written under a passing name in the same folder, flushed to the disk, then renamed. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A file that appears under its name only once `commit` was called. */
export class AtomicFile {
  readonly #path: string
  /** The passing name. */
  readonly temporary: string
  readonly #handle: FileHandle

  private constructor(path: string, temporary: string, handle: FileHandle) {
    this.#path = path
    this.temporary = temporary
    this.#handle = handle
  }

  /** Begins the file; throws the file system's error. */
  static async create(path: string): Promise<AtomicFile> {
    const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
    return new AtomicFile(path, temporary, await open(temporary, 'wx'))
  }

  /** Adds to the end. */
  async write(data: Uint8Array | string): Promise<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data
    for (let at = 0; at < bytes.length; ) at += (await this.#handle.write(bytes, at)).bytesWritten
  }

  /** Makes it appear, in place of an older one. */
  async commit(): Promise<void> {
    try {
      await this.#handle.sync()
      await this.#handle.close()
      await rename(this.temporary, this.#path)
    } catch (error) {
      await this.discard()
      throw error
    }
    await syncFolder(dirname(this.#path))
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => {})
    await unlink(this.temporary).catch(() => {})
  }
}

/** Writes a whole file atomically; throws the file system's error, and then nothing has changed. */
export async function writeAtomic(path: string, data: Uint8Array | string): Promise<void> {
  const file = await AtomicFile.create(path)
  try {
    await file.write(data)
  } catch (error) {
    await file.discard()
    throw error
  }
  await file.commit()
}

// The rename itself is on the disk only once the folder is; not every system can do that (Windows), hence without a word.
async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r')
    await handle.sync().finally(() => handle.close())
  } catch {}
}
