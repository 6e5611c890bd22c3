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
  if (!isObject(json) || !isCount(json['formatVersion'])) return null
  if (json['formatVersion'] > FORMAT_VERSION) return { newerFormat: json['formatVersion'] }
  return isCard(json) ? json : null
}

/** The preprocessing of a card. */
export function standardizerOf(card: ModelCard): Standardizer {
  return Standardizer.fromJSON(card.preprocessing)
}

function isCard(json: Record<string, unknown>): json is Record<string, unknown> & ModelCard {
  const { features, classes, architecture, preprocessing, table } = json
  if (!isTexts(features) || features.length === 0) return false
  if (!isTexts(classes) || classes.length !== 2 || json['positive'] !== classes[1]) return false
  if (json['task'] !== 'binary' || typeof json['target'] !== 'string') return false
  if (typeof json['numeric'] !== 'boolean' || typeof json['rest'] !== 'boolean') return false
  if (!isNumber(json['threshold'])) return false
  if (!Array.isArray(architecture) || architecture.length !== 1) return false
  const [layer] = architecture as unknown[]
  if (!isObject(layer) || layer['type'] !== 'Linear' || layer['inFeatures'] !== features.length || layer['outFeatures'] !== 1) return false
  if (!isObject(preprocessing) || !isTexts(preprocessing['features']) || typeof preprocessing['mode'] !== 'string') return false
  const numbers = [preprocessing['fill'], preprocessing['center'], preprocessing['scale']]
  if (!numbers.every((some) => Array.isArray(some) && some.length === features.length && some.every(isNumber))) return false
  if (!isObject(table) || typeof table['delimiter'] !== 'string' || !isTexts(table['naValues'])) return false
  return table['decimal'] === '.' || table['decimal'] === ','
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value > 0
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')
