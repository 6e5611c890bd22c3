/** The repr of a tensor, as PyTorch 2.13 prints it, from a plain description. Looks at the printed elements only. */
import { formatExponent, formatFixed, pyFloat } from './number.ts'

/** How tensors print. */
export interface PrintOptions {
  /** Digits after the point (4). */
  precision: number
  /** Tensors of more elements are summarized (1000). */
  threshold: number
  /** Elements shown at each end of a summarized dimension (3). */
  edgeitems: number
  /** Characters per line (80). */
  linewidth: number
  /** Scientific notation always or never; `null` decides by the values. */
  sciMode: boolean | null
}

/** What may be given to {@link updatePrintOptions}: options, and a profile that resets the others first. */
export interface PrintOptionsUpdate extends Partial<PrintOptions> {
  /** `default`, `short` (2 digits, 2 elements at the ends) or `full` (nothing left out). */
  profile?: 'default' | 'short' | 'full'
}

/** The options in force at the start. */
export const defaultPrintOptions: Readonly<PrintOptions> = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sciMode: null }

const profiles: Readonly<Record<string, Partial<PrintOptions>>> = {
  default: defaultPrintOptions,
  short: { ...defaultPrintOptions, precision: 2, edgeitems: 2 },
  full: { ...defaultPrintOptions, threshold: Infinity },
}

/**
 * The options after `torch.set_printoptions(...)`: those not given stay, but for `sciMode`, which goes back to `null`.
 * An unknown profile changes nothing, as in PyTorch.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function updatePrintOptions(current: Readonly<PrintOptions>, update: PrintOptionsUpdate): PrintOptions {
  const { profile, ...given } = update
  const next: PrintOptions = {
    ...current,
    ...(profile !== undefined && Object.hasOwn(profiles, profile) ? profiles[profile] : {}),
    sciMode: null,
  }
  if (given.precision !== undefined) next.precision = given.precision
  if (given.threshold !== undefined) next.threshold = given.threshold
  if (given.edgeitems !== undefined) next.edgeitems = given.edgeitems
  if (given.linewidth !== undefined) next.linewidth = given.linewidth
  if (given.sciMode !== undefined) next.sciMode = given.sciMode
  return next
}

/** What of a tensor is printed. */
export interface Printable {
  readonly shape: readonly number[]
  /** As in PyTorch's `torch.float32`, without the prefix. */
  readonly dtype: string
  /** The element at a position in row-major order. Truth values may be numbers. */
  at(index: number): number | bigint | boolean
  /** The name of the node, e.g. `MulBackward0`. */
  readonly gradFn?: string | null
  /** Printed where there is no `gradFn`. */
  readonly requiresGrad?: boolean
  /** Whether this is a parameter of a module. */
  readonly parameter?: boolean
  /** The dtype that goes without saying (`float32`). */
  readonly defaultDtype?: string
}

type Value = number | bigint | boolean

const INDENT = 'tensor('.length

const isFloat = (dtype: string): boolean => dtype.includes('float')

/** A value of an integer or truth dtype. */
const plain = (value: Value, dtype: string): string => (dtype === 'bool' ? (value ? 'True' : 'False') : String(value))

/**
 * One value as Python's `str` of it: `3.0`, `3`, `True`. This is how a 0-dim tensor looks in an f-string or a template literal.
 *
 * @example
 * pyValue(4, 'float32') // '4.0'
 * pyValue(1, 'bool') // 'True'
 */
export function pyValue(value: number | bigint | boolean, dtype: string): string {
  return isFloat(dtype) ? pyFloat(Number(value)) : plain(value, dtype)
}

/** How the floats of one tensor are written: all in one notation, chosen by the finite ones that are not zero. */
function floatFormat(values: readonly Value[], { precision, sciMode }: PrintOptions): (x: number) => string {
  let smallest = Infinity
  let largest = 0
  let whole = true
  for (const value of values) {
    const magnitude = Math.abs(value as number)
    if (magnitude === 0 || !Number.isFinite(magnitude)) continue
    if (magnitude < smallest) smallest = magnitude
    if (magnitude > largest) largest = magnitude
    if (whole && !Number.isInteger(magnitude)) whole = false
  }
  const scientific = largest > 0 && (sciMode ?? (largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4))
  if (scientific) return (x) => formatExponent(x, precision)
  if (whole) return (x) => (Number.isFinite(x) ? `${formatFixed(x, 0)}.` : formatFixed(x, 0))
  return (x) => formatFixed(x, precision)
}

