/** The folder of a run: its name, the refusal to overwrite, and its files. */
import { mkdir, readdir, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { CliError } from '../errors.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'
import { AtomicFile } from './atomic.ts'
import { writeError } from './file-errors.ts'

/** The name under which every model is saved. */
export const MODEL_FILE = 'model.safetensors'
/** What a run writes besides the model; the model comes last, so that a folder with a model is complete. */
export const RUN_FILES = ['model.json', 'metrics.json', 'history.csv', 'run.json', 'model.safetensors'] as const

/** What {@link RunFolder.claim} needs to know. */
export interface FolderRequest {
  /** `--out`, or undefined for `runs/<time>-<name>`. */
  out: string | undefined
  force: boolean
  /** The table's name, for the folder's. */
  dataName: string
  cwd: string
  now: Date
}

/** A folder that belongs to this run. */
export class RunFolder {
  /** As the person sees it, relative where it was asked for relatively. */
  readonly shown: string
  readonly path: string
  /** The topmost folder that this run made. */
  readonly #made: string | undefined

  private constructor(shown: string, path: string, made: string | undefined) {
    this.shown = shown
    this.path = path
    this.#made = made
  }

  /** Throws `E_OUT_EXISTS` where files of a run are there already (without `force`); touches nothing. */
  static async check({ out, force, cwd }: FolderRequest): Promise<void> {
    if (out !== undefined && !force) await refuseToReplace(out, resolve(cwd, out))
  }

  /**
   * Makes the folder before training begins, so that a folder that cannot be written costs nobody a training.
   *
   * Throws `E_OUT_EXISTS` (without `force`), `E_PERMISSION`, `E_NOT_A_FOLDER`, `E_DISK_FULL`.
   */
  static async claim(request: FolderRequest): Promise<RunFolder> {
    await RunFolder.check(request)
    const { out, cwd } = request
    if (out !== undefined) return new RunFolder(out, resolve(cwd, out), await makeFolder(resolve(cwd, out), out))
    const made = await makeFolder(resolve(cwd, 'runs'), 'runs/')
    const name = `runs/${timestamp(request.now)}-${folderName(request.dataName)}`
    // Two runs in one second are fine.
    for (let i = 1; ; i++) {
      const shown = i === 1 ? name : `${name}-${i}`
      const path = resolve(cwd, shown)
      try {
        await mkdir(path)
        return new RunFolder(shown, path, made ?? path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || i >= 1000) throw writeError(error, 'runs/')
      }
    }
  }

  /** Writes files so that either all appear or, short of a crash in the very moment, none; the last one last. */
  async write(files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
    const staged: AtomicFile[] = []
    let name = ''
    try {
      for (const [file, data] of files) {
        name = file
        const path = join(this.path, file)
        await mkdir(dirname(path), { recursive: true })
        const atomic = await AtomicFile.create(path)
        staged.push(atomic)
        await atomic.write(data)
      }
      for (const [i, atomic] of staged.entries()) {
        name = [...files.keys()][i] ?? name
        await atomic.commit()
      }
    } catch (error) {
      for (const atomic of staged) await atomic.discard()
      throw writeError(error, this.show(name))
    }
  }

  /** The name of a file in it, for people. */
  show(name: string): string {
    return `${this.shown.replace(/[/\\]+$/, '')}/${name}`
  }

  /** Takes the folder away again where this run made it and nothing is in it. */
  async discardIfEmpty(): Promise<void> {
    if (this.#made === undefined) return
    for (let path = this.path; path.length >= this.#made.length; path = dirname(path)) {
      const gone = await rmdir(path).then(
        () => true,
        () => false,
      )
      if (!gone) return
    }
  }
}

async function makeFolder(path: string, shown: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true })
  } catch (error) {
    throw writeError(error, shown)
  }
}

async function refuseToReplace(out: string, path: string): Promise<void> {
  const there = new Set(await readdir(path).catch(() => [] as string[]))
  if (there.has(MODEL_FILE)) {
    const made = await stat(join(path, MODEL_FILE)).then(
      (info) => info.mtime,
      () => null,
    )
    const when = made === null ? '' : ` (${made.toLocaleDateString('en-US', { month: 'short', day: 'numeric' })})`
    throw new CliError('E_OUT_EXISTS', EXIT.io, `${printable(out)} already holds a model${when}.`, {
      fix: 'choose another --out, or --force to replace it.',
    })
  }
  const taken = RUN_FILES.filter((name) => there.has(name))
  if (taken.length > 0) {
    throw new CliError('E_OUT_EXISTS', EXIT.io, `${printable(out)} already holds ${taken.join(', ')}.`, {
      fix: 'choose another --out, or --force to replace what is there.',
    })
  }
}

function timestamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
}

/** `data/My file.csv.gz` -> `My-file`: nothing of a file's name may become part of a path but plain letters. */
export function folderName(dataName: string): string {
  const stem = basename(dataName.replaceAll('\\', '/')).replace(/(?:\.(?:csv|tsv|tab|txt|data|gz))+$/i, '')
  const plain = stem
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60)
  return plain === '' || plain === '-' ? 'table' : plain
}
