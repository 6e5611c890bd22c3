/** Values as Python prints them, for reprs and messages that are PyTorch's to the letter. */
import { Tensor } from '@tapegrad/core'

const scalarNames: Readonly<Record<string, string>> = {
  float32: 'Float',
  float64: 'Double',
  int64: 'Long',
  int32: 'Int',
  int16: 'Short',
  int8: 'Char',
  uint8: 'Byte',
  bool: 'Bool',
}

/** The type of a value as Python names its nearest relative: `int`, `str`, `torch.FloatTensor`. */
export function typeName(value: unknown): string {
  if (value instanceof Tensor) return `torch.${scalarNames[value.dtype]}Tensor`
  if (value === null || value === undefined) return 'NoneType'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'object') return Array.isArray(value) ? 'list' : 'dict'
  return typeof value
}

/**
 * A value as Python's `str` prints it: `0.1`, `1e-08`, `False`, `None`, `(0.9, 0.999)`.
 *
 * JavaScript has one kind of number: an integer is printed as Python's int.
 */
export function text(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `(${value.map(text).join(', ')})`
  if (typeof value !== 'number') return String(value)
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const [digits, exponent] = value.toExponential().split('e')
  const e = Number(exponent)
  if (value === 0 || (e >= -4 && (e < 16 || Number.isSafeInteger(value)))) return String(value)
  return `${digits}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`
}