/** The texts of the given values, right-justified. Zeros, infinities and NaN do not count in the width. */
function justified(values: readonly Value[], dtype: string, options: PrintOptions): { texts: string[]; width: number } {
  const float = isFloat(dtype)
  const write = float ? floatFormat(values, options) : null
  let width = 1
  const texts = values.map((value) => {
    const text = write === null ? plain(value, dtype) : write(value as number)
    if (!float || (value !== 0 && Number.isFinite(value))) width = Math.max(width, text.length)
    return text
  })
  return { texts: texts.map((text) => text.padStart(width)), width }
}

/** The indices shown of a dimension: all, or those at both ends with -1 for what is left out. */
function shownIndices(size: number, summarize: boolean, edge: number): number[] {
  if (!summarize || size <= 2 * edge) return Array.from({ length: size }, (_, i) => i)
  const start = Array.from({ length: edge }, (_, i) => i)
  return [...start, -1, ...start.map((i) => size - edge + i)]
}

/** The numbers between the brackets. */
function body(t: Printable, numel: number, options: PrintOptions): string {
  const { shape } = t
  const ndim = shape.length
  const { edgeitems, linewidth } = options
  const summarize = numel > options.threshold
  const shown = shape.map((size) => shownIndices(size, summarize, edgeitems))
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1))

  const values: Value[] = []
  const collect = (d: number, offset: number): void => {
    if (d === ndim) values.push(t.at(offset))
    else for (const i of shown[d] as number[]) if (i >= 0) collect(d + 1, offset + i * (strides[d] as number))
  }
  collect(0, 0)
  const { texts, width } = justified(values, t.dtype, options)

  let position = 0
  const row = (indices: readonly number[], indent: number): string => {
    const perLine = Math.max(1, Math.floor((linewidth - indent) / (width + 2)))
    // with nothing at the ends the mark stands alone, without the blank that keeps it apart
    const data = indices.map((i) => (i >= 0 ? (texts[position++] as string) : edgeitems === 0 ? '...' : ' ...'))
    const lines: string[] = []
    for (let i = 0; i < data.length; i += perLine) lines.push(data.slice(i, i + perLine).join(', '))
    return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`
  }
  const block = (d: number, indent: number): string => {
    const indices = shown[d] as number[]
    if (d === ndim - 1) return row(indices, indent)
    const slices = indices.map((i) => (i >= 0 ? block(d + 1, indent + 1) : '...'))
    return `[${slices.join(`,${'\n'.repeat(ndim - d - 1)}${' '.repeat(indent + 1)}`)}]`
  }
  return ndim === 0 ? (texts[0] as string) : block(0, INDENT)
}

/** What follows the numbers, in order. */
function suffixes(t: Printable, numel: number, { edgeitems }: PrintOptions): string[] {
  const { shape, dtype, defaultDtype = 'float32' } = t
  const out: string[] = []
  if (numel === 0 ? shape.length !== 1 : edgeitems === 0) out.push(`size=(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`)
  // of an empty tensor nothing shows that it holds integers
  const evident = dtype === defaultDtype || (numel > 0 && (dtype === 'int64' || dtype === 'bool'))
  if (!evident) out.push(`dtype=torch.${dtype}`)
  if (t.gradFn != null) out.push(`grad_fn=<${t.gradFn}>`)
  else if (t.requiresGrad) out.push('requires_grad=True')
  return out
}

/**
 * The text that `print(tensor)` shows in PyTorch 2.13.
 *
 * @example
 * formatTensor({ shape: [3], dtype: 'float32', at: (i) => i / 2 }) // 'tensor([0.0000, 0.5000, 1.0000])'
 * @see https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function formatTensor(t: Printable, options: Readonly<PrintOptions> = defaultPrintOptions): string {
  const numel = t.shape.reduce((a, b) => a * b, 1)
  let text = `tensor(${numel === 0 ? '[]' : body(t, numel, options)}`
  // one more than the length, and two more on a single line: PyTorch's arithmetic, kept
  let lineLength = text.length - text.lastIndexOf('\n') + 1
  for (const suffix of suffixes(t, numel, options)) {
    if (lineLength + suffix.length + 2 > options.linewidth) {
      text += `,\n${' '.repeat(INDENT)}${suffix}`
      lineLength = INDENT + suffix.length
    } else {
      text += `, ${suffix}`
      lineLength += suffix.length + 2
    }
  }
  return `${t.parameter ? 'Parameter containing:\n' : ''}${text})`
}
