/** Values as Python prints them, for reprs and messages that are PyTorch's to the letter. */
import { typeName as dtypeName, pyFloat, Tensor } from '@tapegrad/core'

/** The type of a value as Python names its nearest relative: `int`, `str`, `torch.FloatTensor`. */
export function typeName(value: unknown): string {
  if (value instanceof Tensor) return dtypeName(value.dtype)
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
  return Number.isSafeInteger(value) ? String(value) : pyFloat(value)
}
