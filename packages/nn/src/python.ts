/** Values as Python prints them, for reprs and messages that are PyTorch's to the letter. */
import { typeName as dtypeName, Tensor } from '@tapegrad/core'

// JavaScript has no 1.0: this is for what is a float in PyTorch.
export { pyFloat as float } from '@tapegrad/core'

/** A truth value as Python prints it. */
export const bool = (x: boolean): string => (x ? 'True' : 'False')

/** A shape as PyTorch prints it: `torch.Size([2, 3])`. */
export const size = (shape: readonly number[]): string => `torch.Size([${shape.join(', ')}])`

/** The type of a value as Python names its nearest relative: `int`, `str`, `list`, `torch.FloatTensor`. */
export function typeName(value: unknown): string {
  if (value instanceof Tensor) return dtypeName(value.dtype)
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

/** Values as Python prints a tuple of them: `(2, 3)`, `(5,)`. */
export const tuple = (values: readonly (number | string)[]): string => (values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`)

/** A number, a tuple of numbers or None, as Python prints them. */
export function sizes(value: number | readonly (number | null)[] | null): string {
  if (value === null || typeof value === 'number') return String(value ?? 'None')
  return tuple(value.map((x) => x ?? 'None'))
}
