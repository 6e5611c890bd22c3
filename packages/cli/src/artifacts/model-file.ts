/** `model.safetensors`: the weights under PyTorch's names, and the card in the metadata. The same model gives the same bytes: no time, no path. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Tensor } from '@tapegrad/core'
import { Linear, loadSafetensors, Sequential, saveSafetensors } from '@tapegrad/nn'
import { CliError } from '../errors.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'
import { version } from '../version.ts'
import { FORMAT_VERSION, type ModelCard, parseCard } from './model-card.ts'
import { MODEL_FILE } from './run-folder.ts'

/** A model as it was saved. */
export interface SavedModel {
  card: ModelCard
  model: Sequential
}

/** The bytes of a model file. */
export function encodeModel(tensors: ReadonlyMap<string, Tensor>, card: ModelCard): Uint8Array {
  const text = JSON.stringify(card)
  return saveSafetensors(tensors, {
    format: 'pt',
    'tapegrad.version': version,
    'tapegrad.model': text,
    'tapegrad.sha256': fingerprint(tensors, text),
  })
}

// The format has no checksum of its own: without one a flipped bit is a silently different model.
function fingerprint(tensors: ReadonlyMap<string, Tensor>, card: string): string {
  const hash = createHash('sha256').update(card)
  for (const [name, value] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`\n${name}\n`).update(value.toArray())
  return hash.digest('hex')
}

/** Reads a run's folder or a model file; throws `E_NOT_FOUND`, `E_NOT_A_MODEL`, `E_NEWER_FORMAT`. */
export async function readModel(shown: string, cwd: string): Promise<SavedModel> {
  return decodeModel(await readBytes(shown, resolve(cwd, shown)), shown)
}

/** The model that the bytes hold; `shown` is the name for messages. */
export function decodeModel(bytes: Uint8Array, shown: string): SavedModel {
  const notOurs = (why: string, fix: string, cause?: unknown): CliError =>
    new CliError('E_NOT_A_MODEL', EXIT.data, `${printable(shown)} is not a model of tapegrad: ${why}.`, { fix, cause })
  let file: ReturnType<typeof loadSafetensors>
  try {
    file = loadSafetensors(bytes)
  } catch (error) {
    const why =
      error instanceof Error ? printable(error.message.split('\n')[0] ?? '').replace(/^Error while deserializing: /, '') : 'unreadable'
    throw notOurs(
      `it is no sound safetensors file (${why})`,
      'point --model to the folder of a run, such as runs/20261122-061500-churn.',
      error,
    )
  }
  const text = file.metadata.get('tapegrad.model')
  if (text === undefined) throw notOurs('it holds weights, but not what to do with them', 'use a model.safetensors that train has written.')
  const card = parseCard(text)
  if (card === null) throw notOurs('its description is damaged', 'train it again, or fetch the file again.')
  if ('newerFormat' in card) {
    const message = `${printable(shown)} was written in format ${card.newerFormat}; this version reads up to ${FORMAT_VERSION}.`
    throw new CliError('E_NEWER_FORMAT', EXIT.data, message, { fix: 'upgrade: npm i @tapegrad/cli@latest' })
  }
  if (file.metadata.get('tapegrad.sha256') !== fingerprint(file.tensors, text)) {
    throw notOurs('its checksum does not fit', 'the file was changed or damaged: fetch it again, or train again.')
  }
  try {
    const model = new Sequential(new Linear(card.features.length, 1))
    model.loadStateDict(file.tensors)
    return { card, model }
  } catch (error) {
    throw notOurs('its weights do not fit its description', 'train it again, or fetch the file again.', error)
  }
}

async function readBytes(shown: string, path: string): Promise<Uint8Array> {
  try {
    const folder = (await stat(path)).isDirectory()
    // A copy, for a Buffer may be part of a larger one, and slices of it are views.
    return new Uint8Array(await readFile(folder ? join(path, MODEL_FILE) : path))
  } catch (error) {
    throw await readError(error as NodeJS.ErrnoException, shown, path)
  }
}

async function readError(error: NodeJS.ErrnoException, shown: string, path: string): Promise<CliError> {
  const fix = 'point --model to the folder that train named at its end.'
  const options = { fix, cause: error }
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    const folder = await stat(path).then(
      (info) => info.isDirectory(),
      () => false,
    )
    if (folder) return new CliError('E_NOT_A_MODEL', EXIT.data, `${printable(shown)} is not a model folder (no ${MODEL_FILE}).`, options)
    return new CliError('E_NOT_FOUND', EXIT.io, `there is no model at ${printable(shown)}.`, options)
  }
  const forbidden = error.code === 'EACCES' || error.code === 'EPERM'
  const why = forbidden ? 'permission denied' : printable(error.message)
  return new CliError(forbidden ? 'E_PERMISSION' : 'E_IO', EXIT.io, `cannot read ${printable(shown)}: ${why}.`, { cause: error })
}
