/** What a model file says about itself, so that `predict` needs nothing else: plain JSON, checked when it is read. */
import { Standardizer, type StandardizerJSON } from '@tapegrad/data'

/** Formats up to this one can be read. */
export const FORMAT_VERSION = 1

/** The model's description, kept in the file's metadata and, for people, in model.json. */
export interface ModelCard {
  formatVersion: number
  task: 'binary'
  /** The layers; the output is the logit of the positive class. */
  architecture: [{ type: 'Linear'; inFeatures: number; outFeatures: 1; bias: true }]
  /** Names of the inputs, in the model's order. */
  features: string[]
  target: string
  /** `[negative, positive]`. */
  classes: [string, string]
  positive: string
  /** The labels are numbers. */
  numeric: boolean
  /** More than two labels: the positive one against the rest. */
  rest: boolean
  /** From this probability on a row counts as positive. */
  threshold: number
  /** What is done to the inputs: `x -> ((missing ? fill : x) - center) / scale`. */
  preprocessing: StandardizerJSON
  /** How the training table was written, which is how new ones are expected. */
  table: { delimiter: string; decimal: '.' | ','; naValues: string[] }
}

/** Reads a card; null where it is not one. A card of a newer format is returned as far as its version. */
export function parseCard(text: string): ModelCard | { newerFormat: number } | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  if (!isObject(json)) return null
  const { formatVersion } = json
  if (!isCount(formatVersion)) return null
  if (formatVersion > FORMAT_VERSION) return { newerFormat: formatVersion }
  return isCard(json) ? json : null
}

/** The preprocessing of a card. */
export function standardizerOf(card: ModelCard): Standardizer {
  return Standardizer.fromJSON(card.preprocessing)
}

function isCard(json: Record<string, unknown>): json is Record<string, unknown> & ModelCard {
  const { task, target, features, classes, positive, numeric, rest, threshold, architecture, preprocessing, table } = json
  if (task !== 'binary' || typeof target !== 'string' || typeof numeric !== 'boolean' || typeof rest !== 'boolean') return false
  if (!isTexts(features) || features.length === 0) return false
  if (!isTexts(classes) || classes.length !== 2 || positive !== classes[1]) return false
  if (!isNumber(threshold) || threshold <= 0 || threshold >= 1) return false
  return isNeuron(architecture, features.length) && isPreprocessing(preprocessing, features.length) && isTable(table)
}

function isNeuron(layers: unknown, inputs: number): boolean {
  if (!Array.isArray(layers) || layers.length !== 1 || !isObject(layers[0])) return false
  const { type, inFeatures, outFeatures } = layers[0]
  return type === 'Linear' && inFeatures === inputs && outFeatures === 1
}

function isPreprocessing(value: unknown, inputs: number): boolean {
  if (!isObject(value)) return false
  const { mode, features, fill, center, scale } = value
  const numbers = (some: unknown): boolean => Array.isArray(some) && some.length === inputs && some.every(isNumber)
  return typeof mode === 'string' && isTexts(features) && features.length === inputs && numbers(fill) && numbers(center) && numbers(scale)
}

function isTable(value: unknown): boolean {
  if (!isObject(value)) return false
  const { delimiter, decimal, naValues } = value
  return typeof delimiter === 'string' && (decimal === '.' || decimal === ',') && isTexts(naValues)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value > 0
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')
