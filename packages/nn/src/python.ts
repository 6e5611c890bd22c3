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

/** A number as Python's `repr(float)`: `1.0`, `0.01`, `1e-05`. JavaScript has no `1.0`, so call it for what is a float in PyTorch. */
export function float(x: number): string {
  if (Number.isNaN(x)) return 'nan'
  if (!Number.isFinite(x)) return x < 0 ? '-inf' : 'inf'
  const [digits = '', exponent = '0'] = x.toExponential().split('e')
  const e = Number(exponent)
  if (x !== 0 && (e < -4 || e >= 16)) return `${digits}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`
  const text = Object.is(x, -0) ? '-0' : String(x)
  return text.includes('.') ? text : `${text}.0`
}

/** A truth value as Python prints it. */
export const bool = (x: boolean): string => (x ? 'True' : 'False')

/** A shape as PyTorch prints it: `torch.Size([2, 3])`. */
export const size = (shape: readonly number[]): string => `torch.Size([${shape.join(', ')}])`

/** The type of a value as Python names its nearest relative: `int`, `str`, `list`, `torch.FloatTensor`. */
export function typeName(value: unknown): string {
  if (value instanceof Tensor) return `torch.${scalarNames[value.dtype]}Tensor`
  if (value === null || value === undefined) return 'NoneType'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'function') return 'function'
  if (Array.isArray(value)) return 'list'
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
  return typeof name !== 'string' || name === 'Object' || name === 'Map' ? 'dict' : name
}
