/** The dtype in which an operation on tensors and plain numbers computes. */
import { categoryOf, type DType, getDefaultDtype, isFloat, promoteTypes } from './dtype.ts'
import type { Tensor } from './tensor.ts'

/** What pointwise operations take: a tensor, or a number that promotes as a Python scalar does (whole numbers as integers). */
export type Operand = Tensor | number

/** The dtype of a number on its own: whole numbers count as integers, which never widen a tensor's dtype. */
const scalarDType = (x: number): DType => (Number.isInteger(x) ? 'int64' : getDefaultDtype())

const merge = (a: DType | null, b: DType): DType => (a === null ? b : promoteTypes(a, b))

/** The dtype of operands that are tensors of one floating-point dtype, or numbers beside them; the usual case. */
function commonFloat(operands: readonly Operand[]): DType | null {
  let dtype: DType | null = null
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i] as Operand
    if (typeof x === 'number') continue
    if (dtype === null) {
      if (!isFloat(x.dtype)) return null
      dtype = x.dtype
    } else if (x.dtype !== dtype) return null
  }
  return dtype
}

/**
 * The common dtype: tensors with dimensions decide; 0-dim tensors, and after them numbers, only where their category is higher.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.result_type.html
 */
export const resultType = (...operands: readonly Operand[]): DType => commonType(operands)

/** The same, of operands in an array. */
export function commonType(operands: readonly Operand[]): DType {
  const alike = commonFloat(operands)
  if (alike !== null) return alike
  let dims: DType | null = null
  let zeros: DType | null = null
  let numbers: DType | null = null
  for (const x of operands) {
    if (typeof x === 'number') numbers = merge(numbers, scalarDType(x))
    else if (x.shape.length === 0) zeros = merge(zeros, x.dtype)
    else dims = merge(dims, x.dtype)
  }
  let out = dims ?? zeros ?? (numbers as DType)
  if (zeros !== null && categoryOf(zeros) > categoryOf(out)) out = zeros
  if (numbers !== null && categoryOf(numbers) > categoryOf(out)) out = isFloat(numbers) ? getDefaultDtype() : numbers
  return out
}

/** The dtype of functions that are real-valued whatever they are given: integers become the default floating-point dtype. */
export const floatType = (d: DType): DType => (isFloat(d) ? d : getDefaultDtype())

/** Python's name of a value's type, for messages about arguments: whole numbers are `int`. */
export function pyType(x: unknown): string {
  if (x === null || x === undefined) return 'NoneType'
  if (typeof x === 'number') return Number.isInteger(x) ? 'int' : 'float'
  if (typeof x === 'boolean') return 'bool'
  if (typeof x === 'string') return 'str'
  if (typeof x === 'bigint') return 'int'
  return Array.isArray(x) ? 'list' : typeof x === 'object' && 'storage' in x ? 'Tensor' : typeof x
}
