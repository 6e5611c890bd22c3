/** Padding at the ends of the last dimensions. */
import { type Rule, rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { castScalar } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import { formatShape, type Shape } from '../layout.ts'
import { record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { alongDim, indexSelectAdjoint } from './indexing.ts'
import { slice } from './slice.ts'

/** How much is added before and after each dimension; negative amounts take away. */
type Amounts = readonly (readonly [before: number, after: number])[]

/** The amounts by dimension: they are given from the last dimension on. */
function amountsOf(x: Tensor, padding: readonly number[]): Amounts {
  if (padding.length % 2 !== 0) throw new RuntimeError('Padding length must be divisible by 2')
  if (padding.length > 2 * x.ndim)
    throw new RuntimeError(
      `Padding length should be less than or equal to two times the input dimension but got padding length ${padding.length} and input of dimension ${x.ndim}`,
    )
  return x.shape.map((_, d) => {
    const at = 2 * (x.ndim - 1 - d)
    return [padding[at] ?? 0, padding[at + 1] ?? 0]
  })
}

/** The part of the padded tensor that is not padding. */
const inner = (out: Tensor, amounts: Amounts): Tensor =>
  amounts.reduce((t, [before, after], d) => slice(t, d, Math.max(before, 0), (t.shape[d] as number) - Math.max(after, 0)), out)

/** The part of the tensor that remains where padding takes away. */
const kept = (x: Tensor, amounts: Amounts): Tensor =>
  amounts.reduce((t, [before, after], d) => {
    const n = t.shape[d] as number
    const [start, length] = [Math.max(-before, 0), n - Math.max(-before, 0) - Math.max(-after, 0)]
    if (length < 0) throw new RuntimeError('narrow(): length must be non-negative.')
    return slice(t, d, start, start + length)
  }, x)

const constantRule: Rule<readonly [], readonly number[]> = /* @__PURE__ */ rule('ConstantPadNdBackward0', (grad, node) => [
  constantPadNd(
    grad,
    node.attrs.map((n) => -n),
  ),
])

/** Options of `constantPadNd`. */
export interface ConstantPadOptions {
  /** What stands in the padding. */
  readonly value?: number | undefined
}

/**
 * `x` with `value` added at the ends of its last dimensions: `[left, right, top, bottom, ...]`, from the last dimension on. Negative amounts take away.
 *
 * @throws RuntimeError for an odd number of amounts, too many, or if less than nothing would remain.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
 */
export function constantPadNd(x: Tensor, padding: readonly number[], { value = 0 }: ConstantPadOptions = {}): Tensor {
  const amounts = amountsOf(x, padding)
  const part = kept(x.alias(), amounts)
  const shape = x.shape.map((n, d) => {
    const [before, after] = amounts[d] as readonly [number, number]
    const length = n + before + after
    if (length < 0)
      throw new RuntimeError(
        `The input size ${n}, plus negative padding ${before} and ${after} resulted in a negative output size, which is invalid. Check dimension ${d} of your input.`,
      )
    return length
  })
  const out = allocateTensor(shape, x.dtype)
  if (value !== 0) out.data.fill(castScalar(value, x.dtype))
  kernels.copy(part, inner(out, amounts))
  return record(out, constantRule, [x], [], padding)
}

/** Ways to go on beyond the ends, other than with a constant. */
type Continuation = 'reflect' | 'replicate' | 'circular'

/** Which element of `n` stands at place `i`, which may lie outside. The elements from `start` to `end` are those that nothing takes away. */
const sources: Readonly<Record<Continuation, (i: number, n: number, start: number, end: number) => number>> = {
  reflect: (i, n) => (i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i),
  replicate: (i, n) => Math.min(Math.max(i, 0), n - 1),
  circular: (i, _n, start, end) => start + ((((i - start) % (end - start)) + (end - start)) % (end - start)),
}

/** Where each place of a padded dimension comes from. */
interface Source {
  readonly dim: number
  readonly index: Tensor
}

interface Mapped {
  readonly shape: Shape
  readonly maps: readonly Source[]
}

/** One dimension after the other; the adjoint adds each place to where it came from, in the reverse order. */
function mapped(x: Tensor, maps: readonly Source[]): Tensor {
  return maps.reduce((from, { dim, index }) => {
    const shape = from.shape.map((n, d) => (d === dim ? index.numel() : n))
    const out = allocateTensor(shape, x.dtype)
    if (out.numel() > 0) kernels.gather(from, dim, alongDim(index, dim, shape), out)
    return out
  }, x)
}

const mappedRule: Rule<readonly [], Mapped> = /* @__PURE__ */ rule('ReflectionPad1DBackward0', (grad, node) => {
  const { shape, maps } = node.attrs
  return [
    maps.reduceRight(
      (g, { dim, index }) =>
        indexSelectAdjoint(
          g,
          g.shape.map((n, d) => (d === dim ? (shape[d] as number) : n)),
          dim,
          index,
        ),
      grad,
    ),
  ]
})

const names: Readonly<Record<Continuation, (dims: number) => string>> = {
  reflect: (dims) => `ReflectionPad${dims}DBackward0`,
  replicate: (dims) => `ReplicationPad${dims}DBackward0`,
  circular: () => 'CopySlices',
}

function checkContinuation(x: Tensor, amounts: Amounts, padding: readonly number[], mode: Continuation): void {
  const dims = padding.length / 2
  if (dims < 1 || dims > 3 || (x.ndim !== dims + 1 && x.ndim !== dims + 2))
    throw new NotImplementedError('Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now')
  if (x.shape.slice(-dims).some((n) => n === 0))
    throw new RuntimeError(
      `Expected ${dims + 1}D or ${dims + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: ${formatShape(x.shape)}`,
    )
  if (x.dtype === 'bool' && mode !== 'circular')
    throw new NotImplementedError(`"${mode === 'reflect' ? 'reflection' : 'replication'}_pad${dims}d" not implemented for 'Bool'`)
  amounts.forEach(([before, after], d) => {
    if (d < x.ndim - dims) return
    const n = x.shape[d] as number
    if (mode === 'reflect' && (before >= n || after >= n))
      throw new RuntimeError(
        `Argument #${4 + 2 * (x.ndim - 1 - d)}: Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${after}) at dimension ${d} of input ${formatShape(x.shape)}`,
      )
    if (mode === 'circular' && (before > n || after > n)) throw new RuntimeError('Padding value causes wrapping around more than once.')
    if (n + before + after < (mode === 'circular' || dims > 1 ? 0 : 1))
      throw new RuntimeError(
        mode === 'circular'
          ? 'Negative padding value is resulting in an empty dimension'
          : `input (${'WHD'[x.ndim - 1 - d]}: ${n}) is too small. Calculated output ${'WHD'[x.ndim - 1 - d]}: ${n + before + after}`,
      )
  })
}

/** Options of `pad`. */
export interface PadOptions {
  /** What stands in the padding: a constant, the mirrored elements without the edge, the edge repeated, or the elements from the other end. */
  readonly mode?: 'constant' | Continuation | undefined
  /** The constant. */
  readonly value?: number | null | undefined
}

/**
 * `x` with padding at the ends of its last dimensions: `[left, right, top, bottom, ...]`, from the last dimension on. Negative amounts take away.
 *
 * @example
 * pad(tensor([[1, 2]]), [1, 1]) // tensor([[0., 1., 2., 0.]])
 * @throws RuntimeError for amounts that do not fit; NotImplementedError for an unknown mode, or one that does not take the number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
 */
export function pad(x: Tensor, padding: readonly number[], { mode = 'constant', value = null }: PadOptions = {}): Tensor {
  if (mode !== 'constant' && !(mode in sources)) throw new NotImplementedError(`Unrecognised padding mode ${mode as string}`)
  const amounts = amountsOf(x, padding)
  if (mode === 'constant') return constantPadNd(x, padding, { value: value ?? 0 })
  if (value !== null) throw new RuntimeError(`Padding mode "${mode}" doesn't take in value argument`)
  checkContinuation(x, amounts, padding, mode)
  const source = sources[mode]
  const maps = amounts.flatMap(([before, after], dim): Source[] => {
    if (before === 0 && after === 0) return []
    const n = x.shape[dim] as number
    const index = allocateTensor([n + before + after], 'int64')
    for (let i = 0; i < index.data.length; i++) index.data[i] = source(i - before, n, Math.max(-before, 0), n - Math.max(-after, 0))
    return [{ dim, index }]
  })
  return record(mapped(x, maps), mappedRule, [x], [], { shape: x.shape, maps }, names[mode](padding.length / 2))
}
